"""“Saved” is said only when it is so: the process is killed, and the database fails, at every point of keeping an answer."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from making import make_students
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from app.core import db as database
from app.core.db import db
from app.core.library import library
from app.quizzes.models import Answer
from app.quizzes.queries import questions_for

HERE = Path(__file__).parent
ANSWERED = (200, 303)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process, which Windows has not")
@pytest.mark.promise("I-3", "I-6")
def test_killed_at_any_point_an_answer_is_kept_or_was_not_called_saved(compiled, tmp_path, promise):
    data = shutil.copytree(compiled, tmp_path / "data")
    command = [sys.executable, str(HERE / "dying.py"), str(data), str(compiled.parent / "lessons")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rounds = json.loads(done.stdout)
    points = [point for one in rounds for point in one["points"]]
    assert all(one["killed"] == len(one["points"]) for one in rounds), "every fork died where it was to die"
    found = {key: sum(one[key] for one in rounds) for key in ("saved_without_a_row", "not_mended", "stored")}
    promise.figure(
        "killed at {n} points of keeping an answer: {early} times called saved without a row, {open} times not mended by sending again"
        " ({stored} had been kept without anybody knowing)",
        n=len(points), early=found["saved_without_a_row"], open=found["not_mended"], stored=found["stored"],
    )  # fmt: skip
    assert len({point for one in rounds for point in one["points"]}) >= 12
    assert found["stored"] > 0, "some die after the commit and before the answer"
    assert found["saved_without_a_row"] == found["not_mended"] == 0
    with sqlite3.connect(data / "database" / "balise.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


FAULTS = ("database or disk is full", "attempt to write a readonly database", "database is locked", "disk I/O error")


class Fault:
    """One statement of the writing transaction fails, or its beginning or its commit does."""

    def __init__(self, app, message: str, at: int) -> None:
        self.engine, self.message, self.at, self.seen = app.extensions["balise.engine"], message, at, 0

    def __enter__(self) -> Fault:
        event.listen(self.engine, "before_cursor_execute", self.statement)
        self.commit, self.engine.dialect.do_commit = self.engine.dialect.do_commit, self.committing
        self.begin, database.begin = database.begin, self.beginning
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.statement)
        self.engine.dialect.do_commit, database.begin = self.commit, self.begin

    def beginning(self, connection, statement) -> None:
        try:
            self.boundary(connection)
        except sqlite3.Error as error:
            raise OperationalError(statement, None, error) from error
        self.begin(connection, statement)

    def committing(self, raw) -> None:
        if raw.dbapi_connection.in_transaction and raw.info.get("has_turn"):
            self.count()
        self.commit(raw)

    def statement(self, connection, _cursor, sql, *_rest) -> None:
        if sql.startswith(("INSERT", "UPDATE", "DELETE", "SELECT")):
            self.boundary(connection)

    def boundary(self, connection) -> None:
        if connection.get_execution_options().get("writing"):
            self.count()

    def count(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise sqlite3.OperationalError(self.message)


@pytest.mark.promise("I-6", "I-9")
def test_a_database_that_fails_at_any_point_is_never_called_saved(app, school, visit, promise):
    with app.test_request_context():
        items = [library().quiz("sextortion").item(i) for i in questions_for(library().quiz("sextortion"), "B", 1)]
        students = iter(make_students(school.class_6b, 80))
    tries = wrong = open_ = unkind = 0
    for message in FAULTS:
        for at in range(1, 40):
            visitor, attempt = visit(), str(uuid.uuid4())
            visitor.sign_in("student", student := next(students))
            form = {"attempt": attempt, "nth": "1", "item": items[0].id, "choice": items[0].right}
            address = f"/en/quizzes/assigned/{school.assignment}"
            with Fault(app, message, at) as fault:
                response = visitor.post(address, form, check=False)
            if fault.seen < at:
                assert response.status_code in ANSWERED
                break
            tries += 1
            unkind += response.status_code != 503
            wrong += response.status_code in ANSWERED and not rows_of(app, student)
            again = visitor.post(address, form, check=False)
            open_ += again.status_code not in ANSWERED or rows_of(app, student) != 1
    promise.figure(
        "a database that fails at {n} points: {wrong} times called saved without a row, {open} times not mended by sending again",
        n=tries,
        wrong=wrong,
        open=open_,
    )
    assert tries >= 12 * len(FAULTS) / 2
    assert (wrong, open_, unkind) == (0, 0, 0)


def rows_of(app, student_id: int) -> int:
    with app.test_request_context():
        found = db.session.scalar(select(func.count()).where(Answer.student_id == student_id).select_from(Answer))
        db.close()
        return found
