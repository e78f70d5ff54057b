"""Marks of what was read."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, Model


class Reading(Model):
    """A student has come to the end of an assigned lesson; stepping over parts of it leaves no mark."""

    __tablename__ = "readings"
    __table_args__ = CLUSTERED
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(Integer, ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True, index=True)
    read_on: Mapped[date] = mapped_column(Date)
