"""A process that answers a question and is killed at one point of doing so; then the same answer is sent again, as a browser would.

    python dying.py DATA LESSONS

The points are found by answering once and writing down what happens: the request, the beginning of the transaction, each statement that
writes, before and after, the commit, before and after, the finished response, the first part of it sent. Each of them is then died at by
kill -9, in a process of its own (a fork of this one, which never opens the database). Prints what came of it as JSON."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from conftest import config_for
from making import School, make_students
from sqlalchemy import event, text

from app.core import sessions
from app.core.db import db
from app.core.library import library
from app.quizzes.queries import questions_for
from app.site import create_app

MOST_POINTS = 30


class Points:
    """What happens while an answer is kept; at the one numbered `at` the process is killed."""

    def __init__(self, app, at: int | None) -> None:
        self.seen: list[str] = []
        self.at = at
        self.on = False
        engine = app.extensions["balise.engine"]
        event.listen(engine, "begin", lambda connection: self.note("transaction begun", connection))
        event.listen(engine, "before_cursor_execute", lambda c, _cursor, sql, *_rest: self.statement("before", c, sql))
        event.listen(engine, "after_cursor_execute", lambda c, _cursor, sql, *_rest: self.statement("after", c, sql))
        event.listen(engine, "commit", lambda connection: self.note("before the commit", connection))
        event.listen(engine, "checkin", lambda *_rest: self.note("connection given back"))
        app.before_request_funcs.setdefault(None, []).insert(0, lambda: self.note("request arrived"))
        app.after_request_funcs.setdefault(None, []).append(self.response)

    def response(self, response):
        self.note("response made")
        return response

    def statement(self, when: str, connection, sql: str) -> None:
        word, table = sql.split()[0], sql.partition(" INTO ")[2].split("(")[0] or sql.split()[1]
        if word in ("INSERT", "UPDATE", "DELETE"):
            self.note(f"{when} {word} {table.strip()}", connection)

    def note(self, what: str, connection=None) -> None:
        if not self.on or (connection is not None and not connection.get_execution_options().get("writing")):
            return
        self.seen.append(what)
        if self.at == len(self.seen):
            os.kill(os.getpid(), signal.SIGKILL)


def in_a_fork(work: Callable[[Callable[[object], None]], None]) -> tuple[list, int]:
    """What `work(tell)` told, and the signal that ended it (0 for none)."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            work(lambda what: os.write(writing, json.dumps(what).encode() + b"\n"))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = [json.loads(line) for line in told]
    return lines, os.WTERMSIG(os.waitpid(child, 0)[1])


class Bench:
    def __init__(self, data: Path, lessons: Path) -> None:
        self.app = create_app(config_for(data, lessons=lessons))
        with self.app.test_request_context(method="POST"):
            school = School.find()
            self.assignment = school.assignment
            quiz = library().quiz("sextortion")
            self.items = [quiz.item(i) for i in questions_for(quiz, "B", 1)]
            students = make_students(school.class_6b, 150)
            self.students = [(s, sessions.begin("student", s)) for s in students]
            db.session.commit()
            self.forms = {s: sessions.csrf_token_for(token) for s, token in self.students}
        self.send(self.students.pop(0), str(uuid.uuid4()), self.items[0])  # what is made once is made here, and not in each fork

    def send(self, student: tuple[int, str], attempt: str, item, tell=None) -> int:
        client = self.app.test_client()
        client.set_cookie("balise", student[1])
        form = {"csrf": self.forms[student[0]], "attempt": attempt, "nth": "1", "item": item.id, "choice": item.right}
        response = client.post(f"/en/quizzes/assigned/{self.assignment}", data=form, buffered=False)
        for _piece in response.response:
            if tell is not None and response.status_code in (200, 303):
                tell("saved")  # the browser has it
                tell = None
        return response.status_code

    def run(self, before: int) -> dict:
        """Die at every point of keeping the answer that comes after `before` others of its sitting."""

        sittings = [(self.students.pop(0), str(uuid.uuid4())) for _ in range(MOST_POINTS)]
        for student, attempt in sittings:
            for item in self.items[:before]:
                self.send(student, attempt, item)
        self.app.extensions["balise.engine"].dispose()
        gc.freeze()  # so that forks share the memory

        def dry(tell) -> None:
            points = Points(self.app, None)
            points.on = True
            self.send(*sittings[0], self.items[before])
            tell(points.seen)

        (names,), _ = in_a_fork(dry)
        found = {"points": [*names, "first part of the response sent"], "saved_without_a_row": 0, "not_mended": 0, "killed": 0, "stored": 0}
        for at in range(1, len(names) + 2):
            self.die_at(at, *sittings[at], self.items[before], found)
        return found

    def die_at(self, at: int, student: tuple[int, str], attempt: str, item, found: dict) -> None:
        def die(tell) -> None:
            points = Points(self.app, at)
            points.on = True
            self.send(student, attempt, item, tell)
            os.kill(os.getpid(), signal.SIGKILL)

        def again(tell) -> None:
            tell(self.rows(student, attempt, item))
            tell([self.send(student, attempt, item), self.rows(student, attempt, item), self.whole(student, attempt)])

        told, ended = in_a_fork(die)
        (rows, after), _ = in_a_fork(again)
        found["killed"] += ended == signal.SIGKILL
        found["stored"] += rows
        found["saved_without_a_row"] += "saved" in told and not rows
        found["not_mended"] += after[0] not in (200, 303) or after[1] != 1 or not after[2]

    def rows(self, student, attempt: str, item) -> int:
        with self.app.test_request_context():
            where = {"s": student[0], "a": attempt, "i": item.id}
            return db.session.execute(
                text("SELECT count(*) FROM answers WHERE student_id = :s AND attempt_uuid = :a AND item_id = :i"), where
            ).scalar()

    def whole(self, student, attempt: str) -> bool:
        """The summary row says what the answers say, and the sitting is over when all are there."""
        with self.app.test_request_context():
            answers = db.session.execute(text("SELECT count(*) FROM answers WHERE attempt_uuid = :a"), {"a": attempt}).scalar()
            over = db.session.execute(text("SELECT finished_on IS NOT NULL FROM attempts WHERE uuid = :a"), {"a": attempt}).scalar()
            row = db.session.execute(text("SELECT tries, answered FROM standings WHERE student_id = :s"), {"s": student[0]}).one()
            return bool(over) == (answers == len(self.items)) == (row.tries == 1) and row.answered == answers


if __name__ == "__main__":
    bench = Bench(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps([bench.run(0), bench.run(len(bench.items) - 1)]))
