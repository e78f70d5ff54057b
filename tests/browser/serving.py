"""The real server in a process of its own, with the demo school in it; and the same site inside this process, for facts and seats."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
from making import PASSWORD, make_a_teacher
from sqlalchemy import select

from app import create_app
from app.accounts.queries import invite, teacher_by_email, totp_secret
from app.classrooms import models
from app.classrooms.models import EVERYBODY, Assignment, Student
from app.classrooms.naming import name_of
from app.classrooms.queries import assign, code_of, make_classroom
from app.config import PROJECT, Config
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.core.passwords import KEY_ID, hash_secret
from app.quizzes.models import Attempt
from app.schools.models import Report
from app.seeding import COLLEAGUE, demo_school

STARTS_WITHIN = 120  # seconds; a busy machine compiles the lessons first


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Teacher:
    id: int
    email: str
    password: str
    totp_secret: str


@dataclass(frozen=True)
class Classroom:
    id: int
    code: str
    label: str
    assignment: int
    lesson: int  # its number
    family_code: str


class Site:
    """`site.url` is where the server answers; `with site.inside():` looks at its database from here."""

    def __init__(self, folder: Path, lessons: Path | None = None) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        ours = {k: v for k, v in os.environ.items() if not k.startswith("BALISE_") and k not in ("DATABASE_URL", "HOST", "PORT")}
        self.env = {**ours, "BALISE_DATA": str(folder / "data"), "PORT": str(port), "PYTHONUTF8": "1"}
        if lessons is not None:
            self.env["BALISE_LESSONS"] = str(lessons)
        self.log = folder / "server.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run"], cwd=PROJECT, env=self.env, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            self.wait_until_it_answers()
            self.app = create_app(Config.from_environment(self.env))
            with self.inside():
                self.demo: dict[str, Any] = demo_school() or {}
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server stopped by itself:\n{self.log.read_text('utf-8')}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text('utf-8')}")

    def stop(self) -> None:
        self.app.extensions["balise.engine"].dispose()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The site's database and texts, from this process. Commit what you write."""
        with self.app.test_request_context(method="POST"):
            yield

    # --- people and classes of one's own, so that tests do not meet -----------------------------------------------------

    def new_teacher(self, name: str) -> Teacher:
        email = f"{name}@school.example"
        with self.inside():
            made = make_a_teacher(email, name)
            db.session.commit()
            return Teacher(made.id, email, PASSWORD, totp_secret(made.totp_salt))

    def new_classroom(self, label: str, locale: str = "en", teacher_id: int = 1) -> Classroom:
        """A class with its first lesson assigned and nobody in it; the door is closed."""
        with self.inside():
            lesson = next(x for x in library().lessons if "B" in x.bands)
            today = clock.today()
            made = make_classroom(teacher_id, label, "B", locale, "America/Toronto", 30, today + timedelta(100))
            given = assign(made, lesson.slug, today - timedelta(3), today + timedelta(7))
            assert given is not None
            db.session.commit()
            return Classroom(made.id, code_of(made), label, given.id, lesson.number, given.family_code)

    def new_student(self, classroom_id: int, first: int, second: int, words: str = "otter lamp river") -> int:
        with self.inside():
            made = Student(classroom_id=classroom_id, first=first, second=second, secret_hash=hash_secret(words), key_id=KEY_ID)
            db.session.add(made)
            db.session.commit()
            return made.id

    def open_door(self, classroom_id: int) -> None:
        with self.inside():
            db.session.get_one(models.Classroom, classroom_id).door_open_until = clock.seconds() + 7200
            db.session.commit()

    def new_invitation(self, email: str) -> str:
        with self.inside():
            token = invite(email)
            db.session.commit()
            return token

    def demo_teacher(self) -> Teacher:
        given = self.demo["teacher"]
        return Teacher(1, given["email"], given["password"], given["totp_secret"])

    def demo_board(self) -> Teacher:
        given = self.demo["board"]
        with self.inside():
            return Teacher(teacher_by_email(given["email"]).id, given["email"], given["password"], given["totp_secret"])  # type: ignore[union-attr]

    def seats(self) -> dict[str, Any]:
        """A demo student half-way: one lesson finished, another one open; and where things of theirs are."""
        with self.inside():
            classroom = self.demo["classes"][0]
            finished = db.session.scalars(
                select(Attempt).join(Student, Student.id == Attempt.student_id)
                .where(Student.classroom_id == classroom["id"], Attempt.finished_on.is_not(None), Attempt.nth > 0)
                .order_by(Attempt.student_id, Attempt.nth)
            ).all()  # fmt: skip
            every = db.session.scalars(select(Assignment).where(Assignment.classroom_id == classroom["id"]).order_by(Assignment.id)).all()
            assigned = [a for a in every if a.for_group == EVERYBODY and a.closes_on is None]
            done = {(a.student_id, a.assignment_id) for a in finished}
            attempt = next(a for a in finished if any((a.student_id, g.id) not in done for g in assigned))
            student = db.session.get_one(Student, attempt.student_id)
            return {
                "classroom_id": classroom["id"],
                "code": classroom["code"],
                "student_id": student.id,
                "name": (student.first, student.second),
                "words": classroom["students"][0]["words"],  # the demo's students share them
                "attempt_uuid": attempt.uuid,
                "answered": (attempt.assignment_id, attempt.items.split()[0]),
                "assignment_id": next(g.id for g in assigned if (student.id, g.id) not in done),
                "family_code": assigned[0].family_code,
                "room_id": classroom["id"],
                "colleague_id": teacher_by_email(COLLEAGUE).id,  # type: ignore[union-attr]
                "report_id": db.session.scalars(select(Report.id)).one(),
            }


def name_in(locale: str, first: int, second: int) -> str:
    return name_of(first, second, locale)


def code_now(secret: str) -> str:
    return pyotp.TOTP(secret).now()
