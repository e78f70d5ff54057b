"""A class looks back: a few questions come again after about 1, 4 and 10 weeks, for whoever wants to, and nobody sees who did."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from making import LESSON, as_signed_in, change, make_attempt, make_students, on_both
from sqlalchemy import func, inspect, select
from visiting import Visitor, language_button, lasting

from app.boosters.models import Recall, RecallCount
from app.boosters.queries import counts_in, look_of, record_recall, switch_on, topics_of
from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import assign, assignments_of, erase_classroom, erase_ended_classes, remove_student, take_back
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.scoring import wrong_choices
from app.curriculum.spacing import OVER, Retained, next_class_day, round_on
from app.curriculum.statistics import Share
from app.quizzes.models import Answer

LOOK = "/en/boosters/look"
HOME = "/en/my-lessons"
OFFERED = "2 minutes"
HIDDEN = re.compile(r'<input type="hidden" name="(lesson|round|item)" value="([^"]+)">')
TUESDAY = 2


def of_class(school, locale="en"):
    return f"/{locale}/boosters/class/{school.class_6b}"


def switch(visit, school, day=TUESDAY, who="Ms Tremblay"):
    return visit(who).post(of_class(school), {"day": str(day)})


@pytest.fixture
def on(app, school, visit):
    """The class of Amy and Min looks back, on the day of the week that it is today; both have finished the lesson's questions today."""
    with app.test_request_context():
        weekday = min(clock.today("America/Toronto").isoweekday(), 5)
        for student in (school.amy, school.min):
            make_attempt(student, school.assignment, right=4)
    assert switch(visit, school, weekday).status_code == 303
    return weekday


def later(days):
    clock.shift = timedelta(days)


def today():
    return clock.today("America/Toronto")


def first_look(weekday):
    """In how many days the first look back is, for who has finished today."""
    return (next_class_day(today() + timedelta(4), weekday) - today()).days


def student(app, school, who):
    visitor = Visitor(app, school)
    visitor.sign_in("student", who)
    return visitor


def question(visitor, locale="en"):
    """What the page asks, as its form says it; empty where it asks nothing."""
    page = visitor.get(f"/{locale}/boosters/look")
    assert page.status_code == 200
    return dict(HIDDEN.findall(page.get_data(as_text=True).split("<main")[1]))


def item_of(app, form):
    with app.test_request_context():
        given = db.session.get_one(Assignment, int(form["lesson"]))
        return library().lesson(given.lesson_slug).quiz.item(form["item"])


def answer(app, visitor, form, right=True, locale="en", status=200):
    item = item_of(app, form)
    done = visitor.post(f"/{locale}/boosters/look", {**form, "choice": item.right if right else wrong_choices(item)[0]})
    assert done.status_code == status
    return done.get_data(as_text=True)


def look_back(app, visitor, right=True, locale="en"):
    """Everything that is asked now; the items."""
    asked = []
    while form := question(visitor, locale):
        answer(app, visitor, form, right, locale)
        asked.append(form["item"])
        assert len(asked) <= 3
    return asked


def rows(app, model):
    with app.test_request_context():
        return db.session.scalar(select(func.count()).select_from(model))


# --- over three months -----------------------------------------------------------------------------------------------------


def test_nothing_comes_back_unless_the_teacher_says_so(app, school, visit, statements):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment)
    for days in (0, 7, 9, 30, 75):
        later(days)
        amy = student(app, school, school.amy)
        assert OFFERED not in amy.get(HOME).get_data(as_text=True)
        assert question(amy) == {}
    with statements() as seen:
        amy.get(HOME)
    assert not [s for s in seen if "recalls" in s]


