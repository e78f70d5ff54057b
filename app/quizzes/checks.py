"""The short check before an assigned lesson and the one after it: which questions a student is asked, and keeping the answers.

Half of a class begins with form A and half with form B, by lot and never by choice; what was asked stands with the attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import aliased

from app.classrooms.models import Assignment, Student
from app.classrooms.queries import AssignedLesson, SignedInStudent
from app.core.db import db
from app.core.keys import keyed
from app.curriculum.before_after import (
    AFTER,
    BEFORE,
    FORMS,
    Check,
    CheckAnswer,
    Counted,
    Pair,
    counted,
    form_of,
    other_form,
    pairs_in,
    short_checks,
)
from app.curriculum.content import Item, Quiz
from app.curriculum.ideas import Held
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.scoring import nearest_band
from app.lessons.queries import has_read
from app.quizzes.models import Answer, Attempt, PairCount, ShiftCount
from app.quizzes.queries import ATTEMPT, BEGUN, OWN, Begun, Sitting, answers, as_sitting, attempts, place_attempt, record_answer

seats = Student.__table__.c
OWN_ATTEMPTS = select(*BEGUN).where(*OWN)
PLACE = select(func.count()).where(seats.classroom_id == bindparam("classroom_id"), seats.id < bindparam("student_id"))
FINISHED = select(attempts.finished_on).where(attempts.uuid == bindparam("uuid"))
UNCOUNTED = (
    select(attempts.student_id, attempts.nth, answers.item_id, answers.choice, answers.right)
    .join_from(Attempt.__table__, Answer.__table__, (answers.student_id == attempts.student_id) & (answers.attempt_uuid == attempts.uuid))
    .where(attempts.assignment_id == bindparam("assignment_id"), attempts.nth < 1, attempts.finished_on.is_not(None), ~attempts.counted)
    .order_by(attempts.student_id, attempts.nth, answers.item_id)
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


def record_in_check(student: SignedInStudent, attempt: Begun, quiz: Quiz, item: Item, choice: str, locale: str = "") -> bool:
    """Keep an answer in a check, once, and count whoever has both checks by now for the class; as `record_answer`. The caller commits."""
    kept = record_answer(student, attempt, quiz, item, choice, locale)
    if kept and attempt.nth == AFTER and db.connection.scalar(FINISHED, {"uuid": attempt.uuid}):
        count_pairs(attempt.assignment_id, quiz)
    return kept


# --- what a class is told: counts of pairs ----------------------------------------------------------------------------


def count_pairs(assignment_id: int, quiz: Quiz) -> bool:
    """With every fifth student who has taken both checks, count the five; returns whether it was so. The caller commits.

    What a class's pages show are these counts and nothing else. So they move by five students, whoever the lesson is given to at the
    moment, and whoever is erased later: two looks never tell one student's result (docs/decisions/0034)."""
    db.hold(Assignment, assignment_id)
    both = pairs_in(uncounted_in(assignment_id))
    if len(both) < FEWEST_ANSWERS:
        return False
    new = counted(quiz, both)
    for pair, n in sorted(Counter(new.pairs).items(), key=lambda p: astuple(p[0])):
        add(PairCount, {"assignment_id": assignment_id, **asdict(pair)}, {"n": n})
    for idea, (first, then) in sorted(new.ideas.items()):
        sums = {"chosen_before": first.chosen, "met_before": first.met, "chosen_after": then.chosen, "met_after": then.met}
        add(ShiftCount, {"assignment_id": assignment_id, "idea": idea}, sums)
    of_them = Attempt.student_id.in_([before.student_id for before, _after in both])
    done = update(Attempt).where(Attempt.assignment_id == assignment_id, Attempt.nth < 1, of_them).values(counted=True)
    db.session.execute(done.execution_options(synchronize_session=False))
    return True


def add(model: type[PairCount] | type[ShiftCount], place: dict[str, Any], sums: dict[str, int]) -> None:
    more = {name: getattr(model, name) + n for name, n in sums.items()}
    db.session.execute(db.insert(model).values(**place, **sums).on_conflict_do_update(index_elements=list(place), set_=more))


def uncounted_in(assignment_id: int) -> list[Check]:
    """The finished checks that no count holds yet. For counting, never to be shown."""
    answered: dict[tuple[int, int], list[CheckAnswer]] = {}
    for row in db.connection.execute(UNCOUNTED, {"assignment_id": assignment_id}):
        answered.setdefault((row.student_id, row.nth), []).append(CheckAnswer(row.item_id, row.choice or "", bool(row.right)))
    return [Check(student_id, nth, True, tuple(own)) for (student_id, nth), own in answered.items()]


def count_waiting(quiz_of: Callable[[str], Quiz | None], commit: Callable[[], None]) -> int:
    """Count the pairs that no answer counted, as of before there were counts; `commit` after each lesson. Returns how many lessons."""
    before = aliased(Attempt)
    waiting = (
        select(Assignment.id, Assignment.lesson_slug)
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .join(before, (before.assignment_id == Attempt.assignment_id) & (before.student_id == Attempt.student_id))
        .where(Attempt.nth == AFTER, Attempt.finished_on.is_not(None), ~Attempt.counted)
        .where(before.nth == BEFORE, before.finished_on.is_not(None), ~before.counted)
        .group_by(Assignment.id, Assignment.lesson_slug)
        .having(func.count() >= FEWEST_ANSWERS)
    )
    found = [(id_, quiz) for id_, slug in db.session.execute(waiting).all() if (quiz := quiz_of(slug)) is not None]
    done = 0
    for one in found:
        done += count_pairs(*one)
        commit()
    return done


def counted_in(assignment_ids: Sequence[int]) -> dict[int, Counted]:
    """Assignment -> what is counted of its checks: two statements."""
    pairs: dict[int, list[Pair]] = {}
    for p in db.session.scalars(select(PairCount).where(PairCount.assignment_id.in_(assignment_ids))):
        pairs.setdefault(p.assignment_id, []).extend([Pair(p.right_before, p.of_before, p.right_after, p.of_after)] * p.n)
    ideas: dict[int, dict[str, tuple[Held, Held]]] = {}
    for s in db.session.scalars(select(ShiftCount).where(ShiftCount.assignment_id.in_(assignment_ids))):
        ideas.setdefault(s.assignment_id, {})[s.idea] = Held(s.chosen_before, s.met_before), Held(s.chosen_after, s.met_after)
    return {given: Counted(tuple(own), ideas.get(given, {})) for given, own in pairs.items()}


def taken_in(assignment_ids: Sequence[int]) -> dict[int, dict[int, set[int]]]:
    """Assignment -> student -> which checks are finished (BEFORE, AFTER), not how."""
    rows = select(attempts.assignment_id, attempts.student_id, attempts.nth).where(
        attempts.assignment_id.in_(assignment_ids), attempts.nth < 1, attempts.finished_on.is_not(None)
    )
    found: dict[int, dict[int, set[int]]] = {}
    for assignment_id, student_id, nth in db.connection.execute(rows):
        found.setdefault(assignment_id, {}).setdefault(student_id, set()).add(nth)
    return found
