"""Reading where a class stands: a bounded number of statements, whatever was answered. Hands up counts, never percentages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Engine, String, and_, bindparam, case, delete, func, literal, null, select, type_coerce, union_all

from app.classrooms.models import Assignment, Classroom, SeatRule, Student
from app.core.db import db
from app.curriculum.progress import WRONG_RUNNING
from app.progress.models import Dismissal
from app.quizzes.models import Answer, Attempt, Standing, Tally

# A class page is opened again and again: its statements are built once, and give plain rows.
given, seats, standing, tally = Assignment.__table__, Student.__table__, Standing.__table__, Tally.__table__
rule, aside, attempt, answer = SeatRule.__table__, Dismissal.__table__, Attempt.__table__, Answer.__table__
CLASSES: Any = bindparam("classroom_ids", expanding=True)
# Counts only ever grow, so while their sum is the same, so are they.
COUNTED = select(func.coalesce(func.sum(tally.c.n), 0)).where(tally.c.assignment_id == given.c.id).scalar_subquery()
GIVEN = (
    select(given.c.id, given.c.classroom_id, given.c.lesson_slug, given.c.opens_on, given.c.due_on, given.c.closes_on, given.c.for_group,
           given.c.counted_until, given.c.checks, given.c.family_code, COUNTED.label("counted"))
    .where(given.c.classroom_id.in_(CLASSES))
    .order_by(given.c.opens_on, given.c.id)
)  # fmt: skip
SEATS = (
    select(seats.c.id, seats.c.first, seats.c.second, seats.c.group_number, seats.c.classroom_id)
    .where(seats.c.classroom_id.in_(CLASSES))
    .order_by(seats.c.id)
)
STANDINGS = (
    select(standing.c.assignment_id, standing.c.student_id, standing.c.tries, standing.c.answered, standing.c.total,
           standing.c.best_right, standing.c.best_counted, standing.c.finished_on, standing.c.locale)
    .join_from(given, standing, standing.c.assignment_id == given.c.id)
    .where(given.c.classroom_id.in_(CLASSES))
)  # fmt: skip
SINGLE = union_all(
    select(rule.c.assignment_id, rule.c.student_id, rule.c.given, rule.c.open_until,
           type_coerce(null(), String).label("reason"), literal(0).label("evidence"))
    .join_from(given, rule, rule.c.assignment_id == given.c.id)
    .where(given.c.classroom_id.in_(CLASSES)),
    select(aside.c.assignment_id, aside.c.student_id, type_coerce(null(), rule.c.given.type),
           type_coerce(null(), rule.c.open_until.type), aside.c.reason, aside.c.evidence)
    .join_from(given, aside, aside.c.assignment_id == given.c.id)
    .where(given.c.classroom_id.in_(CLASSES)),
)  # fmt: skip
TALLIES = select(tally.c.assignment_id, literal(0).label("student_id"), tally.c.item_id, tally.c.choice, tally.c.n).where(
    tally.c.assignment_id.in_(bindparam("assignment_ids", expanding=True))
)
# Three sittings begun take two that are finished. Marks of sensitive questions are not kept, so those never count.
LAST_MARKS = (
    select(attempt.c.assignment_id, answer.c.student_id, answer.c.item_id, answer.c.right,
           func.row_number().over(partition_by=(attempt.c.assignment_id, answer.c.student_id, answer.c.item_id),
                                  order_by=attempt.c.nth.desc()).label("back"),
           func.count().over(partition_by=(attempt.c.assignment_id, answer.c.student_id, answer.c.item_id)).label("marks"))
    .join_from(given, standing, standing.c.assignment_id == given.c.id)
    .join(attempt, and_(attempt.c.assignment_id == standing.c.assignment_id, attempt.c.student_id == standing.c.student_id))
    .join(answer, and_(answer.c.student_id == attempt.c.student_id, answer.c.attempt_uuid == attempt.c.uuid))
    .where(given.c.classroom_id.in_(CLASSES), standing.c.tries >= WRONG_RUNNING - 1, attempt.c.nth > 0, answer.c.right.is_not(None))
    .subquery()
)  # fmt: skip
WRONG_AGAIN = (
    select(LAST_MARKS.c.assignment_id, LAST_MARKS.c.student_id, LAST_MARKS.c.item_id, literal("").label("choice"),
           func.max(LAST_MARKS.c.marks).label("n"))
    .where(LAST_MARKS.c.back <= WRONG_RUNNING)
    .group_by(LAST_MARKS.c.assignment_id, LAST_MARKS.c.student_id, LAST_MARKS.c.item_id)
    .having(func.sum(case((LAST_MARKS.c.right, 0), else_=1)) == WRONG_RUNNING)
)  # fmt: skip
TALLIES_AND_WRONG_AGAIN = union_all(TALLIES, WRONG_AGAIN)


def all_of(statement: Any, **values: Any) -> Sequence[Any]:
    return db.connection.execute(statement, values).all()


class Again(NamedTuple):
    """One question that a student had wrong in the last three sittings; `marks`: how often it was marked at all."""

    assignment_id: int
    student_id: int
    item_id: str
    marks: int


class Read(NamedTuple):
    """What pages of one class, or of several, are made from: plain rows."""

    assigned: list[Any]  # in the order in which they open
    seats: list[Any]
    standings: list[Any]  # one for each student and lesson begun
    single: list[Any]  # what holds for one student and lesson: seat rules (`reason` is None), and reasons put aside

    def mark(self) -> int:
        """64 bits that change with anything in it."""
        return hash(tuple(tuple(map(tuple, rows)) for rows in self))

    @property
    def third_sittings(self) -> bool:
        """Whether anybody has begun a third sitting, so that one question can be wrong three times."""
        return any(s.tries >= WRONG_RUNNING - 1 for s in self.standings)


def read_classes(classroom_ids: Sequence[int]) -> Read:
    """Four statements, however many classes, students and answers."""
    return Read(*(list(all_of(statement, classroom_ids=list(classroom_ids))) for statement in (GIVEN, SEATS, STANDINGS, SINGLE)))


def classrooms_with(classroom_ids: Sequence[int]) -> Sequence[Classroom]:
    """Classes by number; whose they are was asked before."""
    return db.session.scalars(select(Classroom).where(Classroom.id.in_(classroom_ids))).all()


def given_to(classroom_id: int) -> Sequence[Any]:
    """What is assigned to a class, in the order in which it opens: rows with the columns of an Assignment that pages show."""
    return all_of(GIVEN, classroom_ids=[classroom_id])


Tallies = dict[int, dict[str, dict[str, int]]]


def tallies_in(assignment_ids: Sequence[int]) -> Tallies:
    """Counts of each option over first sittings: assignment -> question -> option -> students."""
    return sorted_out(all_of(TALLIES, assignment_ids=list(assignment_ids)))[0]


def wrong_again_in(classroom_ids: Sequence[int]) -> list[Again]:
    """Questions wrong three times running."""
    return sorted_out(all_of(WRONG_AGAIN, classroom_ids=list(classroom_ids)))[1]


def tallies_and_wrong_again(assignment_ids: Sequence[int], classroom_ids: Sequence[int]) -> tuple[Tallies, list[Again]]:
    """Both in one statement: what a class page needs besides, when it is made anew."""
    return sorted_out(all_of(TALLIES_AND_WRONG_AGAIN, assignment_ids=list(assignment_ids), classroom_ids=list(classroom_ids)))


def sorted_out(rows: Sequence[Any]) -> tuple[Tallies, list[Again]]:
    counts: Tallies = {}
    again = []
    for assignment_id, student_id, item_id, choice, n in rows:
        if choice:
            counts.setdefault(assignment_id, {}).setdefault(item_id, {})[choice] = n
        else:
            again.append(Again(assignment_id, student_id, item_id, n))
    return counts, again


# --- reasons put aside ---------------------------------------------------------------------------------------------


def put_aside(assignment_id: int, student_id: int, reason: str, evidence: int, today: date) -> None:
    """Until there is more evidence than this. The caller commits."""
    values = {"assignment_id": assignment_id, "student_id": student_id, "reason": reason, "evidence": evidence, "dismissed_on": today}
    statement = db.insert(Dismissal).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["assignment_id", "student_id", "reason"], set_={"evidence": evidence, "dismissed_on": today}
        )
    )


def take_back(assignment_id: int, student_id: int, reason: str) -> None:
    """The caller commits."""
    db.session.execute(
        delete(Dismissal).where(Dismissal.assignment_id == assignment_id, Dismissal.student_id == student_id, Dismissal.reason == reason)
    )


# --- all answers, for a file ---------------------------------------------------------------------------------------

STUDENTS_AT_ONCE = 10  # some hundred answers each in a year
OF_STUDENTS = (
    select(answer.c.student_id, attempt.c.assignment_id, attempt.c.nth, attempt.c.uuid, attempt.c["items"], answer.c.item_id,
           answer.c.choice, answer.c.right, answer.c.answered_on)
    .join_from(answer, attempt, attempt.c.uuid == answer.c.attempt_uuid)
    .where(answer.c.student_id.in_(bindparam("student_ids", expanding=True)),
           attempt.c.assignment_id.in_(bindparam("assignment_ids", expanding=True)),
           attempt.c.nth > 0)  # students are told that nobody sees what they answered in the checks before and after a lesson
)  # fmt: skip


def answers_of(engine: Engine, student_ids: Sequence[int], assignment_ids: Sequence[int]) -> Iterator[Any]:
    """Every answer of these students at these quizzes, students in the order given; the checks before and after are for the class and
    told of nobody. Read ten students at a time, each time on a connection of its own: a reader who takes the file slowly holds neither
    memory nor a transaction meanwhile. It needs no request, which is over by then."""
    lessons, students = {a: n for n, a in enumerate(assignment_ids)}, {s: n for n, s in enumerate(student_ids)}
    for start in range(0, len(student_ids), STUDENTS_AT_ONCE):
        values = {"student_ids": list(student_ids[start : start + STUDENTS_AT_ONCE]), "assignment_ids": list(assignment_ids)}
        with engine.connect() as connection:
            rows = connection.execute(OF_STUDENTS, values).all()
        yield from sorted(rows, key=lambda r: (students[r.student_id], lessons[r.assignment_id], r.nth, place_of(r)))


def place_of(row: Any) -> int:
    """Where a question stood in its sitting."""
    items: list[str] = row.items.split()
    return items.index(row.item_id) if row.item_id in items else len(items)
