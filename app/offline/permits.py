"""The right to send answers to one sitting later, without signing in: given out while signed in, carried by the browser, read by nobody."""

from __future__ import annotations

import json
from datetime import date
from typing import NamedTuple

from app.core import clock
from app.core.boxes import conceal, open_box, reveal
from app.quizzes.queries import UUID

A_DAY = 86_400  # seconds
ANSWERED_FOR = 6 * A_DAY  # how long a device takes answers with a permit
DELIVERED_FOR = 7 * A_DAY  # how long the answers are taken here: a day more, so that what was kept last arrives too


class Permit(NamedTuple):
    """One sitting of one seat: its questions, and when this right was given out (seconds since 1970)."""

    student_id: int
    assignment_id: int
    attempt_uuid: str
    nth: int
    items: tuple[str, ...]
    given_at: int

    def slip(self) -> str:
        return conceal("permit", list(self))

    @property
    def is_over(self) -> bool:
        return clock.seconds() > self.given_at + DELIVERED_FOR


class Answered(NamedTuple):
    """One answer as it came out of its box. `day` is what the device said, or None when that was no day."""

    id: str  # the browser's name for the box
    permit: Permit
    item: str
    choice: str
    locale: str
    day: date | None


def permit_in(slip: str) -> Permit | None:
    found = reveal("permit", slip)
    if found is None:
        return None
    student_id, assignment_id, attempt_uuid, nth, items, given_at = found
    return Permit(student_id, assignment_id, attempt_uuid, nth, tuple(items), given_at)


def answer_in(box_id: str, box: bytes) -> Answered | None:
    """What somebody answered without a connection; None for anything that was not closed for us, or holds no permit of ours."""
    text = open_box(box) if UUID.fullmatch(box_id) else None
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(found.get(k), str) for k in ("permit", "item", "choice", "locale", "day")):
        return None
    permit = permit_in(found["permit"])
    if permit is None:
        return None
    return Answered(box_id, permit, found["item"], found["choice"], found["locale"], day_in(found["day"]))


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
