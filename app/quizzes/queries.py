"""Keeping answers: once each, durable, together with the summary row a teacher's page reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Executable, Integer, bindparam, case, func, or_, select, update

from app.classrooms.models import Assignment
from app.classrooms.queries import SignedInStudent
from app.core import clock
from app.core.db import CANNOT_NOW, db, insert_for
from app.core.logs import describe, log
from app.curriculum.assigning import is_counted
from app.curriculum.content import Item, Quiz
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.scoring import PASS, canonical, draw, is_right, nearest_band, people_answered, tally_keys
from app.quizzes.languages import count_first_sitting
from app.quizzes.models import Answer, Attempt, Standing, Tally

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


class Given(Protocol):
    """What is read of an assignment: an AssignedLesson, or an Assignment."""

    @property
    def id(self) -> Any: ...


class Early(NamedTuple):
    """An answer that was given before it came here, without a connection: on which day, and which questions the sitting had then."""

    day: date
    items: tuple[str, ...]


class Begun(Protocol):
    """What is read of an attempt: a plain row, or an Attempt."""

    @property
    def uuid(self) -> Any: ...
    @property
    def student_id(self) -> Any: ...
    @property
    def assignment_id(self) -> Any: ...
    @property
    def nth(self) -> Any: ...
    @property
    def items(self) -> Any: ...
    @property
    def finished_on(self) -> Any: ...


# Saving an answer is what a class does all at once. Its statements are built once: building one costs eight times what running it does.
attempts, answers, standings = Attempt.__table__.c, Answer.__table__.c, Standing.__table__.c
BEGUN = (attempts.uuid, attempts.student_id, attempts.assignment_id, attempts.nth, attempts["items"], attempts.finished_on)
OWN = (attempts.student_id == bindparam("student_id"), attempts.assignment_id == bindparam("assignment_id"))
OF_SITTING = (answers.student_id == bindparam("student_id"), answers.attempt_uuid == bindparam("attempt_uuid"))
ATTEMPT = select(*BEGUN).where(attempts.uuid == bindparam("uuid")).with_for_update()
NTH_ATTEMPT = select(*BEGUN).where(*OWN, attempts.nth == bindparam("nth")).with_for_update()
LAST_ATTEMPT = select(*BEGUN).where(*OWN, attempts.nth > 0).order_by(attempts.nth.desc()).limit(1)
HANDED_IN = select(attempts.uuid).where(*OWN, attempts.nth > 0, attempts.finished_on.is_not(None)).order_by(attempts.nth.desc()).limit(1)
ANSWERS = select(answers.item_id, answers.choice, answers.right, answers.answered_on).where(*OF_SITTING)
COUNTS = select(func.count(), func.count(answers.right), func.coalesce(func.sum(answers.right.cast(Integer)), 0)).where(*OF_SITTING)
given = Assignment.__table__.c
# The row is held until the commit: who moves the day meanwhile waits, and does not see the counts before this answer is among them.
COUNTED = select(given.due_on, given.counted_until).where(given.id == bindparam("assignment_id")).with_for_update(read=True)
FINISH = update(Attempt).where(Attempt.uuid == bindparam("b_uuid")).values(finished_on=bindparam("finished_on"))
tallies = Tally.__table__.c
# In the order of `count`: a look and an answer never wait for each other's rows crosswise.
STEADY = (
    select(tallies.choice, tallies.n, tallies.shown)
    .where(tallies.assignment_id == bindparam("assignment_id"), tallies.item_id == bindparam("item_id"))
    .order_by(tallies.choice)
)
SHOW = update(Tally).where(Tally.assignment_id == bindparam("b_assignment"), Tally.item_id == bindparam("b_item")).values(shown=Tally.n)
NOTHING_FINISHED = {"tries": 0, "last_right": 0, "last_counted": 0, "best_right": 0, "best_counted": 0, "finished_on": None}


class Writing(NamedTuple):
    """The writing statements of one database."""

    attempt: Executable
    answer: Executable
    tally: Executable
    standing: Executable
    finished_standing: Executable


@cache
def writing(dialect: str) -> Writing:
    insert = insert_for(dialect)
    tally = insert(Tally.__table__)
    fresh = insert(Standing.__table__)
    new, key = fresh.excluded, ["assignment_id", "student_id"]
    present = {"answered": new.answered, "total": new.total, "locale": case((new.locale != "", new.locale), else_=standings.locale)}
    # Compared as right/counted without dividing: counted differs when a sitting held sensitive questions.
    better = or_(
        standings.tries == 0,
        new.best_right * at_least_one(standings.best_counted) > standings.best_right * at_least_one(new.best_counted),
    )
    result = {
        "tries": standings.tries + 1,
        "last_right": new.last_right,
        "last_counted": new.last_counted,
        "finished_on": func.coalesce(standings.finished_on, new.finished_on),
        "best_right": case((better, new.best_right), else_=standings.best_right),
        "best_counted": case((better, new.best_counted), else_=standings.best_counted),
    }
    return Writing(
        attempt=insert(Attempt.__table__).on_conflict_do_nothing().returning(*BEGUN),
        answer=insert(Answer.__table__).on_conflict_do_nothing().returning(answers.item_id),
        tally=tally.on_conflict_do_update(
            index_elements=["assignment_id", "item_id", "choice"], set_={"n": Tally.__table__.c.n + tally.excluded.n}
        ),
        standing=fresh.on_conflict_do_update(index_elements=key, set_=present),
        finished_standing=fresh.on_conflict_do_update(index_elements=key, set_={**present, **result}),
    )


def at_least_one(column: ColumnElement[int]) -> ColumnElement[int]:
    return case((column > 1, column), else_=1)


@dataclass(frozen=True)
class Sitting:
    """A sitting at a quiz, begun or about to be: which questions, and what was answered."""

    uuid: str
    nth: int
    items: tuple[str, ...]
    answers: Mapping[str, Any]  # rows with item_id, choice, right and answered_on
    finished: bool

    def next_item(self, quiz: Quiz) -> str | None:
        """The first question without an answer; one that has left the bank meanwhile is gone round."""
        return next((i for i in self.items if i not in self.answers and quiz.item(i) is not None), None)


def questions_for(quiz: Quiz, band: str, nth: int) -> tuple[str, ...]:
    """The questions of the n-th sitting."""
    return draw(quiz, nearest_band(quiz, band), nth)


def sitting_of(student: SignedInStudent, assignment: Given, quiz: Quiz, fresh_uuid: str, again: bool = False) -> Sitting:
    """The open sitting, or the last finished one, or (nothing stored yet, or `again`) the next to come."""
    last = db.connection.execute(LAST_ATTEMPT, {"student_id": student.id, "assignment_id": assignment.id}).one_or_none()
    if last is None or (again and last.finished_on is not None):
        nth = 1 if last is None else last.nth + 1
        return Sitting(fresh_uuid, nth, questions_for(quiz, student.band, nth), {}, False)
    return as_sitting(last)


def last_handed_in(student: SignedInStudent, assignment: Given) -> str | None:
    """The uuid of a student's last finished sitting at an assigned quiz."""
    uuid: str | None = db.connection.execute(HANDED_IN, {"student_id": student.id, "assignment_id": assignment.id}).scalar_one_or_none()
    return uuid