@on_both
def test_two_or_three_questions_come_back_after_about_one_four_and_ten_weeks(app, school, on):
    """Amy looks at her page every day for eighteen weeks, takes every look back, and is offered exactly three."""
    change(app, Classroom, school.class_6b, ends_on=today() + timedelta(200))
    looks, asked, weekdays = [], [], set()
    for day in range(126):
        later(day)
        amy = student(app, school, school.amy)
        if OFFERED not in amy.get(HOME, check=False).get_data(as_text=True):
            continue
        items = look_back(app, amy, right=day < 20)
        assert 2 <= len(items) <= 3
        assert OFFERED not in amy.get(HOME).get_data(as_text=True), "done for this week"
        looks.append(day)
        weekdays.add(today().isoweekday())  # now: reckoned back later, an hour of summer time may lie between
        asked += items
        for item in items:
            assert not library_item(app, item).sensitive
    assert len(looks) == 3
    assert 4 <= looks[0] <= 10
    assert 22 <= looks[1] <= 34
    assert 56 <= looks[2] <= 83
    assert weekdays == {on}, "on the class's day"
    assert rows(app, Recall) <= 5


def library_item(app, item_id):
    return app.extensions["balise.library"].lesson(LESSON).quiz.item(item_id)


@on_both
def test_after_long_holidays_there_is_one_short_look_and_no_heap(app, school, on):
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        classroom.ends_on = today() + timedelta(200)
        for slug in ("webcams", "pressure", "deepfakes"):
            given = assign(classroom, slug, today(), None)
            db.session.commit()
            make_attempt(school.amy, given.id, right=3)
    later(50)
    amy = student(app, school, school.amy)
    page = amy.get(HOME).get_data(as_text=True)
    assert page.count(OFFERED) == 1
    assert "3 questions" in page
    assert len(look_back(app, amy)) == 3
    assert OFFERED not in amy.get(HOME).get_data(as_text=True)
    later(OVER + 10)
    assert OFFERED not in student(app, school, school.amy).get(HOME).get_data(as_text=True), "what was not asked is dropped"


@pytest.mark.promise("F-10")
def test_nobody_can_tell_who_has_looked_back_and_who_has_left_it_out(app, school, visit, on):
    later(first_look(on) + 1)
    amy, tremblay = student(app, school, school.amy), visit("Ms Tremblay")
    addresses = (of_class(school), f"/en/progress/{school.class_6b}", f"/en/progress/{school.class_6b}/{school.assignment}/{school.amy}")
    before = [untokened(tremblay.get(address)) for address in addresses]
    assert look_back(app, amy)
    assert [untokened(tremblay.get(address)) for address in addresses] == before


def untokened(page):
    assert page.status_code == 200
    return lasting(page.get_data(as_text=True))


def test_a_class_that_has_ended_asks_nothing(app, school, on):
    change(app, Classroom, school.class_6b, ends_on=today() + timedelta(3))
    later(first_look(on))
    amy = student(app, school, school.amy)
    assert 'name="word1"' in amy.get(LOOK).get_data(as_text=True)


# --- answering -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_questions_and_what_is_said_to_answers_are_in_the_language_of_the_page(app, school, on, locale):
    later(first_look(on))
    amy = student(app, school, school.amy)
    for form in iter(lambda: question(amy, locale), {}):
        words = item_of(app, form).texts[locale]
        asked = amy.get(f"/{locale}/boosters/look").get_data(as_text=True)
        assert words.question in asked
        html = answer(app, amy, form, right=False, locale=locale)
        assert any(option.feedback in html for option in words.options.values() if option.feedback)
        assert f'href="/{locale}/boosters/look"' in html, "onward without a script"


def test_another_language_in_a_look_back_answers_nothing_and_loses_nothing(app, school, on):
    later(first_look(on))
    amy = student(app, school, school.amy)
    form = question(amy)
    item, before = item_of(app, form), rows(app, Recall)
    asked = amy.post("/fr/boosters/look", {**form, "choice": item.right, "language": "fr"})
    assert asked.status_code == 200
    assert f'name="choice" value="{item.right}" checked' in asked.get_data(as_text=True) or item.kind != "single"
    assert rows(app, Recall) == before
    address, sent = language_button(answer(app, amy, form), "ko")
    kept = rows(app, Recall)
    said = amy.post(address, {k: v for k, v in sent.items() if k != "csrf"})
    assert said.status_code == 200
    assert 'class="fb fb-yes"' in said.get_data(as_text=True)
    assert rows(app, Recall) == kept


