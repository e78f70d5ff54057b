"""What staff do is recorded, once each, and nobody can change the record unnoticed."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import pyotp
import pytest
from making import LESSON, PASSWORD, change, colleague, in_days, make_attempt, make_students, on_both
from sqlalchemy import delete, select, text, update

from app.accounts.models import Board, Membership, Teacher
from app.accounts.queries import invite, totp_secret
from app.classrooms.models import Classroom, Student
from app.core import acts, clock
from app.core.acts import RECORDED, StaffAct
from app.core.db import db
from app.core.keys import fingerprint
from app.core.library import library
from app.curriculum.onpaper import asked_on_paper
from app.progress.views.paper import mark_of
from app.schools.reporting import make_report
from app.schools.views.leading import WHAT


def entries(app) -> list[tuple]:
    with app.test_request_context():
        return [
            tuple(row) for row in db.session.execute(select(StaffAct.teacher_id, StaffAct.act, StaffAct.about_id).order_by(StaffAct.id))
        ]


def requests_of(app, school, visit) -> dict[str, tuple]:
    """Endpoint -> (who sends it, method, address, form, the entry it must leave)."""
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
        removed = make_students(school.class_6b, 1)[0]
        harbour = db.session.get_one(Membership, school.tremblay).school_id
        roy = colleague(db.session.get_one(Teacher, school.tremblay), "Ms Roy", harbour).id
        report = make_report(db.session.get_one(Board, db.session.get_one(Membership, school.board).board_id))
        report.made_on = clock.today() - timedelta(40)  # so that another may be made
        token = invite("new@school.example")
        db.session.commit()
        salt = db.session.get_one(Teacher, school.other).totp_salt
        code = pyotp.TOTP(totp_secret(salt)).at(clock.seconds())
        new_code = pyotp.TOTP(totp_secret(fingerprint(token)[:32])).at(clock.seconds())
        report_id = report.id
        quiz = library().lesson(LESSON).quiz
    six_b, given = school.class_6b, school.assignment
    on_paper = {"sheet": str(uuid.uuid4()), "questions": mark_of([item.id for item in asked_on_paper(quiz, "B")[0]]), "keep": "1"}
    sign_in = {"email": "other@school.example", "password": PASSWORD, "code": code}
    accept = {"email": "new@school.example", "name": "Ms New", "password": "a sentence of my own", "code": new_code}
    assignment = f"/en/classrooms/{six_b}/assignments/{given}"
    days = {
        "for_group": "0",
        "sure": "9",
        "opens_on": in_days(-2).isoformat(),
        "due_on": in_days(7).isoformat(),
        "closes_on": in_days(8).isoformat(),
        "late": "counts",
    }
    files = {
        f"progress.{name}": ("Ms Tremblay", "GET", f"/en/progress/{six_b}/{file}", {}, (school.tremblay, "results-taken", six_b))
        for name, file in (
            ("export", "results.csv"), ("export_json", "results.json"), ("export_xlsx", "results.xlsx"),
            ("answers", "answers.csv"), ("answers_json", "answers.json"), ("answers_xlsx", "answers.xlsx"),
        )
    }  # fmt: skip
    return {
        "accounts.sign_in_sent": ("", "POST", "/en/accounts/sign-in", sign_in, (school.other, "signed-in", None)),
        "accounts.accept": ("", "POST", f"/en/accounts/invitation/{token}", accept, (None, "account-made", None)),
        "accounts.show": ("Mr Other", "POST", "/en/accounts/", {"present": PASSWORD, "password": "another of mine"}, (school.other, "password-changed", None)),
        "progress.student": ("Ms Tremblay", "GET", f"/en/progress/{six_b}/{given}/{school.amy}", {}, (school.tremblay, "student-seen", six_b)),
        **files,
        "classrooms.reset": ("Ms Tremblay", "POST", f"/en/classrooms/{six_b}/students/{school.amy}/reset", {}, (school.tremblay, "words-reset", six_b)),
        "classrooms.remove": ("Ms Tremblay", "POST", f"/en/classrooms/{six_b}/students/{removed}/remove", {}, (school.tremblay, "seat-removed", six_b)),
        "classrooms.edit": ("Ms Tremblay", "POST", f"/en/classrooms/{six_b}/edit", {"label": "6B", "band": "B", "locale": "en", "timezone": "America/Toronto", "seats": "30", "ends_on": (clock.today() + timedelta(50)).isoformat()}, (school.tremblay, "class-changed", six_b)),
        "classrooms.renew_code": ("Ms Tremblay", "POST", f"/en/classrooms/{six_b}/code", {}, (school.tremblay, "code-renewed", six_b)),
        "classrooms.put_in_groups": ("Ms Tremblay", "POST", f"/en/classrooms/{six_b}/groups", {f"group-{school.amy}": "1"}, (school.tremblay, "groups-changed", six_b)),
        "classrooms.edit_assignment": ("Ms Tremblay", "POST", assignment, days, (school.tremblay, "lesson-changed", six_b)),
        "classrooms.reopen": ("Ms Tremblay", "POST", f"{assignment}/reopen", {"student": str(school.amy), "open_until": in_days(9).isoformat()}, (school.tremblay, "day-of-one-changed", six_b)),
        "classrooms.close_again": ("Ms Tremblay", "POST", f"{assignment}/students/{school.amy}/close", {}, (school.tremblay, "day-of-one-changed", six_b)),
        "boosters.switch": ("Ms Tremblay", "POST", f"/en/boosters/class/{six_b}", {"day": "0"}, (school.tremblay, "looks-back-switched", six_b)),
        "progress.keep_paper": ("Ms Tremblay", "POST", f"/en/progress/{six_b}/{given}/paper", on_paper, (school.tremblay, "paper-typed", six_b)),
        "classrooms.unassign": ("Mr Other", "POST", f"/en/classrooms/{school.class_other}/assignments/{school.assignment_other}/remove", {"sure": "1"}, (school.other, "lesson-taken-back", school.class_other)),
        "classrooms.erase": ("Mr Other", "POST", f"/en/classrooms/{school.class_other}/delete", {"label": "7A"}, (school.other, "class-deleted", school.class_other)),
        "schools.invite_teacher": ("Ms Lead", "POST", "/en/schools/invite", {"email": "roy2@school.example"}, (school.lead, "teacher-invited", None)),
        "schools.give": ("Ms Lead", "POST", f"/en/schools/classes/{six_b}/hand-over", {"teacher": roy, "sure": "y"}, (school.lead, "class-handed-over", six_b)),
        "schools.end_year": ("Ms Lead", "POST", "/en/schools/year-end", {"classes": [six_b], "last_day": clock.today().isoformat(), "sure": "y"}, (school.lead, "year-ended", None)),
        "schools.close": ("Ms Lead", "POST", f"/en/schools/teachers/{roy}/close", {"sure": "y"}, (school.lead, "account-closed", roy)),
        "boards.make": ("Mr Board", "POST", "/en/boards/reports/new", {"sure": "y"}, (school.board, "report-made", None)),
        "boards.evidence": ("Mr Board", "GET", f"/en/boards/reports/{report_id}/evidence.zip", {}, (school.board, "report-taken", report_id)),
    }  # fmt: skip


def address_in(app, endpoint: str, given: str) -> str:
    """That the table names the right addresses."""
    adapter = app.url_map.bind("localhost")
    path = given.partition("?")[0]
    method = next(m for m in ("POST", "GET") if RECORDED[endpoint].method == m)
    return adapter.match(path, method)[0]


@on_both
@pytest.mark.promise("M-3")
def test_every_act_of_staff_leaves_one_entry(app, school, visit, promise):
    wanted, wrong = requests_of(app, school, visit), []
    assert set(wanted) == set(RECORDED), "a recorded endpoint without a request here, or the other way round"
    for endpoint, (who, method, address, form, entry) in wanted.items():
        assert address_in(app, endpoint, address) == endpoint
        before = entries(app)
        visitor = visit(who) if who else visit()
        response = visitor.get(address, check=False) if method == "GET" else visitor.post(address, form, check=False)
        response.get_data()
        new = entries(app)[len(before) :]
        if (
            response.status_code not in RECORDED[endpoint].status
            or len(new) != 1
            or new[0][1:] != entry[1:]
            or (entry[0] and new[0][0] != entry[0])
        ):
            wrong.append((endpoint, response.status_code, new))
    with app.test_request_context():
        assert acts.broken(db.session.connection()) == ""
    promise.figure("{wrong} of {n} recorded acts left no entry, or more than one", wrong=len(wrong), n=len(wanted))
    assert wrong == []


@pytest.mark.promise("M-3")
def test_what_is_refused_or_not_found_leaves_none(app, school, visit):
    before = entries(app)
    tremblay = visit("Ms Tremblay")
    tremblay.get(f"/en/progress/{school.class_other}/results.csv", check=False)
    tremblay.post(f"/en/classrooms/{school.class_6b}/delete", {"label": "wrong"}, check=False)
    tremblay.post(f"/en/classrooms/{school.class_6b}/edit", {"label": ""}, check=False)
    tremblay.post(f"/en/classrooms/{school.class_other}/code", check=False)
    tremblay.post(f"/en/boosters/class/{school.class_6b}", {"day": "8"}, check=False)
    assignment = f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}"
    tremblay.post(assignment, {"for_group": "0", "opens_on": in_days(3).isoformat(), "late": "counts"}, check=False)  # asked first
    tremblay.post(f"{assignment}/reopen", {"student": str(school.amy), "open_until": in_days(2).isoformat()}, check=False)  # it is open
    tremblay.post(f"/en/progress/{school.class_6b}/{school.assignment}/paper", {"sheet": str(uuid.uuid4())}, check=False)  # to look only
    visit("Amy").get("/en/my-lessons")
    visit().post("/en/accounts/sign-in", {"email": "other@school.example", "password": "wrong", "code": "123456"}, check=False)
    assert entries(app) == before


@pytest.mark.promise("M-3")
def test_nothing_is_taken_along_unrecorded(app, school, visit, monkeypatch):
    def full(*_args):
        raise TimeoutError

    monkeypatch.setattr(acts, "record", full)
    tremblay = visit("Ms Tremblay")
    assert tremblay.get(f"/en/progress/{school.class_6b}/results.csv", check=False).status_code == 503
    assert tremblay.get(f"/en/progress/{school.class_6b}").status_code == 200


@pytest.mark.promise("M-3")
def test_no_entry_can_be_changed_taken_out_or_moved_unnoticed(app, school, promise):
    """By somebody who can write in the database and does not have the key."""
    dice, unseen, tries = random.Random(5), 0, 100
    with app.test_request_context(method="POST"):
        connection = db.session.connection()
        for n in range(12):
            acts.record(connection, school.tremblay, None, "signed-in", n)
        assert acts.broken(connection) == ""
        for n in range(tries):
            saved = connection.begin_nested()
            spoil(connection, n, dice)
            unseen += acts.broken(connection) == ""
            saved.rollback()
        assert acts.broken(connection) == ""
    promise.figure("{unseen} of {n} changes to the record went unnoticed", unseen=unseen, n=tries)
    assert unseen == 0


def spoil(connection, n: int, dice: random.Random) -> None:
    one = dice.randint(1, 12)
    kind = n % 6
    if kind == 0:  # change something
        column = dice.choice(("at", "teacher_id", "about_id", "school_id"))
        connection.execute(update(StaffAct).where(StaffAct.id == one).values({column: 99_999}))
    elif kind == 1:  # take one out, the first and the last too
        connection.execute(delete(StaffAct).where(StaffAct.id == (one, 1, 12)[n // 6 % 3]))
    elif kind == 2:  # let two change places
        other = one % 12 + 1
        for number, to in ((one, 100), (other, one), (100, other)):
            connection.execute(update(StaffAct).where(StaffAct.id == number).values(id=to))
    elif kind == 3:  # cut off the end, and say that it was so
        connection.execute(delete(StaffAct).where(StaffAct.id > one - 1))
        connection.execute(text(f"UPDATE staff_acts_end SET last_id = {one - 1}"))
    elif kind == 4:  # take them all away
        connection.execute(delete(StaffAct))
    else:  # add one
        row = connection.execute(select(StaffAct.__table__).where(StaffAct.id == one)).mappings().one()
        connection.execute(StaffAct.__table__.insert().values(**{**row, "id": 13}))


@pytest.mark.promise("M-3")
def test_after_a_year_entries_go_and_the_rest_still_holds_together(app, school):
    with app.test_request_context(method="POST"):
        for days in (0, 100, 200):
            clock.shift = timedelta(days)
            acts.record(db.session.connection(), school.tremblay, None, "signed-in")
        clock.shift = timedelta(366)
        acts.sweep()
        db.session.commit()
        connection = db.session.connection()
        assert acts.broken(connection) == ""
        assert db.session.scalar(select(StaffAct.id).order_by(StaffAct.id)) == 2
        clock.shift = timedelta(800)
        acts.sweep()
        assert acts.broken(connection) == ""
        acts.record(connection, school.tremblay, None, "signed-in")
        assert acts.broken(connection) == ""


def test_every_act_is_told_in_words_or_is_one_of_a_board():
    assert {wanted.act for wanted in RECORDED.values()} - set(WHAT) == {"report-made", "report-taken"}
    assert all(len(wanted.act) <= StaffAct.act.type.length for wanted in RECORDED.values()), "PostgreSQL takes no longer one"


@on_both
@pytest.mark.promise("M-3")
def test_the_lead_sees_what_staff_of_the_school_did_and_nothing_of_students(app, school, visit, statements):
    visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/{school.amy}")
    visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/{school.min}")
    visit("Mr Other").get(f"/en/progress/{school.class_other}/results.csv")
    lead = visit("Ms Lead")
    with statements() as seen:
        html = lead.get("/en/schools/acts").get_data(as_text=True).split("<main")[1]
    assert len(seen) <= 8, "\n".join(seen)
    for told in ("Ms Tremblay", "Opened a student’s page", "6B", "2 times"):
        assert told in html
    for other in ("Mr Other", "7A", "Took results along"):
        assert other not in html
    with app.test_request_context():
        from app.classrooms.naming import name_of

        assert name_of(1, 1, "en") not in html
    assert "학생" in lead.get("/ko/schools/acts").get_data(as_text=True)
    assert visit("Ms Tremblay").get("/en/schools/acts", check=False).status_code == 404
    clock.shift = timedelta(70)
    change(app, Classroom, school.class_6b, ends_on=clock.today() + timedelta(5))
    assert "Nothing is recorded in this month" in visit("Ms Lead").get("/en/schools/acts").get_data(as_text=True)
    month = (clock.today() - timedelta(70)).isoformat()[:7]
    assert "2 times" in visit("Ms Lead").get(f"/en/schools/acts?month={month}").get_data(as_text=True)
    for odd in ("x", "0000-00", "9999-12", "2026-13", "1900-01", ""):
        assert visit("Ms Lead").get(f"/en/schools/acts?month={odd}").status_code == 200


def test_an_entry_says_nothing_about_a_student(app, school, visit):
    visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/{school.amy}")
    with app.test_request_context():
        row = db.session.execute(select(StaffAct.__table__)).mappings().one()
        assert row["about_id"] == school.class_6b
        assert db.session.get_one(Student, school.amy).mark not in str(dict(row))