def as_sitting(attempt: Begun) -> Sitting:
    rows = db.connection.execute(ANSWERS, {"student_id": attempt.student_id, "attempt_uuid": attempt.uuid})
    return Sitting(attempt.uuid, attempt.nth, tuple(attempt.items.split()), {a.item_id: a for a in rows}, attempt.finished_on is not None)


def attempt_of(student_id: int, uuid: str) -> Attempt | None:
    """One's own attempt at a quiz; another student's does not exist, and checks have pages of their own."""
    return db.session.scalar(select(Attempt).where(Attempt.uuid == uuid, Attempt.student_id == student_id, Attempt.nth > 0))


def begin_attempt(
    student: SignedInStudent, assignment: Given, quiz: Quiz, uuid: str, nth: int, version: str, early: Early | None = None
) -> Begun | None:
    """The attempt an answer belongs to, made if it is not there yet; of an answer given earlier, with the questions it was given among.
    None when it cannot be this student's.

    Its row stays locked until the commit, so that of two answers that arrive at once the later one counts both.
    Two tabs or devices that begin the same sitting with different uuids end up in the same one."""
    connection = db.connection
    found: Begun | None = connection.execute(ATTEMPT, {"uuid": uuid}).one_or_none()
    if found is not None:
        own = (found.student_id, found.assignment_id) == (student.id, assignment.id)
        return found if own and found.nth > 0 else None
    if nth < 1:
        return None
    place = {"student_id": student.id, "assignment_id": assignment.id}
    last = connection.execute(LAST_ATTEMPT, place).one_or_none()
    may_begin = (nth == 1) if last is None else (nth == last.nth + 1 and last.finished_on is not None)
    items = (early.items if early else questions_for(quiz, student.band, nth)) if may_begin else ()
    return place_attempt(student, assignment, uuid, nth, items, version, early.day if early else None)


