"""A process that answers questions as the site does and notes each answer that was acknowledged: what test_power_cut.py cuts the power of.

    python answering.py DATA LESSONS MARKS COUNT [normal]

Every answer is one request's worth: its own session, its own commit, by the site's own functions. `normal` runs SQLite with
synchronous=NORMAL, as most sites do, to see that the test can see loss."""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from conftest import config_for
from making import School, as_signed_in, make_students

from app.classrooms.models import Assignment
from app.core import db as database
from app.core.db import db
from app.core.library import library
from app.quizzes.queries import begin_attempt, questions_for, record_answer
from app.site import create_app


def main(data: str, lessons: str, marks: str, count: int, synchronous: str = "full") -> None:
    if synchronous == "normal":
        database.PRAGMAS["synchronous"] = 1
    app = create_app(config_for(Path(data), lessons=Path(lessons)))
    with app.test_request_context(method="POST"):
        school = School.find()
        given = db.session.get_one(Assignment, school.assignment)
        students = [as_signed_in(s) for s in make_students(school.class_6b, 40)]
        quiz = library().quiz(given.lesson_slug)
    out, done, nth = os.open(marks, os.O_WRONLY | os.O_CREAT, 0o600), 0, 0
    while done < count:
        nth += 1
        items = [quiz.item(i) for i in questions_for(quiz, "B", nth)]
        for student in students:
            attempt_uuid = str(uuid.uuid4())
            for item in items:
                with app.test_request_context(method="POST"):
                    attempt = begin_attempt(student, given, quiz, attempt_uuid, nth, library().version)
                    record_answer(student, attempt, quiz, item, item.right, "en")
                    db.session.commit()
                    db.close()
                os.write(out, f"{attempt_uuid} {item.id}\n".encode())  # "saved" is shown now
                done += 1
                if done >= count:
                    return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), *sys.argv[5:])
