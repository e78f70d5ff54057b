"""What the lead of a school sees of it: who teaches there, which classes there are. Never a student, an answer or a result.

A class belongs to the school its teacher belongs to. What is another school's cannot be found here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.accounts.models import Membership, Teacher
from app.accounts.queries import TEACHER_ROLE
from app.classrooms.models import Classroom, Student
from app.classrooms.queries import KEPT_AFTER_THE_END, MOST_CLASSES
from app.core import clock
from app.core.acts import StaffAct
from app.core.db import db

DAY = 86400  # seconds


def teachers_in(school_id: int) -> Sequence[Any]:
    """(id, display_name, role, disabled, signed_in_on, classes) of everybody in a school, by name."""
    classes = select(func.count()).where(Classroom.teacher_id == Teacher.id).scalar_subquery()
    return db.session.execute(
        select(Teacher.id, Teacher.display_name, Membership.role, Teacher.disabled, Teacher.signed_in_on, classes.label("classes"))
        .join(Membership, Membership.teacher_id == Teacher.id)
        .where(Membership.school_id == school_id)
        .order_by(Teacher.display_name, Teacher.id)
    ).all()


def classes_in(school_id: int) -> Sequence[Any]:
    """(id, label, teacher_id, teacher, band, created_on, ends_on, timezone, students) of every class of a school, by label."""
    students = select(func.count()).where(Student.classroom_id == Classroom.id).scalar_subquery()
    return db.session.execute(
        select(Classroom.id, Classroom.label, Classroom.teacher_id, Teacher.display_name.label("teacher"), Classroom.band,
               Classroom.created_on, Classroom.ends_on, Classroom.timezone, students.label("students"))
        .join(Teacher, Teacher.id == Classroom.teacher_id)
        .join(Membership, Membership.teacher_id == Teacher.id)
        .where(Membership.school_id == school_id)
        .order_by(Classroom.label, Classroom.id)
    ).all()  # fmt: skip


def teacher_in(school_id: int, teacher_id: int) -> Teacher | None:
    """A teacher of this school whose account a lead may close: open, and not a lead's."""
    return db.session.scalar(
        select(Teacher)
        .join(Membership, Membership.teacher_id == Teacher.id)
        .where(Membership.school_id == school_id, Teacher.id == teacher_id, Membership.role == TEACHER_ROLE, Teacher.disabled.is_(False))
    )


def class_in(school_id: int, classroom_id: int) -> Classroom | None:
    found: Classroom | None = db.session.scalar(_classes_of(school_id).where(Classroom.id == classroom_id))
    return found


def _classes_of(school_id: int) -> Any:
    return select(Classroom).join(Membership, Membership.teacher_id == Classroom.teacher_id).where(Membership.school_id == school_id)


def who_can_take(school_id: int, classroom: Classroom) -> list[Any]:
    """The others of the school whose accounts are open and who have room for one more class."""
    return [t for t in teachers_in(school_id) if t.id != classroom.teacher_id and not t.disabled and t.classes < MOST_CLASSES]


def hand_over(classroom: Classroom, teacher_id: int) -> None:
    """Give a class to another teacher: the one who had it finds it no more from the next request on. The caller commits."""
    classroom.teacher_id = teacher_id


def running_classes(school_id: int) -> list[Any]:
    return [c for c in classes_in(school_id) if c.ends_on >= clock.today(c.timezone)]


def end_classes(school_id: int, ids: Collection[int], last_day: date) -> int:
    """Bring the last day of these classes of the school forward, never back; says how many were. The caller commits."""
    found = db.session.scalars(_classes_of(school_id).where(Classroom.id.in_(ids), Classroom.ends_on > last_day)).all()
    for classroom in found:
        classroom.ends_on = last_day
    return len(found)


class ActsOfADay(NamedTuple):
    """How often somebody did something about one class, teacher or nothing in particular, on one day (UTC)."""

    day: date
    teacher_id: int  # acts.OPERATOR for whoever runs the site
    act: str
    about_id: int | None
    times: int


def acts_in(school_id: int, first: date, after: date) -> list[ActsOfADay]:
    """What staff of a school did from the first day on and before the other, newest days first."""
    day, times = StaffAct.at // DAY, func.count()
    found = db.session.execute(
        select(day.label("day"), StaffAct.teacher_id, StaffAct.act, StaffAct.about_id, times)
        .where(StaffAct.school_id == school_id, StaffAct.at >= seconds_of(first), StaffAct.at < seconds_of(after))
        .group_by(day, StaffAct.teacher_id, StaffAct.act, StaffAct.about_id)
        .order_by(day.desc(), func.min(StaffAct.id))
    )
    return [ActsOfADay(clock.moment(row[0] * DAY).date(), *row[1:]) for row in found]


def first_act_on(school_id: int) -> date | None:
    """The day of the oldest entry that is kept."""
    at = db.session.scalar(select(func.min(StaffAct.at)).where(StaffAct.school_id == school_id))
    return clock.moment(at).date() if at is not None else None


def seconds_of(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def gone_on(last_day: date) -> date:
    """The first day on which a class that ends then is no more."""
    return last_day + KEPT_AFTER_THE_END + timedelta(1)
