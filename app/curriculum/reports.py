"""What a board is told about many classes: figures about ten students or more, of which nobody can work out a smaller one.

The rules (each is attacked by a solver in the tests):
1. Every student who finished a lesson is counted in one report and never again, so that no two reports differ by a few people.
   A lesson's row waits until ten students of one age group are there; until then the report repeats the figures it had.
2. A count below ten is held back, and as many others as it takes that it cannot be worked out (`disclosure.protect`).
3. What is shown is shown in bands: counts from-to, shares as `disclosure.share_band`, gains in steps of ten points, open at both ends.
4. No figure is divided twice: shares by lesson and age group, counts by language and by school. Shares by school as well would
   say more about the few who are left between two tables than either does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import TypeVar

from .disclosure import FEWEST_PEOPLE, protect, share_band
from .progress import TRIES_FOR_A_HAND, Standing, standing
from .statistics import Share

DAYS_BETWEEN = timedelta(28)
ROWS_LAST = timedelta(365)  # a figure is repeated for a year
COUNT_STEPS = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
GAIN_STEPS = (-5, 5, 15, 25)  # points of a hundred; below the first and above the last is open
STATES = (Standing.SOLID, Standing.GETTING_THERE, Standing.HAND)

Name = TypeVar("Name", bound=Hashable)
Band = tuple[int | None, int | None]  # from and to; None: open


@dataclass(frozen=True)
class Finished:
    """One student who finished one lesson's questions in time. `gain`: share right after minus before, with both checks."""

    student: Hashable
    lesson: str
    band: str
    school: Hashable
    locale: str
    day: date
    right: int
    counted: int
    gain: float | None = None


@dataclass(frozen=True)
class LessonRow:
    """What is told of one lesson in one age group; None stands where a figure is held back."""

    lesson: str
    band: str
    students: Band
    solid: Band | None
    getting_there: Band | None
    below_half: Band | None
    pairs: Band | None
    gain: Band | None


@dataclass(frozen=True)
class People:
    """Students who finished at least one of these lessons, each counted once."""

    students: Band
    languages: dict[str, Band | None]
    schools: dict[Hashable, Band | None]


@dataclass(frozen=True)
class Batch:
    """What a report adds: the rows that have ten new students, and who those students are by language and school."""

    rows: tuple[LessonRow, ...]
    people: People | None

    @property
    def counted(self) -> frozenset[tuple[str, str]]:
        """The (lesson, band) pairs whose students are counted now."""
        return frozenset((row.lesson, row.band) for row in self.rows)


def may_report(last: date | None, today: date) -> bool:
    """At least 28 days after the last one, whatever it would show: asking more often would be watching a counter."""
    return last is None or today - last >= DAYS_BETWEEN


def batch(waiting: Iterable[Finished], languages: Sequence[str], schools: Sequence[Hashable]) -> Batch:
    """What can be told of those who have not been counted yet. `languages` and `schools` are all that could occur."""
    groups: dict[tuple[str, str], list[Finished]] = defaultdict(list)
    for one in waiting:
        groups[one.lesson, one.band].append(one)
    ready = {key: group for key, group in sorted(groups.items()) if len(group) >= FEWEST_PEOPLE}
    rows = tuple(row_of(lesson, band, group) for (lesson, band), group in ready.items())
    return Batch(rows, people_in([one for group in ready.values() for one in group], languages, schools) if rows else None)


def row_of(lesson: str, band: str, group: Sequence[Finished]) -> LessonRow:
    states = Counter(standing(one.right, one.counted, tries=TRIES_FOR_A_HAND) for one in group)
    counts = [states[state] for state in STATES]
    # Nobody is protected like one student: "none is solid" would tell on all of them. What that adds to the sum, k has more.
    (shown,) = protect([[max(n, 1) for n in counts]], FEWEST_PEOPLE + counts.count(0)).cells
    shares = [None if seen is None else share_band(Share(n, len(group))) for n, seen in zip(counts, shown, strict=True)]
    gains = [one.gain for one in group if one.gain is not None]
    # Those with both checks, beside those without: neither may be few.
    with_both = protect([[len(gains)], [len(group) - len(gains)]]).cells[0][0]
    pairs = count_band(with_both) if with_both else None
    # From twice as many: of ten pairs a mean would say too nearly how many of them improved.
    gain = gain_band(fmean(gains)) if pairs and len(gains) >= 2 * FEWEST_PEOPLE else None
    return LessonRow(lesson, band, count_band(len(group)), shares[0], shares[1], shares[2], pairs, gain)


def people_in(group: Sequence[Finished], languages: Sequence[str], schools: Sequence[Hashable]) -> People:
    """Each student once: a student's language is that of the last lesson finished."""
    students = {one.student: one for one in sorted(group, key=lambda one: one.day)}
    by_language, by_school = Counter(s.locale for s in students.values()), Counter(s.school for s in students.values())
    return People(
        count_band(len(students)),
        counts_shown({code: by_language[code] for code in languages}, len(students)),
        counts_shown({school: by_school[school] for school in schools}, len(students)),
    )


def counts_shown(counts: Mapping[Name, int], total: int) -> dict[Name, Band | None]:
    """Each count as a band, or None. Nobody and fewer than ten look alike. What belongs to no name counts as one more, not shown."""
    column = [*counts.values(), total - sum(counts.values())]
    cells = protect([[n] for n in column]).cells
    return {name: count_band(cell) if cell else None for name, (cell,) in zip(counts, cells, strict=False)}


def count_band(n: int) -> Band:
    """From-to around a count of ten or more; the last band has no end."""
    place = max(i for i, step in enumerate(COUNT_STEPS) if n >= step)
    return COUNT_STEPS[place], COUNT_STEPS[place + 1] - 1 if place + 1 < len(COUNT_STEPS) else None


def gain_band(mean: float) -> Band:
    """The step that a mean gain (-1 to 1) lies in, in points of a hundred; open at both ends."""
    points = 100 * mean
    below = [step for step in GAIN_STEPS if points >= step]
    above = [step for step in GAIN_STEPS if points < step]
    return (below[-1] if below else None), (above[0] if above else None)
