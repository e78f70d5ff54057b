from __future__ import annotations

from datetime import timedelta

import pytest
from making import AMY, WORDS, in_days, make_attempt, on_both

from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.naming import name_of
from app.classrooms.queries import assign
from app.core.db import db
from app.core.i18n import show_day
from app.core.library import library

FORM = {"label": "Grade 8, room 12", "band": "B", "locale": "fr", "timezone": "America/Toronto", "seats": "28"}


@on_both
def test_a_teacher_makes_a_class_opens_the_door_and_closes_it(app, school, visit):
    teacher = visit("Ms Tremblay")
    made = teacher.post("/en/classrooms/new", {**FORM, "ends_on": in_days(90).isoformat()})
    assert made.status_code == 303
    address = made.headers["Location"]
    assert "Grade 8, room 12" in teacher.get(address).get_data(as_text=True)
    teacher.post(f"{address}/door", {"minutes": "30"})
    with app.test_request_context():
        assert db.session.query(Classroom).filter_by(label="Grade 8, room 12").one().door_open_until > 0
    teacher.post(f"{address}/door/close")
    with app.test_request_context():
        assert db.session.query(Classroom).filter_by(label="Grade 8, room 12").one().door_open_until == 0


@pytest.mark.parametrize(("locale", "zone"), [("en", "America/Toronto"), ("fr", "America/Toronto"), ("ko", "Asia/Seoul")])
def test_a_new_class_is_offered_the_days_and_help_of_where_its_language_is_spoken(school, visit, locale, zone):
    page = visit("Ms Tremblay").get(f"/{locale}/classrooms/new").get_data(as_text=True)
    assert f'selected value="{zone}"' in page


@pytest.mark.parametrize(
    "label", ["", "call me 514 555 0199", "snap: x@y", "see example.com", "https://evil.example", "x" * 41, "www.here", "ｅｖｉｌ．ｃｏｍ"]
)
@pytest.mark.promise("E-6")
def test_a_label_cannot_carry_contact_details(school, visit, label):
    response = visit("Ms Tremblay").post("/en/classrooms/new", {**FORM, "label": label, "ends_on": in_days(90).isoformat()})
    assert response.status_code == 422


def test_wrong_dates_and_numbers_are_refused_where_they_stand(school, visit):
    for change in ({"seats": "0"}, {"seats": "61"}, {"seats": "many"}, {"ends_on": "yesterday"}, {"ends_on": in_days(-1).isoformat()}, {"ends_on": in_days(400).isoformat()}, {"band": "Z"}, {"timezone": "Mars"}):  # fmt: skip
        response = visit("Ms Tremblay").post("/fr/classrooms/new", {**FORM, "ends_on": in_days(90).isoformat(), **change})
        assert response.status_code == 422, change
        assert "Grade 8, room 12" in response.get_data(as_text=True), "what was typed is still there"


def test_a_lesson_is_assigned_with_its_dates_and_can_be_changed_and_taken_back(app, school, visit):
    teacher = visit("Ms Tremblay")
    done = teacher.post(f"/en/classrooms/{school.class_6b}/assign", {"lesson": "webcams", "opens_on": in_days(0).isoformat(), "due_on": in_days(7).isoformat()})  # fmt: skip
    assert done.status_code == 303
    address = done.headers["Location"].partition("?")[0]
    twice = teacher.post(f"/en/classrooms/{school.class_6b}/assign", {"lesson": "webcams", "opens_on": in_days(0).isoformat()})
    assert twice.status_code == 422
    wrong = teacher.post(address, {"opens_on": in_days(3).isoformat(), "due_on": in_days(1).isoformat()})
    assert wrong.status_code == 422
    later = {"opens_on": in_days(1).isoformat(), "due_on": ""}
    assert teacher.post(address, later).status_code == 200, "asked first: two students see it today"
    assert teacher.post(address, {**later, "sure": "2"}).status_code == 303
    assert "webcams" not in visit("Amy").get("/en/my-lessons").get_data(as_text=True)
    assert teacher.post(f"{address}/remove", {"sure": "0"}).status_code == 303
    with app.test_request_context():
        assert db.session.query(Assignment).filter_by(classroom_id=school.class_6b).count() == 1


def test_a_lesson_that_has_not_opened_is_not_there_for_students(app, school, visit):
    with app.test_request_context():
        db.session.get_one(Assignment, school.assignment).opens_on = in_days(2)
        db.session.commit()
    amy = visit("Amy")
    assert amy.get(f"/en/lessons/assigned/{school.assignment}").status_code == 404
    assert amy.get(f"/en/quizzes/assigned/{school.assignment}").status_code == 404


@on_both
@pytest.mark.promise("K-5")
def test_removing_a_student_removes_every_row_about_them(app, school, visit):
    from sqlalchemy import text

    with app.test_request_context():
        make_attempt(school.amy, school.assignment)
    amy = visit("Amy")
    visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/students/{school.amy}/remove")
    with app.test_request_context():
        for table in ("attempts", "answers", "standings", "readings"):
            assert db.session.scalar(text(f"SELECT count(*) FROM {table} WHERE student_id = {school.amy}")) == 0, table
        assert db.session.get(Student, school.amy) is None
    assert b"word1" in amy.get("/en/my-lessons").data


