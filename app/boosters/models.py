"""What of looking back is kept: for each seat what its schedule needs, and for the class counts without people."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Double, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, Model


class Recall(Model):
    """One objective of one lesson, once a seat has been asked it again (curriculum/spacing.py: Memory). Which question it was, what was
    chosen and whether it was right stands nowhere.

    Until then there is no row: the schedule follows from the answers to the lesson's own questions."""

    __tablename__ = "recalls"
    __table_args__ = CLUSTERED
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True, index=True)
    objective: Mapped[str] = mapped_column(String(60), primary_key=True)
    stability: Mapped[float] = mapped_column(Double)  # days
    difficulty: Mapped[float] = mapped_column(Double)
    last_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)


class RecallCount(Model):
    """How many students of a class were asked an objective in a round, how many knew it, and how many of the same students' answers
    were right at the end of the lesson.

    What is shown moves by five students at least: two looks must not tell one student's answer (docs/decisions/0025)."""

    __tablename__ = "recall_counts"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    objective: Mapped[str] = mapped_column(String(60), primary_key=True)
    nth: Mapped[int] = mapped_column(Integer, primary_key=True)  # round, from 1
    n: Mapped[int] = mapped_column(Integer)
    right: Mapped[int] = mapped_column(Integer)
    then_asked: Mapped[int] = mapped_column(Integer)
    then_right: Mapped[int] = mapped_column(Integer)
    shown_n: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    shown_right: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    shown_then_asked: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    shown_then_right: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
