"""Days of assignments: until when answers are taken, a unit week by week, a copy to other days, and what a change does to whom.

All days are days in the class's time zone; the last one lasts until it ends there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum


@dataclass(frozen=True)
class Days:
    """From when a lesson is seen, until when it is to be finished, until when answers are taken (None: until the class ends)."""

    opens_on: date
    due_on: date | None = None
    closes_on: date | None = None

    def moved(self, by: timedelta) -> Days:
        return Days(self.opens_on + by, self.due_on and self.due_on + by, self.closes_on and self.closes_on + by)

    def within(self, ends_on: date) -> Days | None:
        """The same, brought forward to the class's last day where it lies after it; None when the lesson would open after it."""
        if self.opens_on > ends_on:
            return None
        return Days(self.opens_on, self.due_on and min(self.due_on, ends_on), self.closes_on and min(self.closes_on, ends_on))


def last_day(closes_on: date | None, open_until: date | None) -> date | None:
    """The last day on which answers of a student are taken: the later of the assignment's and the student's own; None: no such day."""
    return closes_on if closes_on is None or open_until is None else max(closes_on, open_until)


def is_closed(today: date, closes_on: date | None, open_until: date | None = None) -> bool:
    last = last_day(closes_on, open_until)
    return last is not None and last < today


def counted_until(due_on: date | None, held: date | None) -> date | None:
    """The last day on which answers to sensitive questions are counted; their counts are shown from the day after it, and stand still.

    `held` is the day at which they were held when they could be seen and the due day was moved; None: that has not happened.
    None for no such day: such questions are neither counted nor shown."""
    return due_on if held is None else held


def is_counted(today: date, due_on: date | None, held: date | None) -> bool:
    """Whether a sensitive answer of today goes into the class's counts."""
    last = counted_until(due_on, held)
    return last is not None and today <= last


def is_shown(today: date, due_on: date | None, held: date | None) -> bool:
    """Whether a teacher sees the counts of sensitive questions. Never on a day on which they are counted, and never before one."""
    last = counted_until(due_on, held)
    return last is not None and today > last


def held_at(due_on: date | None, held: date | None, today: date, today_after: date) -> date | None:
    """What `held` has to be before the due day or the time zone changes, so that counts that were shown stay shown and stand still.

    `today_after` is the day it is after the change: in another time zone it may be the day before."""
    last = counted_until(due_on, held)
    return held if last is None or today <= last else min(last, today_after - timedelta(1))


class Why(Enum):
    """Why a lesson cannot be given to a class."""

    THERE = "there"  # the class has it
    AGE = "age"  # not written for the class's age
    END = "end"  # it would open after the class's last day


@dataclass(frozen=True)
class Planned:
    """A lesson that would be assigned, or (`why`) that cannot be."""

    slug: str
    days: Days
    checks: bool = False
    why: Why | None = None


@dataclass(frozen=True)
class Receiver:
    """What a class can take: the lessons for its age, those it has already, and its last day."""

    fitting: frozenset[str]
    taken: frozenset[str]
    ends_on: date

    def planned(self, slug: str, days: Days, checks: bool = False) -> Planned:
        if slug in self.taken:
            return Planned(slug, days, checks, Why.THERE)
        if slug not in self.fitting:
            return Planned(slug, days, checks, Why.AGE)
        inside = days.within(self.ends_on)
        return Planned(slug, inside or days, checks, None if inside else Why.END)


def week_by_week(slugs: Iterable[str], first: Days, every: timedelta, receiver: Receiver, checks: bool = False) -> Iterator[Planned]:
    """Lessons one after the other, the first one on the days of `first`. One that cannot be given takes no place in the row."""
    days = first
    for slug in slugs:
        planned = receiver.planned(slug, days, checks)
        yield planned
        if planned.why is None:
            days = days.moved(every)


def copied(given: Sequence[tuple[str, Days, bool]], first_day: date, receiver: Receiver) -> Iterator[Planned]:
    """Assignments (lesson, days, checks) in another class: in the same rhythm, the earliest one on `first_day`."""
    by = first_day - min((days.opens_on for _slug, days, _checks in given), default=first_day)
    for slug, days, checks in given:
        yield receiver.planned(slug, days.moved(by), checks)


@dataclass(frozen=True)
class Part:
    """One student's part in a change of an assignment: what they have done, and whether it is given to them before and after."""

    begun: bool = False
    finished_on: date | None = None
    had: bool = True
    has: bool = True
    open_until: date | None = None


@dataclass(frozen=True)
class Effects:
    """What a change would do, as numbers of students."""

    begun: int = 0  # have begun, and go on having it: their answers stay
    late: int = 0  # count as late after the change and not before
    in_time: int = 0  # count as late before the change and not after
    shut_out: int = 0  # have not finished, could answer today, and could not after the change
    sooner: int = 0  # have not finished, and have until an earlier day than before, which is still to come
    let_in: int = 0  # have not finished, could not answer today, and could after the change
    unseen: int = 0  # see the lesson today, and would not until it opens
    lose: int = 0  # it is no longer given to them
    lose_begun: int = 0  # of these, have begun
    gain: int = 0  # it is given to them newly

    @property
    def harm(self) -> int:
        """How much is lost by it: what somebody agreed to must not be less than what happens."""
        return self.late + self.shut_out + self.sooner + self.unseen + self.lose

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return self != Effects()


def effects_of(before: Days, after: Days, parts: Iterable[Part], today: date) -> Effects:
    """What it does to change the days from `before` to `after` and, by `had` and `has` of each part, whom the lesson is given to."""
    found = Effects()
    for part in parts:
        for name in (*_of_audience(part), *(_of_days(before, after, part, today) if part.had and part.has else ())):
            found = replace(found, **{name: getattr(found, name) + 1})
    return found


def _of_audience(part: Part) -> Iterator[str]:
    if part.had and not part.has:
        yield "lose"
        if part.begun:
            yield "lose_begun"
    elif part.has and not part.had:
        yield "gain"
    elif part.has and part.begun:
        yield "begun"


def _of_days(before: Days, after: Days, part: Part, today: date) -> Iterator[str]:
    was_late, is_late = (days.due_on is not None and (part.finished_on or today) > days.due_on for days in (before, after))
    if is_late != was_late:
        yield "late" if is_late else "in_time"
    if before.opens_on <= today < after.opens_on:
        yield "unseen"
    elif part.finished_on is None and before.opens_on <= today:
        was, now = (last_day(days.closes_on, part.open_until) for days in (before, after))
        was_open, now_open = (last is None or last >= today for last in (was, now))
        if was_open and not now_open:
            yield "shut_out"
        elif now_open and not was_open:
            yield "let_in"
        elif was_open and now is not None and (was is None or now < was):
            yield "sooner"
