"""Keeping answers: once each, durable, together with the summary row a teacher's page reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, func, select, update

from app.classrooms.models import Assignment
from app.classrooms.queries import SignedInStudent
from app.core import clock
from app.core.db import db
from app.curriculum.content import Item, Quiz
from app.curriculum.scoring import NOT_SURE, PASS, draw, is_right
from app.quizzes.models import Answer, Attempt, Standing, Tally

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


@dataclass(frozen=True)
class Sitting:
    """A sitting at a quiz, begun or about to be: which questions, and what was answered."""

    uuid: str
    nth: int
    items: tuple[str, ...]
    answers: dict[str, Answer]
    finished: bool

    def next_item(self, quiz: Quiz) -> str | None:
        """The first question without an answer; one that has left the bank meanwhile is gone round."""
        return next((i for i in self.items if i not in self.answers and quiz.item(i) is not None), None)


def questions_for(quiz: Quiz, band: str, nth: int) -> tuple[str, ...]:
    """The questions of the n-th sitting; a band the quiz was not written for gets the nearest one it has."""
    bands = sorted({b for item in quiz.items for b in item.bands}, key=lambda b: abs(ord(b) - ord(band)))
    return draw(quiz, bands[0], nth)


def sitting_of(student: SignedInStudent, assignment: Assignment, quiz: Quiz, fresh_uuid: str, again: bool = False) -> Sitting:
    """The open sitting, or the last finished one, or (nothing stored yet, or `again`) the next to come."""
    last = db.session.scalar(
        select(Attempt)
        .where(Attempt.student_id == student.id, Attempt.assignment_id == assignment.id)
        .order_by(Attempt.nth.desc())
        .limit(1)
    )
    if last is None or (again and last.finished_on is not None):
        nth = 1 if last is None else last.nth + 1
        return Sitting(fresh_uuid, nth, questions_for(quiz, student.band, nth), {}, False)
    return as_sitting(last)


def as_sitting(attempt: Attempt) -> Sitting:
    rows = db.session.scalars(select(Answer).where(Answer.student_id == attempt.student_id, Answer.attempt_uuid == attempt.uuid))
    return Sitting(attempt.uuid, attempt.nth, tuple(attempt.items.split()), {a.item_id: a for a in rows}, attempt.finished_on is not None)


def attempt_of(student_id: int, uuid: str) -> Attempt | None:
    """One's own attempt; another student's does not exist."""
    return db.session.scalar(select(Attempt).where(Attempt.uuid == uuid, Attempt.student_id == student_id))


def begin_attempt(student: SignedInStudent, assignment: Assignment, quiz: Quiz, uuid: str, nth: int, version: str) -> Attempt | None:
    """The attempt an answer belongs to, made if it is not there yet. None when it cannot be this student's.

    Two tabs or devices that begin the same sitting with different uuids end up in the same one."""
    found = db.session.get(Attempt, uuid)
    if found is not None:
        return found if (found.student_id, found.assignment_id) == (student.id, assignment.id) else None
    last = db.session.execute(
        select(Attempt.nth, Attempt.finished_on)
        .where(Attempt.student_id == student.id, Attempt.assignment_id == assignment.id)
        .order_by(Attempt.nth.desc())
        .limit(1)
    ).one_or_none()
    may_begin = (nth == 1) if last is None else (nth == last.nth + 1 and last.finished_on is not None)
    if may_begin:
        items = questions_for(quiz, student.band, nth)
        db.session.execute(
            db.insert(Attempt)
            .values(
                uuid=uuid, student_id=student.id, assignment_id=assignment.id, nth=nth, items=" ".join(items),
                content_version=version[:16], started_on=clock.today(student.timezone),
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
    return db.session.scalar(
        select(Attempt).where(Attempt.student_id == student.id, Attempt.assignment_id == assignment.id, Attempt.nth == nth)
    )


def record_answer(student: SignedInStudent, attempt: Attempt, quiz: Quiz, item: Item, choice: str) -> bool:
    """Keep an answer, once. Returns False when this question had one already: the first stands, whatever arrives later.

    Raises ValueError for an option the question does not have. The caller commits."""
    if choice not in item.options and choice != NOT_SURE and not (choice == PASS and item.sensitive):
        raise ValueError("no such option")
    today = clock.today(student.timezone)
    kept = None if item.sensitive else choice
    # RETURNING tells whether a row was written; the row count does not, on every driver.
    stored = db.session.execute(
        db.insert(Answer)
        .values(
            student_id=student.id, attempt_uuid=attempt.uuid, item_id=item.id, choice=kept,
            right=None if item.sensitive else is_right(item, choice), answered_on=today,
        )
        .on_conflict_do_nothing()
        .returning(Answer.item_id)
    ).first()  # fmt: skip
    if stored is None:
        return False
    if attempt.nth == 1 and choice != PASS and (not item.sensitive or still_open(attempt.assignment_id, today)):
        count(attempt.assignment_id, item.id, choice)
    sum_up(attempt, quiz, today)
    return True


def still_open(assignment_id: int, today: date) -> bool:
    """Counts of sensitive questions are shown after the due day and stand still from then on: a counter that moves with each answer
    would tell a watching teacher whose it was."""
    due_on = db.session.scalar(select(Assignment.due_on).where(Assignment.id == assignment_id))
    return due_on is not None and today <= due_on


def count(assignment_id: int, item_id: str, choice: str) -> None:
    db.session.execute(
        db.insert(Tally)
        .values(assignment_id=assignment_id, item_id=item_id, choice=choice, n=1)
        .on_conflict_do_update(index_elements=["assignment_id", "item_id", "choice"], set_={"n": Tally.n + 1})
    )


def sum_up(attempt: Attempt, quiz: Quiz, today: date) -> None:
    """Bring the summary row up to date after an answer, and end the sitting after its last one."""
    total = sum(quiz.item(i) is not None for i in attempt.items.split())
    key = {"assignment_id": attempt.assignment_id, "student_id": attempt.student_id}
    db.session.execute(
        db.insert(Standing)
        .values(**key, tries=0, answered=0, total=total, best_right=0, best_counted=0, last_right=0, last_counted=0)
        .on_conflict_do_nothing()
    )
    # Locked before counting: of two answers that arrive at once, the later one then counts both.
    row = db.session.execute(
        select(Standing.best_right, Standing.best_counted, Standing.tries, Standing.finished_on).filter_by(**key).with_for_update()
    ).one()
    answered, counted, right = db.session.execute(
        select(func.count(), func.count(Answer.right), func.coalesce(func.sum(Answer.right.cast(Integer)), 0)).where(
            Answer.student_id == attempt.student_id, Answer.attempt_uuid == attempt.uuid
        )
    ).one()
    values: dict[str, Any] = {"answered": answered, "total": total}
    if answered >= total and attempt.finished_on is None:
        attempt.finished_on = today
        values |= {"tries": row.tries + 1, "last_right": right, "last_counted": counted, "finished_on": row.finished_on or today}
        # Compared as right/counted without dividing: counted differs when a sitting held sensitive questions.
        if row.tries == 0 or right * max(row.best_counted, 1) > row.best_right * max(counted, 1):
            values |= {"best_right": right, "best_counted": counted}
    db.session.execute(
        update(Standing).where(Standing.assignment_id == key["assignment_id"], Standing.student_id == key["student_id"]).values(**values)
    )


# --- reading, for students' and teachers' pages ----------------------------------------------------------------------


def standings_of(student_id: int) -> dict[int, Standing]:
    """One student's summary rows, by assignment."""
    return {s.assignment_id: s for s in db.session.scalars(select(Standing).where(Standing.student_id == student_id))}


