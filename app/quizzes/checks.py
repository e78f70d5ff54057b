"""The short check before an assigned lesson and the one after it: which questions a student is asked, and keeping the answers.

Half of a class begins with form A and half with form B, by lot and never by choice; what was asked stands with the attempt."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from app.classrooms.models import Student
from app.classrooms.queries import AssignedLesson, SignedInStudent
from app.core.db import db
from app.core.keys import keyed
from app.curriculum.before_after import BEFORE, FORMS, Check, CheckAnswer, form_of, other_form, short_checks
from app.curriculum.content import Quiz
from app.curriculum.scoring import nearest_band
from app.lessons.queries import has_read
from app.quizzes.models import Answer, Attempt
from app.quizzes.queries import ATTEMPT, BEGUN, OWN, Begun, Sitting, as_sitting, attempts, place_attempt

seats, answers = Student.__table__.c, Answer.__table__.c
OWN_ATTEMPTS = select(*BEGUN).where(*OWN)
PLACE = select(func.count()).where(seats.classroom_id == bindparam("classroom_id"), seats.id < bindparam("student_id"))
CHECKS = (
    select(attempts.assignment_id, attempts.student_id, attempts.nth, attempts.finished_on, answers.item_id, answers.choice, answers.right)
    .join_from(Attempt.__table__, Answer.__table__, (answers.student_id == attempts.student_id) & (answers.attempt_uuid == attempts.uuid))
    .where(attempts.assignment_id.in_(bindparam("assignment_ids", expanding=True)), attempts.nth < 1)
    .order_by(attempts.assignment_id, attempts.student_id, attempts.nth, answers.item_id)
)


def first_form(student: SignedInStudent, assignment_id: int) -> str:
    """The form this student begins with. Seats go two by two in the order in which they were taken, and a lot that needs the site's
    secret says which of the two begins with A: in a class the halves never differ by more than one, and nobody can choose or guess."""
    place = db.connection.scalar(PLACE, {"classroom_id": student.classroom_id, "student_id": student.id}) or 0
    lot = keyed("form of the first check", assignment_id, place // 2)[0]
    return FORMS[(lot + place) % 2]


def questions_of_check(student: SignedInStudent, assignment: AssignedLesson, quiz: Quiz, nth: int, before: Begun | None) -> tuple[str, ...]:
    """What the check asks: afterwards the form that was not asked before; without a check before, the one that would have been left."""
    form = form_of(quiz, before.items.split()) if before is not None else ""
    first = form or first_form(student, assignment.id)
    return short_checks(quiz, nearest_band(quiz, student.band))[first if nth == BEFORE else other_form(first)]


def own_attempts(student: SignedInStudent, assignment: AssignedLesson) -> dict[int, Begun]:
    place = {"student_id": student.id, "assignment_id": assignment.id}
    return {a.nth: a for a in db.connection.execute(OWN_ATTEMPTS, place)}


def is_time_for(student: SignedInStudent, assignment: AssignedLesson, nth: int, own: dict[int, Begun]) -> bool:
    """The first check is offered until the lesson is read or its quiz begun, the second once a sitting at the quiz is finished."""
    quiz = [a for a in own.values() if a.nth > 0]
    if nth == BEFORE:
        return not quiz and not has_read(student.id, assignment.id)
    return any(a.finished_on is not None for a in quiz)


def check_of(student: SignedInStudent, assignment: AssignedLesson, quiz: Quiz, nth: int, fresh_uuid: str) -> Sitting | None:
    """A check as it stands, or the one to come; None where there is none, or when it is not its time."""
    if not assignment.checks:
        return None
    own = own_attempts(student, assignment)
    if (begun := own.get(nth)) is not None and begun.finished_on is not None:
        return as_sitting(begun)
    if not is_time_for(student, assignment, nth, own):
        return None
    if begun is not None:
        return as_sitting(begun)
    items = questions_of_check(student, assignment, quiz, nth, own.get(BEFORE))
    return Sitting(fresh_uuid, nth, items, {}, False) if items else None


def begin_check(student: SignedInStudent, assignment: AssignedLesson, quiz: Quiz, uuid: str, nth: int, version: str) -> Begun | None:
    """The attempt that an answer to a check belongs to, made if it is not there yet and it is its time; as `begin_attempt` does it.

    What was begun takes answers that arrive late, too: nothing that somebody sent is lost."""
    found: Begun | None = db.connection.execute(ATTEMPT, {"uuid": uuid}).one_or_none()
    if found is not None:
        return found if (found.student_id, found.assignment_id, found.nth) == (student.id, assignment.id, nth) else None
    own = own_attempts(student, assignment)
    may_begin = assignment.checks and nth not in own and is_time_for(student, assignment, nth, own)
    items = questions_of_check(student, assignment, quiz, nth, own.get(BEFORE)) if may_begin else ()
    return place_attempt(student, assignment, uuid, nth, items, version)


def checks_in(assignment_ids: Sequence[int]) -> dict[int, list[Check]]:
    """Assignment -> all checks in which something was answered: one statement. For counts of a class, never to be shown by name."""
    answered: dict[tuple[int, int, int, bool], list[CheckAnswer]] = {}
    for row in db.connection.execute(CHECKS, {"assignment_ids": list(assignment_ids)}):
        sitting = (row.assignment_id, row.student_id, row.nth, row.finished_on is not None)
        answered.setdefault(sitting, []).append(CheckAnswer(row.item_id, row.choice or "", bool(row.right)))
    found: dict[int, list[Check]] = {}
    for (assignment_id, student_id, nth, finished), own in answered.items():
        found.setdefault(assignment_id, []).append(Check(student_id, nth, finished, tuple(own)))
    return found
