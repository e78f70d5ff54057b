from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from app.core.db import db
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
    return db.session.connection().execute(READING, place).first() is not None


def readings_of(student_id: int) -> set[int]:
    """The assignments this student has read to the end."""
    return set(db.session.scalars(select(Reading.assignment_id).where(Reading.student_id == student_id)))
