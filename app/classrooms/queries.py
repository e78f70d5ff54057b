"""Finding and changing classes, seats and assignments. What a person may not see cannot be found here."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.classrooms.models import Assignment, Classroom, Pulse, Student
from app.classrooms.naming import Name, name_of
from app.core import clock, sessions, throttle
from app.core.db import db
from app.core.i18n import current_locale
from app.core.keys import CODE_ALPHABET, code_from, keyed_hex, tidy_code
from app.core.passwords import KEY_ID
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
    is_student: ClassVar[bool] = True
    is_teacher: ClassVar[bool] = False
    is_authenticated: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return name_of(self.first, self.second, current_locale())


seat, room = Student.__table__.c, Classroom.__table__.c
SEAT = (
    select(seat.id, seat.classroom_id, seat.first, seat.second, room.band, room.timezone, room.ends_on)
    .join_from(Student.__table__, Classroom.__table__, room.id == seat.classroom_id)
    .where(seat.id == bindparam("id"))
)  # built once, like ASSIGNED: every request of a student asks it


def load_student(connection: Connection, student_id: int) -> SignedInStudent | None:
    row = connection.execute(SEAT, {"id": student_id}).one_or_none()
    return SignedInStudent(*row[:6]) if row and row.ends_on >= clock.today(row.timezone) else None


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
    sessions.end_all("student", student.id)
    db.session.execute(delete(Student).where(Student.id == student.id))


# --- assignments ---------------------------------------------------------------------------------------------------


def assignments_of(classroom_id: int) -> Sequence[Assignment]:
    return db.session.scalars(
        select(Assignment).where(Assignment.classroom_id == classroom_id).order_by(Assignment.opens_on, Assignment.id)
    ).all()


given = Assignment.__table__.c
ASSIGNED = select(given.id, given.lesson_slug, given.opens_on, given.due_on).where(
    given.id == bindparam("id"), given.classroom_id == bindparam("classroom_id")
)
ASSIGNMENT = select(Assignment).where(Assignment.id == bindparam("id"), Assignment.classroom_id == bindparam("classroom_id"))


def assignment_in(classroom_id: int, assignment_id: int) -> Assignment | None:
    return db.session.scalar(ASSIGNMENT, {"id": assignment_id, "classroom_id": classroom_id})


class AssignedLesson(NamedTuple):
    """What a student's pages need of an assignment."""

    id: int
    lesson_slug: str
    opens_on: date
    due_on: date | None


def assignment_open_to(student: SignedInStudent, assignment_id: int) -> AssignedLesson | None:
    """An assignment of the student's own class that has opened."""
    place = {"id": assignment_id, "classroom_id": student.classroom_id}
    row = db.session.connection().execute(ASSIGNED, place).one_or_none()
    return AssignedLesson(*row) if row and row.opens_on <= clock.today(student.timezone) else None


def assignments_open_to(student: SignedInStudent) -> list[Assignment]:
    present = clock.today(student.timezone)
    return [a for a in assignments_of(student.classroom_id) if a.opens_on <= present]


def assign(classroom: Classroom, lesson_slug: str, opens_on: date, due_on: date | None) -> Assignment | None:
    """Give a lesson to a class; None when it has it already."""
    made = Assignment(
        classroom_id=classroom.id, lesson_slug=lesson_slug, opens_on=opens_on, due_on=due_on, created_on=clock.today(classroom.timezone),
        family_code="".join(secrets.choice(CODE_ALPHABET) for _ in range(6)),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return None
    return made


def assignment_with_family_code(code: str) -> Assignment | None:
    return db.session.scalar(select(Assignment).where(Assignment.family_code == tidy_code(code)))


# --- two taps at the end of a lesson -------------------------------------------------------------------------------

PULSES = {"clear": ("yes", "partly", "no"), "help": ("yes", "not-yet")}  # question -> what can be tapped


def record_pulse(assignment_id: int, question: str, reply: str) -> None:
    """Count a tap. Nothing says whose it was. Raises ValueError for one that is not offered."""
    if reply not in PULSES.get(question, ()):
        raise ValueError("no such reply")
    db.session.execute(
        db.insert(Pulse)
        .values(assignment_id=assignment_id, question=question, reply=reply, n=1)
        .on_conflict_do_update(index_elements=["assignment_id", "question", "reply"], set_={"n": Pulse.n + 1})
    )


def pulses_of(assignment_id: int) -> dict[str, dict[str, int]]:
    """Taps by question and reply, of questions with enough of them to say nothing about one student."""
    counts = {(p.question, p.reply): p.n for p in db.session.scalars(select(Pulse).where(Pulse.assignment_id == assignment_id))}
    found = {question: {reply: counts.get((question, reply), 0) for reply in replies} for question, replies in PULSES.items()}
    return {question: replies for question, replies in found.items() if sum(replies.values()) >= FEWEST_ANSWERS}
