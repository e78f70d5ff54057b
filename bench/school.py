"""A school to measure with: 20 lessons, a class of 35 with some months behind it, and a class of 60 about to answer."""

from __future__ import annotations

import logging
import random
import re
import shutil
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert

from app import create_app
from app.accounts.queries import email_hash, make_teacher
from app.classrooms.models import Assignment, Student
from app.classrooms.naming import nouns, secret_words
from app.classrooms.queries import assign, code_of, make_classroom
from app.config import PROJECT, Config
from app.core import clock, logs, sessions
from app.core.db import db
from app.core.library import library
from app.core.passwords import KEY_ID, hash_secret
from app.curriculum.content import Lesson
from app.curriculum.scoring import NOT_SURE, is_right, tally_keys, wrong_choices
from app.quizzes.models import Answer, Attempt, Standing, Tally
from app.quizzes.queries import questions_for
from app.running import prepare
from bench.wire import Ask

LESSONS = 20
STUDENTS = 35
ANSWERING = 60
BAND = "B"
WORD_PLACES = (17, 401, 802)


@dataclass(frozen=True)
class School:
    matrix: Ask  # the class page of 35 x 20
    lesson: Ask  # a lesson, as assigned
    answers: list[list[Ask]]  # by student, in the order of the questions; none of them sensitive
    sensitive: list[Ask]  # answers that get a whole page back
    sign_ins: list[Ask]  # of different students
    statements: dict[str, int]  # SQL of one request


def twenty_lessons(folder: Path) -> Path:
    """The lessons there are, and copies of them under other slugs and numbers until there are twenty."""
    source, target = PROJECT / "lessons", folder / "lessons"
    shutil.copytree(source, target)
    numbers = {file.parent.name: int(NUMBER.search(file.read_text("utf-8"))[1]) for file in sorted(source.glob("*/lesson.toml"))}
    free = [n for n in range(1, 100) if n not in numbers.values()]
    for place, number in enumerate(free[: max(0, LESSONS - len(numbers))]):
        slug = list(numbers)[place % len(numbers)]
        copy = shutil.copytree(source / slug, target / f"{slug}-{number}")
        (copy / "lesson.toml").write_text(NUMBER.sub(f"number = {number}", (copy / "lesson.toml").read_text("utf-8"), count=1), "utf-8")
    return target


NUMBER = re.compile(r"^number = (\d+)", re.MULTILINE)


def make_school(env: dict[str, str]) -> School:
    """Fill the data folder of these settings; the requests that come back carry sessions that are open."""
    config = Config.from_environment(env)
    prepare(config)
    app = create_app(config)
    logs.log.setLevel(logging.WARNING)
    with app.test_request_context(method="POST"):
        school = fill()
        db.session.commit()
    asked = {
        "lesson": school.lesson,
        "matrix": school.matrix,
        "first answer": school.answers[-1].pop(0),
        "answer": school.answers[-1].pop(0),
    }
    school.statements.update({name: statements_of(app, ask) for name, ask in asked.items()})
    app.extensions["balise.engine"].dispose()
    return school


def fill() -> School:
    today, dice = clock.today(), random.Random(20261122)
    teacher = make_teacher(email_hash("bench@school.example"), "Ms Bench", "a password nobody else has", "bench", "en")
    hashed = hash_secret(words())
    behind = class_of(teacher.id, "Some months", STUDENTS, hashed, today)
    ahead = class_of(teacher.id, "About to answer", ANSWERING, hashed, today)
    for place, given in enumerate(behind[1]):
        history(dice, given, behind[0], today - timedelta(4 * (len(behind[1]) - place)))
    token = sessions.begin("teacher", teacher.id)
    first = behind[0][0]
    answers, sensitive = [], []
    for student in ahead[0]:
        own, kept_out = answers_of(student, ahead[1])
        answers.append(own)
        sensitive += kept_out
    sign_ins = [sign_in(code_of(behind[2]), s) for s in behind[0]] + [sign_in(code_of(ahead[2]), s) for s in ahead[0]]
    lesson = Ask(f"/en/lessons/assigned/{behind[1][0].id}", sessions.begin("student", first.id))
    return School(Ask(f"/en/progress/{behind[2].id}", token), lesson, answers, sensitive, sign_ins, {})


def words() -> str:
    return " ".join(secret_words("en")[i] for i in WORD_PLACES)


