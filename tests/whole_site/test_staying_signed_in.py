"""What page.js needs to warn two minutes before a session ends, and that nothing is lost when it has."""

from __future__ import annotations

import re

import pyotp
import pytest
from making import AMY, PASSWORD, WORDS, in_days

from app.accounts.models import Teacher
from app.accounts.queries import totp_secret
from app.classrooms.models import Classroom
from app.core import clock
from app.core.db import db

LEFT = re.compile(r'data-idle="(\d+)" data-most="(\d+)"')


@pytest.mark.parametrize(("who", "page", "idle", "most"), [("Amy", "my-lessons", 20, 4 * 60), ("Ms Tremblay", "classrooms/", 30, 8 * 60)])
@pytest.mark.promise("C-4")
def test_every_signed_in_page_knows_how_long_the_session_lasts(visit, who, page, idle, most):
    person = visit(who)
    shown = [int(n) for n in LEFT.search(person.get(f"/fr/{page}").get_data(as_text=True)).groups()]
    assert 0 <= 60 * idle - shown[0] < 5
    assert 0 <= 60 * most - shown[1] < 5
    assert not LEFT.search(visit().get("/fr/").get_data(as_text=True)), "visitors have no session"


@pytest.mark.promise("C-4")
def test_staying_keeps_the_session_and_only_while_it_lasts(visit):
    amy = visit("Amy")
    clock.shift = clock.timedelta(minutes=19)
    assert amy.post("/en/stay").get_json()["idle"] == 20 * 60
    clock.shift = clock.timedelta(minutes=38)
    assert amy.get("/en/my-lessons").status_code == 200
    assert b"word1" not in amy.get("/en/my-lessons").data
    clock.shift = clock.timedelta(minutes=60)
    assert amy.post("/en/stay").status_code == 401
    assert amy.client.post("/en/stay").status_code == 401


@pytest.mark.promise("C-4")
def test_what_a_teacher_filled_in_is_kept_when_the_session_ends_meanwhile(app, school, visit):
    teacher = visit("Ms Tremblay")
    clock.shift = clock.timedelta(minutes=31)
    form = {
        "label": "Room 4",
        "band": "B",
        "locale": "fr",
        "timezone": "America/Toronto",
        "seats": "28",
        "ends_on": in_days(90).isoformat(),
    }
    page = teacher.post("/en/classrooms/new", form)
    assert page.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', page.get_data(as_text=True))[1]
    somebody_else = visit().post("/en/accounts/sign-in", signing_in(app, school.other, "other", kept))
    assert somebody_else.status_code == 303, "it waits for nobody but her"
    teacher.token = ""
    resume = teacher.post("/en/accounts/sign-in", signing_in(app, school.tremblay, "tremblay", kept))
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', resume.get_data(as_text=True).split("<main")[1]))
    assert {k: v for k, v in fields.items() if k in form} == form
    assert teacher.client.post("/en/classrooms/new", data=fields).status_code == 303
    with app.test_request_context():
        assert db.session.query(Classroom).filter_by(label="Room 4").one().teacher_id == school.tremblay


@pytest.mark.promise("C-4")
def test_another_language_does_not_lose_what_was_filled_in(app, school, visit):
    teacher = visit("Ms Tremblay")
    clock.shift = clock.timedelta(minutes=31)
    form = {
        "label": "Room 5",
        "band": "B",
        "locale": "fr",
        "timezone": "America/Toronto",
        "seats": "28",
        "ends_on": in_days(90).isoformat(),
    }
    kept = kept_in(teacher.post("/en/classrooms/new", form))
    teacher.token = ""
    for language in ("ko", "fr"):
        page = teacher.post(f"/{language}/accounts/sign-in", {"kept": kept, "language": language})
        assert page.status_code == 200
        assert kept_in(page) == kept
    resume = teacher.post("/fr/accounts/sign-in", signing_in(app, school.tremblay, "tremblay", kept)).get_data(as_text=True)
    for language in ("fr", "ko"):
        assert f'action="/{language}/classrooms/new"' in resume.split("<main")[1]
        assert "Room 5" in resume
        resume = in_another_language(teacher.client, resume, f"/{'ko' if language == 'fr' else 'en'}/accounts/sign-in")
    sent = teacher.client.post("/en/classrooms/new", data=hidden(resume))
    assert sent.status_code == 303


@pytest.mark.promise("C-4")
def test_another_language_does_not_lose_a_students_answer(visit, school):
    amy = visit("Amy")
    clock.shift = clock.timedelta(minutes=61)
    kept = kept_in(amy.post(f"/en/lessons/assigned/{school.assignment}/read", {}))
    amy.token = ""
    page = amy.post("/ko/sign-in", {"kept": kept, "language": "ko"})
    assert page.status_code == 200
    assert kept_in(page) == kept
    one, two, three = WORDS.split(" ")
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": one, "word2": two, "word3": three, "kept": kept}
    back = in_another_language(amy.client, amy.client.post("/ko/sign-in", data=form).get_data(as_text=True), "/fr/sign-in")
    assert f'action="/fr/lessons/assigned/{school.assignment}/read"' in back
    assert amy.client.post(f"/fr/lessons/assigned/{school.assignment}/read", data=hidden(back)).status_code == 303
    assert amy.client.post("/ko/sign-in", data={"language": "ko", "kept": "made up", "csrf": hidden(back)["csrf"]}).status_code == 303


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's own form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html.split("<main")[1]))


def in_another_language(client, html: str, address: str) -> str:
    """The same page after the choice of language at its head."""
    nav = re.search(r'<nav class="langs".*?</nav>', html, re.S)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', nav))
    assert f'formaction="{address}"' in nav
    page = client.post(address, data=fields | {"language": address[1:3]})
    assert page.status_code == 200
    return page.get_data(as_text=True)


def kept_in(page) -> str:
    """What the sign-in form carries, and the choice of language carries too; no link leaves it behind."""
    html = page.get_data(as_text=True)
    carried = re.findall(r'name="kept" value="([^"]+)"', html)
    assert len(carried) == 2
    assert carried[0] == carried[1]
    assert not re.search(r'<nav class="langs"[^>]*>\s*<a', html)
    return carried[0]


@pytest.mark.promise("C-7")
def test_a_password_is_never_kept(visit):
    teacher = visit("Ms Tremblay")
    clock.shift = clock.timedelta(minutes=31)
    page = teacher.post("/en/accounts/", {"present": PASSWORD, "password": "something quite new"}).get_data(as_text=True)
    assert 'name="kept"' not in page
    assert "something quite new" not in page


def signing_in(app, teacher_id: int, name: str, kept: str) -> dict[str, str]:
    with app.test_request_context():
        secret = totp_secret(db.session.get_one(Teacher, teacher_id).totp_salt)
    code = pyotp.TOTP(secret).at(clock.seconds())
    return {"email": f"{name}@school.example", "password": PASSWORD, "code": code, "kept": kept}
