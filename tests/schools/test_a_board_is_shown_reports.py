from __future__ import annotations

import csv
import io
import json
import random
import zipfile

import pytest
from making import colleague, make_students, on_both
from sqlalchemy import func, select, update

from app.accounts.models import Board, Membership, School, Teacher
from app.classrooms.models import Assignment, Classroom
from app.classrooms.queries import assign, make_classroom
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.before_after import AFTER, BEFORE
from app.quizzes.models import Answer, Attempt, Standing
from app.schools.models import Report
from app.schools.reporting import body_of, make_report

LESSON = "sextortion"


def finish(assignment_id, students, right, counted=6, locale="en", days_ago=3):
    """Results as a finished sitting leaves them. Commits."""
    day = clock.today() - clock.timedelta(days=days_ago)
    for place, student in enumerate(students):
        db.session.add(
            Standing(
                assignment_id=assignment_id, student_id=student, tries=1, answered=counted, total=counted, best_right=right(place),
                best_counted=counted, last_right=0, last_counted=counted, finished_on=day, locale=locale,
            )
        )  # fmt: skip
    db.session.commit()


def over(assignment_id, days_ago=2):
    db.session.execute(
        update(Assignment).where(Assignment.id == assignment_id).values(due_on=clock.today() - clock.timedelta(days=days_ago))
    )


def another_class(school, label="6C", lesson=LESSON, days_ago=2, size=20, school_id=None, start=200):
    """(assignment, students) of a further class with a lesson that is over, taught at Harbour School."""
    place = school_id or db.session.get_one(Membership, school.tremblay).school_id
    teacher = colleague(db.session.get_one(Teacher, school.tremblay), f"Ms {label}", place)
    made = make_classroom(teacher.id, label, "B", "en", "America/Toronto", 60, clock.today() + clock.timedelta(days=100))
    given = assign(made, lesson, clock.today() - clock.timedelta(days=9), clock.today() - clock.timedelta(days=days_ago))
    return given.id, make_students(made.id, size, start=start)


def a_board() -> Board:
    return db.session.scalars(select(Board).order_by(Board.id)).first()


def make(app, days=0):
    """A report as the board person would make it, so many days later; its body."""
    clock.shift = clock.timedelta(days=days)
    with app.test_request_context(method="POST"):
        made = make_report(a_board())
        db.session.commit()
        return body_of(made) if made else None


@pytest.fixture
def one_lesson(app, school):
    """A lesson that is over in two classes: 30 and 20 students finished, 35 of them solid, 15 getting there."""
    with app.test_request_context(method="POST"):
        over(school.assignment)
        finish(school.assignment, make_students(school.class_6b, 30), lambda n: 6 if n < 20 else 4)
        given, students = another_class(school)
        finish(given, students, lambda n: 5 if n < 15 else 3, locale="fr")


@on_both
def test_a_report_tells_of_each_lesson_in_bands(app, school, one_lesson, visit):
    body = make(app)
    (row,) = body["lessons"]
    assert (row["lesson"], row["age_group"], row["students"]) == (LESSON, "B", [50, 99])
    # 35 of 50 are solid, 15 getting there, nobody below half: that last one is held back, and one beside it.
    assert row["solid"] == [50, 75]
    assert row["below_half"] is None
    assert body["people"]["students"] == [50, 99]
    assert {r["language"]: r["students"] for r in body["people"]["languages"]} == {"en": [25, 49], "fr": [10, 24], "ko": None}
    assert body["people"]["schools"] == [{"school": "Harbour School", "students": [50, 99]}]


@on_both
def test_only_what_is_over_in_the_boards_own_schools_and_done_in_time_counts(app, school):
    with app.test_request_context(method="POST"):
        finish(school.assignment, make_students(school.class_6b, 30), lambda n: 6)  # still running
        finish(school.assignment_other, make_students(school.class_other, 30), lambda n: 6)  # another board's school
        over(school.assignment_other)
        given, students = another_class(school)
        finish(given, students[:9], lambda n: 6)
        finish(given, students[9:], lambda n: 6, days_ago=1)  # after the last day
    assert make(app)["lessons"] == []


def test_a_class_by_another_clock_ends_when_its_own_day_ends(app, school, monkeypatch):
    with app.test_request_context(method="POST"):
        given, students = another_class(school, days_ago=0)
        finish(given, students, lambda n: 4, days_ago=0)
        room = db.session.get_one(Classroom, db.session.get_one(Assignment, given).classroom_id)
        room.timezone = "America/Toronto"
        day = db.session.get_one(Assignment, given).due_on
        db.session.commit()
    from datetime import UTC, datetime

    for hour, lines in ((3, 0), (6, 1)):  # the day after, by universal time: 22:00 and 1:00 in Toronto (in winter)
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + clock.timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        with app.test_request_context(method="POST"):
            db.session.query(Report).delete()
            assert len(body_of(make_report(a_board()))["lessons"]) == lines
            db.session.rollback()


