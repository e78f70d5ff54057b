"""When something learned is asked again: FSRS says what is about to be forgotten, the school year says on which days.

FSRS-6, the Free Spaced Repetition Scheduler, in its own implementation (`fsrs`) with the weights published with it: nothing is fitted
to our students. Its formulas: Ye, Su and Cao, "A stochastic shortest path algorithm for optimizing spaced repetition scheduling",
KDD 2022, and "The algorithm" in the wiki of open-spaced-repetition. docs/decisions/0025 says what is ours: windows, days of the week,
three questions at most.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import ClassVar, NamedTuple

from fsrs import Card, Rating, Scheduler, State

from . import definitions
from .content import Item, Quiz
from .progress import FEWEST_ANSWERS, GETTING_THERE, SOLID
from .scoring import nearest_band
from .statistics import Share

MOST = 3  # questions of one look back: two minutes
SCHOOL_DAYS = (1, 2, 3, 4, 5)  # of the week, Monday is 1


class Window(NamedTuple):
    """Between which days after a lesson a round is due, as FSRS wants it; on the next class day it opens. It lasts until the next round."""

    first: int
    last: int


# With the class's day of the week they open after 4-10, 22-34 and 56-83 days: about 1, 4 and 10 weeks.
WINDOWS = (Window(4, 7), Window(22, 28), Window(56, 77))
ROUNDS = (1, 2, 3)
OVER = 112  # days after a lesson: nothing of it is asked any more

# FSRS's steps of minutes and its random days are for people with cards of their own, and not for a class.
FSRS = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass(frozen=True)
class Memory:
    """What FSRS keeps of one objective: four numbers, no history."""

    stability: float  # days after which the chance of knowing it is 0.9
    difficulty: float  # 1 (easy) to 10
    last_on: date
    due_on: date  # when the chance falls to 0.9; before windows and days of the week


def first_memory(right: bool, day: date) -> Memory:
    """After the lesson's own questions."""
    return _memory(Card(card_id=1, due=_noon(day)), right, day)


def after_review(memory: Memory, right: bool, day: date) -> Memory:
    """After it was asked again. "Not yet" is FSRS's Again and "right" its Good: there is nobody to say that it was hard or easy."""
    return _memory(_card(memory), right, day)


def recall(memory: Memory, day: date) -> float:
    """The chance, 0-1, that it is known on this day: (1 + F t / S) ^ -w20, where F makes it 0.9 after S days."""
    return float(FSRS.get_card_retrievability(_card(memory), _noon(day)))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)  # FSRS counts whole days between moments


def _card(memory: Memory) -> Card:
    return Card(
        card_id=1, state=State.Review, stability=memory.stability, difficulty=memory.difficulty, due=_noon(memory.due_on),
        last_review=_noon(memory.last_on),
    )  # fmt: skip


def _memory(card: Card, right: bool, day: date) -> Memory:
    known, _log = FSRS.review_card(card, Rating.Good if right else Rating.Again, _noon(day))
    assert known.stability is not None
    assert known.difficulty is not None
    return Memory(known.stability, known.difficulty, day, known.due.date())


# --- which day ---------------------------------------------------------------------------------------------------------


def round_on(finished_on: date, day: date) -> int:
    """Which round of a lesson this day belongs to, whether or not it is due yet; 0 before the first and after the last."""
    age = (day - finished_on).days
    return sum(age >= window.first for window in WINDOWS) if age <= OVER else 0


def next_class_day(day: date, weekday: int) -> date:
    """This day, or the next one that is the class's day of the week (Monday is 1)."""
    return day + timedelta((weekday - day.isoweekday()) % 7)


def week_of(day: date, weekday: int) -> date:
    """The class day that this day's week began with."""
    return day - timedelta((day.isoweekday() - weekday) % 7)