def place_attempt(
    student: SignedInStudent, assignment: Given, uuid: str, nth: int, items: Iterable[str], version: str, day: date | None = None
) -> Begun | None:
    """A new attempt with these questions, or the one that is there in its place; without questions, only that. Locked until the commit."""
    connection = db.connection
    place = {"student_id": student.id, "assignment_id": assignment.id, "nth": nth}
    if asked := " ".join(items):
        values = {
            "uuid": uuid,
            **place,
            "items": asked,
            "content_version": version[:16],
            "started_on": day or clock.today(student.timezone),
        }
        made: Begun | None = connection.execute(writing(db.dialect).attempt, values).one_or_none()
        if made is not None:
            return made
    return connection.execute(NTH_ATTEMPT, place).one_or_none()


def record_answer(
    student: SignedInStudent, attempt: Begun, quiz: Quiz, item: Item, choice: str, locale: str = "", day: date | None = None
) -> bool:
    """Keep an answer, once. Returns False when this question had one already: the first stands, whatever arrives later.

    `locale` is the language it was given in, "" where nobody knows; `day` is when, if that was not today.

    Raises ValueError for an answer the question cannot have. The caller commits."""
    given = canonical(item, choice)
    if given is None:
        raise ValueError("no such answer")
    today = clock.today(student.timezone)
    values = {"student_id": student.id, "attempt_uuid": attempt.uuid, "item_id": item.id, "choice": None if item.sensitive else given,
              "right": None if item.sensitive else is_right(item, given), "answered_on": day or today}  # fmt: skip
    # RETURNING tells whether a row was written; the row count does not, on every driver.
    if db.connection.execute(writing(db.dialect).answer, values).first() is None:
        return False
    if attempt.nth == 1 and given != PASS and (not item.sensitive or still_open(attempt.assignment_id, today)):
        count(attempt.assignment_id, item.id, tally_keys(item, given))
    sum_up(attempt, quiz, day or today, locale)
    return True


def still_open(assignment_id: int, today: date) -> bool:
    """Counts of sensitive questions are shown after the due day and stand still from then on, wherever that day is moved to: a counter
    that moves with each answer would tell a watching teacher whose it was."""
    row = db.connection.execute(COUNTED, {"assignment_id": assignment_id}).one_or_none()
    return row is not None and is_counted(today, row.due_on, row.counted_until)


def count(assignment_id: int, item_id: str, keys: Iterable[str]) -> None:
    # In one order for everybody: two answers at once never wait for each other's rows crosswise.
    rows = [{"assignment_id": assignment_id, "item_id": item_id, "choice": key, "n": 1} for key in sorted(keys)]
    db.connection.execute(writing(db.dialect).tally, rows)


def sum_up(attempt: Begun, quiz: Quiz, today: date, locale: str = "") -> None:
    """Bring the summary row up to date after an answer, and end the sitting after its last one."""
    connection = db.connection
    total = sum(quiz.item(i) is not None for i in attempt.items.split())
    answered, counted, right = connection.execute(
        COUNTS, {"student_id": attempt.student_id, "attempt_uuid": attempt.uuid}
    ).one()  # fmt: skip
    if attempt.nth < 1:  # a check before or after the lesson: it ends, and is part of nobody's standing
        if answered >= total and attempt.finished_on is None:
            connection.execute(FINISH, {"b_uuid": attempt.uuid, "finished_on": today})
        return
    place = {"assignment_id": attempt.assignment_id, "student_id": attempt.student_id, "answered": answered, "total": total,
             "locale": locale}  # fmt: skip
    if answered < total or attempt.finished_on is not None:
        connection.execute(writing(db.dialect).standing, {**place, **NOTHING_FINISHED})
        return
    connection.execute(FINISH, {"b_uuid": attempt.uuid, "finished_on": today})
    result = {"tries": 1, "last_right": right, "last_counted": counted, "best_right": right, "best_counted": counted, "finished_on": today}
    connection.execute(writing(db.dialect).finished_standing, {**place, **result})
    if attempt.nth == 1 and locale:
        count_first_sitting(quiz.slug, locale, attempt.student_id, attempt.uuid)