@pytest.mark.promise("P-3")
def test_deleting_a_class_needs_its_name_typed(app, school, visit):
    teacher = visit("Ms Tremblay")
    assert teacher.post(f"/en/classrooms/{school.class_6b}/delete", {"label": "6"}).status_code == 422
    assert teacher.post(f"/en/classrooms/{school.class_6b}/delete", {"label": "6B"}).status_code == 303
    with app.test_request_context():
        assert db.session.get(Classroom, school.class_6b) is None
        assert db.session.get(Student, school.amy) is None


def test_a_new_code_closes_the_old_one(app, school, visit):
    visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/code")
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], **dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))}
    assert visit().post("/en/sign-in", form).status_code == 422


@pytest.mark.promise("A-4")
def test_posting_columns_that_are_not_in_the_form_changes_nothing(app, school, visit):
    with app.test_request_context():
        columns = [c.name for c in Classroom.__table__.columns]
    extra = {name: "2" for name in columns if name not in FORM and name != "ends_on"}
    teacher = visit("Ms Tremblay")
    teacher.post(f"/en/classrooms/{school.class_6b}/edit", {**FORM, **extra, "ends_on": in_days(50).isoformat()})
    with app.test_request_context():
        classroom = db.session.get_one(Classroom, school.class_6b)
        assert classroom.teacher_id == school.tremblay
        assert classroom.label == FORM["label"]
        assert len(classroom.code_seed) == 16
        assert classroom.ends_on - in_days(50) == timedelta(0)


@on_both
@pytest.mark.promise("K-7")
def test_a_class_is_deleted_30_days_after_its_end_and_not_before(app, school):
    from app.core import clock
    from app.running import tidy

    clock.shift = clock.timedelta(days=100 + 29)
    assert tidy(app) == 0
    clock.shift = clock.timedelta(days=100 + 33)
    assert tidy(app) == 2
    with app.test_request_context():
        assert db.session.query(Student).count() == db.session.query(Classroom).count() == 0


def test_after_assigning_the_teacher_reads_what_to_whom_and_until_when(app, school, visit):
    teacher = visit("Ms Tremblay")
    form = {"lesson": "webcams", "opens_on": in_days(0).isoformat(), "due_on": in_days(7).isoformat()}
    address = teacher.post(f"/en/classrooms/{school.class_6b}/assign", form).headers["Location"]
    html = teacher.get(address).get_data(as_text=True)
    with app.test_request_context("/en/"):
        last_day = show_day(in_days(7))
    assert "to 6B</h2>" in html
    assert "All 2 students" in html
    assert f"finish it by {last_day}" in html
    assert "/sheet" in html
    assert "/guides/family/" in html
    assert "to 6B</h2>" not in teacher.get(address.partition("?")[0]).get_data(as_text=True), "said once, not for ever"


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_the_student_sheet_says_how_to_join_and_names_nobody(app, school, visit, locale):
    html = visit("Ms Tremblay").get(f"/{locale}/classrooms/{school.class_6b}/assignments/{school.assignment}/sheet").get_data(as_text=True)
    sheet = html.split("<article", 1)[1].split("</article>")[0]
    assert f"{school.code_6b[:4]}\u00a0{school.code_6b[4:]}" in sheet
    assert f"/{locale}/join" in sheet
    assert "1-800-668-6868" in sheet.split("sheet-near")[1].split("</ul>")[0], "the class is in Canada, whatever the language"
    assert not [n for n in (AMY, (2, 2)) if name_of(*n, locale) in sheet]
    assert visit("Mr Other").get(f"/{locale}/classrooms/{school.class_6b}/assignments/{school.assignment}/sheet").status_code == 404


def test_a_full_class_tells_its_teacher_to_add_seats(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}"
    assert "Class full: add seats" not in teacher.get(address).get_data(as_text=True)
    with app.test_request_context():
        db.session.get_one(Classroom, school.class_6b).seats = 2
        db.session.commit()
    teacher.post(f"{address}/door", {"minutes": "30"})
    html = teacher.get(address).get_data(as_text=True)
    assert "Class full: add seats" in html
    assert f"{address}/edit#seats" in html


def test_assigning_is_not_offered_when_every_lesson_is_given(app, school, visit):
    teacher = visit("Ms Tremblay")
    pages = ("/en/classrooms/", f"/en/classrooms/{school.class_6b}", f"/en/progress/{school.class_6b}")
    link = f'href="/en/classrooms/{school.class_6b}/assign"'
    assert all(link in teacher.get(page).get_data(as_text=True) for page in pages)
    with app.test_request_context():
        classroom = db.session.get_one(Classroom, school.class_6b)
        for lesson in library().lessons:
            assign(classroom, lesson.slug, in_days(0), None)
        db.session.commit()
    assert not [page for page in pages if link in teacher.get(page).get_data(as_text=True)]


def test_a_student_whose_lesson_is_over_reads_that_it_can_still_be_finished(app, school, visit):
    assert "You can still finish it" not in visit("Amy").get("/en/my-lessons").get_data(as_text=True)
    with app.test_request_context():
        db.session.get_one(Assignment, school.assignment).due_on = in_days(-1)
        db.session.commit()
    for address in ("/en/my-lessons", f"/en/lessons/assigned/{school.assignment}"):
        html = visit("Amy").get(address).get_data(as_text=True)
        assert "You can still finish it" in html
        assert "Finish by" not in html