@on_both
@pytest.mark.promise("I-4")
def test_sent_again_late_or_from_two_tabs_the_first_answer_counts(app, school, on):
    later(first_look(on))
    one, other = student(app, school, school.amy), student(app, school, school.amy)
    form = question(one)
    assert question(other) == form
    for visitor, right in ((one, True), (one, True), (other, False), (one, False)):
        answer(app, visitor, form, right)
    with app.test_request_context():
        (kept,), (count,) = db.session.scalars(select(Recall)).all(), db.session.scalars(select(RecallCount)).all()
        assert (count.n, count.right) == (1, 1)
        assert kept.stability > 3, "remembered as right"
    second = question(one)
    assert second["item"] != form["item"]
    later(first_look(on) + 24)
    again = student(app, school, school.amy)
    assert again.post(LOOK, {**form, "choice": item_of(app, form).right}).status_code == 303, "a page of three weeks ago"
    assert rows(app, RecallCount) == 1


@on_both
@pytest.mark.promise("I-4")
def test_two_answers_at_once_are_one(app, school, on):
    later(first_look(on))
    visitors = [student(app, school, school.amy) for _ in range(6)]
    form = question(visitors[0])
    barrier = threading.Barrier(len(visitors))

    def send(visitor):
        barrier.wait()
        answer(app, visitor, form)

    threads = [threading.Thread(target=send, args=(v,)) for v in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.test_request_context():
        (count,) = db.session.scalars(select(RecallCount)).all()
    assert (count.n, rows(app, Recall)) == (1, 1)


@on_both
@pytest.mark.promise("I-4")
def test_whoever_reads_an_old_state_does_not_write_over_a_new_one(app, school, on):
    """Two answers in transactions that overlap: the second was looked up before the first was kept."""
    later(first_look(on))
    with app.test_request_context(method="POST"):
        person = signed_in(school.amy)
        old = look_of(person).waiting[0]
        assert record_recall(person, old, 1, True, today())
        assert not record_recall(person, old, 1, False, today())
        db.session.commit()
        (kept,) = [t for t in topics_of(person) if t.objective == old.objective]
        later(first_look(on) + 24)
        assert record_recall(person, kept, 2, True, today())
        assert not record_recall(person, kept, 2, False, today())
        db.session.commit()
        assert [(c.nth, c.n, c.right) for c in db.session.scalars(select(RecallCount).order_by(RecallCount.nth))] == [(1, 1, 1), (2, 1, 1)]


def signed_in(student_id):
    from app.classrooms.queries import load_student

    found = load_student(db.connection, student_id)
    assert found is not None
    return found


@pytest.mark.parametrize("change_of", [{"item": "gone"}, {"lesson": "999999"}, {"round": "2"}, {"round": "x"}, {"lesson": ""}])
def test_a_form_that_was_never_ours_changes_nothing(app, school, on, change_of):
    later(first_look(on))
    amy = student(app, school, school.amy)
    form = {**question(amy), **change_of}
    assert amy.post(LOOK, {**form, "choice": "not-sure"}).status_code == 303
    assert rows(app, Recall) == 0


@pytest.mark.promise("I-5")
def test_nobody_answers_for_somebody_else(app, school, visit, on):
    later(first_look(on))
    form = question(student(app, school, school.amy))
    lee = student(app, school, school.lee)
    assert lee.post(LOOK, {**form, "choice": item_of(app, form).right}).status_code == 303
    with app.test_request_context():
        assert db.session.scalars(select(Recall)).all() == []


@pytest.mark.promise("A-2")
def test_what_others_have_finished_and_remember_is_no_part_of_ones_own_look(app, school, on):
    with app.test_request_context():
        (newcomer,) = make_students(school.class_6b, 1)
    later(first_look(on))
    look_back(app, student(app, school, school.min))
    assert question(student(app, school, newcomer)) == {}, "has finished nothing"
    amy = student(app, school, school.amy)
    assert "3 questions" in amy.get(HOME).get_data(as_text=True), "and not what Min has left"
    asked = question(amy)
    with app.test_request_context():
        make_attempt(school.min, school.assignment, nth=2)
    assert question(amy) == asked, "Min has met this one: Amy has not"
    assert len(look_back(app, amy)) == 3


def test_a_sensitive_question_is_not_taken_whatever_is_sent(app, school, on):
    later(first_look(on))
    amy = student(app, school, school.amy)
    form = question(amy)
    sensitive = next(i for i in app.extensions["balise.library"].lesson(LESSON).quiz.items if i.sensitive and "B" in i.bands)
    assert amy.post(LOOK, {**form, "item": sensitive.id, "choice": sensitive.right}).status_code == 303
    assert amy.post(LOOK, {**form, "choice": "pass"}).status_code == 400
    assert amy.post(LOOK, {**form, "choice": "what"}).status_code == 400
    assert rows(app, Recall) == 0


def test_nothing_chosen_is_said_and_asked_again(app, school, on):
    later(first_look(on))
    amy = student(app, school, school.amy)
    page = amy.post(LOOK, question(amy))
    assert page.status_code == 422
    assert 'role="alert"' in page.get_data(as_text=True)
    assert rows(app, Recall) == 0


def test_an_answer_sent_after_the_session_has_run_out_is_kept_for_whoever_began_it(app, school, on):
    later(first_look(on))
    amy = student(app, school, school.amy)
    form = question(amy)
    clock.shift += timedelta(minutes=40)
    page = amy.post(LOOK, {**form, "choice": item_of(app, form).right}).get_data(as_text=True)
    assert re.search(r'name="kept" value="\S{40,}"', page)


# --- what is kept ----------------------------------------------------------------------------------------------------------


@on_both
@pytest.mark.promise("F-10", "L-5")
def test_what_was_answered_stands_nowhere(app, school, on):
    before = rows(app, Answer)
    later(first_look(on))
    asked = look_back(app, student(app, school, school.amy))
    assert rows(app, Answer) == before
    columns = {c.name for c in inspect(Recall).columns}
    assert columns == {"student_id", "assignment_id", "objective", "stability", "difficulty", "last_on", "due_on"}
    with app.test_request_context():
        for row in db.session.scalars(select(Recall)):
            assert not {str(getattr(row, c)) for c in columns} & set(asked)
        assert "student_id" not in {c.name for c in inspect(RecallCount).columns}


@on_both
@pytest.mark.promise("F-10")
def test_switching_off_deletes_what_is_kept_with_the_seats_and_asks_nobody_twice(app, school, visit, on):
    later(first_look(on))
    look_back(app, student(app, school, school.amy))
    counted, kept = rows(app, RecallCount), rows(app, Recall)
    assert kept == counted >= 2
    assert switch(visit, school, 0).status_code == 303
    assert (rows(app, Recall), rows(app, RecallCount)) == (0, counted)
    assert question(student(app, school, school.min)) == {}
    assert switch(visit, school, on).status_code == 303
    assert question(student(app, school, school.amy)) == {}, "counted before"
    later(first_look(on) + 28)
    assert question(student(app, school, school.amy)), "the next round comes"


@on_both
@pytest.mark.promise("K-5")
@pytest.mark.parametrize("what", ["seat", "lesson", "class", "time"])
def test_it_goes_with_the_seat_the_lesson_the_class_and_in_time(app, school, on, what):
    later(first_look(on))
    for who in (school.amy, school.min):
        look_back(app, student(app, school, who))
    both = rows(app, Recall)
    with app.test_request_context(method="POST"):
        if what == "seat":
            remove_student(db.session.get_one(Student, school.amy))
        elif what == "lesson":
            take_back(db.session.get_one(Assignment, school.assignment))
        elif what == "class":
            erase_classroom(db.session.get_one(Classroom, school.class_6b))
        else:
            later(140)
            assert erase_ended_classes() == 2
        db.session.commit()
    assert rows(app, Recall) == (both // 2 if what == "seat" else 0)
    assert (rows(app, RecallCount) > 0) == (what == "seat"), "counts are about nobody and stay with the class"


# --- the teacher -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pupils(app, school, on):
    """Ten more students who finished the lesson with the same answers, on the day of their first look back."""
    with app.test_request_context():
        ids = make_students(school.class_6b, 10)
        for student_id in ids:
            make_attempt(student_id, school.assignment, right=4)
    later(first_look(on))
    return [student(app, school, student_id) for student_id in ids]


@on_both
@pytest.mark.promise("L-3")
def test_a_class_is_shown_counts_five_students_at_a_time(app, school, visit, pupils):
    tremblay, pages = visit("Ms Tremblay"), []
    for n, pupil in enumerate(pupils):
        look_back(app, pupil, right=n % 5 != 0)
        pages.append(untokened(tremblay.get(of_class(school))))
    assert "of 5</b>" not in pages[3]
    assert "4 of 5</b>" in pages[4]
    assert pages[0] == pages[3] != pages[4] == pages[8] != pages[9], "two looks tell nothing of those between"
    assert "8 of 10</b>" in pages[9]


@on_both
def test_beside_it_stands_what_the_same_students_knew_at_the_end_of_the_lesson(app, school, pupils):
    with app.test_request_context():
        first = {t.objective: t.at_the_end for t in topics_of(as_signed_in(last_seat(school)))}
    for pupil in pupils[:5]:
        look_back(app, pupil)
    with app.test_request_context():
        found = counts_in(school.class_6b)[school.assignment]
        assert 2 <= len(found) <= 3
        for objective, rounds in found.items():
            end = first[objective]
            assert rounds == {1: Retained(Share(5, 5), Share(5 * end.right, 5 * end.answered))}


def last_seat(school):
    return db.session.scalar(select(func.max(Student.id)).where(Student.classroom_id == school.class_6b))


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_the_page_says_what_it_is_before_it_is_switched_on(app, school, visit, locale):
    tremblay = visit("Ms Tremblay")
    page = tremblay.get(of_class(school, locale)).get_data(as_text=True)
    assert page.count('<option value="') == 5
    assert 'name="day" value="0"' not in page
    assert tremblay.post(of_class(school, locale), {"day": "4"}).status_code == 303
    page = tremblay.get(of_class(school, locale)).get_data(as_text=True)
    assert '<option value="4" selected>' in page
    assert 'name="day" value="0"' in page


def test_a_day_that_is_none_is_refused(app, school, visit):
    for day in ("6", "", "x", "-1"):
        assert switch(visit, school, day).status_code == 400
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_6b).booster_day == 0


@pytest.mark.promise("A-3")
def test_another_teacher_cannot_tell_that_the_class_exists(school, visit):
    assert visit("Mr Other").get(of_class(school)).status_code == 404
    assert switch(visit, school, who="Mr Other").status_code == 404


def test_the_pages_are_a_bounded_number_of_statements(app, school, visit, pupils, statements):
    def cost(visitor, address):
        visitor.get(address)
        with statements() as seen:
            assert visitor.get(address).status_code == 200
        return len(seen)

    with_it = cost(pupils[0], HOME)
    assert cost(pupils[0], LOOK) <= 6
    form = question(pupils[0])
    with statements() as seen:
        answer(app, pupils[0], form)
    assert len([s for s in seen if not s.startswith("SELECT lessons")]) <= 12
    for pupil in pupils[1:]:
        look_back(app, pupil)
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        for slug in ("webcams", "pressure", "deepfakes", "rights"):
            assign(classroom, slug, today(), None)
        db.session.commit()
        assert len(assignments_of(classroom.id)) == 5
    assert cost(visit("Ms Tremblay"), of_class(school)) <= 6
    change(app, Classroom, school.class_6b, booster_day=0)
    assert with_it - cost(pupils[0], HOME) == 2


def test_a_day_that_is_changed_holds_for_what_comes(app, school, on):
    """The schedule stands in days after the lesson; the class's day is looked up when somebody comes."""
    with app.test_request_context(method="POST"):
        other = on % 5 + 1
        switch_on(db.session.get_one(Classroom, school.class_6b), other)
        db.session.commit()
    begins = first_look(other)
    later(begins - 1)
    assert question(student(app, school, school.amy)) == {}
    later(begins)
    form = question(student(app, school, school.amy))
    with app.test_request_context():
        first = topics_of(as_signed_in(school.amy))[0]
        assert int(form["round"]) == round_on(first.finished_on, today()) == 1
