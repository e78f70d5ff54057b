"""A class's short looks back: what is due for a student, keeping what the schedule needs, and counts for the class."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import bindparam, delete, select, update

from app.boosters.models import Recall, RecallCount
from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import SignedInStudent
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.spacing import Look, Memory, Retained, Topic, after_review, first_memory, look_back, topics_in
from app.curriculum.statistics import Share
from app.quizzes.models import Answer, Attempt

attempts, answers, given, recalls = Attempt.__table__.c, Answer.__table__.c, Assignment.__table__.c, Recall.__table__.c
OF_STUDENT = attempts.student_id == bindparam("student_id")
# Sensitive questions have no mark, so they are not among these.
FIRST_MARKS = (
    select(attempts.assignment_id, given.lesson_slug, attempts.finished_on, answers.item_id, answers.right)
    .join_from(Attempt.__table__, Answer.__table__, (answers.student_id == attempts.student_id) & (answers.attempt_uuid == attempts.uuid))
    .join(Assignment.__table__, given.id == attempts.assignment_id)
    .where(OF_STUDENT, attempts.nth == 1, attempts.finished_on.is_not(None), answers.right.is_not(None))
    .order_by(attempts.assignment_id, answers.item_id)
)
OWN_RECALLS = select(
    recalls.assignment_id, recalls.objective, recalls.stability, recalls.difficulty, recalls.last_on, recalls.due_on
).where(recalls.student_id == bindparam("student_id"))
ASKED = (
    select(attempts["items"])
    .where(OF_STUDENT, attempts.assignment_id == bindparam("assignment_id"))
    .order_by(attempts.started_on, attempts.nth)
)


# --- what is due ---------------------------------------------------------------------------------------------------------


def topics_of(student: SignedInStudent) -> list[Topic]:
    """All objectives of the lessons this student has finished, as they are remembered: two statements."""
    own = {"student_id": student.id}
    known = {(row[0], row[1]): Memory(*row[2:]) for row in db.connection.execute(OWN_RECALLS, own)}
    rows = db.connection.execute(FIRST_MARKS, own)
    found: list[Topic] = []
    for (assignment_id, slug, finished_on), marks in groupby(rows, key=lambda row: row[:3]):
        quiz = library().quiz(slug)
        for objective, share in topics_in(quiz, student.band, {m.item_id: m.right for m in marks}).items() if quiz else ():
            memory = known.get((assignment_id, objective)) or first_memory(share.right == share.answered, finished_on)
            found.append(Topic(assignment_id, slug, objective, finished_on, memory, share))
    return found


def look_of(student: SignedInStudent) -> Look:
    """This student's look back of this week; an empty one where the class has none. No statement then."""
    if not student.booster_day:
        return Look()
    return look_back(topics_of(student), clock.today(student.timezone), student.booster_day, student.boosters_from)


def sittings_at(student_id: int, assignment_id: int) -> list[tuple[str, ...]]:
    """The questions of a student's sittings at a lesson and its checks, oldest first."""
    place = {"student_id": student_id, "assignment_id": assignment_id}
    return [tuple(items.split()) for items in db.connection.scalars(ASKED, place)]


# --- keeping -------------------------------------------------------------------------------------------------------------


def record_recall(student: SignedInStudent, topic: Topic, nth: int, right: bool, day: date) -> bool:
    """Keep what an answer changes, and count it for the class. Returns False where another one got there first: that one stands.

    `topic` is as `look_of` gave it; `nth` the round. The caller commits."""
    if not _remember(student.id, topic, after_review(topic.memory, right, day)):
        return False
    db.hold(Assignment, topic.assignment_id)
    new = {"n": 1, "right": int(right), "then_asked": topic.at_the_end.answered, "then_right": topic.at_the_end.right}
    place = {"assignment_id": topic.assignment_id, "objective": topic.objective, "nth": nth}
    counted = db.insert(RecallCount).values(**place, **new)
    sums = {name: getattr(RecallCount, name) + n for name, n in new.items()}
    db.session.execute(counted.on_conflict_do_update(index_elements=list(place), set_=sums))
    _show_what_may_be_shown(place)
    return True


def _remember(student_id: int, topic: Topic, memory: Memory) -> bool:
    """Only over what was there when it was looked at, so that of two answers at once one counts."""
    values = {name: getattr(memory, name) for name in ("stability", "difficulty", "last_on", "due_on")}
    place = {"student_id": student_id, "assignment_id": topic.assignment_id, "objective": topic.objective}
    if topic.asked_in:
        changed = (
            update(Recall)
            .filter_by(**place, last_on=topic.memory.last_on)
            .values(**values)
            .returning(Recall.student_id)
            .execution_options(synchronize_session=False)
        )
        return db.session.execute(changed).first() is not None
    made = db.insert(Recall).values(**place, **values).on_conflict_do_nothing().returning(Recall.student_id)
    return db.session.execute(made).first() is not None


def _show_what_may_be_shown(place: dict[str, object]) -> None:
    """With every fifth student the counts are shown as they are then, and stay so until five more have been asked."""
    shown = {f"shown_{name}": getattr(RecallCount, name) for name in ("n", "right", "then_asked", "then_right")}
    due = update(RecallCount).filter_by(**place).where(RecallCount.n - RecallCount.shown_n >= FEWEST_ANSWERS).values(shown)
    db.session.execute(due.execution_options(synchronize_session=False))


# --- a class -------------------------------------------------------------------------------------------------------------


def switch_on(classroom: Classroom, weekday: int) -> None:
    """Short looks back, from this day of the week on (Monday is 1). The caller commits."""
    classroom.booster_day = weekday


def switch_off(classroom: Classroom) -> None:
    """No more looks back: what was kept for them with the seats goes, and the counts of the class stay. The caller commits.

    Should they be switched on again, what could be asked before is passed over, so that nobody is counted twice."""
    if not classroom.booster_day:
        return
    classroom.booster_day, classroom.boosters_from = 0, clock.today(classroom.timezone) + timedelta(1)
    seats = select(Student.id).where(Student.classroom_id == classroom.id)
    db.session.execute(delete(Recall).where(Recall.student_id.in_(seats)).execution_options(synchronize_session=False))


def counts_in(classroom_id: int) -> dict[int, dict[str, dict[int, Retained]]]:
    """Assignment -> objective -> round -> what may be shown of it: one statement."""
    rows = db.session.scalars(
        select(RecallCount)
        .join(Assignment, Assignment.id == RecallCount.assignment_id)
        .where(Assignment.classroom_id == classroom_id, RecallCount.shown_n >= FEWEST_ANSWERS)
        .order_by(RecallCount.assignment_id, RecallCount.objective, RecallCount.nth)
    )
    found: dict[int, dict[str, dict[int, Retained]]] = {}
    for row in rows:
        retained = Retained(Share(row.shown_right, row.shown_n), Share(row.shown_then_right, row.shown_then_asked))
        found.setdefault(row.assignment_id, {}).setdefault(row.objective, {})[row.nth] = retained
    return found
