"""practice.toml: the activities of a lesson, language-neutral. Their words stand in practice.<lang>.md, by the same ids.

To add a kind: a module beside this one that makes a `Kind` (practice_scenario.py shows how), a line in KINDS, its rules in
checks_practice.RULES, and its page practice/<kind>.html.
"""

from __future__ import annotations

from collections import Counter

from . import practice_cards, practice_flags, practice_labs, practice_peek, practice_pulse, practice_scenario
from .content import BANDS, Activity
from .practice_kind import ActivitySource, Kind, Parts, people_of
from .tables import Table

MODULES = (practice_scenario, practice_labs, practice_cards, practice_flags, practice_peek, practice_pulse)
MOST_PIECES = 300  # the largest activity has 36
KINDS: dict[str, Kind] = {kind.name: kind for module in MODULES for kind in module.KINDS}


def read_practice(table: Table) -> tuple[ActivitySource, ...]:
    """The activities in order; one whose kind is not known is left out."""
    found: list[ActivitySource] = []
    for place, entry in enumerate(table.tables("activities")):
        activity = _read_activity(entry, place + 1)
        if activity is None:
            continue
        if any(other.activity.id == activity.id for other in found):
            entry.error("id", "duplicate-id", f'activity "{activity.id}" is there twice. Give one of them another id.')
        found.append(ActivitySource(activity, table.file, table.lines, place))
    table.finish()
    return tuple(found)


def _read_activity(entry: Table, number: int) -> Activity | None:
    kind = KINDS.get(entry.text("kind", one_of=KINDS))
    if kind is None:
        return None
    name = entry.id("id")
    people = people_of(entry)
    common = (
        entry.words("bands", one_of=BANDS),
        entry.number("minutes"),
        entry.flag("sensitive"),
        entry.words("facts", needed=False),
    )
    parts: Parts = kind.read(entry)
    entry.finish()
    if len(parts.pieces) > MOST_PIECES:
        entry.error("id", "too-many-pieces", f'activity "{name}" has {len(parts.pieces)} pieces, at most {MOST_PIECES}. Divide it.')
        return None
    for twice in sorted(name for name, times in Counter(piece.id for piece in parts.pieces).items() if times > 1):
        entry.error("id", "duplicate-id", f'"{twice}" is the id of two pieces of "{name}". Give one of them another.')
    data = {**({"people": people} if people else {}), **parts.data}
    return Activity(name, number, kind.name, *common, pieces=parts.pieces, data=data)
