"""What a class chose: counted once for each student, never with the seat, shown five students at a time."""

from __future__ import annotations

import re

import pytest
from making import AMY, change, make_students, on_both
from sqlalchemy import inspect, select, text
from visiting import Visitor, lasting

from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import erase_classroom, remove_student
from app.core.db import db
from app.practice.models import PracticeCount, Practised
from app.practice.queries import counts_in, waiting_in

TOLD = "0.0.0.0.0.k012.n"  # the longest way without a detour; ends told
OPEN = "0.0.2.0.0.1.0.1"  # camera on for two seconds, tells nobody yet
COUNT = "/en/lessons/7/practice/1/count"


def finish(visitor, path=TOLD, status=303):
    response = visitor.post(COUNT, {"path": path}, check=False)
    assert response.status_code == status
    return response


def stored(app):
    with app.test_request_context():
        return {(c.scene, c.choice): (c.n, c.shown) for c in db.session.scalars(select(PracticeCount))}


@pytest.fixture
def pupils(app, school):
    """Twelve more students of 6B, each in a browser of their own."""

    def signed_in(student_id):
        visitor = Visitor(app, school)
        visitor.sign_in("student", student_id)
        return visitor

    with app.test_request_context():
        ids = make_students(school.class_6b, 12)
        db.session.commit()
    change(app, Assignment, school.assignment, lesson_slug="pressure")
    return [signed_in(student_id) for student_id in ids]


def shown_to(visit, school, who="Ms Tremblay", locale="en"):
    return visit(who).get(f"/{locale}/practice/{school.class_6b}").get_data(as_text=True)


@on_both
def test_a_way_is_counted_once_for_each_student(app, visit):
    amy = visit("Amy")
    for path in (TOLD, OPEN, TOLD):
        finish(amy, path)
    counts = stored(app)
    assert counts["", ""] == counts["", "told"] == (1, 0)
    assert counts["cam", ""] == counts["cam", "no"] == (1, 0)
    assert ("cam", "on") not in counts
    assert counts["saved", "messages"] == counts["saved", "name"] == (1, 0)
    with app.test_request_context():
        assert len(db.session.scalars(select(Practised)).all()) == 1