@on_both
def test_the_next_report_comes_after_28_days_and_repeats_what_has_not_ten_more(app, school, one_lesson):
    first = make(app)
    assert make(app, days=27) is None
    with app.test_request_context(method="POST"):
        given, students = another_class(school, label="6D", size=9, start=300)
        finish(given, students, lambda n: 1)
    second = make(app, days=28)
    assert second["lessons"] == first["lessons"]
    assert second["people"] == first["people"]
    clock.shift = clock.timedelta(days=50)
    with app.test_request_context(method="POST"):
        given, students = another_class(school, label="6E", size=15, start=400)
        finish(given, students, lambda n: 1)
    third = make(app, days=56)
    (row,) = third["lessons"]
    assert row["students"] == [10, 24], "the nine who waited and the fifteen: new people only"
    assert row["counted_on"] != first["lessons"][0]["counted_on"]
    assert row["solid"] is None


def test_a_lesson_moved_to_a_later_day_is_not_counted_again(app, school, one_lesson):
    first = make(app)
    with app.test_request_context(method="POST"):
        db.session.execute(update(Assignment).values(due_on=clock.today() + clock.timedelta(days=20)))
        db.session.commit()
    assert make(app, days=40)["lessons"] == first["lessons"]
    assert make(app, days=80)["lessons"] == first["lessons"]


def test_a_figure_is_repeated_for_a_year(app, school, one_lesson):
    make(app)
    assert len(make(app, days=364)["lessons"]) == 1
    assert make(app, days=364 + 28)["lessons"] == []


@on_both
def test_before_and_after_tells_the_mean_gain_of_those_with_both_checks(app, school, one_lesson):
    with app.test_request_context(method="POST"):
        items = [i.id for i in library().lesson(LESSON).quiz.items if not i.sensitive][:4]
        students = db.session.scalars(select(Standing.student_id).where(Standing.assignment_id == school.assignment)).all()
        for n, student in enumerate(students):
            for nth, right in ((BEFORE, 1), (AFTER, 2)) if n < 25 else ((BEFORE, 1),):
                uuid = f"00000000-0000-4000-8000-{student:06d}{nth + 1:06d}"
                db.session.add(Attempt(uuid=uuid, student_id=student, assignment_id=school.assignment, nth=nth, items=" ".join(items), content_version="x", started_on=clock.today(), finished_on=clock.today()))  # fmt: skip
                db.session.flush()
                for place, item in enumerate(items):
                    db.session.add(Answer(student_id=student, attempt_uuid=uuid, item_id=item, choice="x", right=place < right, answered_on=clock.today()))  # fmt: skip
        db.session.commit()
    (row,) = make(app)["lessons"]
    assert row["pairs"] == [25, 49], "25 of 50 took both; five took one"
    assert row["gain"] == [25, None], "one question of four more"


@on_both
def test_no_class_teacher_or_student_is_in_a_report(app, school, one_lesson):
    with app.test_request_context(method="POST"):
        make_report(a_board())
        db.session.commit()
        report = db.session.scalars(select(Report)).one()
        families = db.session.scalars(select(Assignment.family_code)).all()
    for word in ("6B", "6C", "Tremblay", "tremblay", *families):
        assert word not in report.body, word
    keys = set(json.loads(report.body))
    assert keys == {"format", "board", "made_on", "k", "content_version", "lessons", "people", "definitions", "limits", "held_back", "counted"}  # fmt: skip


@on_both
def test_a_board_person_makes_reads_and_downloads_a_report(app, school, one_lesson, visit):
    person = visit("Mr Board")
    assert person.post("/en/boards/reports/new", {}).status_code == 422, "not without saying so"
    made = person.post("/en/boards/reports/new", {"sure": "y"})
    assert made.status_code == 303
    for locale, words in (("en", ("50 to 99", "50% to 75%", "held back")), ("fr", ("50 à 99",)), ("ko", ("50~99",))):
        html = person.get(made.headers["Location"].replace("/en/", f"/{locale}/")).get_data(as_text=True)
        for word in words:
            assert word in html.replace("\u00a0", " ").replace("\u202f", " "), word
    again = person.post("/en/boards/reports/new", {"sure": "y"})
    assert again.status_code == 422
    assert "too early" in again.get_data(as_text=True)
    assert "Make the report</button>" not in person.get("/en/boards/").get_data(as_text=True)
    with app.test_request_context():
        assert db.session.scalar(select(func.count()).select_from(Report)) == 1