def standings_in(assignment_ids: Sequence[int]) -> list[Any]:
    """Summary rows of some assignments, as plain rows (a class page reads 700 of them)."""
    t = Standing.__table__
    return list(db.session.execute(select(t).where(t.c.assignment_id.in_(assignment_ids))))


def tallies_of(assignment_id: int) -> dict[str, dict[str, int]]:
    """Counts of each option, by question, over first sittings."""
    found: dict[str, dict[str, int]] = {}
    for item_id, choice, n in db.session.execute(select(Tally.item_id, Tally.choice, Tally.n).where(Tally.assignment_id == assignment_id)):
        found.setdefault(item_id, {})[choice] = n
    return found


def attempts_by(student_id: int, assignment_id: int) -> list[Sitting]:
    """A student's sittings at one assignment, first to last."""
    attempts = db.session.scalars(
        select(Attempt).where(Attempt.student_id == student_id, Attempt.assignment_id == assignment_id).order_by(Attempt.nth)
    ).all()
    answers: dict[str, dict[str, Answer]] = {}
    for answer in db.session.scalars(
        select(Answer).where(Answer.student_id == student_id, Answer.attempt_uuid.in_([a.uuid for a in attempts]))
    ):
        answers.setdefault(answer.attempt_uuid, {})[answer.item_id] = answer
    return [Sitting(a.uuid, a.nth, tuple(a.items.split()), answers.get(a.uuid, {}), a.finished_on is not None) for a in attempts]
