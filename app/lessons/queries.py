from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, column, select, table

from app.core.db import db
from app.curriculum.before_after import AFTER, BEFORE
from app.lessons.models import Reading


def record_reading(student_id: int, assignment_id: int, day: date) -> None:
    """Once is enough: the first day stays."""
    db.session.execute(db.insert(Reading).values(student_id=student_id, assignment_id=assignment_id, read_on=day).on_conflict_do_nothing())


READING = select(Reading.student_id).where(
    Reading.student_id == bindparam("student_id"), Reading.assignment_id == bindparam("assignment_id")
)


def has_read(student_id: int, assignment_id: int) -> bool:
    """Whether this student has read this assignment to the end."""
    place = {"student_id": student_id, "assignment_id": assignment_id}
    return db.connection.execute(READING, place).first() is not None


def readings_of(student_id: int) -> set[int]:
    """The assignments this student has read to the end."""
    return set(db.session.scalars(select(Reading.assignment_id).where(Reading.student_id == student_id)))


class Steps(NamedTuple):
    """How far a student is on the way through a lesson with checks; "" not begun, "begun", or "done". Reading is known apart."""

    before: str
    quiz: str
    after: str


# Attempts belong to the package above; they are read here by name, and only for how far somebody is.
attempts = table("attempts", column("student_id"), column("assignment_id"), column("nth"), column("finished_on", Date))
STEPS = select(attempts.c.nth, attempts.c.finished_on).where(
    attempts.c.student_id == bindparam("student_id"), attempts.c.assignment_id == bindparam("assignment_id")
)


def steps_of(student_id: int, assignment_id: int) -> Steps:
    rows = db.connection.execute(STEPS, {"student_id": student_id, "assignment_id": assignment_id}).all()

    def state(finished: list[bool]) -> str:
        return "done" if any(finished) else "begun" if finished else ""

    taken = [(row.nth, row.finished_on is not None) for row in rows]
    return Steps(*(state([f for n, f in taken if n == nth or (nth == 1 and n > 1)]) for nth in (BEFORE, 1, AFTER)))