def pack_of(person, address) -> bytes:
    response = person.get(address)
    assert response.mimetype == "application/zip"
    return response.data


@on_both
def test_the_evidence_pack_is_the_same_bytes_whenever_and_in_whatever_language(app, school, one_lesson, visit, monkeypatch):
    person = visit("Mr Board")
    address = person.post("/en/boards/reports/new", {"sure": "y"}).headers["Location"] + "/evidence.zip"
    first = pack_of(person, address)
    monkeypatch.setattr("app.schools.definitions.frozen", dict)  # what was frozen is not asked for again
    clock.shift = clock.timedelta(minutes=5)
    assert pack_of(person, address) == first == pack_of(person, address.replace("/en/", "/ko/"))
    files = zipfile.ZipFile(io.BytesIO(first))
    body = json.loads(files.read("report.json"))
    assert set(files.namelist()) == {"report.json", "lessons.csv", "languages.csv", "schools.csv", "definitions.csv", "limits.csv", "held_back.csv", "about.csv"}  # fmt: skip
    assert (body["k"], "counted" in body) == (10, False)
    with app.test_request_context():
        assert body["content_version"] == library().version[:16]
    assert {"students", "solid", "gain", "bands", "held_back"} <= set(body["definitions"])
    assert all(term["formula"] and all(term["meaning"].values()) for term in body["definitions"].values())
    for name in files.namelist():
        if name.endswith(".csv"):
            raw = files.read(name)
            assert raw.startswith(b"\xef\xbb\xbf")
            assert raw.count(b"\r\n") == raw.count(b"\n")
    lines = list(csv.DictReader(io.StringIO(files.read("lessons.csv").decode("utf-8-sig"))))
    assert (lines[0]["students_from"], lines[0]["students_to"], lines[0]["solid_from"]) == ("50", "99", "50")
    held = list(csv.DictReader(io.StringIO(files.read("held_back.csv").decode("utf-8-sig"))))
    assert {"table": "languages", "row": "ko", "figure": "students"} in held


def test_a_schools_name_is_no_formula_in_the_pack(app, school, one_lesson, visit):
    with app.test_request_context(method="POST"):
        db.session.execute(update(School).values(label='=HYPERLINK("x")'))
        db.session.commit()
    person = visit("Mr Board")
    address = person.post("/en/boards/reports/new", {"sure": "y"}).headers["Location"] + "/evidence.zip"
    files = zipfile.ZipFile(io.BytesIO(pack_of(person, address)))
    assert "\"'=HYPERLINK" in files.read("schools.csv").decode()


@pytest.mark.parametrize("who", ["Ms Tremblay", "Ms Lead", "Mr Other"])
def test_reports_are_not_there_for_anybody_else(app, school, one_lesson, visit, who):
    with app.test_request_context(method="POST"):
        made = make_report(a_board()).id
        db.session.commit()
    for address in ("/en/boards/", f"/en/boards/reports/{made}", f"/en/boards/reports/{made}/evidence.zip"):
        assert visit(who).get(address).status_code == 404
    assert visit(who).post("/en/boards/reports/new", {"sure": "y"}).status_code == 404
    assert visit("Mr Board").get(f"/en/boards/reports/{made}").status_code == 200


def test_a_board_is_led_to_its_reports_and_sees_no_class(app, school, visit):
    person = visit("Mr Board")
    assert person.get("/en/accounts/sign-in").headers["Location"] == "/en/boards/"
    html = person.get("/en/boards/").get_data(as_text=True)
    assert 'href="/en/classrooms/"' not in html
    for address in (f"/en/classrooms/{school.class_6b}", f"/en/progress/{school.class_6b}", "/en/schools/"):
        assert person.get(address).status_code == 404


def test_a_report_of_a_large_board_takes_few_statements(app, school, statements):
    dice = random.Random(1)
    with app.test_request_context(method="POST"):
        for n in range(12):
            given, students = another_class(school, label=f"R{n}", lesson=library().lessons[n % 5].slug, size=25, start=100 * n)
            finish(given, students, lambda _n: dice.choice((2, 4, 5, 6)))
    with app.test_request_context(method="POST"), statements() as seen:
        body = body_of(make_report(a_board()))
        db.session.commit()
    assert len(body["lessons"]) == 5
    assert len(seen) <= 9, "\n".join(seen)
