"""A class in numbers and without names: how many stand where with each lesson, and which ideas are worth a conversation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.classrooms.models import Assignment
from app.classrooms.queries import assignments_of, given_seats, seat_rules_in, students_in
from app.core.db import db
from app.core.library import library
from app.curriculum.content import Lesson
from app.curriculum.ideas import Entry, met_in, ranked
from app.curriculum.progress import Standing, standing
from app.progress.queries import tallies_in
from app.quizzes.models import Standing as StandingRow

row, given = StandingRow.__table__.c, Assignment.__table__.c
STANDINGS = (
    select(row.assignment_id, row.student_id, row.best_right, row.best_counted, row.tries, row.answered, row.finished_on)
    .join_from(Assignment.__table__, StandingRow.__table__, row.assignment_id == given.id)
    .where(given.classroom_id == bindparam("classroom_id"))
)


@dataclass(frozen=True)
class Line:
    """One lesson: of the students it is given to, how many stand where. `late` of those who handed in."""

    assignment: Assignment
    lesson: Lesson
    students: int
    counts: dict[Standing, int]
    finished: int
    late: int


def lines_of(classroom_id: int) -> list[Line]:
    """Every lesson of a class in the order it opened: four statements."""
    assigned = [(a, lesson) for a in assignments_of(classroom_id) if (lesson := library().lesson(a.lesson_slug)) is not None]
    rows = {(r.assignment_id, r.student_id): r for r in db.connection.execute(STANDINGS, {"classroom_id": classroom_id})}
    seats = given_seats([a for a, _lesson in assigned], students_in(classroom_id), seat_rules_in(classroom_id))
    return [line_of(a, lesson, [rows.get((a.id, s)) for s in seats[a.id]]) for a, lesson in assigned]


def line_of(assignment: Assignment, lesson: Lesson, rows: list[object]) -> Line:
    counts: Counter[Standing] = Counter()
    finished = late = 0
    for r in rows:
        right, counted, tries, answered, finished_on = r[2:] if r is not None else (0, 0, 0, 0, None)  # type: ignore[index]
        counts[standing(right, counted, tries, answered)] += 1
        finished += bool(tries)
        late += finished_on is not None and assignment.due_on is not None and finished_on > assignment.due_on
    return Line(assignment, lesson, len(rows), {s: counts[s] for s in Standing}, finished, late)


def ideas_of(lines: list[Line], now: str, most: int = 8) -> list[Entry]:
    """The wrong ideas to talk about, in the order of all pages, sensitive questions left out; `now` is the lesson that the class is at.
    One statement."""
    tallies = tallies_in([line.assignment.id for line in lines])
    met = (
        met
        for line in lines
        for item in line.lesson.quiz.items
        if not item.sensitive
        for met in met_in(line.lesson.slug, item, tallies.get(line.assignment.id, {}).get(item.id, {}))
    )
    return [entry for entry in ranked(met, now) if entry.to_talk_about][:most]


def lessons_of(entry: Entry) -> list[Lesson]:
    """The lessons in whose questions an idea was met."""
    found = (library().lesson(slug) for slug in dict.fromkeys(place.lesson for place in entry.places))
    return [lesson for lesson in found if lesson is not None]
