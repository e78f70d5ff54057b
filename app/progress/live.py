"""A class at work on one lesson: who is signed in, how far each seat is, how many answered each question.

Everything is read from what is there anyway (sessions, summary rows, counts) each time it is asked for; nothing is kept of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, select

from app.classrooms.models import Assignment, SeatRule, Student
from app.classrooms.queries import gives_to
from app.core import clock, sessions
from app.core.db import db
from app.curriculum.assigning import is_shown
from app.curriculum.content import Item, Quiz
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.scoring import people_answered
from app.quizzes.models import Standing
from app.quizzes.queries import questions_for, tallies_of

seat, row, rule, session = Student.__table__.c, Standing.__table__.c, SeatRule.__table__.c, sessions.SessionRow.__table__.c
SIGNED_IN = exists().where(
    session.person_id == seat.id, session.kind == "student", session.ends_at > bindparam("now"), session.seen_at > bindparam("since")
)
AT_WORK = (
    select(seat.id, seat.first, seat.second, seat.group_number, rule.given, row.answered, row.total, row.tries, SIGNED_IN)
    .select_from(Student.__table__)
    .outerjoin(Standing.__table__, and_(row.student_id == seat.id, row.assignment_id == bindparam("assignment_id")))
    .outerjoin(SeatRule.__table__, and_(rule.student_id == seat.id, rule.assignment_id == bindparam("assignment_id")))
    .where(seat.classroom_id == bindparam("classroom_id"))
    .order_by(seat.id)
)  # built once: it is asked every two seconds


class SeatAtWork(NamedTuple):
    """One seat the lesson is given to, as it stands now. Signed in: a session that was used within its idle time and has not ended."""

    id: int
    first: int
    second: int
    answered: int  # in the sitting under way, or the last one
    total: int
    finished: bool  # at least one sitting
    signed_in: bool

    @property
    def state(self) -> str:
        """finished | answering | signed-in | away"""
        if self.finished:
            return "finished"
        if self.answered:
            return "answering"
        return "signed-in" if self.signed_in else "away"


def seats_at_work(assignment: Assignment) -> list[SeatAtWork]:
    """The seats of the class that the lesson is given to, in the order they were taken: one statement."""
    present = clock.seconds()
    place = {"classroom_id": assignment.classroom_id, "assignment_id": assignment.id,
             "now": present, "since": present - sessions.IDLE["student"]}  # fmt: skip
    return [
        SeatAtWork(r[0], r[1], r[2], r[5] or 0, r[6] or 0, bool(r[7]), bool(r[8]))
        for r in db.connection.execute(AT_WORK, place)
        if gives_to(assignment.for_group, r[3], bool(r[4]))
    ]


class Asked(NamedTuple):
    """One question of the first sitting; `answered` is None while a sensitive one is not counted yet (quizzes.queries.still_open)."""

    item: Item
    answered: int | None

    @property
    def too_few(self) -> bool:
        """Of a sensitive question a small number would tell who stepped over it."""
        return self.item.sensitive and self.answered is not None and self.answered < FEWEST_ANSWERS


def asked_of(quiz: Quiz, item_ids: Iterable[str], counts: Mapping[str, Mapping[str, int]], over: bool) -> list[Asked]:
    """How many answered each of these questions in their first sitting; a sensitive question only once the due day is `over`."""
    found = (quiz.item(i) for i in item_ids)
    return [Asked(i, None if i.sensitive and not over else people_answered(i, counts.get(i.id, {}))) for i in found if i is not None]


class AtWork(NamedTuple):
    """The class now."""

    seats: list[SeatAtWork]
    asked: list[Asked]

    def mark(self) -> tuple[Any, ...]:
        """What changes when anything that is shown does: whoever knows the rest could try what else a hash was made of."""
        return (tuple(self.seats), tuple((a.item.id, "few" if a.too_few else a.answered) for a in self.asked))


def at_work(assignment: Assignment, quiz: Quiz, band: str, today: date) -> AtWork:
    """The class at this assignment now, in two statements."""
    over = is_shown(today, assignment.due_on, assignment.counted_until)
    return AtWork(seats_at_work(assignment), asked_of(quiz, questions_for(quiz, band, 1), tallies_of(assignment.id), over))
