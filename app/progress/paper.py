"""Answers given on paper, typed in by the teacher: a real first sitting for each student who has none yet."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from app.classrooms.models import Classroom
from app.classrooms.queries import SignedInStudent
from app.core.db import db
from app.curriculum.content import Item, Quiz
from app.curriculum.scoring import PASS
from app.progress.live import SeatAtWork
from app.quizzes.models import Answer, Attempt
from app.quizzes.queries import Given, begin_attempt, record_answer

attempt, answer = Attempt.__table__.c, Answer.__table__.c
FIRST_SITTINGS = (
    select(attempt.student_id, func.count(answer.item_id))
    .select_from(Attempt.__table__)
    .outerjoin(Answer.__table__, (answer.attempt_uuid == attempt.uuid) & (answer.student_id == attempt.student_id))
    .where(attempt.assignment_id == bindparam("assignment_id"), attempt.nth == 1)
    .group_by(attempt.student_id)
)


def first_sittings_at(assignment_id: int) -> dict[int, int]:
    """Student -> questions answered in the first sitting, of everybody who has begun one."""
    return {row[0]: row[1] for row in db.connection.execute(FIRST_SITTINGS, {"assignment_id": assignment_id})}


def sitting_uuid(sheet: str, student_id: int) -> str:
    """The attempt of one student on a sheet of answers: the same however often the sheet is sent."""
    return str(uuid.uuid5(uuid.UUID(sheet), str(student_id)))


def keep_from_paper(
    classroom: Classroom,
    seat: SeatAtWork,
    given: Given,
    quiz: Quiz,
    version: str,
    sheet: str,
    choices: Mapping[str, str],
    alone: list[Item],
    locale: str,
) -> bool:
    """One student's answers (question -> choice) as their first sitting; False where they have one already, which stays as it is.

    `locale` is the language of the sheets: questions are compared between languages by what was read.

    With every question answered the sitting ends: the sensitive ones, which nobody answers on paper, count as stepped over. The caller
    commits after each student, so that the locks are those of a student who answers alone: no two wait for each other crosswise."""
    person = SignedInStudent(seat.id, classroom.id, seat.first, seat.second, classroom.band, classroom.timezone)
    begun: Any = begin_attempt(person, given, quiz, own := sitting_uuid(sheet, seat.id), 1, version)
    if begun is None or begun.uuid != own:
        return False
    whole = {*begun.items.split()} <= {*choices, *(item.id for item in alone)}
    answers = {**choices, **({item.id: PASS for item in alone} if whole else {})}
    for item_id in begun.items.split():
        item = quiz.item(item_id)
        if item is not None and item_id in answers:
            record_answer(person, begun, quiz, item, answers[item_id], locale)
    return True
