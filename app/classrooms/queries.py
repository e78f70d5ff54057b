"""Finding and changing classes, seats and assignments. What a person may not see cannot be found here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Connection, Date, and_, bindparam, column, delete, false, func, select, table, union, update
from sqlalchemy.exc import IntegrityError

from app.classrooms.models import CHOSEN, EVERYBODY, Assignment, Classroom, Pulse, SeatRule, Student
from app.classrooms.naming import Name, name_of
from app.core import clock, sessions, throttle
from app.core.db import db
from app.core.helplines import country_of
from app.core.i18n import current_locale
from app.core.keys import CODE_ALPHABET, code_from, keyed_hex, tidy_code
from app.core.passwords import KEY_ID
from app.core.tombstones import bury
from app.curriculum.assigning import Days, held_at, is_closed, last_day
from app.curriculum.progress import FEWEST_ANSWERS

RESET_LASTS = 15 * 60
RESET_TRIES = 5
KEPT_AFTER_THE_END = timedelta(days=30)
MOST_CLASSES = 60


@dataclass(frozen=True)
class SignedInStudent:
    """What a page needs of the student who is signed in: the seat and its class's band."""

    id: int
    classroom_id: int
    first: int
    second: int
    band: str
    timezone: str
    group_number: int = 0
    booster_day: int = 0  # as in Classroom
    boosters_from: date | None = None
    is_student: ClassVar[bool] = True
    is_teacher: ClassVar[bool] = False
    role: ClassVar[str] = ""
    is_authenticated: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return name_of(self.first, self.second, current_locale())

    @property
    def country(self) -> str:
        """Of the class, whose help comes first; empty where its clock does not say."""
        return country_of(self.timezone)


seat, room = Student.__table__.c, Classroom.__table__.c
# Built once, like ASSIGNED: every request of a student asks it.
SEAT = (
    select(seat.id, seat.classroom_id, seat.first, seat.second, room.band, room.timezone, seat.group_number,
           room.booster_day, room.boosters_from, room.ends_on)
    .join_from(Student.__table__, Classroom.__table__, room.id == seat.classroom_id)
    .where(seat.id == bindparam("id"))
)  # fmt: skip


def load_student(connection: Connection, student_id: int) -> SignedInStudent | None:
    row = connection.execute(SEAT, {"id": student_id}).one_or_none()
    return SignedInStudent(*row[:9]) if row and row.ends_on >= clock.today(row.timezone) else None


def seat_and_last_day(student_id: int) -> tuple[SignedInStudent, date] | None:
    """A seat, also of a class that has ended and is not erased yet, and the last day of that class."""
    row = db.connection.execute(SEAT, {"id": student_id}).one_or_none()
    return (SignedInStudent(*row[:9]), row.ends_on) if row else None


def seat_mark(student_id: int) -> str:
    """Tells a browser whether it is still the same seat, and nobody anything."""
    return keyed_hex("offline seat", student_id)[:16]


# --- classes -------------------------------------------------------------------------------------------------------


def code_of(classroom: Classroom) -> str:
    return code_from("class code", classroom.code_seed)


def shown_code(classroom: Classroom) -> str:
    """The class code in two groups of four, as people read it aloud."""
    code = code_of(classroom)
    return f"{code[:4]} {code[4:]}"


def new_code(classroom: Classroom) -> None:
    """Give the class another code; the old one opens nothing from now on."""
    classroom.code_seed = secrets.token_hex(8)
    classroom.code_hash = code_hash(code_of(classroom))


def code_hash(code: str) -> str:
    return keyed_hex("code look-up", tidy_code(code))


def make_classroom(teacher_id: int, label: str, band: str, locale: str, timezone: str, seats: int, ends_on: date) -> Classroom:
    classroom = Classroom(
        teacher_id=teacher_id, label=label, band=band, locale=locale, timezone=timezone, seats=seats, ends_on=ends_on,
        created_on=clock.today(timezone),
    )  # fmt: skip
    new_code(classroom)
    db.session.add(classroom)
    db.session.flush()
    return classroom


