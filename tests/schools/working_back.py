"""What somebody can work out of a report by calculating: the least and the most that each figure can be, from what is shown alone.

Written without the code that decides what is shown. Everything is a whole number:
- N students took part; the schools' counts add up to N, and so do the languages';
- a row (lesson, age) holds n of them; the rows of one lesson hold different students, so together at most N; all rows hold everybody;
- in a row solid + getting there + below half = n, each within its share of n; p of the n took both checks.
A figure that is held back can be anything from 0 up. `tests` compare these bounds with trying out every case on small numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

from app.curriculum.reports import Batch, LessonRow

Range = tuple[float, float]
ANYTHING: Range = (0, inf)


def as_range(band) -> Range:
    return ANYTHING if band is None else (band[0], inf if band[1] is None else band[1])


@dataclass
class Knowledge:
    """The bounds of everything, once all that is shown has been put together."""

    people: Range
    schools: dict
    languages: dict
    rows: dict  # (lesson, band) -> n
    states: dict  # (lesson, band, state) -> Range
    pairs: dict  # (lesson, band) -> p

    def part_of(self, school, language) -> Range:
        """Students of a school who answered in a language: of no table, but bounded by two of them."""
        s, g = self.schools[school], self.languages[language]
        return max(0, s[0] + g[0] - self.people[1]), min(s[1], g[1])

    def not_in(self, key) -> Range:
        """Students who took part, but are not in this row."""
        return max(0, self.people[0] - self.rows[key][1]), self.people[1] - self.rows[key][0]

    def without_checks(self, key) -> Range:
        return max(0, self.rows[key][0] - self.pairs[key][1]), self.rows[key][1] - self.pairs[key][0]


def worked_out(batch: Batch) -> Knowledge:
    assert batch.people is not None
    rows = {(row.lesson, row.band): as_range(row.students) for row in batch.rows}
    schools = {name: as_range(band) for name, band in batch.people.schools.items()}
    languages = {name: as_range(band) for name, band in batch.people.languages.items()}
    people = meet(as_range(batch.people.students), added(schools), added(languages), by_rows(rows))
    found = {key: row_range(key, rows, people) for key in rows}
    states = {}
    for row in batch.rows:
        for name, bounds in states_of(row, found[row.lesson, row.band]).items():
            states[row.lesson, row.band, name] = bounds
    pairs = {(row.lesson, row.band): meet(as_range(row.pairs), (0, found[row.lesson, row.band][1])) for row in batch.rows}
    return Knowledge(people, parts(schools, people), parts(languages, people), found, states, pairs)


def meet(*ranges: Range) -> Range:
    low, high = max(r[0] for r in ranges), min(r[1] for r in ranges)
    assert low <= high, f"what is shown contradicts itself: {ranges}"
    return low, high


def added(shown: dict) -> Range:
    return sum(r[0] for r in shown.values()), sum(r[1] for r in shown.values())


def parts(shown: dict, total: Range) -> dict:
    """Each part, from the total and the others."""
    found = {}
    for name, own in shown.items():
        others = added({n: r for n, r in shown.items() if n != name})
        found[name] = meet(own, (max(0, total[0] - others[1]), total[1] - others[0]))
    return found


def by_lesson(rows: dict) -> dict:
    lessons: dict = {}
    for (lesson, band), r in rows.items():
        lessons.setdefault(lesson, {})[band] = r
    return lessons


def by_rows(rows: dict) -> Range:
    """How many took part, from the rows: at least as many as did any lesson, at most all of them together."""
    sums = [added(bands) for bands in by_lesson(rows).values()]
    return max(s[0] for s in sums), sum(s[1] for s in sums)


def row_range(key, rows: dict, people: Range) -> Range:
    lesson, band = key
    same = added({b: r for b, r in by_lesson(rows)[lesson].items() if b != band})
    # As few as can be when as few as can be took part, and the other rows hold as many of them as they can.
    elsewhere = sum(min(added(bands)[1], people[0]) for name, bands in by_lesson(rows).items() if name != lesson)
    return meet(rows[key], (max(0, people[0] - same[1] - elsewhere), people[1] - same[0]))


NAMES = ("solid", "getting_there", "below_half")


def states_of(row: LessonRow, students: Range) -> dict:
    """Each state in a row: tried out for every number of students that the row can have (up to a thousand of them)."""
    shown = {name: getattr(row, name) for name in NAMES}
    low, high = int(students[0]), int(min(students[1], students[0] + 1000))
    found = dict.fromkeys(NAMES, (inf, -inf))
    for n in range(low, high + 1):
        each = {name: share_range(band, n) for name, band in shown.items()}
        if any(r[0] > r[1] for r in each.values()) or not sum(r[0] for r in each.values()) <= n <= sum(r[1] for r in each.values()):
            continue
        for name, own in parts(each, (n, n)).items():
            found[name] = (min(found[name][0], own[0]), max(found[name][1], own[1]))
    return found


def share_range(band, n: int) -> Range:
    """Whole numbers whose share of n lies in a band; a share on an edge belongs to the band above it."""
    if band is None:
        return 0, n
    low, high = band
    return ceil(n * low / 100), n if high == 100 else ceil(n * high / 100) - 1
