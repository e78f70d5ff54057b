"""Counting what a class chooses in stories, five students at a time, without saying who."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update

from app.classrooms.models import Classroom
from app.classrooms.queries import SignedInStudent
from app.core.db import db
from app.curriculum.practice_scenario import Walk
from app.curriculum.progress import FEWEST_ANSWERS
from app.practice.models import PracticeCount, Practised

ALL = ""  # the story as a whole; and in a scene, everybody who came through it
SKIPPED = "-skipped"  # somebody went straight to what helps; no id begins with "-"
Counts = dict[str, dict[str, int]]  # by scene and choice


def count_way(student: SignedInStudent, lesson_slug: str, activity_id: str, way: Walk) -> bool:
    """Count a finished way through a story for the student's class; of each student the first, whatever comes later. The caller commits.

    Returns False where this student had been counted. With every fifth student, scenes through which five more have come are shown as
    they are then, and stay so."""
    seat = {"student_id": student.id, "lesson_slug": lesson_slug, "activity_id": activity_id}
    if db.session.execute(db.insert(Practised).values(**seat).on_conflict_do_nothing().returning(Practised.student_id)).first() is None:
        return False
    db.hold(Classroom, student.classroom_id)
    place = {"classroom_id": student.classroom_id, "lesson_slug": lesson_slug, "activity_id": activity_id}
    rows = [{**place, "scene": scene, "choice": choice, "n": 1, "shown": 0} for scene, choice in sorted(set(_counted(way)))]
    db.session.execute(
        db.insert(PracticeCount)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["classroom_id", "lesson_slug", "activity_id", "scene", "choice"], set_={"n": PracticeCount.n + 1}
        )
    )
    _show_what_may_be_shown(place)
    return True


def _counted(way: Walk) -> Iterator[tuple[str, str]]:
    """Scene and choice of everything that is counted of a way."""
    yield ALL, ALL
    yield ALL, way.node.ending
    for step in way.steps:
        yield step.node.id, ALL
        if step.choice is not None:
            yield step.node.id, step.choice.id
        elif step.turn == "w":
            yield step.node.id, SKIPPED
        for thing in step.kept:
            yield step.node.id, thing


def _show_what_may_be_shown(place: dict[str, Any]) -> None:
    """All scenes at once and only with every fifth student, so that nobody who watches can tell who came through which scene."""
    own = (
        PracticeCount.classroom_id == place["classroom_id"],
        PracticeCount.lesson_slug == place["lesson_slug"],
        PracticeCount.activity_id == place["activity_id"],
    )
    through = select(PracticeCount.scene, PracticeCount.n - PracticeCount.shown).where(*own, PracticeCount.choice == ALL)
    new = {row[0]: row[1] for row in db.session.execute(through)}
    if new.get(ALL, 0) < FEWEST_ANSWERS:
        return
    scenes = [scene for scene, more in new.items() if more >= FEWEST_ANSWERS]
    changed = update(PracticeCount).where(*own, PracticeCount.scene.in_(scenes)).values(shown=PracticeCount.n)
    db.session.execute(changed.execution_options(synchronize_session=False))


def counts_in(classroom_id: int) -> dict[tuple[str, str], Counts]:
    """What may be shown of a class, by lesson and activity: scenes through which five students or more have come."""
    found: dict[tuple[str, str], Counts] = {}
    rows = select(
        PracticeCount.lesson_slug, PracticeCount.activity_id, PracticeCount.scene, PracticeCount.choice, PracticeCount.shown
    ).where(PracticeCount.classroom_id == classroom_id, PracticeCount.shown > 0)
    for lesson_slug, activity_id, scene, choice, shown in db.session.execute(rows):
        found.setdefault((lesson_slug, activity_id), {}).setdefault(scene, {})[choice] = shown
    return found


def waiting_in(classroom_id: int) -> set[tuple[str, str]]:
    """Lessons and activities that somebody of the class has finished, whether anything may be shown yet or not."""
    whole = (PracticeCount.classroom_id == classroom_id, PracticeCount.scene == ALL, PracticeCount.choice == ALL)
    rows = db.session.execute(select(PracticeCount.lesson_slug, PracticeCount.activity_id).where(*whole))
    return {(slug, activity) for slug, activity in rows}
