"""Attempts, answers, and the summary rows that teachers' pages read. Written together, in one transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, Model
from app.curriculum.scoring import LONGEST_CHOICE


class Attempt(Model):
    """One sitting of one student at an assigned quiz (`nth` from 1), or at one of its short checks (`nth` is BEFORE or AFTER of
    curriculum/before_after.py), which count for no standing.

    The browser makes the uuid, so that sending twice is harmless."""

    __tablename__ = "attempts"
    # The second is what answers refer to.
    __table_args__ = (
        UniqueConstraint("student_id", "assignment_id", "nth"),
        Index("ix_attempts_student_id", "student_id", "uuid", unique=True),
    )
    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), index=True)
    nth: Mapped[int] = mapped_column(Integer)
    items: Mapped[str] = mapped_column(String(1000))  # ids in order, one space between
    content_version: Mapped[str] = mapped_column(String(16))
    started_on: Mapped[date] = mapped_column(Date)
    finished_on: Mapped[date | None] = mapped_column(Date)
    counted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # of a check: among those of its class below


class Answer(Model):
    """What was chosen (see curriculum/scoring.py), once. For sensitive items `choice` stays empty: that it was answered is all
    that is kept with the seat."""

    __tablename__ = "answers"
    # By both columns, as the key begins: when a sitting goes, its answers are found without an index of their own.
    __table_args__ = (
        ForeignKeyConstraint(["student_id", "attempt_uuid"], ["attempts.student_id", "attempts.uuid"], ondelete="CASCADE"),
        CLUSTERED,
    )
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    attempt_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    choice: Mapped[str | None] = mapped_column(String(LONGEST_CHOICE))
    right: Mapped[bool | None] = mapped_column(Boolean)
    answered_on: Mapped[date] = mapped_column(Date)


class Standing(Model):
    """Where one student stands with one assignment: a summary row, so that a class page reads 35 x 20 rows and not a history."""

    __tablename__ = "standings"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True, index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)  # sittings finished
    answered: Mapped[int] = mapped_column(Integer, default=0)  # in the open sitting
    total: Mapped[int] = mapped_column(Integer, default=0)
    best_right: Mapped[int] = mapped_column(Integer, default=0)  # of the best finished sitting, sensitive items left out
    best_counted: Mapped[int] = mapped_column(Integer, default=0)
    last_right: Mapped[int] = mapped_column(Integer, default=0)
    last_counted: Mapped[int] = mapped_column(Integer, default=0)
    finished_on: Mapped[date | None] = mapped_column(Date)  # first finished sitting
    locale: Mapped[str] = mapped_column(String(2), default="", server_default="")  # of the last answer


class Tally(Model):
    """How often each option was chosen in first sittings: counts without people, which survive erasure. Questions of several parts
    have one row for the whole and one for each part (`scoring.tally_keys`)."""

    __tablename__ = "tallies"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    choice: Mapped[str] = mapped_column(String(LONGEST_CHOICE), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    shown: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # of n: on the wall, which moves five answers at a time


class PairCount(Model):
    """How many students of a class had these two results in the checks before and after a lesson: right answers, of those asked.

    Counts without people, which survive erasure, and grow by five students at a time: two looks must not tell one student's result
    (docs/decisions/0034)."""

    __tablename__ = "pair_counts"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    right_before: Mapped[int] = mapped_column(Integer, primary_key=True)
    of_before: Mapped[int] = mapped_column(Integer, primary_key=True)
    right_after: Mapped[int] = mapped_column(Integer, primary_key=True)
    of_after: Mapped[int] = mapped_column(Integer, primary_key=True)
    n: Mapped[int] = mapped_column(Integer)


class ShiftCount(Model):
    """How many of the same students met a wrong idea in the check before and in the one after, and how many chose it."""

    __tablename__ = "shift_counts"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    idea: Mapped[str] = mapped_column(String(60), primary_key=True)
    chosen_before: Mapped[int] = mapped_column(Integer)
    met_before: Mapped[int] = mapped_column(Integer)
    chosen_after: Mapped[int] = mapped_column(Integer)
    met_after: Mapped[int] = mapped_column(Integer)


class LanguageCount(Model):
    """Right and not yet by question and language, among students who did alike on the rest of their first sitting: how questions are
    compared between languages (curriculum/bias.py). Counts over the whole site without people or classes, which survive erasure."""

    __tablename__ = "language_counts"
    __table_args__ = CLUSTERED
    lesson_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    locale: Mapped[str] = mapped_column(String(2), primary_key=True)
    stratum: Mapped[int] = mapped_column(Integer, primary_key=True)  # right answers to the other questions, in fifths: 0 to 5
    right: Mapped[int] = mapped_column(Integer, default=0)
    wrong: Mapped[int] = mapped_column(Integer, default=0)