TAUGHT = select(Classroom).where(Classroom.id == bindparam("id"), Classroom.teacher_id == bindparam("teacher_id"))


def classroom_taught_by(teacher_id: int, classroom_id: int) -> Classroom | None:
    return db.session.scalar(TAUGHT, {"id": classroom_id, "teacher_id": teacher_id})


def classrooms_taught_by(teacher_id: int) -> Sequence[Classroom]:
    return db.session.scalars(select(Classroom).where(Classroom.teacher_id == teacher_id).order_by(Classroom.label, Classroom.id)).all()


def sizes_of(classroom_ids: list[int]) -> dict[int, tuple[int, list[str]]]:
    """(students, slugs of the assigned lessons) of each class."""
    students = db.session.execute(
        select(Student.classroom_id, func.count()).where(Student.classroom_id.in_(classroom_ids)).group_by(Student.classroom_id)
    )
    assigned = db.session.execute(select(Assignment.classroom_id, Assignment.lesson_slug).where(Assignment.classroom_id.in_(classroom_ids)))
    of_students: dict[int, int] = {row[0]: row[1] for row in students}
    slugs: dict[int, list[str]] = {}
    for classroom_id, slug in assigned:
        slugs.setdefault(classroom_id, []).append(slug)
    return {i: (of_students.get(i, 0), slugs.get(i, [])) for i in classroom_ids}


def classroom_with_code(code: str) -> Classroom | None:
    """The running class a code belongs to."""
    if len(tidy_code(code)) != 8:
        return None
    found = db.session.scalar(select(Classroom).where(Classroom.code_hash == code_hash(code)))
    return found if found and found.ends_on >= clock.today(found.timezone) else None


def door_is_open(classroom: Classroom) -> bool:
    return classroom.door_open_until > clock.seconds()


def erase_ended_classes() -> int:
    """Delete every class whose last day was more than 30 days ago, and say how many. The caller commits."""
    ended = db.session.scalars(select(Classroom).where(Classroom.ends_on < clock.today() - KEPT_AFTER_THE_END)).all()
    for classroom in ended:
        erase_classroom(classroom)
    return len(ended)


def erase_classroom(classroom: Classroom) -> None:
    """Everything about a class goes: seats, assignments, answers (by cascade) and open sessions."""
    ids = select(Student.id).where(Student.classroom_id == classroom.id)
    db.session.execute(delete(sessions.SessionRow).where(sessions.SessionRow.kind == "student", sessions.SessionRow.person_id.in_(ids)))
    bury("classrooms", classroom.mark)
    db.session.execute(delete(Classroom).where(Classroom.id == classroom.id))


def erase_all_of(teacher_id: int) -> int:
    """Every class of a teacher goes; returns how many. The caller commits."""
    classes = db.session.scalars(select(Classroom).where(Classroom.teacher_id == teacher_id)).all()
    for classroom in classes:
        erase_classroom(classroom)
    return len(classes)


# --- seats ---------------------------------------------------------------------------------------------------------


def students_in(classroom_id: int) -> Sequence[Student]:
    return db.session.scalars(select(Student).where(Student.classroom_id == classroom_id).order_by(Student.id)).all()


def student_in(classroom_id: int, student_id: int) -> Student | None:
    return db.session.scalar(select(Student).where(Student.id == student_id, Student.classroom_id == classroom_id))


def names_taken(classroom_id: int) -> set[Name]:
    return {(f, s) for f, s in db.session.execute(select(Student.first, Student.second).where(Student.classroom_id == classroom_id))}


def take_seat(classroom: Classroom, name: Name, secret_hash: str) -> Student | None:
    """A new seat in a class, or None when the name has just been taken, the door closed or the class is full."""
    # One at a time for each class, so that no two take the last seat (PostgreSQL has no write lock for all).
    db.session.execute(select(Classroom.id).where(Classroom.id == classroom.id).with_for_update())
    if not door_is_open(classroom) or len(names_taken(classroom.id)) >= classroom.seats:
        return None
    student = Student(classroom_id=classroom.id, first=name[0], second=name[1], secret_hash=secret_hash, key_id=KEY_ID)
    try:
        with db.session.begin_nested():
            db.session.add(student)
    except IntegrityError:
        return None
    return student


