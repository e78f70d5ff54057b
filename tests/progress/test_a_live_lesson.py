"""The class at work: what the teacher sees at once, what the class may see on the wall, and who is never on it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from contextlib import closing
from dataclasses import fields, is_dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import get_args, get_type_hints
from unittest.mock import Mock

import pytest
from making import as_signed_in, in_days, make_attempt, make_students, on_both
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.serving import WSGIRequestHandler, make_server

from app.classrooms.models import CHOSEN, Assignment, SeatRule, Student
from app.classrooms.naming import name_of
from app.core import clock, sessions
from app.core.db import Database, db
from app.core.library import library
from app.curriculum.content import Item
from app.curriculum.scoring import NOT_SURE, PASS
from app.progress import wall as wall_module
from app.progress.live import Asked, AtWork
from app.progress.wall import WallBar, WallQuestion, large_enough, wall_of
from app.quizzes.queries import begin_attempt, questions_for, record_answer

SEEN_WITHIN = 3  # seconds, the promise for 60 students
PEOPLE = 60


def address(school, end="live.json"):
    return f"/en/progress/{school.class_6b}/{school.assignment}/{end}"


def seat(page, student_id):
    return next(s for s in page["seats"] if s["id"] == student_id)


def quiz_of(school):
    return library().quiz(db.session.get_one(Assignment, school.assignment).lesson_slug)


def items_of(school):
    """(questions that are not sensitive, sensitive ones) of the class's first sitting."""
    quiz = quiz_of(school)
    items = [quiz.item(i) for i in questions_for(quiz, "B", 1)]
    return [i for i in items if not i.sensitive], [i for i in items if i.sensitive]


@on_both
def test_the_teacher_sees_who_is_signed_in_who_answers_and_who_has_finished(app, school, visit):
    teacher = visit("Ms Tremblay")
    before = teacher.get(address(school)).json
    assert [seat(before, s)["state"] for s in (school.amy, school.min)] == ["away", "away"]
    amy = visit("Amy")
    with app.test_request_context():
        make_attempt(school.min, school.assignment, right=2, answered=3)
    now = teacher.get(address(school)).json
    assert seat(now, school.amy)["state"] == "signed-in"
    assert (seat(now, school.min)["state"], seat(now, school.min)["text"]) == ("answering", "3 of 6 answered, not signed in now")
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=1)
    now = teacher.get(address(school)).json
    assert (seat(now, school.amy)["state"], seat(now, school.amy)["width"]) == ("finished", 100)
    assert [now["texts"][f"n-{k}"] for k in ("signed-in", "answering", "finished", "away")] == ["1", "1", "1", "0"]
    amy.post("/en/sign-out")
    assert teacher.get(address(school)).json["texts"]["n-signed-in"] == "0"
    html = teacher.get(address(school, "live")).get_data(as_text=True)
    assert all(name_of(n, n, "en") in html for n in (1, 2))


def test_a_sign_in_that_has_idled_out_is_nobody_here(app, school, visit):
    visit("Amy")
    clock.shift = clock.timedelta(seconds=sessions.IDLE["student"] + 1)
    assert seat(visit("Ms Tremblay").get(address(school)).json, school.amy)["state"] == "away"


@on_both
def test_only_seats_the_lesson_is_given_to_are_on_the_page(app, school, visit):
    with app.test_request_context():
        db.session.get_one(Assignment, school.assignment).for_group = CHOSEN
        db.session.add(SeatRule(assignment_id=school.assignment, student_id=school.min, given=True))
        db.session.commit()
    teacher = visit("Ms Tremblay")
    assert [s["id"] for s in teacher.get(address(school)).json["seats"]] == [school.min]
    with app.test_request_context():
        db.session.get_one(Assignment, school.assignment).for_group = 3
        db.session.get_one(Student, school.amy).group_number = 3
        db.session.commit()
    assert [s["id"] for s in teacher.get(address(school)).json["seats"]] == [school.amy]


