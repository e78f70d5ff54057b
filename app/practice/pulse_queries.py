"""Counting what a class thinks: two answers with every fifth student, as ranges, and never whose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select, update

from app.classrooms.models import Classroom
from app.classrooms.queries import SignedInStudent
from app.core.db import db
from app.curriculum.practice_pulse import ClassSays
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.ranges import Range, with_five_more
from app.practice.models import ClassPulse, Practised

COUNTED = (ClassPulse.answered, ClassPulse.says, ClassPulse.fewer)
SHOWN = (ClassPulse.shown, ClassPulse.says_least, ClassPulse.says_most, ClassPulse.fewer_least, ClassPulse.fewer_most)


def count_answer(student: SignedInStudent, lesson_slug: str, activity_id: str, says: bool, fewer: bool) -> bool:
    """Count an answer for the student's class; of each student the first, whatever comes later. The caller commits.

    `says`: it is what most say in the survey; `fewer`: the guess was below it. Returns False where this student had been counted."""
    seat = {"student_id": student.id, "lesson_slug": lesson_slug, "activity_id": activity_id}
    if db.session.execute(db.insert(Practised).values(**seat).on_conflict_do_nothing().returning(Practised.student_id)).first() is None:
        return False
    db.hold(Classroom, student.classroom_id)
    place: dict[str, Any] = {"classroom_id": student.classroom_id, "lesson_slug": lesson_slug, "activity_id": activity_id}
    counted = db.session.execute(
        db.insert(ClassPulse)
        .values(**place, answered=1, says=int(says), fewer=int(fewer))
        .on_conflict_do_update(
            index_elements=list(place),
            set_={
                "answered": ClassPulse.answered + 1,
                "says": ClassPulse.says + int(says),
                "fewer": ClassPulse.fewer + int(fewer),
            },
        )
        .returning(*COUNTED, *SHOWN)
    ).one()
    if counted.answered - counted.shown >= FEWEST_ANSWERS:
        _show(place, with_five_more(_says(counted), counted.says), with_five_more(_fewer(counted), counted.fewer))
    return True


def _show(place: dict[str, Any], says: Range, fewer: Range) -> None:
    ranges = {
        "shown": says.answered, "says_least": says.least, "says_most": says.most, "fewer_least": fewer.least, "fewer_most": fewer.most,
    }  # fmt: skip
    changed = update(ClassPulse).where(*(getattr(ClassPulse, name) == value for name, value in place.items())).values(**ranges)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _says(row: Any) -> Range:
    return Range(row.shown, row.says_least, row.says_most)


def _fewer(row: Any) -> Range:
    return Range(row.shown, row.fewer_least, row.fewer_most)


def pulses_in(classroom_id: int) -> dict[tuple[str, str], ClassSays]:
    """What may be shown of a class, by lesson and activity: of all questions that somebody has answered, with ranges from five on."""
    rows = db.session.execute(select(ClassPulse.lesson_slug, ClassPulse.activity_id, *SHOWN).where(ClassPulse.classroom_id == classroom_id))
    return {(row.lesson_slug, row.activity_id): ClassSays(_says(row), _fewer(row)) for row in rows}


def says_to(student: SignedInStudent, lesson_slug: str, activity_id: str) -> ClassSays | None:
    """What the student's class says, for a student who has been counted; None for any other."""
    of_class = and_(
        ClassPulse.classroom_id == student.classroom_id,
        ClassPulse.lesson_slug == Practised.lesson_slug,
        ClassPulse.activity_id == Practised.activity_id,
    )
    row = db.session.execute(
        select(*SHOWN)
        .join_from(Practised, ClassPulse, of_class)
        .where(Practised.student_id == student.id, Practised.lesson_slug == lesson_slug, Practised.activity_id == activity_id)
    ).first()
    return ClassSays(_says(row), _fewer(row)) if row else None
