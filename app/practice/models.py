"""What of practising is kept: counts without people, and who has been counted so that nobody counts twice. Nothing links the two."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, Model


class PracticeCount(Model):
    """How many students of a class came through a scene of a story the first time they played it (`choice` is empty), and how many
    chose what in it. The story as a whole is the scene without a name.

    What is shown moves by five students at least: two looks must not tell one student's way (docs/decisions/0021)."""

    __tablename__ = "practice_counts"
    __table_args__ = CLUSTERED
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"), primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    scene: Mapped[str] = mapped_column(String(60), primary_key=True)
    choice: Mapped[str] = mapped_column(String(60), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    shown: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # of n


class ClassPulse(Model):
    """What a class answered to a question about an opinion: of `answered` how many said what most say in the survey beside it, and how
    many guessed that fewer of their class would. What else was said is not kept at all.

    Nobody is shown these three, only the ranges: of `shown` answers, five more each time (curriculum/ranges.py, docs/decisions/0026)."""

    __tablename__ = "class_pulses"
    __table_args__ = CLUSTERED
    classroom_id: Mapped[int] = mapped_column(ForeignKey("classrooms.id", ondelete="CASCADE"), primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    answered: Mapped[int] = mapped_column(Integer)
    says: Mapped[int] = mapped_column(Integer)
    fewer: Mapped[int] = mapped_column(Integer)
    shown: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # of answered
    says_least: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    says_most: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    fewer_least: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    fewer_most: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class Practised(Model):
    """A seat that has been counted: its first way through a story, or its answer to a question to the class. Shown to nobody."""

    __tablename__ = "practised"
    __table_args__ = CLUSTERED
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[str] = mapped_column(String(60), primary_key=True)
