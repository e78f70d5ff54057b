"""The class page: what is new, what is running, and the table, whole and in part."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from making import change, in_days, make_attempt, make_students, on_both
from sqlalchemy import insert, update

from app.accounts.models import Teacher
from app.classrooms.models import CHOSEN, Assignment, Classroom, SeatRule, Student
from app.classrooms.naming import name_of
from app.classrooms.queries import assign
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.progress.views.filters import Filter, choices, narrowed
from app.progress.views.matrix import columns_of, rows_of
from app.quizzes.models import Standing

IDLE_TABLE = 0.5, 2.0  # seconds for 35 x 20 and for 200 x 40 on an idle machine of two cores
YARDSTICK = 0.065  # seconds of processor time that `yardstick` takes there


def text_of(response) -> str:
    html = response.get_data(as_text=True)
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def class_text(visit, school, query="") -> str:
    return text_of(visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}{query}"))


def table_now(app, school):
    with app.test_request_context("/en/"):
        app.preprocess_request()
        classroom = db.session.get_one(Classroom, school.class_6b)
        columns = columns_of(classroom)
        return columns, {r.student_id: r for r in rows_of(classroom, columns)}


# --- who it is given to --------------------------------------------------------------------------------------------


@on_both
def test_a_lesson_for_a_group_or_for_chosen_students_is_not_given_to_the_others(app, school, visit):
    change(app, Student, school.amy, group_number=2)
    change(app, Assignment, school.assignment, for_group=2)
    _columns, rows = table_now(app, school)
    assert [rows[s].cells[0].standing for s in (school.amy, school.min)] == ["not_yet", "not_given"]
    assert "Lesson 8: not given" in visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}").get_data(as_text=True)

    change(app, Assignment, school.assignment, for_group=CHOSEN)
    with app.test_request_context(method="POST"):
        db.session.add(SeatRule(assignment_id=school.assignment, student_id=school.min, given=True))
        db.session.commit()
    _columns, rows = table_now(app, school)
    assert [rows[s].cells[0].standing for s in (school.amy, school.min)] == ["not_given", "not_yet"]


def test_what_is_not_given_gives_no_reason_no_next_step_and_counts_nowhere(app, school, visit):
    clock.shift = timedelta(days=6)  # most of the time has gone
    change(app, Assignment, school.assignment, for_group=2)
    change(app, Student, school.amy, group_number=2)
    _columns, rows = table_now(app, school)
    assert [bool(rows[s].reasons) for s in (school.amy, school.min)] == [True, False]
    assert (rows[school.min].group, rows[school.min].next_step) == ("on_track", "Nothing needed")
    assert "Finished: 0. Started: 0. Not yet: 1." in class_text(visit, school)


def test_answers_from_before_a_lesson_was_given_to_others_no_longer_show(app, school):
    with app.test_request_context(method="POST"):
        make_attempt(school.min, school.assignment, right=0)
    change(app, Assignment, school.assignment, for_group=5)
    _columns, rows = table_now(app, school)
    assert rows[school.min].cells[0].standing == "not_given"
    assert rows[school.min].finished_on == [None]


# --- what is new, what is running ------------------------------------------------------------------------------------


def test_nothing_is_said_of_news_while_no_earlier_sign_in_is_known(app, school, visit):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
    assert "handed in something" not in class_text(visit, school)
    assert "Since " not in class_text(visit, school)


@on_both
def test_what_is_new_since_the_teacher_last_signed_in(app, school, visit):
    with app.test_request_context(method="POST"):
        extra = make_students(school.class_6b, 3)
    change(app, Teacher, school.tremblay, before_on=in_days(-1))
    change(app, Assignment, school.assignment, due_on=in_days(-1))
    assert "Nothing new was handed in." in class_text(visit, school)
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
        make_attempt(extra[0], school.assignment, answered=2)  # not handed in
        second = assign(db.session.get_one(Classroom, school.class_6b), library().lessons[0].slug, in_days(-2), None)
        db.session.commit()
        make_attempt(school.min, second.id)
    said = class_text(visit, school)
    assert "2 students handed in something, 1 of them late." in said
    assert "finished everything" not in said
    with app.test_request_context(method="POST"):
        make_attempt(school.min, school.assignment)
    assert "1 of them has now finished everything." in class_text(visit, school)
    # The day before counts no longer once it lies before the last sign-in but one.
    clock.shift = timedelta(days=3)
    change(app, Teacher, school.tremblay, before_on=in_days(-1))
    assert "Nothing new was handed in." in class_text(visit, school)


def test_the_day_of_the_last_sign_in_has_its_name_in_every_language(app, school, visit):
    change(app, Teacher, school.tremblay, before_on=in_days(-1))
    day = in_days(-1)
    wanted = {"en": f"{day:%A}", "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")[day.weekday()],
              "ko": "월화수목금토일"[day.weekday()] + "요일"}  # fmt: skip
    for locale, name in wanted.items():
        assert name in text_of(visit("Ms Tremblay").get(f"/{locale}/progress/{school.class_6b}")), locale


def test_what_is_running_is_counted_and_what_is_over_is_not(app, school, visit):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
        classroom = db.session.get_one(Classroom, school.class_6b)
        assign(classroom, library().lessons[0].slug, in_days(3), in_days(9))
        db.session.commit()
    said = class_text(visit, school)
    assert "Finished: 1. Started: 0. Not yet: 1." in said
    assert "Next: lesson 0 opens on" in said
    change(app, Assignment, school.assignment, due_on=in_days(-1))
    assert "Finished: 1." not in class_text(visit, school)


def test_the_list_of_classes_says_who_might_need_a_hand_and_what_is_due(app, school, visit, statements):
    teacher = visit("Ms Tremblay")

    def listed() -> str:
        return text_of(teacher.get("/en/classrooms/"))

    assert "might need a hand" not in listed()
    change(app, Assignment, school.assignment, due_on=in_days(6))
    assert "1 lesson to finish within 7 days" in listed()
    clock.shift = timedelta(days=6)
    teacher = visit("Ms Tremblay")
    assert "2 might need a hand" in listed()
    counts = []
    for extra in (0, 5):
        with app.test_request_context(method="POST"):
            for n in range(extra):
                from app.classrooms.queries import make_classroom

                made = make_classroom(school.tremblay, f"Room {n}", "B", "en", "America/Toronto", 30, in_days(90))
                given = assign(made, library().lessons[1].slug, in_days(-1), in_days(3))
                db.session.commit()
                make_attempt(make_students(made.id, 2, 10 * n)[0], given.id)
        with statements() as seen:
            teacher.get("/en/classrooms/", check=False)
        counts.append(len(seen))
    assert counts[0] <= counts[1] <= counts[0] + 1, "one more where some class has changed since"


# --- a part of the table -----------------------------------------------------------------------------------------------


@pytest.fixture
def sixteen(app, school):
    """Four groups of four, two lessons of two units in two weeks, answers in two languages. Commits; ids of the students."""
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        ids = [school.amy, school.min, *make_students(school.class_6b, 14)]
        for n, student_id in enumerate(ids):
            db.session.get_one(Student, student_id).group_number = n % 4
        other = next(x for x in library().lessons if x.unit != library().lesson("sextortion").unit)
        given = assign(classroom, other.slug, in_days(-16), in_days(-9))
        db.session.commit()
        for n, student_id in enumerate(ids):
            if n % 3:
                make_attempt(student_id, school.assignment, right=n % 7)
            if n % 5:
                make_attempt(student_id, given.id, right=(2 * n) % 7, answered=None if n % 2 else 3)
        db.session.execute(update(Standing).values(locale="en"))
        db.session.execute(update(Standing).where(Standing.student_id.in_(ids[:6])).values(locale="fr"))
        db.session.commit()
        return ids, other


def test_the_table_can_be_sifted_by_group_lesson_unit_week_and_language(app, school, visit, sixteen):
    ids, other = sixteen
    columns, rows = table_now(app, school)
    with app.test_request_context("/en/"):
        app.preprocess_request()
        offered = choices(columns, list(rows.values()))
        assert [value for value, _words in offered["group"]] == ["1", "2", "3", "0"]
        assert [value for value, _words in offered["language"]] == ["en", "fr"]
        assert len(offered["week"]) == 2
        assert {other.unit, str(other.number)} <= {value for value, _words in offered["lesson"]}

        def left(**wanted):
            shown_columns, shown_rows = narrowed(columns, list(rows.values()), Filter(**wanted))
            return [c.lesson.slug for c in shown_columns], [r.student_id for r in shown_rows]

        assert left(group="1") == ([other.slug, "sextortion"], [i for n, i in enumerate(ids) if n % 4 == 1])
        assert left(group="0")[1] == ids[::4]
        assert left(lesson=other.unit) == left(lesson=str(other.number)) == ([other.slug], ids)
        assert left(week=offered["week"][1][0])[0] == ["sextortion"]
        french = [i for n, i in enumerate(ids) if n < 6 and n % 3]
        assert left(lesson="8", language="fr") == (["sextortion"], french)


def test_the_choice_stands_in_the_address_and_works_without_script(app, school, visit, sixteen):
    _ids, other = sixteen
    page = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}?group=1&lesson={other.unit}")
    html = page.get_data(as_text=True)
    assert '<option value="1" selected>' in html
    assert f'<option value="{other.unit}" selected>' in html
    assert "4 of 16 students." in text_of(page)
    # Links to the files, to names hidden and to the other languages keep it.
    for link in (f"/en/progress/{school.class_6b}/results.xlsx?", f"/fr/progress/{school.class_6b}?", f"/en/progress/{school.class_6b}?"):
        found = re.findall(re.escape(link) + r'[^"]*', html)
        assert any("group=1" in x and f"lesson={other.unit}" in x for x in found), link


def test_an_odd_choice_shows_everything_and_one_that_fits_nobody_says_so(app, school, visit, sixteen):
    assert "Shown:" not in class_text(visit, school, "?group=77&lesson=nothing&week=2020-01-01&language=xx")
    said = class_text(visit, school, "?week=" + monday(in_days(-16)) + "&lesson=8")
    assert "No students match these filters." in said
    assert "Show everything" in said


def monday(day) -> str:
    return (day - timedelta(day.weekday())).isoformat()


def test_a_part_of_the_table_says_of_a_student_what_the_whole_table_says(app, school, visit, sixteen):
    _ids, other = sixteen
    teacher = visit("Ms Tremblay")

    def reasons(query):
        html = teacher.get(f"/en/progress/{school.class_6b}{query}").get_data(as_text=True)
        return re.findall(r'<th scope="row">(.*?)</th>', html), re.findall(r"<small>(.*?) <button", html)

    assert reasons("") == reasons(f"?lesson={other.number}")


def test_every_heading_says_what_it_means_and_the_table_can_be_walked_by_keyboard(app, school, visit):
    html = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}").get_data(as_text=True)
    heads = re.findall(r"<th scope=\"col\".*?</th>", html, re.S)
    assert len(heads) == 3
    assert all("/numbers#" in head or "aria-describedby" in head for head in heads)
    assert 'id="mean-lesson"' in html
    assert 'id="mean-next"' in html


# --- how much it takes -----------------------------------------------------------------------------------------------


def fill_class(app, school, students: int, lessons: int) -> None:
    """A class of this size in which most have handed in most, some of them three times, in groups. Commits."""
    have = library()
    more = [
        replace(x, slug=f"{x.slug}-{n}", number=x.number + n * len(have.lessons)) for n in range(1, 4) for x in have.lessons
    ]  # there are not that many lessons: others under further names
    app.extensions["balise.library"] = replace(have, lessons=(*have.lessons, *more))
    ids = make_students(school.class_6b, students - 2)
    db.session.execute(update(Student).where(Student.id % 3 == 0).values(group_number=1))
    classroom = db.session.get_one(Classroom, school.class_6b)
    db.session.delete(db.session.get_one(Assignment, school.assignment))
    db.session.flush()
    rows = []
    for place, lesson in enumerate(library().lessons[:lessons]):
        given = assign(classroom, lesson.slug, in_days(-7 * (lessons - place)), in_days(-7 * (lessons - place) + 9))
        given.for_group = 1 if place % 9 == 4 else 0
        for n, student_id in enumerate(ids):
            if (n + place) % 11 == 0:
                continue
            right, tries = (3 * n + place) % 8, 3 if (n + 2 * place) % 37 == 0 else 1
            rows.append(
                {"assignment_id": given.id, "student_id": student_id, "tries": tries, "answered": 7, "total": 7, "best_right": right,
                 "best_counted": 7, "last_right": right, "last_counted": 7, "finished_on": in_days(-2), "locale": "fr"}
            )  # fmt: skip
    db.session.execute(insert(Standing), rows)
    db.session.commit()


def yardstick() -> float:
    """Seconds of processor time for a fixed piece of work of the same kind: look-ups, comparisons, joined texts."""
    start = time.process_time()
    found = {}
    for n in range(120_000):
        found[n % 997, n % 13] = f"{n}:{n % 7}"
    assert len("".join(sorted(found.values()))) > 1000
    return time.process_time() - start


@pytest.mark.parametrize(("students", "lessons", "most"), [(35, 20, IDLE_TABLE[0]), (200, 40, IDLE_TABLE[1])])
def test_a_large_class_takes_as_few_statements_as_a_small_one_and_little_time(app, school, visit, statements, students, lessons, most):
    with app.test_request_context(method="POST"):
        fill_class(app, school, students, lessons)
        # Counts of first answers, and a third sitting, so that every statement there is is needed.
        make_attempt(school.amy, db.session.query(Assignment.id).filter_by(classroom_id=school.class_6b).first()[0], right=4)
    teacher = visit("Ms Tremblay")
    teacher.get(f"/ko/progress/{school.class_6b}", check=False)  # templates and texts are read
    measured = []
    for hidden in ("", "?names=0", "?group=1"):  # each is made anew
        with statements() as seen:
            scale = yardstick()
            start = time.process_time()
            response = teacher.get(f"/en/progress/{school.class_6b}{hidden}", check=False)
            measured.append((time.process_time() - start) * YARDSTICK / max(scale, YARDSTICK))
        assert response.status_code == 200
        assert len(seen) <= 8, "\n".join(seen)
    print(f"{students} x {lessons}: {min(measured):.3f} s of {most} s, {len(response.data)} bytes")
    assert min(measured) < most
    html = teacher.get(f"/en/progress/{school.class_6b}", check=False).get_data(as_text=True)
    assert html.count('<th scope="row">') == students
    assert html.count("<td data-n=") == students * lessons


def test_names_stay_hidden_where_the_table_is_sifted_printed_or_put_aside(app, school, visit, sixteen):
    ids, _other = sixteen
    html = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}?names=0&group=1").get_data(as_text=True)
    with app.test_request_context():
        names = [name_of(s.first, s.second, "en") for s in db.session.query(Student).filter(Student.id.in_(ids))]
    assert not [name for name in names if name in html]
    assert "Student 2" in html
