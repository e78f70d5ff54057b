"""The two taps at the end of an assigned lesson: counts for the class, nothing with the seat."""

from __future__ import annotations

import re

import pytest
from making import make_students, on_both
from sqlalchemy import inspect, select

from app.classrooms.models import Assignment, Pulse
from app.classrooms.queries import PULSES, pulses_of, record_pulse
from app.core.db import db


def lesson_address(school, locale="en"):
    return f"/{locale}/lessons/assigned/{school.assignment}"


def tap(visitor, school, question, reply, **kwargs):
    return visitor.post(f"{lesson_address(school)}/pulse", {"question": question, "reply": reply}, **kwargs)


def counts(app):
    with app.test_request_context():
        return {(p.question, p.reply): p.n for p in db.session.scalars(select(Pulse))}


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_two_questions_stand_at_the_end_of_an_assigned_lesson_only(school, visit, locale):
    html = visit("Amy").get(lesson_address(school, locale)).get_data(as_text=True)
    assert html.count('name="question"') == 2
    assert html.count('name="reply"') == 5
    for visitor in (visit(), visit("Amy")):
        assert 'name="question"' not in visitor.get(f"/{locale}/lessons/8").get_data(as_text=True)


@on_both
def test_a_tap_is_counted_once_a_sitting_and_said_to_be(app, school, visit):
    amy = visit("Amy")
    done = tap(amy, school, "clear", "partly")
    assert done.headers["Location"].endswith(f"{lesson_address(school)}#ui-pulse")
    html = amy.get(lesson_address(school)).get_data(as_text=True)
    assert html.count('name="question"') == 1
    assert "Thank you, it is counted." in html
    for reply in ("yes", "partly", "no"):
        assert tap(amy, school, "clear", reply).status_code == 303
    tap(amy, school, "help", "not-yet")
    assert counts(app) == {("clear", "partly"): 1, ("help", "not-yet"): 1}
    assert "See who can help" in amy.get(lesson_address(school)).get_data(as_text=True).split('id="ui-pulse"')[1]


@on_both
def test_everybody_of_the_class_counts(app, school, visit):
    for who in ("Amy", "Min"):
        tap(visit(who), school, "clear", "yes")
    assert counts(app) == {("clear", "yes"): 2}


def test_another_sitting_on_the_same_device_is_asked_anew(app, school, visit):
    amy, min_ = visit("Amy"), visit("Min")
    tap(amy, school, "clear", "yes")
    borrowed = amy.client.get_cookie("balise-marks").value
    min_.client.set_cookie("balise-marks", borrowed)
    assert min_.get(lesson_address(school)).get_data(as_text=True).count('name="question"') == 2
    assert amy.client.get_cookie("balise-marks") is not None
    amy.post("/en/sign-out")
    assert amy.client.get_cookie("balise-marks") is None, "gone with the session"


def test_a_changed_mark_is_no_mark(school, visit):
    amy = visit("Amy")
    tap(amy, school, "clear", "yes")
    for odd in ("", "x", "x.y", amy.client.get_cookie("balise-marks").value[:-1] + "0", "오"):
        amy.client.set_cookie("balise-marks", odd)
        assert amy.get(lesson_address(school)).status_code == 200


@pytest.mark.parametrize(
    ("question", "reply"), [("clear", "not-yet"), ("help", "partly"), ("", ""), ("clear", ""), ("\x00", "yes"), ("why", "yes")]
)
def test_only_what_is_offered_can_be_tapped(app, school, visit, question, reply):
    assert tap(visit("Amy"), school, question, reply).status_code == 400
    assert counts(app) == {}


def test_nobody_else_can_tap(app, school, visit):
    assert tap(visit("Lee"), school, "clear", "yes").status_code == 404
    assert tap(visit("Ms Tremblay"), school, "clear", "yes").status_code == 403
    assert tap(visit(), school, "clear", "yes").status_code in (400, 401, 403)
    assert counts(app) == {}


@pytest.mark.promise("L-5")
def test_no_column_joins_a_tap_to_a_seat(app):
    engine, columns = app.extensions["balise.engine"], {"assignment_id", "question", "reply", "n", "shown"}
    assert {c["name"] for c in inspect(engine).get_columns("pulses")} == columns
    assert {c.name for c in Pulse.__table__.columns} == columns


def shown(html):
    part = html.split('id="pulses"')[1].split("</section>")[0]
    return re.findall(r'<b><span aria-hidden="true">(\d+)</span>', part)


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_the_teacher_sees_counts_from_five_taps_on(app, school, visit, locale):
    with app.test_request_context():
        ids = make_students(school.class_6b, 3)
    teacher = visit("Ms Tremblay")
    address = f"/{locale}/classrooms/{school.class_6b}/assignments/{school.assignment}"
    for number, who in enumerate([school.amy, school.min, *ids]):
        assert shown(teacher.get(address).get_data(as_text=True)) == [], f"after {number} taps"
        student = visit()
        student.sign_in("student", who)
        tap(student, school, "clear", "yes" if number else "no")
        if number < 4:
            tap(student, school, "help", "yes")
    assert shown(teacher.get(address).get_data(as_text=True)) == ["4", "0", "1"], "the other question has four"
    assert visit("Mr Other").get(address).status_code == 404


def test_taps_go_with_the_assignment(app, school, visit):
    tap(visit("Amy"), school, "clear", "yes")
    visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}/remove", {"sure": "0"})
    assert counts(app) == {}


@pytest.mark.promise("A-8", "L-5")
def test_taps_of_another_assignment_are_never_among_the_counts(app, school):
    with app.test_request_context():
        first = school.assignment
        second = db.session.scalar(select(Assignment.id).where(Assignment.classroom_id == school.class_other))
        assert second is not None
        question, replies = next(iter(PULSES.items()))
        for _ in range(4):
            record_pulse(first, question, replies[0])
            record_pulse(second, question, replies[1])
        record_pulse(first, question, replies[0])
        db.session.commit()
        assert pulses_of(first)[question] == {reply: 5 * (reply == replies[0]) for reply in replies}
        assert question not in pulses_of(second), "four taps there, and the fifth was elsewhere"
