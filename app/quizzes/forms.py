"""From what was posted to an answer: whole, or as much of one as there was, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.core.i18n import gettext as _
from app.curriculum.content import Item
from app.curriculum.scoring import format_choice

TICKED = "yes"


@dataclass(frozen=True)
class Given:
    """An answer as posted. `picked` is what each option was given: "yes", a place or a door; `error` says what is missing."""

    choice: str = ""
    picked: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def unchecked(self) -> Given:
        """The same for somebody who has not asked yet whether it is right, or whole."""
        return replace(self, error="")


def values_of(item: Item) -> tuple[str, ...]:
    """What an option of this question can be given."""
    if item.kind == "order":
        return tuple(str(place) for place in range(1, len(item.options) + 1))
    return item.doors if item.kind == "match" else (TICKED,)


def given_in(item: Item, form: Mapping[str, str]) -> Given:
    """`choice` stands for a whole answer: a radio button, "I'm not sure", or one that is sent again. Otherwise each option has a field."""
    if choice := form.get("choice", ""):
        return Given(choice)
    possible = values_of(item)
    picked = {o: value for o in item.options if (value := form.get(f"part-{o}", "")) in possible}
    if item.kind in ("several", "find"):
        if not picked:
            return Given(error=_("Tick at least one. “I’m not sure” is an answer too."))
        return Given(format_choice(item, picked), picked)
    if item.kind == "order":
        if len(picked) < len(item.options):
            return Given("", picked, _("Give each step its place. “I’m not sure” is an answer too."))
        if len(set(picked.values())) < len(picked):
            return Given("", picked, _("Two steps have the same place. Give each step a place of its own."))
        return Given(format_choice(item, sorted(item.options, key=lambda o: int(picked[o]))), picked)
    if item.kind == "match":
        if len(picked) < len(item.options):
            return Given("", picked, _("Choose what fits for each one. “I’m not sure” is an answer too."))
        return Given(format_choice(item, (f"{o}={picked[o]}" for o in item.options)), picked)
    return Given(error=_("Choose one answer. “I’m not sure” is one too."))