def account_of(code: str, name: Name) -> str:
    """The throttle's name for a seat, as typed: the same whether the seat exists or not."""
    return f"student {code_hash(code)} {name[0]} {name[1]}"


def find_seat(code: str, name: Name) -> tuple[int, str] | None:
    """(id, secret's hash) of a seat by class code and pseudonym, looked up without the write lock."""
    s, c = Student.__table__, Classroom.__table__
    with db.reading() as connection:
        row = connection.execute(
            select(s.c.id, s.c.secret_hash, c.c.ends_on, c.c.timezone)
            .join(c, c.c.id == s.c.classroom_id)
            .where(c.c.code_hash == code_hash(code), s.c.first == name[0], s.c.second == name[1])
        ).one_or_none()
    return (row.id, row.secret_hash) if row and row.ends_on >= clock.today(row.timezone) else None


def give_reset_code(student: Student) -> str:
    """Six digits that let this student draw new words once, within 15 minutes. The teacher never learns the words."""
    digits = f"{secrets.randbelow(10**6):06d}"
    student.reset_hash, student.reset_until, student.reset_tries = reset_hash(student.id, digits), clock.seconds() + RESET_LASTS, 0
    classroom = db.session.get_one(Classroom, student.classroom_id)
    throttle.clear(account_of(code_of(classroom), (student.first, student.second)))
    return digits


def reset_hash(student_id: int, digits: str) -> str:
    return keyed_hex("reset", student_id, digits)


def reset_fits(student_id: int, digits: str) -> bool:
    """True while the one-time code is right and young; five wrong ones end it, also when they come at once. The caller commits."""
    student = db.session.get(Student, student_id, with_for_update=True)
    if student is None or not student.reset_hash or student.reset_until <= clock.seconds():
        return False
    if secrets.compare_digest(student.reset_hash, reset_hash(student_id, digits)):
        return True
    student.reset_tries += 1
    if student.reset_tries >= RESET_TRIES:
        student.reset_hash = None
    return False


def still_fits(student_id: int, secret_hash: str) -> bool:
    """True when the seat and its secret are still those that were compared: hashing takes time, and a teacher may act meanwhile."""
    return db.session.scalar(select(Student.secret_hash).where(Student.id == student_id)) == secret_hash


def forget_old_reset_codes() -> None:
    db.session.execute(update(Student).where(Student.reset_until < clock.seconds()).values(reset_hash=None, reset_until=0))


def give_new_secret(student_id: int, secret_hash: str) -> None:
    """New words for a seat; its other sessions end. The caller commits."""
    db.session.execute(
        update(Student).where(Student.id == student_id).values(secret_hash=secret_hash, key_id=KEY_ID, reset_hash=None, reset_until=0)
    )
    sessions.end_all("student", student_id)


def remove_student(student: Student) -> None:
    bury("students", student.mark)
    sessions.end_all("student", student.id)
    db.session.execute(delete(Student).where(Student.id == student.id))


def put_into_groups(numbers: Mapping[int, int]) -> None:
    """Student -> number of their group, 0 for none. The caller has found these students, and commits."""
    for number in sorted(set(numbers.values())):
        ids = [student_id for student_id, own in numbers.items() if own == number]
        db.session.execute(update(Student).where(Student.id.in_(ids)).values(group_number=number))


def shuffled(student_ids: Sequence[int], groups: int) -> dict[int, int]:
    """Students in groups by lot, no two of which differ by more than one."""
    order = secrets.SystemRandom().sample(list(student_ids), len(student_ids))
    return {student_id: 1 + place % groups for place, student_id in enumerate(order)}


# --- who is given what -----------------------------------------------------------------------------------------------


