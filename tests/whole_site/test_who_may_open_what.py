"""Route x method x person x whose it is: generated from the URL map, each cell a real request."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from making import make_attempt, on_both
from sqlalchemy import select
from visiting import lasting

from app import create_app
from app.accounts.models import Board
from app.accounts.queries import make_board
from app.core.access import UndeclaredView, Who, audience_of, check_all_declared
from app.core.db import db
from app.schools.reporting import make_report

KINDS = {
    "": Who.VISITORS,
    "Amy": Who.STUDENTS,
    "Min": Who.STUDENTS,
    "Lee": Who.STUDENTS,
    "Ms Tremblay": Who.TEACHERS,
    "Mr Other": Who.TEACHERS,
    "Ms Lead": Who.TEACHERS,
    "Mr Board": Who.TEACHERS,
}
OF_A_SCHOOL, OF_A_BOARD = {"colleague_id", "room_id"}, {"report_id"}
OWNED = {"classroom_id", "assignment_id", "student_id", "attempt_uuid", *OF_A_SCHOOL, *OF_A_BOARD}
# Mine, somebody else's, nobody's: what a gap in an address may point to.
WHOSE = ("6B", "7A", "nothing")


def gap_values(school, whose, attempts, reports):
    if whose == "6B":
        return {
            "classroom_id": school.class_6b,
            "assignment_id": school.assignment,
            "student_id": school.amy,
            "attempt_uuid": attempts["Amy"],
            "colleague_id": school.tremblay, "room_id": school.class_6b, "report_id": reports[0],
        }  # fmt: skip
    if whose == "7A":
        return {
            "classroom_id": school.class_other, "assignment_id": school.assignment_other, "student_id": school.lee, "attempt_uuid": attempts["Lee"],
            "colleague_id": school.other, "room_id": school.class_other, "report_id": reports[1],
        }  # fmt: skip
    return {"classroom_id": 99999, "assignment_id": 99999, "student_id": 99999, "attempt_uuid": "00000000-0000-4000-8000-000000000000",
            "colleague_id": 99999, "room_id": 99999, "report_id": 99999}  # fmt: skip


def owns(who: str, whose: str, gaps: set[str]) -> bool:
    if whose == "nothing":
        return False
    if "attempt_uuid" in gaps:
        return (who, whose) in (("Amy", "6B"), ("Lee", "7A"))
    if gaps & OF_A_SCHOOL:  # of the own school, not of another
        return (who, whose) == ("Ms Lead", "6B")
    if gaps & OF_A_BOARD:
        return (who, whose) == ("Mr Board", "6B")
    if who in ("Ms Lead", "Mr Board"):  # a lead cannot see inside a class of somebody else, a board inside none
        return False
    return (who in ("Amy", "Min", "Ms Tremblay")) == (whose == "6B")


@on_both
@pytest.mark.parametrize("who", KINDS)
@pytest.mark.promise("A-2")
def test_a_person_reaches_only_what_is_theirs(app, school, visit, who, promise):
    with app.test_request_context():
        attempts = {"Amy": make_attempt(school.amy, school.assignment), "Lee": make_attempt(school.lee, school.assignment_other)}
        reports = [make_report(board).id for board in (db.session.scalars(select(Board)).one(), make_board("Far Board"))]
        db.session.commit()
    secrets_of = {"6B": [b"6B"], "7A": [b"7A"]}
    visitor, cells, wrong = visit(who), 0, []
    rules = sorted(
        app.url_map.iter_rules(), key=lambda r: ("erase" in r.endpoint or "remove" in r.endpoint or "unassign" in r.endpoint, r.endpoint)
    )
    for rule in rules:
        gaps = OWNED & rule.arguments
        if not gaps or "erase" in rule.endpoint:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for whose in WHOSE:
                values = gap_values(school, whose, attempts, reports)
                with app.test_request_context():
                    address = url_for(rule.endpoint, locale="en", **{k: values[k] for k in gaps})
                response = visitor.get(address, check=False) if method == "GET" else visitor.post(address, {}, check=False)
                cells += 1
                allowed = KINDS[who] in audience_of(app, rule.endpoint) and owns(who, whose, gaps)
                expected = (200, 303, 302, 422, 400) if allowed else (303, 401, 403, 404) if who else (200, 303, 401, 403, 404)
                if response.status_code not in expected or (
                    not allowed and whose in secrets_of and leaks(response, secrets_of[whose], who)
                ):
                    wrong.append((who, method, address, whose, response.status_code))
                if allowed and rule.endpoint.rsplit(".", 1)[-1] in ("remove", "unassign"):
                    return_to_life(app, school)
                    break
    promise.figure("{wrong} wrong answers to {n} requests, on both databases", wrong=len(wrong), n=cells)
    assert not wrong
    assert cells > 40


def leaks(response, words, who) -> bool:
    return response.status_code == 200 and who != "" and any(word in response.data for word in words)


def return_to_life(app, school):
    """Removing a seat or an assignment is the last thing tried of its kind; nothing has to be put back."""


@pytest.mark.promise("A-3")
def test_another_teacher_cannot_tell_that_the_class_exists(school, visit):
    other = visit("Mr Other")
    theirs, nobodys = other.get(f"/en/progress/{school.class_6b}"), other.get("/en/progress/99999")
    assert theirs.status_code == nobodys.status_code == 404
    pages = [lasting(page.get_data(as_text=True)) for page in (theirs, nobodys)]
    assert pages[0] == pages[1].replace("/progress/99999", f"/progress/{school.class_6b}")


@pytest.mark.promise("A-1")
def test_a_view_that_does_not_say_who_may_open_it_stops_the_start(app):
    bad = Flask("bad")
    bad.add_url_rule("/secret", "secret", lambda: "everything")
    with pytest.raises(UndeclaredView, match="secret"):
        check_all_declared(bad)
    assert all(audience_of(app, rule.endpoint) for rule in app.url_map.iter_rules())
    assert callable(create_app)


@pytest.mark.promise("H-3")
def test_a_form_from_another_site_changes_nothing(app, school, visit):
    teacher = visit("Ms Tremblay")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        response = teacher.post(f"/en/classrooms/{school.class_6b}/door", {"minutes": "30"}, headers=headers)
        assert response.status_code == 403, headers
    assert "Open until" not in teacher.get(f"/en/classrooms/{school.class_6b}").get_data(as_text=True)


@pytest.mark.promise("C-8")
def test_a_form_made_under_one_pupil_is_refused_under_another(app, school, visit):
    amy, min_ = visit("Amy"), visit("Min")
    response = min_.post(f"/en/lessons/assigned/{school.assignment}/read", {"csrf": amy.csrf()})
    assert response.status_code == 409
    with app.test_request_context():
        from app.lessons.queries import readings_of

        assert readings_of(school.min) == set()
        assert readings_of(school.amy) == set()
