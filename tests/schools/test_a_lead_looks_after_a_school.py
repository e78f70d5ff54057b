from __future__ import annotations

import re
from datetime import date

import pytest
from making import change, colleague, make_students, on_both
from sqlalchemy import select

from app import running
from app.accounts.models import Invitation, Membership, Teacher
from app.accounts.queries import email_hash, invite
from app.classrooms.models import Classroom
from app.classrooms.queries import erase_ended_classes
from app.core import clock
from app.core.db import db
from app.core.keys import fingerprint

PAGES = ("/en/schools/", "/en/schools/year-end")


def main_of(page) -> str:
    return page.get_data(as_text=True).split("<main", 1)[1].split("</main>", 1)[0]


def harbour(school) -> int:
    return db.session.get_one(Membership, school.tremblay).school_id


def new_colleague(app, school, name="Ms Roy") -> int:
    with app.test_request_context(method="POST"):
        made = colleague(db.session.get_one(Teacher, school.tremblay), name, harbour(school)).id
        db.session.commit()
        return made


@on_both
def test_a_lead_sees_teachers_and_classes_and_nothing_of_students(app, school, visit):
    with app.test_request_context(method="POST"):
        make_students(school.class_6b, 3)
    html = main_of(visit("Ms Lead").get("/en/schools/"))
    for text in ("Harbour School", "Ms Tremblay", "6B", "5 students", "12 to 14 years"):
        assert text in html
    assert "Mr Other" not in html
    assert "7A" not in html
    with app.test_request_context():
        from app.classrooms.naming import name_of

        assert name_of(1, 1, "en") not in html


def test_the_month_of_the_last_sign_in_is_told_and_not_the_day(app, school, visit):
    change(app, Teacher, school.tremblay, signed_in_on=date(2026, 11, 19))
    page = main_of(visit("Ms Lead").get("/en/schools/"))
    assert "last here in November 2026" in page
    assert not re.search(r"November 19|2026-11-19", page)
    assert "2026년 11월" in main_of(visit("Ms Lead").get("/ko/schools/"))
    assert "novembre 2026" in main_of(visit("Ms Lead").get("/fr/schools/"))


@pytest.mark.parametrize("who", ["Ms Tremblay", "Mr Other", "Mr Board"])
def test_the_school_is_not_there_for_anybody_else(visit, who):
    for address in PAGES:
        assert visit(who).get(address).status_code == 404


@pytest.mark.promise("A-2")
def test_a_lead_cannot_see_inside_a_class_of_somebody_else(school, visit):
    lead = visit("Ms Lead")
    for address in ("classrooms/{}", "classrooms/{}/edit", "classrooms/{}/cards", "progress/{}", "progress/{}/results.csv"):
        assert lead.get("/en/" + address.format(school.class_6b)).status_code == 404, address


@on_both
def test_a_lead_invites_a_teacher_by_a_link_that_is_shown_once(app, school, visit):
    lead = visit("Ms Lead")
    page = lead.post("/en/schools/invite", {"email": "ms.roy@school.example"}).get_data(as_text=True)
    token = re.search(r"accounts/invitation/([\w-]+)", page)[1]
    assert token not in lead.get("/en/schools/").get_data(as_text=True)
    with app.test_request_context():
        row = db.session.get_one(Invitation, fingerprint(token))
        assert (row.role, row.school_id, row.email_hash) == ("teacher", harbour(school), email_hash("ms.roy@school.example"))
    assert visit().get(f"/fr/accounts/invitation/{token}").status_code == 200


def test_whoever_accepts_belongs_to_the_school(app, school, visit):
    page = visit("Ms Lead").post("/en/schools/invite", {"email": "ms.roy@school.example"}).get_data(as_text=True)
    token = re.search(r"accounts/invitation/([\w-]+)", page)[1]
    from app.accounts.queries import totp_secret

    with app.test_request_context():
        secret = totp_secret(fingerprint(token)[:32])
    import pyotp

    form = {"email": "ms.roy@school.example", "name": "Ms Roy", "password": "lantern otter harbour", "code": pyotp.TOTP(secret).now()}
    assert visit().post(f"/en/accounts/invitation/{token}", form).status_code == 303
    with app.test_request_context():
        made = db.session.scalars(select(Teacher).where(Teacher.display_name == "Ms Roy")).one()
        assert db.session.get_one(Membership, made.id).school_id == harbour(school)
    assert "Ms Roy" in main_of(visit("Ms Lead").get("/en/schools/"))


