from __future__ import annotations

import unicodedata

import pyotp
import pytest
from making import PASSWORD, on_both

from app.accounts.models import Teacher
from app.accounts.queries import invite, totp_secret
from app.core import clock
from app.core.db import db
from app.core.passwords import EXACT, KEY_ID, hash_secret, secret_fits


def code_of(app, teacher_id: int) -> str:
    with app.test_request_context():
        salt = db.session.get_one(Teacher, teacher_id).totp_salt
        return pyotp.TOTP(totp_secret(salt)).at(clock.seconds())


def sign_in(visit, email="tremblay@school.example", password=PASSWORD, code="000000"):
    visitor = visit()
    return visitor, visitor.post("/en/accounts/sign-in", {"email": email, "password": password, "code": code})


@on_both
@pytest.mark.promise("C-1")
def test_a_teacher_signs_in_with_password_and_code_and_signs_out(app, school, visit):
    visitor, response = sign_in(visit, code=code_of(app, school.tremblay))
    assert response.status_code == 303
    assert visitor.get("/en/classrooms/").status_code == 200
    cookie = visitor.client.get_cookie("balise").value
    assert cookie not in str(response.headers.get("Location"))
    visitor.token = cookie
    assert visitor.post("/en/accounts/sign-out").status_code == 303
    visitor.client.set_cookie("balise", cookie)  # a copy made before signing out
    assert visitor.get("/en/classrooms/").status_code == 303


@pytest.mark.promise("B-2")
def test_wrong_address_wrong_password_and_wrong_code_get_one_answer(app, school, visit):
    right = code_of(app, school.tremblay)
    wrong_code = "123456" if right != "123456" else "654321"
    pages = []
    for email, password, code in (("nobody@school.example", PASSWORD, right), ("tremblay@school.example", "wrong password", right), ("tremblay@school.example", PASSWORD, wrong_code)):  # fmt: skip
        _visitor, response = sign_in(visit, email, password, code)
        assert response.status_code == 422
        pages.append(response.get_data(as_text=True).replace(email, "").replace(code, ""))
    assert pages[0] == pages[1] == pages[2]


def test_a_code_works_once(app, school, visit):
    code = code_of(app, school.tremblay)
    assert sign_in(visit, code=code)[1].status_code == 303
    assert sign_in(visit, code=code)[1].status_code == 422


@pytest.mark.promise("A-6")
def test_an_invitation_makes_one_account_and_works_once(app, visit):
    with app.test_request_context():
        token = invite("new@school.example")
        db.session.commit()
    address = f"/fr/accounts/invitation/{token}"
    visitor = visit()
    html = visitor.get(address).get_data(as_text=True)
    secret = secret_in(app, token)
    form = {
        "email": "NEW@school.example ",
        "name": "Mme Roy",
        "password": "une phrase bien à moi",
        "code": pyotp.TOTP(secret).at(clock.seconds()),
    }
    assert secret in html.replace(" ", "")
    assert visitor.post(address, form).status_code == 303
    assert visitor.get("/fr/classrooms/").status_code == 200
    assert visit().get(address).status_code == 404


def secret_in(app, token: str) -> str:
    from app.core.keys import fingerprint

    with app.test_request_context():
        return totp_secret(fingerprint(token)[:32])


@pytest.mark.parametrize(("password", "word"), [("short", "8 characters"), ("password123", "lists"), ("x" * 201, "200")])
@pytest.mark.promise("B-9")
def test_weak_passwords_are_refused_with_a_reason(app, visit, password, word):
    with app.test_request_context():
        token = invite("new@school.example")
        db.session.commit()
    form = {"email": "new@school.example", "name": "N", "password": password, "code": pyotp.TOTP(secret_in(app, token)).at(clock.seconds())}
    response = visit().post(f"/en/accounts/invitation/{token}", form)
    assert response.status_code == 422
    assert word in response.get_data(as_text=True)


@pytest.mark.promise("A-6")
def test_an_invitation_for_somebody_else_or_too_old_makes_nothing(app, visit):
    with app.test_request_context():
        token = invite("new@school.example")
        db.session.commit()
    form = {
        "email": "other@elsewhere.example",
        "name": "N",
        "password": "une phrase bien à moi",
        "code": pyotp.TOTP(secret_in(app, token)).at(clock.seconds()),
    }
    assert visit().post(f"/en/accounts/invitation/{token}", form).status_code == 422
    clock.shift = clock.timedelta(days=8)
    assert visit().get(f"/en/accounts/invitation/{token}").status_code == 404