def with_a_sensitive_question(school):
    """A lesson whose first sitting has one for band B."""
    for lesson in library().lessons:
        items = [lesson.quiz.item(i) for i in questions_for(lesson.quiz, "B", 1)] if "B" in lesson.bands else []
        if sensitive := [i for i in items if i.sensitive]:
            db.session.get_one(Assignment, school.assignment).lesson_slug = lesson.slug
            db.session.commit()
            return lesson, sensitive[0]
    raise AssertionError("no lesson has a sensitive question for band B")


@on_both
def test_sensitive_questions_are_counted_after_the_last_day_only_and_never_on_the_wall(app, school, visit):
    teacher = visit("Ms Tremblay")
    with app.test_request_context():
        _lesson, sensitive = with_a_sensitive_question(school)
        for student_id in make_students(school.class_6b, 6):
            make_attempt(student_id, school.assignment, right=0)
    key = f"q-{sensitive.id}"
    before = teacher.get(address(school)).json
    assert before["texts"][key] == "counted after the last day"
    assert before["widths"][key] == 0
    with app.test_request_context():
        db.session.get_one(Assignment, school.assignment).due_on = in_days(-1)
        db.session.commit()
        make_attempt(school.amy, school.assignment, right=0)
    assert teacher.get(address(school)).json["texts"][key] == "6 of 8"  # and stands still: a counter that moves tells whose it is
    html = teacher.get(address(school, "wall")).get_data(as_text=True)
    assert sensitive.id not in html
    assert teacher.get(address(school, f"wall?item={sensitive.id}")).status_code == 404
    assert teacher.get(address(school, f"wall.json?item={sensitive.id}&show=answer")).status_code == 404


