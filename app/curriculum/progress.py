"""From counts to what a teacher sees: where a student stands, who might need a hand and why, what a question tells."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import ClassVar, Generic, TypeVar

from . import definitions
from .content import Item
from .scoring import NOT_SURE, WHOLLY_RIGHT, ideas_behind, people_answered
from .statistics import Share, item_rest_correlation

SOLID = 0.8
GETTING_THERE = 0.5
TRIES_FOR_A_HAND = 2

TIME_GONE = 0.75
GRADED_FOR_A_HAND = 8
WRONG_RUNNING = 3

FEWEST_ANSWERS = 5
WORTH_TALKING = 0.3  # of the answers, on one wrong option
MANY_NOT_SURE = 0.3
NOBODY = Share(0, 0)


class Standing(Enum):
    """Where a student stands with one assignment."""

    NOT_YET = "not_yet"
    STARTED = "started"  # nothing is handed in yet
    ONCE_MORE = "once_more"  # handed in once, below half
    HAND = "hand"
    GETTING_THERE = "getting_there"
    SOLID = "solid"

    @property
    def definition(self) -> str:
        return definitions.STANDING


def standing(right: int, counted: int, tries: int, answered: int = 0) -> Standing:
    """`right` of `counted` in the best finished sitting, `tries` finished ones, `answered` questions in an open one.

    One low sitting is "worth another try": "could use a hand" needs two. A finished sitting with nothing to count (every
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
    return Standing.HAND if tries >= TRIES_FOR_A_HAND else Standing.ONCE_MORE


class Reason(Enum):
    """Why a student might need a hand; always printed beside the name."""

    UNTOUCHED = "untouched"  # three quarters of the time are gone
    LOW = "low"  # the last quizzes handed in were below half, see `lately`
    TWICE = "twice"  # one lesson below half in the best of two tries or more: its cell says "could use a hand"
    SAME_QUESTION = "same_question"  # one question wrong three times running

    @property
    def definition(self) -> str:
        return {
            Reason.UNTOUCHED: definitions.HAND_UNTOUCHED,
            Reason.LOW: definitions.HAND_LOW,
            Reason.TWICE: definitions.HAND_TWICE,
            Reason.SAME_QUESTION: definitions.HAND_SAME_QUESTION,
        }[self]


@dataclass(frozen=True)
class Lately:
    """The last quizzes handed in, together: what is printed beside the name ("5 of 12 in the last two quizzes")."""

    definition_of: ClassVar[Mapping[str, str]] = {"share": definitions.HAND_LOW}
    share: Share
    quizzes: int
    is_low: bool


def lately(handed_in: Sequence[Share]) -> Lately | None:
    """The last quizzes that hold 8 graded questions together, newest first; None while there are fewer.

    `handed_in` has one share for each quiz handed in, oldest first: right answers of graded ones, sensitive questions left out; a
    quiz without graded questions is looked through. Low is: the last quiz below half, and all of these together below half.

    Why not the last quiz alone, from 6 graded questions. A quiz holds 6 to 8 questions, of which sensitive ones are not graded:
    4 to 8 are left. With six, a student who is right four times in five is below half in 1.7 % of quizzes, with seven in 3.3 %
    (with eight in 1.0 %): over 30 questions of the real quizzes, 8.0 % of such students would be named at least once, and quizzes
    of four or five could never name anybody. Taken together to eight it is 2.0 %; somebody right half of the time is named
    within 30 questions in 75 %, three times in ten in 99 %. One quiz of eight is judged alone, and one good quiz ends it.
    """
    newest_first = [quiz for quiz in reversed(handed_in) if quiz.answered]
    right = graded = 0
    for quizzes, quiz in enumerate(newest_first, 1):
        right, graded = right + quiz.right, graded + quiz.answered
        if graded >= GRADED_FOR_A_HAND:
            together = Share(right, graded)
            return Lately(together, quizzes, _is_low(together) and _is_low(newest_first[0]))
    return None


def _is_low(quiz: Share) -> bool:
    return quiz.right < GETTING_THERE * quiz.answered


def reasons_for_a_hand(
    *,
    touched: bool,
    opened_on: date,
    due_on: date | None,
    today: date,
    handed_in: Sequence[Share] = (),
    histories: Iterable[Sequence[bool | None]] = (),
) -> tuple[Reason, ...]:
    """The reasons that hold today; each goes away by itself on success.

    `handed_in` as `lately` has it. `histories` holds, for each question, whether it was right, oldest first; None (a sensitive
    question) is looked through.
    """
    reasons = []
    if not touched and due_on is not None and _share_gone(opened_on, due_on, today) >= TIME_GONE:
        reasons.append(Reason.UNTOUCHED)
    recent = lately(handed_in)
    if recent is not None and recent.is_low:
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


class Says(Enum):
    """Which sentence stands under a question; templates word it. The first that holds, in this order."""

    TOO_FEW = "too_few"  # fewer than 5 answers: nothing else is shown
    TALK = "talk"  # one wrong idea is held by many
    NOT_SURE = "not_sure"  # many chose "I'm not sure"
    SURE = "sure"  # four in five were right
    MIXED = "mixed"  # none of these


@dataclass(frozen=True)
class QuestionSummary:
    """What a class made of one question. Everything is empty while too few have answered."""

    definition_of: ClassVar[Mapping[str, str]] = {
        "share": definitions.SHARE_RIGHT,
        "not_sure": definitions.NOT_SURE,
        "talk_about": definitions.TALK_ABOUT,
        "item_rest": definitions.ITEM_REST,
        "says": definitions.QUESTION_SAYS,
    }
    too_few: bool
    share: Share
    counts: Mapping[str, int]
    talk_about: str | None = None  # the wrong option (or pair, or first step) chosen most, when it is worth a conversation
    misconception: str | None = None  # id of the idea behind it
    not_sure: Share = NOBODY
    item_rest: float | None = None  # -1 to 1; None below 30 answers and of sensitive questions

    @property
    def says(self) -> Says:
        if self.too_few:
            return Says.TOO_FEW
        if self.talk_about is not None:
            return Says.TALK
        if self.not_sure.right >= max(FEWEST_ANSWERS, MANY_NOT_SURE * self.not_sure.answered):
            return Says.NOT_SURE
        return Says.SURE if self.share.right >= SOLID * self.share.answered else Says.MIXED


def question_summary(item: Item, counts: Mapping[str, int], marks: Sequence[float] = (), totals: Sequence[float] = ()) -> QuestionSummary:
    """`counts` by the keys of `scoring.tally_keys`, "not-sure" among them.

    `marks` and `totals`, where somebody wants the item-rest correlation: of each student the mark on this question (0 or 1) and on
    the whole sitting, this question included, both from first sittings. Of sensitive questions there are none, nothing being kept.
    """
    answered = people_answered(item, counts)
    if answered < FEWEST_ANSWERS:
        return QuestionSummary(True, NOBODY, {})
    share = Share(counts.get(item.right if item.kind == "single" else WHOLLY_RIGHT, 0), answered)
    not_sure = Share(counts.get(NOT_SURE, 0), answered)
    rest = None if item.sensitive else item_rest_correlation(marks, totals)
    ideas = ideas_behind(item)
    wrong = {key: n for key, n in counts.items() if key in ideas}
    most = max(wrong, key=lambda key: (wrong[key], key), default=None)
    if most is None or wrong[most] < FEWEST_ANSWERS or wrong[most] < WORTH_TALKING * answered:
        return QuestionSummary(False, share, dict(counts), not_sure=not_sure, item_rest=rest)
    return QuestionSummary(False, share, dict(counts), most, ideas[most], not_sure, rest)
