"""Sittings that somebody may go on with without a connection, and the answers that come from there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from app.classrooms.queries import AssignedLesson, SignedInStudent, lesson_of, seat_and_last_day
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.content import Lesson
from app.curriculum.locales import LOCALES
from app.offline.permits import Answered, Permit
from app.quizzes.models import Answer, Attempt
from app.quizzes.queries import Early, Sitting, begin_attempt, questions_for, record_answer

BEGUN = (
    select(Attempt.assignment_id, Attempt.uuid, Attempt.nth, Attempt.items, Attempt.finished_on)
    .where(Attempt.nth > 0)
    .order_by(Attempt.nth)
)


def sittings_by_lesson(student_id: int) -> dict[int, Sitting]:
    """A student's last sitting at each assigned quiz, by assignment: two statements, however many there are."""
    last = {row.assignment_id: row for row in db.session.execute(BEGUN.where(Attempt.student_id == student_id))}
    open_now = [row.uuid for row in last.values() if row.finished_on is None]
    answers: dict[str, dict[str, None]] = {}
    own = select(Answer.attempt_uuid, Answer.item_id).where(Answer.student_id == student_id, Answer.attempt_uuid.in_(open_now))
    for attempt_uuid, item_id in db.session.execute(own) if open_now else ():
        answers.setdefault(attempt_uuid, {})[item_id] = None
    return {
        assignment_id: Sitting(row.uuid, row.nth, tuple(row.items.split()), answers.get(row.uuid, {}), row.finished_on is not None)
        for assignment_id, row in last.items()
    }


def sitting_to_go_on_with(
    student: SignedInStudent, assignment: AssignedLesson, lesson: Lesson, begun: Mapping[int, Sitting]
) -> Sitting | None:
    """The open sitting at an assigned quiz, or the first to come; None when it is finished or the lesson has closed."""
    if assignment.is_closed(clock.today(student.timezone)):
        return None
    fresh = Sitting(str(uuid.uuid4()), 1, questions_for(lesson.quiz, student.band, 1), {}, False)
    sitting = begun.get(assignment.id, fresh)
    return None if sitting.finished else sitting


def keep_answers(permit: Permit, answers: Iterable[Answered]) -> tuple[list[str], list[str]]:
    """Keep what was answered with one permit: (ids that are kept now or were before, ids that never can be). The caller commits.

    Each answer is taken by the rules of the day it was given on: the class had not ended then and the lesson not closed."""
    answers = sorted(answers, key=lambda a: a.item)  # in one order for everybody: see `count` in quizzes/queries.py
    seat = None if permit.is_over else seat_and_last_day(permit.student_id)
    given = lesson_of(seat[0], permit.assignment_id) if seat else None
    lesson = library().lesson(given.lesson_slug) if given else None
    if seat is None or given is None or lesson is None:
        return [], [a.id for a in answers]
    student, last_day = seat
    kept: list[str] = []
    over: list[str] = []
    for answered in answers:
        day = day_of(answered, student.timezone)
        taken = day <= last_day and not given.is_closed(day) and keep(student, given, lesson, answered, day)
        (kept if taken else over).append(answered.id)
    return kept, over


def day_of(answered: Answered, timezone: str) -> date:
    """The day the device says, as far as it can be true: not before the permit was given out, and not in the future."""
    today, first = clock.today(timezone), clock.day_of(answered.permit.given_at, timezone)
    return min(max(answered.day or today, first), today)


def keep(student: SignedInStudent, given: AssignedLesson, lesson: Lesson, answered: Answered, day: date) -> bool:
    permit, item = answered.permit, lesson.quiz.item(answered.item)
    early = Early(day, permit.items)
    attempt = begin_attempt(student, given, lesson.quiz, permit.attempt_uuid, permit.nth, library().version, early)
    if attempt is None or item is None or item.id not in attempt.items.split():
        return False
    try:
        locale = answered.locale if answered.locale in LOCALES else ""
        record_answer(student, attempt, lesson.quiz, item, answered.choice, locale, day)
    except ValueError:  # no answer to this question
        return False
    return True
