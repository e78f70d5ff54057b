"""Reading where a class stands: a bounded number of statements, whatever was answered. Hands up counts, never percentages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import db
from app.quizzes.models import Tally


def tallies_in(assignment_ids: Sequence[int]) -> dict[int, dict[str, dict[str, int]]]:
    """Counts of each option over first sittings: assignment -> question -> option -> students."""
    found: dict[int, dict[str, dict[str, int]]] = {}
    rows = db.session.execute(
        select(Tally.assignment_id, Tally.item_id, Tally.choice, Tally.n).where(Tally.assignment_id.in_(assignment_ids))
    )
    for assignment_id, item_id, choice, n in rows:
        found.setdefault(assignment_id, {}).setdefault(item_id, {})[choice] = n
    return found
