"""Why a student might need a hand: in words beside the name, gone by itself, put aside until something new happens."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from making import change, in_days, make_attempt, on_both

from app.classrooms.models import Assignment, Classroom, SeatRule
from app.classrooms.queries import assign
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.progress import Reason
from app.progress.models import Dismissal
from app.progress.queries import read_classes
from app.progress.views.matrix import columns_of, rows_of


def row_of(app, school, student_id):
    with app.test_request_context("/en/"):
        app.preprocess_request()
        classroom = db.session.get_one(Classroom, school.class_6b)
        return next(r for r in rows_of(classroom, columns_of(classroom)) if r.student_id == student_id)


def reasons(app, school, student_id=None):
    return [(why.reason, why.assignment_id) for why in row_of(app, school, student_id or school.min).reasons]


@pytest.fixture
def lessons(app, school):
    """Three more lessons for 6B, open since yesterday and without a last day, of the fewest graded questions first. Commits; ids."""
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        fitting = [x for x in library().lessons if "B" in x.bands and x.slug != "sextortion"][:3]
        made = [assign(classroom, x.slug, in_days(-3), None) for x in fitting]
        db.session.commit()
        return [m.id for m in made]


def sit(app, student_id, assignment_id, right, nth=1):
    with app.test_request_context(method="POST"):
        make_attempt(student_id, assignment_id, right=right, nth=nth)


def counted(app, school, assignment_id):
    with app.test_request_context():
        return next(s.best_counted for s in read_classes([school.class_6b]).standings if s.assignment_id == assignment_id)


# --- the reasons -----------------------------------------------------------------------------------------------------


def test_low_takes_eight_graded_questions_and_goes_with_one_good_quiz(app, school, lessons):
    sit(app, school.min, lessons[0], right=0)
    assert counted(app, school, lessons[0]) < 8
    assert reasons(app, school) == [], "one quiz of fewer than eight graded questions names nobody"
    sit(app, school.min, lessons[1], right=0)
    assert reasons(app, school) == [(Reason.LOW, lessons[1])]
    assert "in the last 2 quizzes handed in" in row_of(app, school, school.min).reasons[0].words
    sit(app, school.min, lessons[2], right=8)
    assert reasons(app, school) == []


def test_a_better_try_ends_low_because_the_best_try_counts(app, school, lessons):
    for given in lessons[:2]:
        sit(app, school.min, given, right=0)
    assert reasons(app, school) == [(Reason.LOW, lessons[1])]
    sit(app, school.min, lessons[1], right=8, nth=2)
    assert reasons(app, school) == []


def test_a_cell_that_could_use_a_hand_has_its_reason_beside_the_name(app, school):
    for nth in (1, 2):
        sit(app, school.min, school.assignment, right=1, nth=nth)
    row = row_of(app, school, school.min)
    assert (row.cells[0].standing, row.group) == ("hand", "hand")
    assert [why.reason for why in row.reasons] == [Reason.TWICE]
    assert "in 2 tries" in row.reasons[0].words


@on_both
def test_the_same_question_wrong_three_times_running(app, school, lessons):
    for nth in (1, 2):
        sit(app, school.min, lessons[0], right=0, nth=nth)
    assert Reason.SAME_QUESTION not in dict(reasons(app, school))
    sit(app, school.min, lessons[0], right=0, nth=3)
    assert (Reason.SAME_QUESTION, lessons[0]) in reasons(app, school)
    assert not row_of(app, school, school.amy).reasons
    sit(app, school.min, lessons[0], right=8, nth=4)
    assert reasons(app, school) == [], "it clears itself on success"


def test_a_third_sitting_that_is_under_way_counts_and_the_checks_before_and_after_do_not(app, school, lessons):
    for nth in (1, 2):
        sit(app, school.min, lessons[0], right=0, nth=nth)
    with app.test_request_context(method="POST"):
        uuid = make_attempt(school.min, lessons[0], right=0, nth=3, answered=6)
    assert Reason.SAME_QUESTION in dict(reasons(app, school))
    with app.test_request_context(method="POST"):
        from app.quizzes.models import Attempt

        db.session.get_one(Attempt, uuid).nth = 0  # as if it were the check before
        db.session.commit()
    assert Reason.SAME_QUESTION not in dict(reasons(app, school))


@on_both
def test_answers_to_sensitive_questions_never_count(app, school, lessons):
    with app.test_request_context():
        slug = db.session.get_one(Assignment, lessons[0]).lesson_slug
        lesson = library().lesson(slug)
    private = replace(lesson, quiz=replace(lesson.quiz, items=tuple(replace(i, sensitive=True) for i in lesson.quiz.items)))
    everything = app.extensions["balise.library"]
    app.extensions["balise.library"] = replace(everything, lessons=tuple(private if x is lesson else x for x in everything.lessons))
    for nth in (1, 2, 3, 4):
        sit(app, school.min, lessons[0], right=0, nth=nth)
    row = row_of(app, school, school.min)
    assert (row.reasons, row.put_aside, row.group) == ([], [], "on_the_way")
    app.extensions["balise.library"] = everything
    for nth in (1, 2, 3):
        sit(app, school.amy, lessons[0], right=0, nth=nth)
    assert row_of(app, school, school.amy).reasons, "the same answers to other questions do count"


def test_more_time_for_one_student_moves_the_day_for_that_student_alone(app, school):
    clock.shift = timedelta(days=9)
    assert "its last day has passed" in row_of(app, school, school.min).reasons[0].words
    with app.test_request_context(method="POST"):
        db.session.add(SeatRule(assignment_id=school.assignment, student_id=school.min, open_until=in_days(20)))
        db.session.commit()
    assert reasons(app, school) == []
    assert reasons(app, school, school.amy) == [(Reason.UNTOUCHED, school.assignment)]


def test_the_words_never_diagnose(visit, school):
    clock.shift = timedelta(days=9)
    forbidden = {"en": r"\b(weak|poor|struggling|at risk|failing|lagging|lazy)\b", "fr": r"\b(faibles?|nul|à risque|échec|paresseux)\b",
                 "ko": r"(부진|위험군|뒤처|못하는|게으)"}  # fmt: skip
    for locale, words in forbidden.items():
        teacher = visit("Ms Tremblay")
        for address in (f"/{locale}/progress/{school.class_6b}", f"/{locale}/numbers", f"/{locale}/classrooms/"):
            html = teacher.get(address).get_data(as_text=True)
            found = re.search(words, re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]), re.IGNORECASE)
            assert not found, (address, found.group())


# --- put aside -------------------------------------------------------------------------------------------------------


def class_page(visit, school, who="Ms Tremblay"):
    return visit(who).get(f"/en/progress/{school.class_6b}").get_data(as_text=True)


def offered(html) -> list[str]:
    """The reasons that the page offers to put aside."""
    return re.findall(r'form="put-aside" name="reason" value="([^"]+)"', html)


def put_aside(visit, school, reason, who="Ms Tremblay", address="put-aside", classroom=None):
    return visit(who).post(f"/en/progress/{classroom or school.class_6b}/{address}", {"reason": reason})


@on_both
def test_a_reason_is_put_aside_until_something_new_happens(app, school, visit):
    for nth in (1, 2):
        sit(app, school.min, school.assignment, right=1, nth=nth)
    (reason,) = offered(class_page(visit, school))
    assert put_aside(visit, school, reason).status_code == 303
    row = row_of(app, school, school.min)
    assert ([why.reason for why in row.put_aside], row.reasons, row.group) == ([Reason.TWICE], [], "on_the_way")
    html = class_page(visit, school)
    assert not offered(html)
    assert "Put aside (1), show" in html
    assert "Nobody seems stuck" in html
    # Another low try is something new.
    sit(app, school.min, school.assignment, right=1, nth=3)
    assert Reason.TWICE in [why.reason for why in row_of(app, school, school.min).reasons]
    assert any(".twice.3" in value for value in offered(class_page(visit, school)))


@on_both
def test_a_reason_put_aside_can_be_taken_back(app, school, visit):
    for nth in (1, 2):
        sit(app, school.min, school.assignment, right=1, nth=nth)
    (reason,) = offered(class_page(visit, school))
    put_aside(visit, school, reason)
    (kept,) = re.findall(r'class="btn-text" name="reason" value="([^"]+)"', class_page(visit, school))
    assert put_aside(visit, school, kept, address="take-back").status_code == 303
    assert offered(class_page(visit, school)) == [reason]
    with app.test_request_context():
        assert db.session.query(Dismissal).count() == 0


def test_what_came_in_after_the_page_was_made_counts_as_new(app, school, visit):
    for nth in (1, 2):
        sit(app, school.min, school.assignment, right=1, nth=nth)
    (reason,) = offered(class_page(visit, school))
    sit(app, school.min, school.assignment, right=1, nth=3)  # while the teacher was reading
    put_aside(visit, school, reason)
    assert Reason.TWICE in [why.reason for why in row_of(app, school, school.min).reasons]


def test_success_ends_a_reason_that_was_put_aside_and_new_trouble_shows_again(app, school, visit, lessons):
    for nth in (1, 2, 3):
        sit(app, school.min, lessons[0], right=0, nth=nth)
    value = next(v for v in offered(class_page(visit, school)) if ".same_question." in v)
    put_aside(visit, school, value)
    assert Reason.SAME_QUESTION in [why.reason for why in row_of(app, school, school.min).put_aside]
    sit(app, school.min, lessons[0], right=8, nth=4)
    assert row_of(app, school, school.min).put_aside == []
    for nth in (5, 6, 7):
        sit(app, school.min, lessons[0], right=0, nth=nth)
    assert Reason.SAME_QUESTION in [why.reason for why in row_of(app, school, school.min).reasons]


def test_lessons_not_begun_are_one_line_and_a_later_last_day_is_new(app, school, visit, lessons):
    with app.test_request_context(method="POST"):
        for given in lessons:
            db.session.get_one(Assignment, given).due_on = in_days(1)
        db.session.commit()
    clock.shift = timedelta(days=4)
    html = class_page(visit, school)
    assert re.search(r"Lessons \d+, \d+, \d+: not begun, and the last days have passed\.", html)
    value = next(v for v in offered(html) if v.startswith(f"{school.min}."))
    assert value.count(".untouched.") == 3
    put_aside(visit, school, value)
    assert reasons(app, school) == []
    with app.test_request_context(method="POST"):
        db.session.get_one(Assignment, lessons[0]).due_on = in_days(-1)
        db.session.commit()
    assert reasons(app, school) == [(Reason.UNTOUCHED, lessons[0])]


def test_nobody_puts_aside_what_is_not_theirs(app, school, visit):
    clock.shift = timedelta(days=9)
    mine = offered(class_page(visit, school))
    theirs = f"{school.lee}.{school.assignment_other}.untouched.1"
    assert mine
    assert put_aside(visit, school, mine[0], who="Mr Other").status_code == 404
    assert put_aside(visit, school, theirs).status_code == 404
    for odd in ("", "x", "1.2.3", "1.1.untouched.-1", f"{school.min}.1.untouched.9999999999", "1.1.untouched.1 " * 3):
        assert put_aside(visit, school, odd).status_code == 400, odd
    # A reason that does not hold, and a lesson of another class: nothing is kept.
    for gone in (f"{school.min}.{school.assignment}.low.5", f"{school.min}.{school.assignment_other}.untouched.5"):
        assert put_aside(visit, school, gone).status_code == 303
    with app.test_request_context():
        assert db.session.query(Dismissal).count() == 0


def test_what_was_put_aside_goes_with_the_student_and_with_the_lesson(app, school, visit):
    clock.shift = timedelta(days=9)
    for value in offered(class_page(visit, school)):
        put_aside(visit, school, value)
    with app.test_request_context(method="POST"):
        assert {d.student_id for d in db.session.query(Dismissal)} == {school.amy, school.min}
        from app.classrooms.queries import remove_student, student_in

        remove_student(student_in(school.class_6b, school.min))
        db.session.commit()
        assert {d.student_id for d in db.session.query(Dismissal)} == {school.amy}
        db.session.delete(db.session.get_one(Assignment, school.assignment))
        db.session.commit()
        assert db.session.query(Dismissal).count() == 0


def test_putting_aside_keeps_the_choice_of_the_table_and_hidden_names(school, visit):
    clock.shift = timedelta(days=9)
    teacher = visit("Ms Tremblay")
    html = teacher.get(f"/en/progress/{school.class_6b}?names=0&lesson=8").get_data(as_text=True)
    action = re.search(r'id="put-aside" method="post" action="([^"]+)"', html).group(1).replace("&amp;", "&")
    response = teacher.post(action, {"reason": offered(html)[0]})
    assert {"names=0", "lesson=8"} <= set(response.headers["Location"].split("?")[1].partition("#")[0].split("&"))


def test_a_lesson_that_has_not_opened_yet_is_nobodys_next_step(app, school):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=9)
        made = assign(db.session.get_one(Classroom, school.class_6b), "webcams", in_days(5), in_days(9))
        number, made_id = library().lesson("webcams").number, made.id
        db.session.commit()
    row = row_of(app, school, school.amy)
    assert (row.group, row.next_step) == ("on_track", "Nothing needed")
    change(app, Assignment, made_id, opens_on=in_days(0))
    row = row_of(app, school, school.amy)
    assert (row.group, row.next_step) == ("on_the_way", f"Begin lesson {number}")
