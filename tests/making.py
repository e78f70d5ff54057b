"""Plain functions with good defaults that make what tests are about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Membership, Teacher
from app.accounts.queries import BOARD_ROLE, LEAD_ROLE, TEACHER_ROLE, email_hash, make_board, make_teacher
from app.accounts.queries import make_school as make_school_row
from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import SignedInStudent, assign, code_of, make_classroom
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.core.passwords import KEY_ID, hash_secret
from app.curriculum.scoring import wrong_choices
from app.quizzes.queries import begin_attempt, questions_for, record_answer

on_both = pytest.mark.parametrize("app", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)

PASSWORD = "a password nobody else has"
WORDS = "otter lamp river"
AMY, MIN, LEE = (1, 1), (2, 2), (3, 3)  # pseudonyms
LESSON = "sextortion"


@dataclass(frozen=True)
class School:
    tremblay: int
    other: int
    amy: int
    min: int
    lee: int
    class_6b: int
    class_other: int
    assignment: int  # the sextortion lesson, in 6B
    assignment_other: int
    code_6b: str
    code_other: str
    family_code: str
    lead: int  # Ms Lead looks after Harbour School, where Ms Tremblay teaches
    board: int  # Mr Board is shown the reports of Channel Board, to which Harbour School belongs

    @classmethod
    def find(cls) -> School:
        def one(model, *where):
            return db.session.scalars(select(model).where(*where)).one()

        six_b, other = one(Classroom, Classroom.label == "6B"), one(Classroom, Classroom.label == "7A")
        given = one(Assignment, Assignment.classroom_id == six_b.id)
        found = cls(
            tremblay=six_b.teacher_id,
            other=other.teacher_id,
            amy=one(Student, Student.classroom_id == six_b.id, Student.first == AMY[0]).id,
            min=one(Student, Student.classroom_id == six_b.id, Student.first == MIN[0]).id,
            lee=one(Student, Student.classroom_id == other.id).id,
            class_6b=six_b.id,
            class_other=other.id,
            assignment=given.id,
            assignment_other=one(Assignment, Assignment.classroom_id == other.id).id,
            code_6b=code_of(six_b),
            code_other=code_of(other),
            family_code=given.family_code,
            lead=one(Membership, Membership.role == LEAD_ROLE).teacher_id,
            board=one(Membership, Membership.role == BOARD_ROLE).teacher_id,
        )
        db.close()
        return found


def make_school() -> None:
    """Ms Tremblay's 6B with Amy and Min; Mr Other's 7A with Lee; the same lesson assigned in both. Commits."""
    tremblay = make_a_teacher("tremblay@school.example", "Ms Tremblay")
    other = make_a_teacher("other@school.example", "Mr Other")
    hashed = hash_secret(WORDS)
    today = in_days(0)
    for teacher, label, names in ((tremblay, "6B", (AMY, MIN)), (other, "7A", (LEE,))):
        classroom = make_classroom(teacher.id, label, "B", "en", "America/Toronto", 30, today + timedelta(100))
        for name in names:
            db.session.add(Student(classroom_id=classroom.id, first=name[0], second=name[1], secret_hash=hashed, key_id=KEY_ID))
        assign(classroom, LESSON, today - timedelta(2), today + timedelta(7))
    put_into_schools(tremblay, other)
    db.session.commit()
    db.close()


def put_into_schools(tremblay: Teacher, other: Teacher) -> None:
    """Ms Lead and Ms Tremblay are of Harbour School, under Channel Board with Mr Board; Mr Other is of a school without one."""
    board = make_board("Channel Board")
    harbour, elsewhere = make_school_row("Harbour School", board.id), make_school_row("Far School", None)
    lead, person = colleague(tremblay, "Ms Lead"), colleague(tremblay, "Mr Board")
    db.session.add(Membership(teacher_id=tremblay.id, school_id=harbour.id, role=TEACHER_ROLE))
    db.session.add(Membership(teacher_id=lead.id, school_id=harbour.id, role=LEAD_ROLE))
    db.session.add(Membership(teacher_id=other.id, school_id=elsewhere.id, role=TEACHER_ROLE))
    db.session.add(Membership(teacher_id=person.id, board_id=board.id, role=BOARD_ROLE))


def colleague(like: Teacher, name: str, school_id: int | None = None) -> Teacher:
    """Another account with the same password: hashing one takes a while."""
    made = Teacher(
        email_hash=email_hash(f"{name.split()[-1].lower()}@school.example"), display_name=name, password_hash=like.password_hash,
        totp_salt=name.encode().hex()[:32], locale="en", created_on=clock.today(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if school_id is not None:
        db.session.add(Membership(teacher_id=made.id, school_id=school_id, role=TEACHER_ROLE))
    return made


def make_a_teacher(email: str, name: str) -> Teacher:
    return make_teacher(email_hash(email), name, PASSWORD, name.encode().hex()[:32], "en")


def make_students(classroom_id: int, count: int, start: int = 4) -> list[int]:
    """Further seats, with pseudonyms nobody else has. Commits."""
    students = [
        Student(classroom_id=classroom_id, first=1 + (start + n) % 40, second=1 + (start + n) // 40 + 10, secret_hash="-", key_id=KEY_ID)
        for n in range(count)
    ]
    db.session.add_all(students)
    db.session.commit()
    return [s.id for s in students]


def as_signed_in(student_id: int) -> SignedInStudent:
    s = db.session.get_one(Student, student_id)
    c = db.session.get_one(Classroom, s.classroom_id)
    return SignedInStudent(s.id, c.id, s.first, s.second, c.band, c.timezone)


def make_attempt(student_id: int, assignment_id: int, right: int = 6, nth: int = 1, answered: int | None = None, locale: str = "en") -> str:
    """A sitting with the first `right` questions right and the others wrong, the same wrong option each time. Commits."""
    student, given = as_signed_in(student_id), db.session.get_one(Assignment, assignment_id)
    quiz = library().quiz(given.lesson_slug)
    assert quiz is not None
    attempt = begin_attempt(student, given, quiz, str(uuid.uuid4()), nth, library().version)
    assert attempt is not None
    for place, item_id in enumerate(questions_for(quiz, student.band, nth)[:answered]):
        item = quiz.item(item_id)
        assert item is not None
        record_answer(student, attempt, quiz, item, item.right if place < right else sorted(wrong_choices(item))[0], locale)
    db.session.commit()
    return attempt.uuid


def in_days(days: int) -> date:
    return clock.today("America/Toronto") + timedelta(days)


def change(app, model, key, **values) -> None:
    """Set columns of one row, as if somebody had."""
    with app.test_request_context(method="POST"):
        found = db.session.get_one(model, key)
        for name, value in values.items():
            setattr(found, name, value)
        db.session.commit()
