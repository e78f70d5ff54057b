"""What a class may see of itself on the wall: counts of five people and more, and no seat.

Safe by construction: this module is given questions and counts and nothing else. It imports neither seats nor their names (a contract
in pyproject.toml holds that), and what it makes has no field for one. Sensitive questions are left out here and not by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.curriculum.content import Item, Quiz
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.scoring import NOT_SURE, feedback, made_of, people_answered

STEPS = ("", "bars", "answer")  # how much the teacher shows: the question, how the class chose, and what is right


@dataclass(frozen=True)
class WallBar:
    """An option, step or situation with how many chose it; `n` is None for fewer than five and before bars are shown.

    `right` stays None until the teacher shows the answer; then it is the place or door that is right, or "yes" or ""."""

    letter: str
    text: str  # HTML; empty for "I'm not sure"
    who: str
    n: int | None
    share: float
    right: str | None


@dataclass(frozen=True)
class WallQuestion:
    """One question on the wall. `at_least` is the number of people who answered, rounded down to a multiple of five."""

    id: str
    kind: str
    number: int  # as in scoring.numbers
    scenario: str  # HTML
    question: str  # HTML
    doors: tuple[str, ...]  # HTML, of questions that match
    at_least: int
    bars: tuple[WallBar, ...]
    reason: str  # HTML; empty until the answer is shown


def wall_of(
    quiz: Quiz, item_ids: Iterable[str], counts: Mapping[str, Mapping[str, int]], locale: str, step: str = ""
) -> list[WallQuestion]:
    """These questions without the sensitive ones, as far as `step` shows them."""
    found = [(number, item) for number, i in enumerate(item_ids, 1) if (item := quiz.item(i)) is not None]
    return [_question(item, number, counts.get(item.id, {}), locale, step) for number, item in found if not item.sensitive]


def _question(item: Item, number: int, counts: Mapping[str, int], locale: str, step: str) -> WallQuestion:
    words, answered = item.texts[locale], people_answered(item, counts)
    doors = tuple(words.doors[d] for d in item.doors)
    reason = feedback(item, NOT_SURE, locale).html if step == "answer" else ""
    at_least = answered // FEWEST_ANSWERS * FEWEST_ANSWERS
    bars = _bars(item, counts if step else {}, answered, locale, step == "answer")
    return WallQuestion(item.id, item.kind, number, words.scenario, words.question, doors, at_least, bars, reason)


def _bars(item: Item, counts: Mapping[str, int], answered: int, locale: str, with_answer: bool) -> tuple[WallBar, ...]:
    """One for each option, and "I'm not sure". Of steps and situations how many had it right, which would tell the answer: with it only."""
    words, right = item.texts[locale], made_of(item, item.right)
    if item.kind in ("order", "match"):
        between = "@" if item.kind == "order" else "="
        counts = {o: counts.get(f"{o}{between}{right[o]}", 0) if with_answer else 0 for o in item.options}
    keys = [*item.options, NOT_SURE]
    shown = large_enough([counts.get(key, 0) for key in keys])
    bars = []
    for letter, key, n in zip([*"ABCDEFGH"[: len(item.options)], "?"], keys, shown, strict=True):
        option = words.options.get(key)
        mark = (words.doors.get(right[key], right[key]) if key in right else "") if with_answer else None
        bars.append(WallBar(letter, option.text if option else "", option.who if option else "", n, n / answered if n else 0.0, mark))
    return tuple(bars)


def large_enough(counts: Sequence[int]) -> list[int | None]:
    """The counts of five and more. Where one alone is smaller it could be worked out from the class, so the next one goes with it."""
    hidden = {place for place, n in enumerate(counts) if n < FEWEST_ANSWERS}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min((p for p in range(len(counts)) if p not in hidden), key=lambda p: counts[p]))
    return [None if place in hidden else n for place, n in enumerate(counts)]
