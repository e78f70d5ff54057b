"""What a teacher put aside on the class page. Everything else there is only read."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import CLUSTERED, Model


class Dismissal(Model):
    """A reason for a hand that the teacher has put aside, until there is new evidence: `evidence` is how much there was then."""

    __tablename__ = "dismissals"
    __table_args__ = CLUSTERED
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(16), primary_key=True)
    evidence: Mapped[int] = mapped_column(Integer)
    dismissed_on: Mapped[date] = mapped_column(Date)