def test_an_unchanged_page_is_not_sent_again_and_being_asked_keeps_nobody_signed_in(app, school, visit, statements):
    teacher = visit("Ms Tremblay")
    page = teacher.get(address(school))
    again = teacher.get(address(school), headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert teacher.get(address(school).replace("/en/", "/fr/"), headers={"If-None-Match": page.headers["ETag"]}).status_code == 200
    with statements() as seen:
        teacher.get(address(school))
    assert len(seen) <= 6, "\n".join(seen)
    half = sessions.IDLE["teacher"] // 2 + 60
    for asked, kept in ((address(school), False), (address(school, "live"), True)):
        clock.shift = clock.timedelta(0)
        other = visit("Ms Tremblay")
        for turn in (1, 2):
            clock.shift = clock.timedelta(seconds=half * turn)
            answer = other.get(asked, check=False)
        assert (answer.status_code == 200) is kept, asked


# --- the wall --------------------------------------------------------------------------------------------------------------


def plain_types(kind):
    """Every type that a value of this type can hold."""
    if is_dataclass(kind):
        return {t for f in fields(kind) for t in plain_types(get_type_hints(kind, vars(wall_module))[f.name])}
    return {t for arg in get_args(kind) if arg is not Ellipsis for t in plain_types(arg)} or {kind}


def test_what_is_on_the_wall_cannot_hold_a_seat():
    assert plain_types(WallQuestion) == {str, int, float, type(None)}
    assert {f.name for f in (*fields(WallQuestion), *fields(WallBar))} == {
        "id", "kind", "number", "scenario", "question", "doors", "at_least", "bars", "reason", "letter", "text", "who", "n", "share", "right",
    }  # fmt: skip
    imports = [line for line in Path(wall_module.__file__).read_text("utf-8").splitlines() if line.startswith(("import", "from"))]
    assert all("app." not in line or "app.curriculum" in line for line in imports), imports


@pytest.mark.promise("L-3")
def test_no_mark_of_the_page_tells_a_count_under_five():
    """An ETag is a hash that whoever knows all the rest can make for each count there may be."""
    with_four, with_two, with_five = (
        AtWork([], [Asked(replace(item_of("x"), sensitive=True), n), Asked(item_of("y"), 3)]).mark() for n in (4, 2, 5)
    )
    assert with_four == with_two != with_five
    assert AtWork([], [Asked(item_of("y"), 3)]).mark() != AtWork([], [Asked(item_of("y"), 4)]).mark()


def item_of(item_id):
    return Item(item_id, "single", ("B",), "one", "part", ("x", "y"), "x", {})


@pytest.mark.promise("L-3")
def test_no_count_under_five_is_on_the_wall_and_none_can_be_worked_out():
    assert large_enough([12, 4, 6, 3]) == [12, None, 6, None]
    assert large_enough([12, 4, 6]) == [12, None, None]
    assert large_enough([0, 0, 9]) == [None, None, 9]
    assert large_enough([1, 2, 1]) == [None, None, None]
    assert large_enough([7, 8]) == [7, 8]


@on_both
def test_the_wall_shows_bars_then_the_answer_and_nobody(app, school, visit):
    teacher = visit("Ms Tremblay")
    with app.test_request_context():
        item = next(i for i in items_of(school)[0] if i.kind == "single")
        students = make_students(school.class_6b, 14)
        answer_all(school, students[:8], item, item.right)
        answer_all(school, students[8:], item, next(o for o in item.options if o != item.right))
    page = f"wall?item={item.id}"
    plain, bars, answer = (teacher.get(address(school, page + more)).get_data(as_text=True) for more in ("", "&show=bars", "&show=answer"))
    assert "10 answers or more" in plain
    assert "<rect" not in plain.split('class="bars')[1].split("</ul>")[0]
    assert ">8</b>" in bars
    assert ">6</b>" in bars
    assert "fewer than 5" in bars
    assert 'class="barrow best"' not in bars
    assert 'class="barrow best"' in answer
    assert "wallreason" in answer
    assert "wallreason" not in bars
    with app.test_request_context():
        names = [name_of(s.first, s.second, "en") for s in db.session.query(Student).filter_by(classroom_id=school.class_6b)]
    for html in (plain, bars, answer, teacher.get(address(school, "wall")).get_data(as_text=True)):
        assert not any(name in html for name in names)
        assert "Ms Tremblay" not in html


def answer_all(school, students, item, choice):
    quiz = quiz_of(school)
    for student_id in students:
        person = as_signed_in(student_id)
        attempt = begin_attempt(person, db.session.get_one(Assignment, school.assignment), quiz, str(uuid.uuid4()), 1, library().version)
        record_answer(person, attempt, quiz, item, choice)
    db.session.commit()


@pytest.mark.promise("L-3")
@on_both
def test_bars_on_the_wall_move_only_when_five_more_have_answered_however_they_are_looked_at(app, school, visit, monkeypatch):
    teacher = visit("Ms Tremblay")
    with app.test_request_context():
        item = next(i for i in items_of(school)[0] if i.kind == "single")
        students = make_students(school.class_6b, 12)
        answer_all(school, students[:6], item, item.right)
    asked = address(school, f"wall.json?item={item.id}&show=bars")
    first = teacher.get(asked)
    mark = first.headers["ETag"]
    letter = "b-" + "ABCDEFGH"[item.options.index(item.right)]
    assert first.json["texts"][letter] == "6"
    for student_id in students[6:10]:
        with app.test_request_context():
            answer_all(school, [student_id], item, item.right)
        assert teacher.get(asked, headers={"If-None-Match": mark}).status_code == 304
        assert teacher.get(asked).json == first.json, "loaded anew"
        for step in ("bars", "answer"):
            page = teacher.get(address(school, f"wall?item={item.id}&show={step}")).get_data(as_text=True)
            assert ">6</b>" in page, "or in the next step"
    with app.test_request_context():
        answer_all(school, students[10:11], item, item.right)
    for error in (TimeoutError("another writer holds the database"), NoConnection("every connection is in use")):
        with monkeypatch.context() as busy:
            busy.setattr(Database, "writing", Mock(side_effect=error))
            assert teacher.get(asked, check=False).json == first.json, "what was shown stays"
    again = teacher.get(asked, headers={"If-None-Match": mark})
    assert again.json["texts"][letter] == "11"


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_every_question_of_every_lesson_has_its_place_on_the_wall(app, locale):
    with app.test_request_context():
        kinds = set()
        for lesson in library().lessons:
            for band in lesson.bands:
                counts = {i.id: {i.right: 9, "=right": 9, NOT_SURE: 6, PASS: 5} for i in lesson.quiz.items}
                ids = [i.id for i in lesson.quiz.items if band in i.bands]
                for step in wall_module.STEPS:
                    shown = wall_of(lesson.quiz, ids, counts, locale, step)
                    assert [q.id for q in shown] == [i for i in ids if not lesson.quiz.item(i).sensitive]
                    assert all(bar.n is None or bar.n >= 5 for q in shown for bar in q.bars)
                    assert all((bar.right is None) is (step != "answer") for q in shown for bar in q.bars)
                    assert step == "answer" or not any(q.reason for q in shown)
                    kinds |= {q.kind for q in shown}
        assert kinds == {"single", "several", "find", "order", "match"}


# --- sixty at once -----------------------------------------------------------------------------------------------------------


class Silent(WSGIRequestHandler):
    def log(self, *_args):
        pass


def test_sixty_students_answer_while_the_teacher_looks_and_each_answer_is_seen_within_three_seconds(app, school, visit):
    """A real server with threads; one page that asks every two seconds. Seen late is measured for each answer."""
    teacher = visit("Ms Tremblay")
    with app.test_request_context():
        lesson = quiz_of(school)
        items = questions_for(lesson, "B", 1)
        choices = [lesson.item(i).right for i in items]
        students = [*make_students(school.class_6b, PEOPLE - 2), school.amy, school.min]
        tokens = {}
        for student_id in students:
            tokens[student_id] = sessions.begin("student", student_id)
        db.session.commit()
        forms = {s: sessions.csrf_token_for(token) for s, token in tokens.items()}
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept: dict[int, list[float]] = {s: [] for s in students}
    failed: list[object] = []

    def work(student_id, number):
        body = {"csrf": forms[student_id], "attempt": str(uuid.uuid4()), "nth": "1"}
        with closing(HTTPConnection("127.0.0.1", server.server_port, timeout=60)) as line:
            for item, choice in zip(items, choices, strict=True):
                time.sleep(0.3 + (number % 7) * 0.05)
                text = "&".join(f"{k}={v}" for k, v in {**body, "item": item, "choice": choice.replace("+", "%2B")}.items())
                headers = {"Cookie": f"balise={tokens[student_id]}", "Content-Type": "application/x-www-form-urlencoded"}
                line.request("POST", f"/en/quizzes/assigned/{school.assignment}", text, headers)
                answer = line.getresponse()
                answer.read()
                if answer.status not in (200, 303):
                    failed.append(answer.status)
                kept[student_id].append(time.monotonic())

    seen: dict[int, list[float]] = {s: [] for s in students}
    workers = [threading.Thread(target=work, args=(s, n)) for n, s in enumerate(students)]
    try:
        for worker in workers:
            worker.start()
        mark, until = "", time.monotonic() + 90
        with closing(HTTPConnection("127.0.0.1", server.server_port, timeout=60)) as line:
            while any(len(seen[s]) < len(items) for s in students) and time.monotonic() < until:
                started = time.monotonic()
                line.request("GET", address(school), headers={"Cookie": f"balise={teacher.token}", "If-None-Match": mark})
                answer = line.getresponse()
                body = answer.read()
                if answer.status == 200:
                    mark = answer.headers["ETag"]
                    for s in json.loads(body)["seats"]:
                        answered = len(items) if s["state"] == "finished" else int(s["text"].split()[0]) if s["state"] == "answering" else 0
                        seen[s["id"]] += [time.monotonic()] * (answered - len(seen[s["id"]]))
                time.sleep(max(0.0, started + 2 - time.monotonic()))
        for worker in workers:
            worker.join()
    finally:
        server.shutdown()
        server.server_close()
    assert not failed
    late = sorted(s - k for student in students for k, s in zip(kept[student], seen[student], strict=True))
    print(f"{len(late)} answers of {PEOPLE} students; seen after {late[len(late) // 2]:.2f} s (median), {late[-1]:.2f} s at most")
    assert len(late) == PEOPLE * len(items)
    assert late[-1] < SEEN_WITHIN
