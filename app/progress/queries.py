"""Reading where a class stands: a bounded number of statements, whatever was answered. Hands up counts, never percentages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from app.classrooms.models import Assignment, Student
from app.core.db import db
from app.quizzes.models import Standing, Tally

# A class page is opened again and again: its statements are built once, and give plain rows.
given, seats, standing, tally = Assignment.__table__, Student.__table__, Standing.__table__, Tally.__table__
OF_CLASS = given.c.classroom_id == bindparam("classroom_id")
GIVEN = (
    select(given.c.id, given.c.classroom_id, given.c.lesson_slug, given.c.opens_on, given.c.due_on, given.c.family_code)
    .where(OF_CLASS)
    .order_by(given.c.opens_on, given.c.id)
)
SEATS = select(seats.c.id, seats.c.first, seats.c.second).where(seats.c.classroom_id == bindparam("classroom_id")).order_by(seats.c.id)
STANDINGS = (
    select(standing.c.assignment_id, standing.c.student_id, standing.c.tries, standing.c.answered, standing.c.total,
           standing.c.best_right, standing.c.best_counted, standing.c.finished_on)
    .join_from(given, standing, standing.c.assignment_id == given.c.id)
    .where(OF_CLASS)
)  # fmt: skip
ANSWERED = (
    select(tally.c.assignment_id, func.sum(tally.c.n))
    .join_from(given, tally, tally.c.assignment_id == given.c.id)
    .where(OF_CLASS)
    .group_by(tally.c.assignment_id)
)
TALLIES = select(tally.c.assignment_id, tally.c.item_id, tally.c.choice, tally.c.n).where(
    tally.c.assignment_id.in_(bindparam("assignment_ids", expanding=True))
)


def all_of(statement: Any, **values: Any) -> Sequence[Any]:
    return db.session.connection().execute(statement, values).all()


def given_to(classroom_id: int) -> Sequence[Any]:
    """What is assigned to a class, in the order in which it opens: rows with the columns of an Assignment that pages show."""
    return all_of(GIVEN, classroom_id=classroom_id)


def seats_in(classroom_id: int) -> Sequence[Any]:
    """(id, first, second) of a class's students."""
    return all_of(SEATS, classroom_id=classroom_id)


def standings_in(classroom_id: int) -> Sequence[Any]:
    """The summary rows of a class: one for each student and lesson begun."""
    return all_of(STANDINGS, classroom_id=classroom_id)


def answered_in(classroom_id: int) -> dict[int, int]:
    """Assignment -> how often anything was counted. Counts only ever grow, so while this number is the same, so are they."""
    return dict(tuple(row) for row in all_of(ANSWERED, classroom_id=classroom_id))


def tallies_in(assignment_ids: Sequence[int]) -> dict[int, dict[str, dict[str, int]]]:
    """Counts of each option over first sittings: assignment -> question -> option -> students."""
    found: dict[int, dict[str, dict[str, int]]] = {}
    for assignment_id, item_id, choice, n in all_of(TALLIES, assignment_ids=list(assignment_ids)):
        found.setdefault(assignment_id, {}).setdefault(item_id, {})[choice] = n
    return found
