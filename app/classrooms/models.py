"""Classes, seats in them, and what is assigned. A student is a seat: two numbers for a pseudonym, and a secret's hash."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, Model


class Classroom(Model):
    __tablename__ = "classrooms"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
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


class Student(Model):
    __tablename__ = "students"
    # A number is never given to another child: an old session or answer could otherwise become the next one's.
    __table_args__ = (UniqueConstraint("classroom_id", "first", "second"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    first: Mapped[int] = mapped_column(Integer)  # numbers of the pseudonym's two nouns in words/pseudonyms.toml
    second: Mapped[int] = mapped_column(Integer)
    secret_hash: Mapped[str] = mapped_column(String(200))
    key_id: Mapped[int] = mapped_column(Integer, default=1)
    reset_hash: Mapped[str | None] = mapped_column(String(64))  # of the one-time code that lets new words be drawn
    reset_until: Mapped[int] = mapped_column(Integer, default=0)
    reset_tries: Mapped[int] = mapped_column(Integer, default=0)


class Assignment(Model):
    """A lesson given to a class: by its slug, never by a copy of its content."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("classroom_id", "lesson_slug"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"))
    lesson_slug: Mapped[str] = mapped_column(String(60))
    opens_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    created_on: Mapped[date] = mapped_column(Date)
    family_code: Mapped[str] = mapped_column(String(8), unique=True)


class Pulse(Model):
    """Two taps at the end of an assigned lesson: how often each reply was given, without the seat."""

    __tablename__ = "pulses"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(8), primary_key=True)
    reply: Mapped[str] = mapped_column(String(8), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