def class_of(teacher_id: int, label: str, seats: int, hashed: str, today: date) -> tuple[list[Student], list[Assignment], Any]:
    """A class with every lesson assigned, oldest first, and its students."""
    room = make_classroom(teacher_id, label, BAND, "en", "America/Toronto", seats, today + timedelta(200))
    names = [(first, second) for second in nouns()[1] for first in nouns()[0]][::7]
    students = [
        Student(classroom_id=room.id, first=first, second=second, secret_hash=hashed, key_id=KEY_ID) for first, second in names[:seats]
    ]
    db.session.add_all(students)
    db.session.flush()
    days = [today - timedelta(4 * (LESSONS - n)) for n in range(len(library().lessons))]
    due = today + timedelta(5)
    given = [assign(room, x.slug, day, min(day + timedelta(14), due)) for x, day in zip(library().lessons, days, strict=True)]
    return students, [g for g in given if g], room


def history(dice: random.Random, given: Assignment, students: list[Student], begun: date) -> None:
    """One sitting of each student at one lesson, some left half-way or not begun, with the rows that are kept of it."""
    lesson = lesson_of(given)
    items = [lesson.quiz.item(i) for i in questions_for(lesson.quiz, BAND, 1)]
    attempts, answers, standings, tally = [], [], [], Counter()
    for number, student in enumerate(students):
        share = dice.choices((1.0, 0.5, 0.0), (85, 8, 7))[0]
        skill = 0.4 if number % 9 == 4 else 0.82
        done = items[: round(len(items) * share)]
        key = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        chosen = [(item, item.right if dice.random() < skill else dice.choice([*wrong_choices(item), NOT_SURE])) for item in done]
        ended = begun + timedelta(dice.randrange(1, 20)) if share == 1 else None
        attempts.append({"uuid": key, "student_id": student.id, "assignment_id": given.id, "nth": 1, "items": " ".join(i.id for i in items),
                         "content_version": library().version[:16], "started_on": begun, "finished_on": ended})  # fmt: skip
        for item, choice in chosen:
            kept = (None, None) if item.sensitive else (choice, is_right(item, choice))
            answers.append({"student_id": student.id, "attempt_uuid": key, "item_id": item.id, "choice": kept[0], "right": kept[1],
                            "answered_on": begun})  # fmt: skip
            tally.update((item.id, key) for key in tally_keys(item, choice))
        counted = [is_right(item, choice) for item, choice in chosen if not item.sensitive]
        score = {"right": sum(counted), "counted": len(counted)} if ended else {"right": 0, "counted": 0}
        standings.append({"assignment_id": given.id, "student_id": student.id, "tries": int(ended is not None), "answered": len(done),
                          "total": len(items), "best_right": score["right"], "best_counted": score["counted"],
                          "last_right": score["right"], "last_counted": score["counted"], "finished_on": ended})  # fmt: skip
    tallies = [{"assignment_id": given.id, "item_id": item, "choice": choice, "n": n} for (item, choice), n in tally.items()]
    for table, rows in ((Attempt, attempts), (Answer, answers), (Standing, standings), (Tally, tallies)):
        db.session.execute(insert(table), rows)


def lesson_of(given: Assignment) -> Lesson:
    found = library().lesson(given.lesson_slug)
    assert found is not None
    return found


def answers_of(student: Student, assigned: list[Assignment]) -> tuple[list[Ask], list[Ask]]:
    """Every answer this student can give at a first sitting: (those that are led on, those to sensitive questions)."""
    token = sessions.begin("student", student.id)
    usual, sensitive = [], []
    for given in assigned:
        lesson, sitting = lesson_of(given), str(uuid.uuid4())
        items = [lesson.quiz.item(i) for i in questions_for(lesson.quiz, BAND, 1)]
        for place, item in enumerate(items):
            choices = (item.right, *wrong_choices(item))
            choice = choices[(place + student.id) % len(choices)]
            form = {"csrf": sessions.csrf_token_for(token), "attempt": sitting, "nth": "1", "item": item.id, "choice": choice}
            ask = Ask(f"/en/quizzes/assigned/{given.id}", token, form, status=200 if item.sensitive else 303)
            (sensitive if item.sensitive else usual).append(ask)
    return usual, sensitive


def sign_in(code: str, student: Student) -> Ask:
    spoken = dict(zip(("word1", "word2", "word3"), words().split(), strict=True))
    return Ask("/en/sign-in", form={"code": code, "first": str(student.first), "second": str(student.second), **spoken}, status=303)


def statements_of(app: Flask, ask: Ask) -> int:
    """How many SQL statements one request runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    client = app.test_client()
    client.set_cookie("balise", ask.cookie)
    event.listen(app.extensions["balise.engine"], "before_cursor_execute", note)
    try:
        got = client.open(ask.path, method=ask.method, data=ask.form)
        assert got.status_code == ask.status, f"{ask.path}: {got.status_code}"
    finally:
        event.remove(app.extensions["balise.engine"], "before_cursor_execute", note)
    return len(seen)
