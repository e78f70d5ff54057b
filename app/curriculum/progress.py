"""From counts to what a teacher sees: where a student stands, who might need a hand and why, what a question tells."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from .content import Item
from .scoring import WHOLLY_RIGHT, ideas_behind, people_answered
from .statistics import Share

SOLID = 0.8
GETTING_THERE = 0.5
TRIES_FOR_A_HAND = 2

TIME_GONE = 0.75
GRADED_FOR_A_HAND = 6
WRONG_RUNNING = 3

FEWEST_ANSWERS = 5
WORTH_TALKING = 0.3  # of the answers, on one wrong option


class Standing(Enum):
    """Where a student stands with one assignment."""

    NOT_YET = "not_yet"
    STARTED = "started"
    HAND = "hand"
    GETTING_THERE = "getting_there"
    SOLID = "solid"


def standing(right: int, counted: int, tries: int, answered: int = 0) -> Standing:
    """`right` of `counted` in the best finished sitting, `tries` finished ones, `answered` questions in an open one.

    One low sitting is only a start: "could use a hand" needs two. A finished sitting with nothing to count (every
    question stepped over) is neither high nor low.
    """
    if not tries:
        return Standing.STARTED if answered else Standing.NOT_YET
    if not counted:
        return Standing.GETTING_THERE
    if right >= SOLID * counted:
        return Standing.SOLID
    if right >= GETTING_THERE * counted:
        return Standing.GETTING_THERE
    return Standing.HAND if tries >= TRIES_FOR_A_HAND else Standing.STARTED


class Reason(Enum):
    """Why a student might need a hand; always printed beside the name."""

    UNTOUCHED = "untouched"  # three quarters of the time are gone
    LOW = "low"  # the last quiz handed in was below half
    SAME_QUESTION = "same_question"  # one question wrong three times running


def reasons_for_a_hand(
    *,
    touched: bool,
    opened_on: date,
    due_on: date | None,
    today: date,
    last_right: int = 0,
    last_counted: int = 0,
    histories: Iterable[Sequence[bool | None]] = (),
) -> tuple[Reason, ...]:
    """The reasons that hold today; each goes away by itself on success.

    `last_right` of `last_counted` in the last sitting handed in, sensitive questions left out. `histories` holds, for
    each question, whether it was right, oldest first; None (a sensitive question) is looked through.
    """
    reasons = []
    if not touched and due_on is not None and _share_gone(opened_on, due_on, today) >= TIME_GONE:
        reasons.append(Reason.UNTOUCHED)
    if last_counted >= GRADED_FOR_A_HAND and last_right < GETTING_THERE * last_counted:
        reasons.append(Reason.LOW)
    if any(_wrong_running(history) >= WRONG_RUNNING for history in histories):
        reasons.append(Reason.SAME_QUESTION)
    return tuple(reasons)


def _share_gone(opened_on: date, due_on: date, today: date) -> float:
    """Share of the days that have passed; a task due the day it opens has all its time until that day is over."""
    days = (due_on - opened_on).days
    if today > due_on:
        return 1.0
    return max(0.0, (today - opened_on).days / days) if days > 0 else 0.0


def _wrong_running(history: Sequence[bool | None]) -> int:
    known = [right for right in history if right is not None]
    return next((n for n, right in enumerate(reversed(known)) if right), len(known))


Who = TypeVar("Who", bound=Hashable)


@dataclass(frozen=True)
class Row(Generic[Who]):
    """One student's line on the class page."""

    who: Who
    standings: tuple[Standing, ...]  # with what was assigned
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Groups(Generic[Who]):
    """The class in three, each in the order given."""

    hand: tuple[Who, ...]
    on_the_way: tuple[Who, ...]
    on_track: tuple[Who, ...]


def summarise(rows: Iterable[Row[Who]]) -> Groups[Who]:
    """Whoever has a reason or a "could use a hand" first; on track is whoever has nothing open."""
    hand, on_the_way, on_track = [], [], []
    for row in rows:
        if row.reasons or Standing.HAND in row.standings:
            hand.append(row.who)
        elif all(s in (Standing.SOLID, Standing.GETTING_THERE) for s in row.standings):
            on_track.append(row.who)
        else:
            on_the_way.append(row.who)
    return Groups(tuple(hand), tuple(on_the_way), tuple(on_track))


@dataclass(frozen=True)
class QuestionSummary:
    """What a class made of one question. Everything is empty while too few have answered."""

    too_few: bool
    share: Share
    counts: Mapping[str, int]
    talk_about: str | None = None  # the wrong option (or pair, or first step) chosen most, when it is worth a conversation
    misconception: str | None = None  # id of the idea behind it


def question_summary(item: Item, counts: Mapping[str, int]) -> QuestionSummary:
    """`counts` by the keys of `scoring.tally_keys`, "not-sure" among them."""
    answered = people_answered(item, counts)
    if answered < FEWEST_ANSWERS:
        return QuestionSummary(True, Share(0, 0), {})
    share = Share(counts.get(item.right if item.kind == "single" else WHOLLY_RIGHT, 0), answered)
    ideas = ideas_behind(item)
    wrong = {key: n for key, n in counts.items() if key in ideas}
    most = max(wrong, key=lambda key: (wrong[key], key), default=None)
    if most is None or wrong[most] < FEWEST_ANSWERS or wrong[most] < WORTH_TALKING * answered:
        return QuestionSummary(False, share, dict(counts))
    return QuestionSummary(False, share, dict(counts), most, ideas[most])
