"""Classes, seats in them, and what is assigned. A student is a seat: two numbers for a pseudonym, and a secret's hash."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, NEVER_AGAIN, Model
from app.core.tombstones import new_mark


class Classroom(Model):
    __tablename__ = "classrooms"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mark: Mapped[str] = mapped_column(String(16), default=new_mark, server_default="")  # see core/tombstones.py
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teachers.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(40))
    band: Mapped[str] = mapped_column(String(1))
    locale: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(40))
    code_seed: Mapped[str] = mapped_column(String(16))  # the class code is derived from it and the key: not in the table
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    door_open_until: Mapped[int] = mapped_column(Integer, default=0)  # seconds since 1970
    seats: Mapped[int] = mapped_column(Integer)
    created_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    booster_day: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # weekday of looking back (Monday is 1); 0: none
    boosters_from: Mapped[date | None] = mapped_column(Date)  # since a pause: what could be asked before it is passed over


class Student(Model):
    __tablename__ = "students"
    __table_args__ = (UniqueConstraint("classroom_id", "first", "second"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mark: Mapped[str] = mapped_column(String(16), default=new_mark, server_default="")
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    first: Mapped[int] = mapped_column(Integer)  # numbers of the pseudonym's two nouns in words/pseudonyms.toml
    second: Mapped[int] = mapped_column(Integer)
    secret_hash: Mapped[str] = mapped_column(String(200))
    key_id: Mapped[int] = mapped_column(Integer, default=1)
    reset_hash: Mapped[str | None] = mapped_column(String(64))  # of the one-time code that lets new words be drawn
    reset_until: Mapped[int] = mapped_column(Integer, default=0)
    reset_tries: Mapped[int] = mapped_column(Integer, default=0)
    group_number: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # 1 to MOST_GROUPS; 0: in none


# Groups have numbers, not names: what a teacher would type could be about a child.
MOST_GROUPS = 8
EVERYBODY, CHOSEN = 0, -1  # values of `Assignment.for_group` beside the number of a group


class Assignment(Model):
    """A lesson given to a class: by its slug, never by a copy of its content.

    `for_group` is EVERYBODY, the number of a group, or CHOSEN (the students with a SeatRule that gives it). Answers count after
    `due_on` too, marked late, until `closes_on`; without one, until the class ends. `checks`: a short check before and after.

    `counted_until` is the day with which counts of sensitive questions came to a stand, once they could be seen and the due day was
    moved (curriculum/assigning.py). The days are changed by `queries.change_days` alone, which sees to it."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("classroom_id", "lesson_slug"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mark: Mapped[str] = mapped_column(String(16), default=new_mark, server_default="")
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    lesson_slug: Mapped[str] = mapped_column(String(60))
    opens_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date)
    for_group: Mapped[int] = mapped_column(Integer, default=EVERYBODY, server_default="0")
    checks: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    counted_until: Mapped[date | None] = mapped_column(Date)
    created_on: Mapped[date] = mapped_column(Date)
    family_code: Mapped[str] = mapped_column(String(8), unique=True)


class SeatRule(Model):
    """What holds for one student of an assignment: that it is given to them by choice, or open to them until a day of their own."""

    __tablename__ = "seat_rules"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True, index=True)
    given: Mapped[bool] = mapped_column(Boolean, default=False)
    open_until: Mapped[date | None] = mapped_column(Date)


class Pulse(Model):
    """Two taps at the end of an assigned lesson: how often each reply was given, without the seat.

    What is shown moves only when five more have tapped: two looks must not tell one student's reply."""

    __tablename__ = "pulses"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(8), primary_key=True)
    reply: Mapped[str] = mapped_column(String(8), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    shown: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # of n: moves five taps at a time