@pytest.mark.parametrize("address", ["tremblay@school.example", "Other@School.Example", "lead@school.example"])
@pytest.mark.promise("A-6")
def test_a_lead_gets_no_link_that_would_open_an_account_that_exists(app, visit, address):
    """With such a link the lead could sign in as that teacher and see inside their classes."""
    with app.test_request_context(method="POST"):
        other = db.session.scalars(select(Teacher).where(Teacher.email_hash == email_hash(address))).one()
        other.disabled = address.startswith("Other")  # a shut account as little as an open one
        db.session.commit()
    page = visit("Ms Lead").post("/en/schools/invite", {"email": address})
    assert page.status_code == 422
    assert "has an account already" in page.get_data(as_text=True)
    assert "invitation/" not in page.get_data(as_text=True)
    with app.test_request_context():
        assert db.session.scalars(select(Invitation)).all() == []


def test_a_half_typed_address_is_asked_for_again(visit):
    for typed in ("", "roy", "roy@", "@school.example", "a b@school.example"):
        page = visit("Ms Lead").post("/en/schools/invite", {"email": typed})
        assert page.status_code == 422
        assert 'class="errsum"' in page.get_data(as_text=True)


@on_both
@pytest.mark.promise("A-5")
def test_closing_an_account_signs_out_at_once_and_the_classes_stay(app, school, visit):
    tremblay, lead = visit("Ms Tremblay"), visit("Ms Lead")
    address = f"/en/schools/teachers/{school.tremblay}/close"
    assert "6B" in lead.get(address).get_data(as_text=True)
    assert lead.post(address, {}).status_code == 422, "not without saying so"
    assert tremblay.get("/en/classrooms/").status_code == 200
    assert lead.post(address, {"sure": "y"}).status_code == 303
    refused = [tremblay.get("/en/classrooms/", check=False).status_code for _ in range(100)]
    assert refused == [303] * 100
    html = main_of(lead.get("/en/schools/"))
    assert "closed" in html
    assert "6B" in html
    assert lead.get(address).status_code == 404, "nothing is left to close"


@on_both
@pytest.mark.promise("A-5")
@pytest.mark.parametrize("erased", [False, True])
def test_a_link_given_out_before_opens_no_account_that_was_shut_since(app, school, visit, erased, monkeypatch):
    with app.test_request_context(method="POST"):
        token, other = invite("tremblay@school.example"), invite("roy@school.example")
        db.session.commit()
    assert visit().get(f"/en/accounts/invitation/{token}").status_code == 200
    if erased:
        monkeypatch.setattr(running, "site", lambda: (None, app))
        assert running.close_teacher("tremblay@school.example", erase=True) == 0
    else:
        assert visit("Ms Lead").post(f"/en/schools/teachers/{school.tremblay}/close", {"sure": "y"}).status_code == 303
    assert visit().get(f"/en/accounts/invitation/{token}").status_code == 404
    assert visit().get(f"/en/accounts/invitation/{other}").status_code == 200, "nobody else’s"
    if not erased:
        with app.test_request_context(method="POST"):
            later = invite("tremblay@school.example")
            db.session.commit()
        assert visit().get(f"/en/accounts/invitation/{later}").status_code == 200, "one that is made afterwards opens it again"


def test_a_lead_closes_neither_a_lead_nor_somebody_of_another_school(app, school, visit):
    other_lead = new_colleague(app, school, "Ms Second")
    change(app, Membership, other_lead, role="lead")
    for person in (school.lead, school.other, school.board, other_lead, 99999):
        address = f"/en/schools/teachers/{person}/close"
        assert visit("Ms Lead").get(address).status_code == 404
        assert visit("Ms Lead").post(address, {"sure": "y"}).status_code == 404
    with app.test_request_context():
        assert not any(db.session.scalars(select(Teacher.disabled)))


@on_both
@pytest.mark.promise("A-5")
def test_a_class_that_is_handed_over_changes_hands_at_once(app, school, visit):
    roy = new_colleague(app, school)
    old, new, lead = visit("Ms Tremblay"), visit(), visit("Ms Lead")
    new.sign_in("teacher", roy)
    address, page = f"/en/schools/classes/{school.class_6b}/hand-over", f"/en/progress/{school.class_6b}"
    assert (old.get(page).status_code, new.get(page).status_code) == (200, 404)
    assert lead.post(address, {"teacher": str(roy)}).status_code == 422, "not without saying so"
    assert lead.post(address, {"teacher": str(roy), "sure": "y"}).status_code == 303
    assert (old.get(page).status_code, new.get(page).status_code) == (404, 200)
    assert visit("Amy").get("/en/my-lessons").status_code == 200


def test_a_class_is_handed_only_to_an_open_account_of_the_same_school(app, school, visit):
    closed = new_colleague(app, school, "Mr Closed")
    change(app, Teacher, closed, disabled=True)
    lead, address = visit("Ms Lead"), f"/en/schools/classes/{school.class_6b}/hand-over"
    html = main_of(lead.get(address))
    assert "Mr Closed" not in html
    assert "Mr Other" not in html
    for person in (closed, school.other, school.tremblay, school.board, 99999, "x"):
        assert lead.post(address, {"teacher": str(person), "sure": "y"}).status_code == 422
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_6b).teacher_id == school.tremblay