@on_both
@pytest.mark.promise("F-9")
def test_nothing_is_shown_before_five_and_then_five_at_a_time(app, school, visit, pupils):
    pages = []
    for n, pupil in enumerate(pupils, 1):
        finish(pupil, OPEN if n % 2 else TOLD)
        counts = stored(app)
        assert counts["", ""][0] == n
        assert counts["", ""][1] == 5 * (n // 5), "the story moves with every fifth student"
        for (scene, choice), (_now, shown) in counts.items():
            if choice == "" and shown:
                assert shown >= 5, scene
        pages.append(lasting(shown_to(visit, school)))
    assert "<dd>5</dd>" not in pages[3]
    assert all("<dd>5</dd>" in page for page in pages[4:9])
    assert pages[4] == pages[5] == pages[6] == pages[7] == pages[8], "two looks tell nothing of those between"
    assert pages[9] == pages[10] == pages[11] != pages[8]


@pytest.mark.promise("F-9")
def test_no_scene_moves_by_fewer_than_five(app, visit, pupils):
    """Scenes off the usual way wait longer: otherwise one student of five would stand alone in the difference."""
    before: dict[tuple[str, str], int] = {}
    for n, pupil in enumerate(pupils):
        finish(pupil, "0.1.2.n" if n % 3 == 0 else TOLD)
        now = {key: shown for key, (_n, shown) in stored(app).items()}
        for (scene, choice), shown in now.items():
            if choice == "" and shown != before.get((scene, choice), 0):
                assert shown - before.get((scene, choice), 0) >= 5
        before = now
    assert before["there", ""] == 0, "four went there"


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_the_teacher_sees_shares_and_how_many_reached_telling(app, school, visit, pupils, locale):
    for n, pupil in enumerate(pupils[:10]):
        finish(pupil, TOLD if n < 6 else OPEN)
    html = shown_to(visit, school, locale=locale)
    assert "<dd>10</dd>" in html
    assert re.search(r"<dd>(?:10[^<]*<small>[^<]*6|6 <small>)", html), "six of ten"
    cam = html.split('id="scene-7-1-cam"')[1].split("</article>")[0]
    assert [int(n) for n in re.findall(r'<span aria-hidden="true">(\d+)</span>', cam)] == [6, 0, 4, 0]
    for name in pupils:
        assert "Moon" not in html, name


def test_another_teacher_cannot_tell_that_the_class_exists(school, visit):
    assert visit("Mr Other").get(f"/en/practice/{school.class_6b}").status_code == 404


def test_the_page_is_a_bounded_number_of_statements(app, school, visit, pupils, statements):
    for pupil in pupils[:6]:
        finish(pupil)
    teacher = visit("Ms Tremblay")
    teacher.get(f"/en/practice/{school.class_6b}")
    with statements() as seen:
        teacher.get(f"/en/practice/{school.class_6b}")
    assert len(seen) <= 7, seen
    with statements() as seen:
        finish(pupils[7])
    assert len(seen) <= 8, seen


@pytest.mark.parametrize("path", ["", "0", "0.0.0", "9", TOLD + ".n", "p1", "<b>", TOLD.replace("k012", "k99")])
def test_only_a_whole_way_is_counted(app, visit, path):
    finish(visit("Amy"), path, status=400)
    assert stored(app) == {}


def test_visitors_and_teachers_count_nowhere(app, visit):
    assert visit("Ms Tremblay").post(COUNT, {"path": TOLD}, check=False).status_code == 403
    assert visit().post(COUNT, {"path": TOLD}, check=False).status_code != 303 or stored(app) == {}
    assert stored(app) == {}


def test_students_are_told_what_their_teacher_sees_and_may_leave_it(visit):
    html = visit("Amy").post("/en/lessons/7/practice/1", {"path": TOLD, "go": ""}).get_data(as_text=True)
    assert COUNT in html
    assert "nobody sees what you chose" in html
    assert "Finish without adding them" in html


@on_both
@pytest.mark.promise("F-9")
def test_no_row_says_who_chose_what(app):
    with app.test_request_context():
        columns = {t: {c["name"] for c in inspect(db.session.connection()).get_columns(t)} for t in ("practice_counts", "practised")}
    assert "student_id" not in columns["practice_counts"]
    assert columns["practised"] == {"student_id", "lesson_slug", "activity_id"}


@on_both
def test_counts_go_with_the_class_and_the_mark_with_the_seat(app, school, visit):
    finish(visit("Amy"))
    with app.test_request_context():
        seat = db.session.scalars(select(Student).where(Student.classroom_id == school.class_6b, Student.first == AMY[0])).one()
        remove_student(seat)
        db.session.commit()
        assert db.session.scalars(select(Practised)).all() == []
        assert stored(app)["", ""] == (1, 0)
        erase_classroom(db.session.get(Classroom, school.class_6b))
        db.session.commit()
        assert db.session.execute(text("SELECT count(*) FROM practice_counts")).scalar() == 0


@on_both
@pytest.mark.promise("A-8", "F-9")
def test_what_another_class_chose_is_never_among_the_counts(app, school):
    with app.test_request_context():
        for classroom_id, scene in ((school.class_6b, "hello"), (school.class_other, "move")):
            for at, choice in ((scene, "thanks"), ("", "")):
                row = {"classroom_id": classroom_id, "lesson_slug": "pressure", "activity_id": f"chat-{classroom_id}"}
                db.session.add(PracticeCount(**row, scene=at, choice=choice, n=7, shown=5))
        db.session.commit()
        for classroom_id, scene, other in ((school.class_6b, "hello", "move"), (school.class_other, "move", "hello")):
            counts = str(counts_in(classroom_id))
            assert scene in counts
            assert other not in counts
            assert f"chat-{classroom_id}" in str(waiting_in(classroom_id))
            assert f"chat-{school.class_6b + school.class_other - classroom_id}" not in str(waiting_in(classroom_id))