# --- reading, for students' and teachers' pages ----------------------------------------------------------------------


def standings_of(student_id: int) -> dict[int, Standing]:
    """One student's summary rows, by assignment."""
    return {s.assignment_id: s for s in db.session.scalars(select(Standing).where(Standing.student_id == student_id))}


def tallies_of(assignment_id: int) -> dict[str, dict[str, int]]:
    """Counts by the keys of `scoring.tally_keys`, by question, over first sittings."""
    found: dict[str, dict[str, int]] = {}
    for item_id, choice, n in db.session.execute(select(Tally.item_id, Tally.choice, Tally.n).where(Tally.assignment_id == assignment_id)):
        found.setdefault(item_id, {})[choice] = n
    return found


def steady_counts(assignment_id: int, item: Item) -> dict[str, int]:
    """Counts of one question by the keys of `scoring.tally_keys` for a wall that the class looks at: as they were when they were first
    asked for, until five more have answered. Where bars moved with each answer, whoever looks would know whose it was."""
    found = db.connection.execute(STEADY, {"assignment_id": assignment_id, "item_id": item.id}).all()
    if not is_due(item, found):
        return {row.choice: row.shown for row in found}
    try:
        with db.writing() as connection:
            rows = connection.execute(STEADY.with_for_update(), {"assignment_id": assignment_id, "item_id": item.id}).all()
            if is_due(item, rows):  # still, of two who look at once
                connection.execute(SHOW, {"b_assignment": assignment_id, "b_item": item.id})
                return {row.choice: row.n for row in rows}
    except CANNOT_NOW as error:  # a disk that takes no note: what was shown stays
        log.error("%s", describe(error))
        rows = found
    return {row.choice: row.shown for row in rows}


def is_due(item: Item, rows: Iterable[Any]) -> bool:
    now, shown = ({row.choice: getattr(row, of) for row in rows} for of in ("n", "shown"))
    return people_answered(item, now) - people_answered(item, shown) >= FEWEST_ANSWERS


FIRST_MARKS = (
    select(answers.student_id, answers.item_id, answers.right.cast(Integer))
    .join_from(Attempt.__table__, Answer.__table__, (answers.student_id == attempts.student_id) & (answers.attempt_uuid == attempts.uuid))
    .where(attempts.assignment_id == bindparam("assignment_id"), attempts.nth == 1, attempts.finished_on.is_not(None))
    .where(answers.right.is_not(None))
)


def first_marks_of(assignment_id: int) -> dict[int, dict[str, int]]:
    """Student -> question -> 1 for right, else 0, over finished first sittings; sensitive questions have no mark. For statistics only."""
    found: dict[int, dict[str, int]] = {}
    for student_id, item_id, right in db.connection.execute(FIRST_MARKS, {"assignment_id": assignment_id}):
        found.setdefault(student_id, {})[item_id] = right
    return found


def attempts_by(student_id: int, assignment_id: int) -> list[Sitting]:
    """A student's sittings at one assigned quiz, first to last. The checks before and after are for the class and shown of nobody."""
    attempts = db.session.scalars(
        select(Attempt)
        .where(Attempt.student_id == student_id, Attempt.assignment_id == assignment_id, Attempt.nth > 0)
        .order_by(Attempt.nth)
    ).all()
    answers: dict[str, dict[str, Answer]] = {}
    for answer in db.session.scalars(
        select(Answer).where(Answer.student_id == student_id, Answer.attempt_uuid.in_([a.uuid for a in attempts]))
    ):
        answers.setdefault(answer.attempt_uuid, {})[answer.item_id] = answer
    return [Sitting(a.uuid, a.nth, tuple(a.items.split()), answers.get(a.uuid, {}), a.finished_on is not None) for a in attempts]