@pytest.mark.promise("A-6")
def test_nobody_can_register_without_an_invitation(visit):
    for address in ("/en/accounts/register", "/en/accounts/new", "/en/accounts/invitation/x"):
        assert visit().get(address).status_code == 404


@pytest.mark.promise("C-1")
def test_a_new_password_signs_the_other_browsers_out(school, visit):
    here, elsewhere = visit("Ms Tremblay"), visit("Ms Tremblay")
    response = here.post("/en/accounts/", {"present": PASSWORD, "password": "another sentence of mine"})
    assert response.status_code == 200
    assert here.get("/en/classrooms/").status_code == 200
    assert elsewhere.get("/en/classrooms/").status_code == 303


@pytest.mark.promise("C-1")
def test_signing_out_everywhere_ends_every_session_at_once(school, visit):
    here, elsewhere = visit("Ms Tremblay"), visit("Ms Tremblay")
    here.post("/en/accounts/sign-out-everywhere")
    assert here.get("/en/classrooms/").status_code == elsewhere.get("/en/classrooms/").status_code == 303


@pytest.mark.promise("A-5")
def test_a_teacher_who_is_disabled_is_out_with_the_next_request(app, school, visit):
    visitor = visit("Ms Tremblay")
    assert visitor.get("/en/classrooms/").status_code == 200
    with app.test_request_context():
        db.session.get_one(Teacher, school.tremblay).disabled = True
        db.session.commit()
    assert visitor.get("/en/classrooms/").status_code == 303


@pytest.mark.promise("C-4")
def test_sessions_end_when_nothing_happens_and_after_a_day_at_the_latest(visit):
    teacher, student = visit("Ms Tremblay"), visit("Amy")
    clock.shift = clock.timedelta(minutes=19)
    assert student.get("/en/my-lessons").status_code == 200
    clock.shift = clock.timedelta(minutes=38)
    assert student.get("/en/my-lessons").status_code == 200, "a page opened meanwhile keeps the session"
    assert teacher.get("/en/classrooms/").status_code == 303, "30 minutes without a page"
    for minutes in range(38, 245, 15):
        clock.shift = clock.timedelta(minutes=minutes)
        student.get("/en/my-lessons", check=False)
    clock.shift = clock.timedelta(minutes=241)
    assert b"word1" in student.get("/en/my-lessons").data, "4 hours are the most"


@pytest.mark.promise("B-9")
def test_every_letter_of_a_password_counts_on_any_keyboard(app, school, visit, promise):
    """Upper and lower case, accents and spaces: all as they were chosen; composed or not, as keyboards differ."""
    chosen = "Été  à Saint-Élie 달"
    with app.test_request_context():
        stored = hash_secret(chosen, EXACT)
        db.session.get_one(Teacher, school.tremblay).password_hash = stored
        db.session.commit()
        others = [chosen.lower(), chosen.upper(), chosen.swapcase(), chosen.replace("  ", " "), chosen + " ", chosen.replace("é", "e")]
        others += [unicodedata.normalize("NFKC", "Ｅ") + chosen[1:]]
        opened = sum(secret_fits(stored, other, EXACT) for other in others)
        assert all(secret_fits(stored, unicodedata.normalize(form, chosen), EXACT) for form in ("NFC", "NFD"))
    promise.figure("{opened} of {n} passwords that differ in case, space or accent let in", opened=opened, n=len(others))
    assert opened == 0
    assert sign_in(visit, password=chosen.lower(), code=code_of(app, school.tremblay))[1].status_code == 422
    assert sign_in(visit, password=chosen, code=code_of(app, school.tremblay))[1].status_code == 303


def test_a_password_from_before_works_until_it_is_changed_and_then_letter_for_letter(app, school, visit):
    with app.test_request_context():
        old = db.session.get_one(Teacher, school.tremblay)
        old.password_hash, old.key_id = hash_secret("An Older Sentence"), KEY_ID
        db.session.commit()
    teacher, response = sign_in(visit, password="An Older Sentence", code=code_of(app, school.tremblay))
    assert response.status_code == 303
    teacher.token = teacher.client.get_cookie("balise").value
    assert teacher.post("/en/accounts/", {"present": "An Older Sentence", "password": "A Newer Sentence"}).status_code == 200
    with app.test_request_context():
        new = db.session.get_one(Teacher, school.tremblay)
        assert new.key_id == EXACT
        assert secret_fits(new.password_hash, "A Newer Sentence", new.key_id)
        assert not secret_fits(new.password_hash, "a newer sentence", new.key_id)