class Rule(NamedTuple):
    """What holds for one student of an assignment (see SeatRule)."""

    assignment_id: int
    student_id: int
    given: bool
    open_until: date | None


rule, of_rule = SeatRule.__table__, Assignment.__table__
RULES = (
    select(rule.c.assignment_id, rule.c.student_id, rule.c.given, rule.c.open_until)
    .join_from(rule, of_rule, of_rule.c.id == rule.c.assignment_id)
    .where(of_rule.c.classroom_id == bindparam("classroom_id"))
)


def seat_rules_in(classroom_id: int) -> list[Rule]:
    """All rules of a class for single students: one statement."""
    return [Rule(*row) for row in db.connection.execute(RULES, {"classroom_id": classroom_id})]


RULES_OF = select(rule.c.assignment_id, rule.c.student_id, rule.c.given, rule.c.open_until).where(
    rule.c.assignment_id == bindparam("assignment_id")
)


def rules_of(assignment_id: int) -> list[Rule]:
    return [Rule(*row) for row in db.connection.execute(RULES_OF, {"assignment_id": assignment_id})]


def gives_to(for_group: int, group_number: int, rule_given: bool) -> bool:
    """Whether a lesson is given to a seat: `for_group` of the assignment, `group_number` of the seat, `given` of the seat's rule."""
    if for_group == CHOSEN:
        return rule_given
    return for_group in (EVERYBODY, group_number)


def given_seats(assignments: Iterable[Any], students: Iterable[Any], rules: Iterable[Rule]) -> dict[int, set[int]]:
    """Assignment -> the students it is given to. What is read: `id`, `for_group`; `id`, `group_number`."""
    chosen = {(r.assignment_id, r.student_id) for r in rules if r.given}
    seats = [(s.id, s.group_number) for s in students]
    return {a.id: {i for i, group in seats if gives_to(a.for_group, group, (a.id, i) in chosen)} for a in assignments}


# --- assignments ---------------------------------------------------------------------------------------------------


def assignments_of(classroom_id: int) -> Sequence[Assignment]:
    return db.session.scalars(
        select(Assignment).where(Assignment.classroom_id == classroom_id).order_by(Assignment.opens_on, Assignment.id)
    ).all()


given = Assignment.__table__.c
OWN_RULE = and_(rule.c.assignment_id == given.id, rule.c.student_id == bindparam("student_id"))
ASSIGNED = (
    select(given.id, given.lesson_slug, given.opens_on, given.due_on, given.closes_on, given.for_group, given.checks,
           func.coalesce(rule.c.given, false()), rule.c.open_until)
    .join_from(Assignment.__table__, rule, OWN_RULE, isouter=True)
    .where(given.classroom_id == bindparam("classroom_id"), given.opens_on <= bindparam("today"))
    .order_by(given.opens_on, given.id)
)  # fmt: skip
ASSIGNED_ONE = ASSIGNED.where(given.id == bindparam("id"))
ASSIGNMENT = select(Assignment).where(Assignment.id == bindparam("id"), Assignment.classroom_id == bindparam("classroom_id"))


def assignment_in(classroom_id: int, assignment_id: int) -> Assignment | None:
    return db.session.scalar(ASSIGNMENT, {"id": assignment_id, "classroom_id": classroom_id})


class AssignedLesson(NamedTuple):
    """What a student's pages need of an assignment, with what holds for this student alone."""

    id: int
    lesson_slug: str
    opens_on: date
    due_on: date | None
    closes_on: date | None = None
    for_group: int = EVERYBODY
    checks: bool = False
    given: bool = False  # to this student by choice
    open_until: date | None = None  # to this student

    @property
    def last_day(self) -> date | None:
        """The last day on which answers are taken, until it ends in the class's time zone; None: until the class ends."""
        return last_day(self.closes_on, self.open_until)

    def is_closed(self, today: date) -> bool:
        return is_closed(today, self.closes_on, self.open_until)

    def is_open_again(self, today: date) -> bool:
        """Whether it has closed for the others and not for this student."""
        return is_closed(today, self.closes_on) and not self.is_closed(today)


