"""A live lesson says who has started, not who is absent; and more time is no reason to worry on the day it is given."""

from __future__ import annotations

import re

from making import in_days, make_attempt, make_students

from app.classrooms.models import Assignment
from app.classrooms.queries import open_for
from app.core.db import db


def figures(html):
    """What each figure of the live page says it counts, and the count."""
    return {t: int(n) for t, n in re.findall(r'<dt>([^<]+)</dt><dd><span data-text="[^"]+">(\d+)<', html)}


def test_not_started_begun_and_finished_add_up_to_the_class_and_nobody_is_called_absent(app, school, visit):
    with app.test_request_context():
        students = make_students(school.class_6b, 5)
        make_attempt(students[0], school.assignment, right=4)
        db.session.commit()
    visit("Amy").get("/en/my-lessons")  # signed in, nothing answered
    html = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/live").get_data(as_text=True)
    assert figures(html) == {"Not started": 6, "Begun, not finished": 0, "Finished": 1, "Signed in now": 1}
    seats = re.findall(r'data-state="([a-z-]+)"><b>[^<]+</b><span>([^<]+)<', html)
    assert sorted(set(seats)) == [("away", "not started"), ("finished", "finished"), ("signed-in", "not started, signed in")]
    assert "Not here yet" not in html


def reasons(teacher, school):
    html = teacher.get(f"/en/progress/{school.class_6b}").get_data(as_text=True)
    return "not begun, and most of the time has gone" in html, "not begun, and its last day has passed" in html


def test_more_time_brings_no_reason_before_it_is_over(app, school, visit):
    teacher = visit("Ms Tremblay")
    with app.test_request_context():
        given = db.session.get_one(Assignment, school.assignment)
        given.opens_on, given.due_on, given.closes_on = in_days(-40), in_days(-5), in_days(-5)
        make_attempt(school.min, school.assignment, right=6)
        db.session.commit()
    assert reasons(teacher, school) == (False, True)
    for until, expected in ((3, (False, False)), (0, (False, False)), (-1, (False, True))):
        with app.test_request_context():
            open_for(db.session.get_one(Assignment, school.assignment), school.amy, in_days(until))
            db.session.commit()
        assert reasons(teacher, school) == expected, until


def test_without_more_time_the_reason_comes_when_most_of_it_has_gone(app, school, visit):
    with app.test_request_context():
        given = db.session.get_one(Assignment, school.assignment)
        given.opens_on, given.due_on, given.closes_on = in_days(-40), in_days(1), in_days(1)
        db.session.commit()
    assert reasons(visit("Ms Tremblay"), school) == (True, False)