@dataclass(frozen=True)
class Topic:
    """One objective of a lesson that a student has finished."""

    assignment_id: int
    lesson: str  # slug
    objective: str
    finished_on: date
    memory: Memory
    at_the_end: Share  # of the lesson: this student's answers to questions with this objective

    def opens_on(self, nth: int, weekday: int) -> date:
        """From when a round is asked: when FSRS wants it, within the round's window, on the class's day."""
        window = WINDOWS[nth - 1]
        wanted = (self.memory.due_on - self.finished_on).days
        return next_class_day(self.finished_on + timedelta(min(max(wanted, window.first), window.last)), weekday)

    @property
    def asked_in(self) -> int:
        """The last round it was asked in; 0 for none yet."""
        return round_on(self.finished_on, self.memory.last_on)

    def is_due(self, today: date, weekday: int, since: date | None = None) -> bool:
        """Whether it may be asked today. What opened before `since` is passed over: it was asked before the class made a pause."""
        nth = round_on(self.finished_on, today)
        if nth <= self.asked_in:
            return False
        opens = self.opens_on(nth, weekday)
        return opens <= today and (since is None or opens >= since)


@dataclass(frozen=True)
class Look:
    """A student's short look back in this week: what has been asked of it, and what comes next."""

    done: tuple[Topic, ...] = ()
    waiting: tuple[Topic, ...] = ()

    @property
    def total(self) -> int:
        return len(self.done) + len(self.waiting)


def look_back(topics: Iterable[Topic], today: date, weekday: int, since: date | None = None) -> Look:
    """What is asked this week: at most three questions, however much is due, and of a lesson once in each round.

    First comes what is likeliest forgotten. What there was no room for waits until the next week, and is dropped with its round:
    after holidays nobody meets a heap.
    """
    week, known = week_of(today, weekday), list(topics)
    done = tuple(t for t in known if t.asked_in and t.memory.last_on >= week)
    over = {
        t.assignment_id for t in known
        if t.asked_in and t.memory.last_on < week and t.asked_in == round_on(t.finished_on, today)
    }  # fmt: skip
    due = [t for t in known if t.assignment_id not in over and t.is_due(today, weekday, since)]
    due.sort(key=lambda t: (recall(t.memory, today), t.assignment_id, t.objective))
    return Look(done, tuple(due[: max(0, MOST - len(done))]))


# --- which question ----------------------------------------------------------------------------------------------------


def can_be_asked(quiz: Quiz, band: str, objective: str) -> list[Item]:
    """The questions a look back may ask: never a sensitive one, for nothing of those is kept with a seat."""
    return [i for i in quiz.for_band(nearest_band(quiz, band)) if i.objective == objective and not i.sensitive]


def question_for(quiz: Quiz, band: str, objective: str, nth: int, sittings: Sequence[Collection[str]] = ()) -> Item | None:
    """The question of the n-th round: first those the student has not met, last those of the newest of these sittings; another each time.

    The lesson's anchors are in every sitting, so they come after the others. None when no question is left."""
    newest = {item_id: place for place, items in enumerate(sittings, 1) for item_id in items}
    items = sorted(can_be_asked(quiz, band, objective), key=lambda item: newest.get(item.id, 0))
    return items[(nth - 1) % len(items)] if items else None


def topics_in(quiz: Quiz, band: str, marks: Mapping[str, bool]) -> dict[str, Share]:
    """Objectives that a sitting asked for, with the share right: those that can be asked again."""
    found: dict[str, Share] = {}
    for item_id, right in marks.items():
        item = quiz.item(item_id)
        if item is None or item.sensitive or not can_be_asked(quiz, band, item.objective):
            continue
        so_far = found.get(item.objective, Share(0, 0))
        found[item.objective] = Share(so_far.right + right, so_far.answered + 1)
    return found


# --- what a teacher sees -----------------------------------------------------------------------------------------------


class Kept(Enum):
    """What to make of a share, in the words of standings; templates make sentences of them."""

    SOLID = "solid"
    GETTING_THERE = "getting_there"
    AGAIN = "again"


@dataclass(frozen=True)
class Retained:
    """How many knew an objective some weeks later, and how many answers were right at the end of the lesson: the same students."""

    definition_of: ClassVar[Mapping[str, str]] = {"later": definitions.RETAINED, "at_the_end": definitions.RETAINED}
    later: Share  # students
    at_the_end: Share  # their answers: a student may have had two questions with this objective

    def __post_init__(self) -> None:
        if self.later.answered < FEWEST_ANSWERS:
            raise ValueError("fewer than five students are never shown")

    @property
    def kept(self) -> Kept:
        right, answered = self.later.right, self.later.answered
        return Kept.SOLID if right >= SOLID * answered else Kept.GETTING_THERE if right >= GETTING_THERE * answered else Kept.AGAIN
