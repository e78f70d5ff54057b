"""What students see of days: until when they can answer, what happens after, by the clock of their class."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from classrooms.assigned import in_words, text_of
from making import as_signed_in, in_days, make_attempt, on_both

from app.classrooms.models import Assignment, Classroom
from app.classrooms.queries import open_for
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.quizzes.models import Answer
from app.quizzes.queries import questions_for, sitting_of

TO_ANSWER_MORE = "To answer more, ask your teacher to open it again for you."


def set_days(app, school, **days):
    with app.test_request_context(method="POST"):
        given = db.session.get_one(Assignment, school.assignment)
        for name, day in days.items():
            setattr(given, name, day)
        db.session.commit()


def answers_of(app, student_id):
    with app.test_request_context():
        return db.session.query(Answer).filter_by(student_id=student_id).count()


def answer_on_its_way(app, school, who="amy"):
    """The form of the next question as an open page holds it, answered."""
    with app.test_request_context():
        student, given = as_signed_in(getattr(school, who)), db.session.get_one(Assignment, school.assignment)
        quiz = library().quiz(given.lesson_slug)
        sitting = sitting_of(student, given, quiz, "00000000-0000-4000-8000-00000000000a")
        item = quiz.item(sitting.next_item(quiz) or questions_for(quiz, student.band, sitting.nth)[0])
        return {"attempt": sitting.uuid, "nth": str(sitting.nth), "item": item.id, "choice": item.right}


def quiz(school):
    return f"/en/quizzes/assigned/{school.assignment}"


# --- closing -------------------------------------------------------------------------------------------------------


@on_both
def test_an_answer_that_comes_after_the_last_day_is_refused_and_those_before_it_are_kept(app, school, visit):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment, answered=3)
    late = answer_on_its_way(app, school)
    set_days(app, school, due_on=in_days(-1), closes_on=in_days(-1))
    page = visit("Amy").post(quiz(school), late)
    words = text_of(page)
    assert page.status_code == 403
    assert f"Its last day was {in_words(app, in_days(-1))}. What you answered before is kept" in words
    assert "ask your teacher to open it again for you" in words
    assert answers_of(app, school.amy) == 3
    again = visit("Amy").post(quiz(school), {**late, "choice": ""})
    assert again.status_code == 403, "nor is an answer begun"


def test_before_it_closes_the_same_answer_is_taken(app, school, visit):
    set_days(app, school, due_on=in_days(-1), closes_on=in_days(0))
    assert visit("Amy").post(quiz(school), answer_on_its_way(app, school)).status_code in (200, 303)
    assert answers_of(app, school.amy) == 1


def test_after_closing_the_lesson_can_be_read_and_what_was_answered_too(app, school, visit):
    with app.test_request_context(method="POST"):
        uuid = make_attempt(school.amy, school.assignment, answered=3)
    set_days(app, school, due_on=in_days(-3), closes_on=in_days(-1))
    amy = visit("Amy")
    day = in_words(app, in_days(-1))
    home, lesson = (text_of(amy.get(address)) for address in ("/en/my-lessons", f"/en/lessons/assigned/{school.assignment}"))
    for words in (home, lesson):
        assert f"Closed since the end of {day}. You can still read it." in words
        assert TO_ANSWER_MORE in words
    assert "See your answers" in home
    assert "go to the questions" not in lesson
    assert amy.get(quiz(school)).headers["Location"].endswith(f"/result/{uuid}")
    result = amy.get(f"/en/quizzes/result/{uuid}")
    assert "Your answers so far" in text_of(result)
    assert TO_ANSWER_MORE in text_of(result)
    assert "again=1" not in result.get_data(as_text=True)


def test_after_closing_a_finished_quiz_shows_its_result_and_no_other_sitting_begins(app, school, visit):
    with app.test_request_context(method="POST"):
        uuid = make_attempt(school.amy, school.assignment)
    amy = visit("Amy")
    assert "again=1" in amy.get(f"/en/quizzes/result/{uuid}").get_data(as_text=True)
    set_days(app, school, due_on=in_days(-3), closes_on=in_days(-1))
    html = amy.get(f"/en/quizzes/result/{uuid}").get_data(as_text=True)
    assert "Your light is on" in html
    assert "again=1" not in html
    page = amy.get(f"{quiz(school)}?again=1")
    assert page.status_code == 403
    with app.test_request_context():
        first = library().quiz("sextortion").items[0]
    form = {"attempt": "00000000-0000-4000-8000-00000000000a", "nth": "2", "item": first.id, "choice": first.right}
    before = answers_of(app, school.amy)
    assert amy.post(quiz(school), form).status_code == 403
    assert answers_of(app, school.amy) == before


def test_who_has_answered_nothing_before_it_closed_reads_what_to_do(app, school, visit):
    set_days(app, school, due_on=in_days(-1), closes_on=in_days(-1))
    page = visit("Amy").get(quiz(school))
    assert page.status_code == 403
    assert f"/en/lessons/assigned/{school.assignment}" in page.get_data(as_text=True)


@pytest.mark.parametrize("locale", ["fr", "ko"])
def test_it_is_said_kindly_in_every_language(app, school, visit, locale):
    set_days(app, school, due_on=in_days(-1), closes_on=in_days(-1))
    words = text_of(visit("Amy").get(quiz(school).replace("/en/", f"/{locale}/")))
    assert in_words(app, in_days(-1), locale) in words
    assert {"fr": "Ce que tu as répondu est gardé", "ko": "그대로 남아 있고"}[locale] in words


# --- days in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "closes", "own", "words"),
    [
        (5, None, None, "Finish by {due}"),
        (5, 5, None, "Finish by {due}. It closes at the end of that day."),
        (5, 9, None, "Finish by {due}. Late answers count until {closes}."),
        (None, 9, None, "Open until {closes}"),
        (-1, None, None, "It was for {due}. You can still finish it."),
        (-1, 4, None, "It was for {due}. You can still finish it until {closes}."),
        (-2, -1, None, "Closed since the end of {closes}. You can still read it."),
        (-2, -1, 3, "Open again for you, until {own}"),
        (-2, 1, 3, "It was for {due}. You can still finish it until {own}."),
        (None, -1, -1, "Closed since the end of {closes}."),
    ],
)
def test_students_read_until_when_they_can_answer(app, school, visit, due, closes, own, words):
    days = {name: None if n is None else in_days(n) for name, n in (("due", due), ("closes", closes), ("own", own))}
    set_days(app, school, due_on=days["due"], closes_on=days["closes"])
    if own is not None:
        with app.test_request_context(method="POST"):
            open_for(db.session.get_one(Assignment, school.assignment), school.amy, days["own"])
            db.session.commit()
    said = words.format(**{name: day and in_words(app, day) for name, day in days.items()})
    for address in ("/en/my-lessons", f"/en/lessons/assigned/{school.assignment}"):
        assert said in text_of(visit("Amy").get(address)), address


def test_a_lesson_without_days_says_nothing_of_days(app, school, visit):
    set_days(app, school, due_on=None, closes_on=None)
    words = text_of(visit("Amy").get("/en/my-lessons"))
    assert not [w for w in ("Finish by", "Open until", "It was for", "Closed") if w in words]


# --- the clock of the class ----------------------------------------------------------------------------------------

LAST = date(2027, 2, 9)


def at(moment: datetime) -> None:
    """It is this moment now."""
    clock.shift = moment - datetime.now(UTC)


@on_both
@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/St_Johns"])
def test_a_day_ends_when_it_ends_in_the_time_zone_of_the_class(app, school, visit, zone):
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        classroom.timezone, classroom.ends_on = zone, LAST + timedelta(100)
        db.session.commit()
    set_days(app, school, opens_on=LAST - timedelta(5), due_on=LAST, closes_on=LAST)
    midnight = datetime(2027, 2, 10, tzinfo=ZoneInfo(zone))
    form = answer_on_its_way(app, school)
    at(midnight - timedelta(seconds=20))
    amy = visit("Amy")
    assert clock.today(zone) == LAST
    assert amy.get(quiz(school)).status_code == 200
    assert amy.post(quiz(school), form).status_code in (200, 303)
    following = answer_on_its_way(app, school)
    at(midnight + timedelta(seconds=1))
    assert clock.today(zone) == LAST + timedelta(1)
    amy = visit("Amy")
    assert amy.post(quiz(school), following).status_code == 403
    assert answers_of(app, school.amy) == 1


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/St_Johns"])
def test_a_lesson_opens_when_its_day_begins_in_the_time_zone_of_the_class(app, school, visit, zone):
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        classroom.timezone, classroom.ends_on = zone, LAST + timedelta(100)
        db.session.commit()
    set_days(app, school, opens_on=LAST, due_on=LAST, closes_on=LAST)
    midnight = datetime(2027, 2, 9, tzinfo=ZoneInfo(zone))
    at(midnight - timedelta(seconds=20))
    assert visit("Amy").get(quiz(school)).status_code == 404
    at(midnight + timedelta(seconds=1))
    assert visit("Amy").get(quiz(school)).status_code == 200


# --- statements ----------------------------------------------------------------------------------------------------


def test_groups_choices_and_days_of_ones_own_take_no_statement_more(app, school, visit, statements):
    """As many as before there were any: the session and the seat, then the page's own."""
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment, answered=2)
    amy = visit("Amy")
    for address, most in (("/en/my-lessons", 5), (quiz(school), 5), (f"/en/lessons/assigned/{school.assignment}", 4)):
        with statements() as seen:
            amy.get(address, check=False)
        assert len(seen) <= most, "\n".join(seen)
    form = answer_on_its_way(app, school)
    with statements() as seen:
        amy.post(quiz(school), form, check=False)
    assert len(seen) <= 8, "\n".join(seen)
