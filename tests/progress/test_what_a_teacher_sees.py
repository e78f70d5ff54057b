from __future__ import annotations

import csv
import io
import re

from making import in_days, make_attempt, make_students, on_both

from app.classrooms.models import Assignment
from app.classrooms.queries import assign
from app.core import clock
from app.core.db import db
from app.core.library import library


def progress(school) -> str:
    return f"/en/progress/{school.class_6b}"


@on_both
def test_the_matrix_says_in_words_where_everybody_is(app, school, visit):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=6)
        make_attempt(school.min, school.assignment, right=0)
        make_attempt(school.min, school.assignment, right=0, nth=2)
    for locale in ("en", "fr", "ko"):
        html = visit("Ms Tremblay").get(f"/{locale}/progress/{school.class_6b}").get_data(as_text=True)
        assert html.count("<tr") >= 3


def test_one_low_try_is_not_a_label_and_a_good_one_clears_it(app, school, visit):
    from app.progress.views.matrix import columns_of, rows_of

    def group_of_min():
        with app.test_request_context():
            from app.classrooms.models import Classroom

            classroom = db.session.get_one(Classroom, school.class_6b)
            return next(r.group for r in rows_of(classroom, columns_of(classroom), False) if r.student_id == school.min)

    with app.test_request_context():
        make_attempt(school.min, school.assignment, right=0)
    assert group_of_min() == "on_the_way"
    with app.test_request_context():
        make_attempt(school.min, school.assignment, right=0, nth=2)
    assert group_of_min() == "hand"
    with app.test_request_context():
        make_attempt(school.min, school.assignment, right=6, nth=3)
    assert group_of_min() == "on_track"


def test_untouched_when_most_of_the_time_has_gone_is_said_with_the_reason(app, school, visit):
    assert "most of the time has gone" not in visit("Ms Tremblay").get(progress(school)).get_data(as_text=True)
    clock.shift = clock.timedelta(days=6)
    assert "most of the time has gone" in visit("Ms Tremblay").get(progress(school)).get_data(as_text=True)


def test_the_class_page_takes_at_most_eight_statements_however_much_was_answered(app, school, visit, statements):
    teacher = visit("Ms Tremblay")
    counts = []
    for start, extra in ((4, 6), (40, 30)):  # from five answers on there is an idea to talk about
        with app.test_request_context():
            for student_id in make_students(school.class_6b, extra, start):
                make_attempt(student_id, school.assignment, right=3)
        teacher.get("/en/settings")  # that the session is in use is noted once a minute, which may be now
        with statements() as seen:
            teacher.get(progress(school), check=False)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8, seen


@on_both
def test_questions_show_counts_and_ideas_but_nothing_under_five_answers(app, school, visit):
    teacher = visit("Ms Tremblay")
    address = f"/en/progress/{school.class_6b}/{school.assignment}"
    with app.test_request_context():
        students = make_students(school.class_6b, 5)
        for student_id in students[:4]:
            make_attempt(student_id, school.assignment, right=0)
    few = teacher.get(address).get_data(as_text=True)
    assert "Too few answers" in few
    summary = few.partition('<dl class="sumrow')[2].partition("</dl>")[0]
    assert re.findall("<dd>(.*?)</dd>", summary) == ["fewer than 5"], "nought would say that nobody had answered"
    with app.test_request_context():
        make_attempt(students[4], school.assignment, right=0)
    enough = teacher.get(address).get_data(as_text=True)
    assert "5 of 5 chose" in enough
    assert "Too few answers" not in enough


def test_screen_and_csv_give_the_same_numbers(app, school, visit):
    from app.classrooms.models import Classroom
    from app.progress.views.matrix import columns_of, rows_of

    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=4)
        classroom = db.session.get_one(Classroom, school.class_6b)
        shown = {r.name: r.cells[0] for r in rows_of(classroom, columns_of(classroom), False)}
    response = visit("Ms Tremblay").get(f"{progress(school)}/results.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))
    assert table[0][2:6] == ["Lesson 8", "Lesson 8 · right", "Lesson 8 · of how many", "Lesson 8 · handed in late"]
    for name, _group, _state, right, counted, _late, _day in table[1:]:
        assert (int(right or 0), int(counted or 0)) == (shown[name].right, shown[name].counted)
    html = visit("Ms Tremblay").get(progress(school)).get_data(as_text=True)
    assert all(name in html for name in shown)


def test_csv_in_korean_with_semicolons_opens_in_excel(app, school, visit):
    response = visit("Ms Tremblay").get(f"/ko/progress/{school.class_6b}/results.csv?separator=semicolon")
    text = response.data.decode("utf-8-sig")
    assert ";" in text.splitlines()[0]
    assert "\r\n" in text
    assert any("가" <= c <= "힣" for c in text)
    assert response.headers["Content-Disposition"].endswith(".csv")


def test_no_cell_of_the_csv_is_a_formula():
    from app.core.spreadsheets import safe

    for hostile in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "\0=1"):
        assert safe(hostile).startswith("'")
    assert safe("Moon Fox") == "Moon Fox"


def test_names_can_be_hidden_for_the_projector_by_the_server(app, school, visit):
    teacher = visit("Ms Tremblay")
    from app.classrooms.naming import name_of

    names = [name_of(1, 1, "en"), name_of(2, 2, "en")]
    assert all(n in teacher.get(progress(school)).get_data(as_text=True) for n in names)
    assert not any(n in teacher.get(f"{progress(school)}?names=0").get_data(as_text=True) for n in names)


def test_a_class_with_every_lesson_and_a_class_with_nothing_both_have_a_page(app, school, visit):
    teacher = visit("Ms Tremblay")
    with app.test_request_context():
        from app.classrooms.models import Classroom

        classroom = db.session.get_one(Classroom, school.class_6b)
        for lesson in library().lessons:
            assign(classroom, lesson.slug, in_days(0), None)
        db.session.commit()
    assert teacher.get(progress(school)).status_code == 200
    with app.test_request_context():
        db.session.query(Assignment).filter_by(classroom_id=school.class_6b).delete()
        db.session.commit()
    assert teacher.get(progress(school)).status_code == 200


def rows_now(app, school):
    from app.classrooms.models import Classroom
    from app.progress.views.matrix import columns_of, rows_of

    with app.test_request_context():
        classroom = db.session.get_one(Classroom, school.class_6b)
        return {r.student_id: r for r in rows_of(classroom, columns_of(classroom), False)}


def test_the_best_try_counts_in_the_cells_and_in_the_reasons(app, school):
    with app.test_request_context():
        make_attempt(school.min, school.assignment, right=6)
        make_attempt(school.min, school.assignment, right=0, nth=2)
    row = rows_now(app, school)[school.min]
    assert (row.cells[0].standing, row.group, row.reasons) == ("solid", "on_track", [])


def test_late_means_handed_in_late_and_what_was_not_handed_in_is_past_its_day(app, school, visit):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=6)
        db.session.get_one(Assignment, school.assignment).due_on = in_days(-1)
        db.session.commit()
    rows = rows_now(app, school)
    assert [rows[s].cells[0].late for s in (school.amy, school.min)] == [True, False]
    assert "its last day has passed" in rows[school.min].reasons[0].words
    html = visit("Ms Tremblay").get(progress(school)).get_data(as_text=True)
    assert "solid, handed in late" in html
    assert "not yet, and its last day has passed" in html