def assigned_to(student: SignedInStudent, statement: Any, **more: int) -> list[AssignedLesson]:
    place = {"student_id": student.id, "classroom_id": student.classroom_id, "today": clock.today(student.timezone), **more}
    found = (AssignedLesson(*row) for row in db.connection.execute(statement, place))
    return [a for a in found if gives_to(a.for_group, student.group_number, a.given)]


def assignment_open_to(student: SignedInStudent, assignment_id: int) -> AssignedLesson | None:
    """An assignment that is given to this student and has opened; it may have closed."""
    return next(iter(assigned_to(student, ASSIGNED_ONE, id=assignment_id)), None)


def lesson_of(student: SignedInStudent, assignment_id: int) -> AssignedLesson | None:
    """An assignment of the student's class, whether or not it is given to this student today."""
    place = {"student_id": student.id, "classroom_id": student.classroom_id, "today": date.max, "id": assignment_id}
    row = db.connection.execute(ASSIGNED_ONE, place).one_or_none()
    return AssignedLesson(*row) if row else None


def assignments_open_to(student: SignedInStudent) -> list[AssignedLesson]:
    """All of them, in the order in which they opened."""
    return assigned_to(student, ASSIGNED)


def assign(
    classroom: Classroom,
    lesson_slug: str,
    opens_on: date,
    due_on: date | None,
    closes_on: date | None = None,
    for_group: int = EVERYBODY,
    checks: bool = False,
    chosen: Iterable[int] = (),
) -> Assignment | None:
    """Give a lesson to a class, to a group in it or to chosen students; None when the class has it already."""
    made = Assignment(
        classroom_id=classroom.id, lesson_slug=lesson_slug, opens_on=opens_on, due_on=due_on, closes_on=closes_on, for_group=for_group,
        checks=checks, created_on=clock.today(classroom.timezone),
        family_code="".join(secrets.choice(CODE_ALPHABET) for _ in range(6)),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return None
    if for_group == CHOSEN:
        choose(made, chosen)
    return made


def change_days(assignment: Assignment, days: Days, timezone: str) -> None:
    """Other days for an assignment; counts of sensitive questions that could be seen stand still from now on. The caller commits."""
    today = clock.today(timezone)
    assignment.counted_until = held_at(assignment.due_on, assignment.counted_until, today, today)
    assignment.opens_on, assignment.due_on, assignment.closes_on = days.opens_on, days.due_on, days.closes_on


def hold_counts(classroom: Classroom, timezone_after: str) -> None:
    """Before a class gets another time zone, in which it may be yesterday: what could be seen stands still. The caller commits."""
    today, after = clock.today(classroom.timezone), clock.today(timezone_after)
    for given in assignments_of(classroom.id) if after < today else ():
        given.counted_until = held_at(given.due_on, given.counted_until, today, after)


def take_back(assignment: Assignment) -> None:
    """Erase an assignment with everything that was answered in it. The caller commits."""
    bury("assignments", assignment.mark)
    db.session.delete(assignment)


def choose(assignment: Assignment, chosen: Iterable[int]) -> None:
    """Give an assignment to these students of its class by choice, and to no others; days of their own stay. The caller commits."""
    write_rules(assignment, given=False)
    if assignment.for_group == CHOSEN:
        own = select(Student.id).where(Student.classroom_id == assignment.classroom_id, Student.id.in_(list(chosen)))
        for student_id in db.session.scalars(own).all():
            write_rules(assignment, student_id, given=True)
    db.session.execute(delete(SeatRule).where(SeatRule.assignment_id == assignment.id, ~SeatRule.given, SeatRule.open_until.is_(None)))


def open_for(assignment: Assignment, student_id: int, until: date | None) -> None:
    """Take answers of one student until a day of their own; None takes that back. The caller commits."""
    write_rules(assignment, student_id, open_until=until)
    db.session.execute(delete(SeatRule).where(SeatRule.assignment_id == assignment.id, ~SeatRule.given, SeatRule.open_until.is_(None)))


def write_rules(assignment: Assignment, student_id: int | None = None, **values: Any) -> None:
    """Change what holds for one student of an assignment, made where it is missing; or for all who have a rule."""
    if student_id is None:
        db.session.execute(update(SeatRule).where(SeatRule.assignment_id == assignment.id).values(**values))
        return
    row = {"assignment_id": assignment.id, "student_id": student_id}
    new = db.insert(SeatRule).values(**row, **{"given": False, **values})
    db.session.execute(new.on_conflict_do_update(index_elements=list(row), set_=values))


class Work(NamedTuple):
    """That a student has begun an assignment (read it to the end, or answered something), and when they first finished its questions."""

    assignment_id: int
    student_id: int
    finished_on: date | None


# The rows in which work is kept belong to packages above this one. They are read here by name, and only to be counted.
attempts, readings = (table(name, column("assignment_id"), column("student_id")) for name in ("attempts", "readings"))
standings = table("standings", column("assignment_id"), column("student_id"), column("finished_on", Date))
OF_THESE: Any = bindparam("assignment_ids", expanding=True)
BEGUN = union(*(select(t.c.assignment_id, t.c.student_id).where(t.c.assignment_id.in_(OF_THESE)) for t in (attempts, readings))).subquery()
WORK = select(BEGUN.c.assignment_id, BEGUN.c.student_id, standings.c.finished_on).join_from(
    BEGUN,
    standings,
    and_(standings.c.assignment_id == BEGUN.c.assignment_id, standings.c.student_id == BEGUN.c.student_id),
    isouter=True,
)


def work_on(assignment_ids: Iterable[int]) -> dict[tuple[int, int], Work]:
    """Who has begun these assignments, by assignment and student: one statement."""
    rows = db.connection.execute(WORK, {"assignment_ids": list(assignment_ids)})
    return {(w.assignment_id, w.student_id): w for w in (Work(*row) for row in rows)}


def assignment_with_family_code(code: str) -> Assignment | None:
    return db.session.scalar(select(Assignment).where(Assignment.family_code == tidy_code(code)))


# --- two taps at the end of a lesson -------------------------------------------------------------------------------

PULSES = {"clear": ("yes", "partly", "no"), "help": ("yes", "not-yet")}  # question -> what can be tapped


def record_pulse(assignment_id: int, question: str, reply: str) -> None:
    """Count a tap. Nothing says whose it was. Raises ValueError for one that is not offered. The caller commits.

    With every fifth tap at a question its counts are shown as they are then, and stay so until five more have tapped."""
    if reply not in PULSES.get(question, ()):
        raise ValueError("no such reply")
    db.hold(Assignment, assignment_id)
    db.session.execute(
        db.insert(Pulse)
        .values(assignment_id=assignment_id, question=question, reply=reply, n=1, shown=0)
        .on_conflict_do_update(index_elements=["assignment_id", "question", "reply"], set_={"n": Pulse.n + 1})
    )
    of_question = Pulse.assignment_id == assignment_id, Pulse.question == question
    counted, last = db.session.execute(select(func.sum(Pulse.n), func.sum(Pulse.shown)).where(*of_question)).one()
    if counted - last >= FEWEST_ANSWERS:
        db.session.execute(update(Pulse).where(*of_question).values(shown=Pulse.n).execution_options(synchronize_session=False))


def pulses_of(assignment_id: int) -> dict[str, dict[str, int]]:
    """Taps by question and reply, of questions with enough of them to say nothing about one student; see `record_pulse`."""
    counts = {(p.question, p.reply): p.shown for p in db.session.scalars(select(Pulse).where(Pulse.assignment_id == assignment_id))}
    found = {question: {reply: counts.get((question, reply), 0) for reply in replies} for question, replies in PULSES.items()}
    return {question: replies for question, replies in found.items() if sum(replies.values()) >= FEWEST_ANSWERS}
