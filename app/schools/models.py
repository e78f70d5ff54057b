"""Reports for a board: made once, then never changed, so that no two of them differ by one answer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import NEVER_AGAIN, Model


class Report(Model):
    """What was published to a board: counts of at least ten, as they were on one day."""

    __tablename__ = "reports"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"), index=True)
    made_on: Mapped[date] = mapped_column(Date)
    content_version: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)  # JSON: the published tables and the log of what was held back