def test_another_schools_class_is_not_there(app, school, visit):
    address = f"/en/schools/classes/{school.class_other}/hand-over"
    assert visit("Ms Lead").get(address).status_code == 404
    assert visit("Ms Lead").post(address, {"teacher": str(school.lead), "sure": "y"}).status_code == 404
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_other).teacher_id == school.other


@on_both
@pytest.mark.promise("P-3")
def test_the_end_of_the_year_says_what_goes_when_and_changes_nothing_before(app, school, visit):
    lead, last = visit("Ms Lead"), clock.today() + clock.timedelta(days=5)
    form = {"classes": str(school.class_6b), "last_day": last.isoformat()}
    with app.test_request_context():
        before = db.session.get_one(Classroom, school.class_6b).ends_on
    page = lead.post("/en/schools/year-end", form)
    assert page.status_code == 200
    gone = last + clock.timedelta(days=31)
    assert f"{gone:%B} {gone.day}, {gone.year}" in page.get_data(as_text=True)
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_6b).ends_on == before
    done = lead.post("/en/schools/year-end", {**form, "sure": "1"})
    assert done.status_code == 303
    assert "1 class has a new last day" in lead.get(done.headers["Location"]).get_data(as_text=True)
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_6b).ends_on == last
    for days, left in ((35, 1), (36, 0)):
        clock.shift = clock.timedelta(days=days)
        with app.test_request_context(method="POST"):
            erase_ended_classes()
            db.session.commit()
            assert len(db.session.scalars(select(Classroom).where(Classroom.id == school.class_6b)).all()) == left, f"day {days}"


def test_a_year_end_never_makes_a_class_live_longer_and_touches_no_other_school(app, school, visit):
    change(app, Classroom, school.class_6b, ends_on=clock.today() + clock.timedelta(days=3))
    with app.test_request_context():
        other = db.session.get_one(Classroom, school.class_other).ends_on
    form = {"last_day": (clock.today() + clock.timedelta(days=90)).isoformat(), "sure": "1"}
    lead = visit("Ms Lead")
    assert lead.post("/en/schools/year-end", {**form, "classes": str(school.class_6b)}).status_code == 303
    assert lead.post("/en/schools/year-end", {**form, "classes": str(school.class_other)}).status_code == 422
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_6b).ends_on == clock.today() + clock.timedelta(days=3)
        assert db.session.get_one(Classroom, school.class_other).ends_on == other


def test_a_year_end_wants_a_class_and_a_day_that_can_be(visit, school):
    good = {"classes": str(school.class_6b), "last_day": clock.today().isoformat()}
    for wrong in ({"classes": ""}, {"last_day": ""}, {"last_day": "2020-01-01"}, {"last_day": "2999-01-01"}, {"last_day": "soon"}):
        assert visit("Ms Lead").post("/en/schools/year-end", {**good, **wrong}).status_code == 422, wrong


@pytest.mark.promise("A-5")
def test_who_is_no_lead_any_more_is_none_with_the_next_request(app, school, visit):
    lead = visit("Ms Lead")
    assert lead.get("/en/schools/").status_code == 200
    change(app, Membership, school.lead, role="teacher")
    assert [lead.get("/en/schools/", check=False).status_code for _ in range(100)] == [404] * 100
    assert "/en/schools/" not in lead.get("/en/classrooms/").get_data(as_text=True)


def test_the_menu_leads_a_lead_to_the_school_also_from_pages_that_are_kept(app, school, visit):
    change(app, Classroom, school.class_6b, teacher_id=school.lead)
    lead = visit("Ms Lead")
    for address in (f"/en/progress/{school.class_6b}", "/en/classrooms/"):
        assert 'href="/en/schools/"' in lead.get(address).get_data(as_text=True), address
    change(app, Classroom, school.class_6b, teacher_id=school.tremblay)
    assert 'href="/en/schools/"' not in visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}").get_data(as_text=True)


def test_the_page_of_a_school_takes_the_same_statements_for_one_class_and_for_many(app, school, visit, statements):
    lead = visit("Ms Lead")

    def count():
        with statements() as seen:
            lead.get("/en/schools/", check=False)
        return len(seen)

    before = count()
    with app.test_request_context(method="POST"):
        from app.classrooms.queries import make_classroom

        for n in range(40):
            teacher = colleague(db.session.get_one(Teacher, school.tremblay), f"Ms No{n}", harbour(school))
            make_classroom(teacher.id, f"Room {n}", "B", "en", "America/Toronto", 30, clock.today() + clock.timedelta(days=90))
        db.session.commit()
    assert count() == before <= 6
