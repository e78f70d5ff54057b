"""Changing what has begun: it is said what it does, with counts, and made only after one more press."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from classrooms.assigned import group_of, hidden_in, in_words, lessons_shown_to, text_of
from making import in_days, make_attempt, make_students, on_both
from sqlalchemy import text

from app.classrooms.models import CHOSEN, Assignment, Classroom, SeatRule, Student
from app.classrooms.queries import assign, open_for, seat_rules_in
from app.core import clock
from app.core.db import db
from app.quizzes.models import Answer, Standing


def address_of(school):
    return f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}"


def given(app, school):
    with app.test_request_context():
        return db.session.get_one(Assignment, school.assignment)


def form_of(app, school, **more):
    """The form of the assignment as it stands, with changes."""
    now = given(app, school)
    days = {"opens_on": now.opens_on, "due_on": now.due_on, "closes_on": now.closes_on}
    sent = {name: day.isoformat() if day else "" for name, day in days.items()}
    return {**sent, "late": "counts", "for_group": str(now.for_group), **more}


def at_work(app, school, **answered):
    """`amy=2`: has answered two questions; `amy=None`: has finished."""
    with app.test_request_context(method="POST"):
        for who, n in answered.items():
            make_attempt(getattr(school, who), school.assignment, answered=n)


def set_days(app, school, **days):
    with app.test_request_context(method="POST"):
        for name, day in days.items():
            setattr(db.session.get_one(Assignment, school.assignment), name, day)
        db.session.commit()


# --- days ----------------------------------------------------------------------------------------------------------


@on_both
def test_a_change_after_students_have_begun_is_made_with_one_more_press(app, school, visit):
    at_work(app, school, amy=2, min=None)
    teacher, address = visit("Ms Tremblay"), address_of(school)
    page = teacher.post(address, form_of(app, school, due_on=in_days(9).isoformat(), closes_on=in_days(12).isoformat()))
    words = text_of(page)
    assert page.status_code == 200
    assert "2 students have begun: they keep their answers." in words
    assert f"It would close at the end of {in_words(app, in_days(12))} for 1 student who has not finished." in words
    assert "Nothing has changed yet." in words
    assert given(app, school).due_on == in_days(7)
    done = teacher.post(address, hidden_in(page))
    assert done.status_code == 303
    assert (given(app, school).due_on, given(app, school).closes_on) == (in_days(9), in_days(12))
    assert "Students see the new days at once." in text_of(teacher.get(done.headers["Location"]))


def test_a_change_that_nobody_feels_is_saved_at_once(app, school, visit):
    done = visit("Ms Tremblay").post(address_of(school), form_of(app, school, due_on=in_days(9).isoformat()))
    assert done.status_code == 303
    assert given(app, school).due_on == in_days(9)


def test_saving_without_a_change_asks_nothing_though_students_have_begun(app, school, visit):
    at_work(app, school, amy=2)
    assert visit("Ms Tremblay").post(address_of(school), form_of(app, school)).status_code == 303


@on_both
def test_who_would_be_late_is_counted(app, school, visit):
    with app.test_request_context(method="POST"):
        make_students(school.class_6b, 3)
    at_work(app, school, amy=None, min=1)
    with app.test_request_context(method="POST"):
        standing = db.session.get_one(Standing, (school.assignment, school.amy))
        assert standing.finished_on == in_days(0)
    page = visit("Ms Tremblay").post(address_of(school), form_of(app, school, due_on=in_days(-1).isoformat()))
    assert "5 students would now be late." in text_of(page), "one who handed in today, and four who have not"
    page = visit("Ms Tremblay").post(address_of(school), form_of(app, school, due_on=in_days(0).isoformat()))
    assert "would now be late" not in text_of(page)


def test_closing_at_once_counts_those_it_shuts_out_and_not_who_has_finished_or_has_more_time(app, school, visit):
    with app.test_request_context(method="POST"):
        one, _two, _three = make_students(school.class_6b, 3)
        open_for(db.session.get_one(Assignment, school.assignment), one, in_days(3))
        db.session.commit()
    at_work(app, school, amy=None)
    page = visit("Ms Tremblay").post(address_of(school), form_of(app, school, due_on="", closes_on=in_days(-1).isoformat()))
    words = text_of(page)
    assert "It would close at once for 3 students who have not finished." in words
    assert "for 1 student who has not finished" in words, "whoever has more time has less of it"


def test_opening_later_says_for_whom_the_lesson_disappears(app, school, visit):
    page = visit("Ms Tremblay").post(address_of(school), form_of(app, school, opens_on=in_days(3).isoformat()))
    assert f"2 students who see the lesson today would not see it again before {in_words(app, in_days(3))}." in text_of(page)
    assert str(school.assignment) in lessons_shown_to(visit, "Amy")


def test_opening_again_for_everybody_says_so(app, school, visit):
    set_days(app, school, due_on=in_days(-2), closes_on=in_days(-1))
    page = visit("Ms Tremblay").post(address_of(school), form_of(app, school, closes_on=in_days(1).isoformat()))
    assert "It would open again for 2 students who have not finished." in text_of(page)


def test_a_short_check_that_comes_too_late_for_some_says_so(app, school, visit):
    at_work(app, school, amy=2)
    page = visit("Ms Tremblay").post(address_of(school), form_of(app, school, checks="y"))
    assert "They began without the questions before" in text_of(page)
    assert given(app, school).checks is False
    assert visit("Ms Tremblay").post(address_of(school), hidden_in(page)).status_code == 303
    assert given(app, school).checks is True


@pytest.mark.parametrize("sure", ["0", "1", "x", "-5", "9999999", "\u0662"])
def test_agreeing_to_less_than_happens_is_asked_again(app, school, visit, sure):
    form = form_of(app, school, opens_on=in_days(3).isoformat(), sure=sure)
    assert visit("Ms Tremblay").post(address_of(school), form).status_code == 200
    assert given(app, school).opens_on == in_days(-2)


@pytest.mark.parametrize("locale", ["fr", "ko"])
def test_the_question_is_put_in_every_language(app, school, visit, locale):
    at_work(app, school, amy=2, min=None)
    form = form_of(app, school, due_on=in_days(-1).isoformat(), closes_on=in_days(-1).isoformat(), for_group="-1", chosen=[str(school.amy)])
    page = visit("Ms Tremblay").post(address_of(school).replace("/en/", f"/{locale}/"), form)
    words = text_of(page)
    assert page.status_code == 200
    assert not re.search(r"student|begun|would", words)
    assert len(re.findall(r"<li>", page.get_data(as_text=True).split('<ul class="l2">')[1].split("</ul>")[0])) == 5


# --- whom it is for ------------------------------------------------------------------------------------------------


@on_both
def test_who_loses_a_lesson_keeps_the_answers_and_finds_them_when_it_comes_back(app, school, visit):
    at_work(app, school, amy=2, min=1)
    teacher, address = visit("Ms Tremblay"), address_of(school)
    page = teacher.post(address, form_of(app, school, for_group=str(CHOSEN), chosen=[str(school.min)]))
    words = text_of(page)
    assert "1 student would no longer have this lesson." in words
    assert "1 of them has begun: the answers are kept, but no longer show in the table." in words
    assert "1 student has begun, and keeps the answers." in words
    sent = {**hidden_in(page), "chosen": [str(school.min)]}
    assert teacher.post(address, sent).status_code == 303
    assert lessons_shown_to(visit, "Amy") == []
    assert visit("Amy").get(f"/en/quizzes/assigned/{school.assignment}").status_code == 404
    with app.test_request_context():
        assert db.session.query(Answer).filter_by(student_id=school.amy).count() == 2
        assert [r.student_id for r in seat_rules_in(school.class_6b)] == [school.min]
    page = teacher.post(address, form_of(app, school, for_group="0"))
    assert "1 student would get this lesson." in text_of(page)
    assert teacher.post(address, hidden_in(page)).status_code == 303
    assert "2 of " in visit("Amy").get("/en/my-lessons").get_data(as_text=True)
    with app.test_request_context():
        assert seat_rules_in(school.class_6b) == [], "nobody is chosen any more"


def test_a_change_of_audience_leaves_more_time_as_it_is(app, school, visit):
    set_days(app, school, closes_on=in_days(8))
    with app.test_request_context(method="POST"):
        open_for(db.session.get_one(Assignment, school.assignment), school.amy, in_days(12))
        db.session.commit()
    teacher = visit("Ms Tremblay")
    form = form_of(app, school, for_group="-1", chosen=[str(school.amy), str(school.min)])
    assert teacher.post(address_of(school), form).status_code == 303, "nobody loses anything"
    assert teacher.post(address_of(school), form_of(app, school, for_group="0")).status_code == 303
    with app.test_request_context():
        assert [(r.student_id, r.given, r.open_until) for r in seat_rules_in(school.class_6b)] == [(school.amy, False, in_days(12))]


# --- more time for one student ---------------------------------------------------------------------------------------


def ask_first(visit, who, school):
    return visit(who).get(f"/en/quizzes/assigned/{school.assignment}").status_code


@on_both
def test_more_time_for_one_student_lets_this_one_answer_and_can_be_taken_back(app, school, visit):
    set_days(app, school, due_on=in_days(-2), closes_on=in_days(-1))
    assert (ask_first(visit, "Amy", school), ask_first(visit, "Min", school)) == (403, 403)
    teacher, address = visit("Ms Tremblay"), address_of(school)
    done = teacher.post(f"{address}/reopen", {"student": str(school.amy), "open_until": in_days(2).isoformat()})
    assert done.status_code == 303
    assert (ask_first(visit, "Amy", school), ask_first(visit, "Min", school)) == (200, 403)
    day = in_words(app, in_days(2))
    assert f"Open again for you, until {day}" in text_of(visit("Amy").get("/en/my-lessons"))
    assert f"until {day}" in text_of(teacher.get(address))
    clock.shift = timedelta(days=3)
    assert ask_first(visit, "Amy", school) == 403
    clock.shift = timedelta(0)
    assert visit("Ms Tremblay").post(f"{address}/students/{school.amy}/close").status_code == 303
    assert ask_first(visit, "Amy", school) == 403
    with app.test_request_context():
        assert seat_rules_in(school.class_6b) == []


def test_more_time_from_the_students_answers_leads_back_to_them(app, school, visit):
    set_days(app, school, due_on=in_days(-2), closes_on=in_days(-1))
    teacher, form = visit("Ms Tremblay"), {"student": str(school.amy), "open_until": in_days(2).isoformat(), "from": "answers"}
    answers = f"/en/progress/{school.class_6b}/{school.assignment}/{school.amy}"
    assert teacher.post(f"{address_of(school)}/reopen", form).headers["Location"].startswith(answers)
    back = teacher.post(f"{address_of(school)}/students/{school.amy}/close", {"from": "answers"})
    assert back.headers["Location"].startswith(answers)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"open_until": in_days(-1).isoformat()}, "This day has passed."),
        ({"open_until": in_days(101).isoformat()}, "The class ends before this day."),
        ({"open_until": ""}, "Choose a day."),
        ({"open_until": in_days(2).isoformat(), "student": "99999"}, "Choose a student."),
        ({"open_until": in_days(2).isoformat(), "student": "3"}, "Choose a student."),
    ],
)
def test_more_time_that_is_none_is_refused_with_the_reason(app, school, visit, more, message):
    assert school.lee == 3
    set_days(app, school, due_on=in_days(-2), closes_on=in_days(-2))
    page = visit("Ms Tremblay").post(f"{address_of(school)}/reopen", {"student": str(school.amy), **more})
    assert page.status_code == 422
    assert message in text_of(page)
    assert message in page.get_data(as_text=True).split('id="again-t"')[1].split("<form")[0], "right under its heading"
    with app.test_request_context():
        assert db.session.query(SeatRule).count() == 0


def test_more_time_ends_after_the_others_time_does(app, school, visit):
    set_days(app, school, closes_on=in_days(9))
    form = {"student": str(school.amy), "open_until": in_days(9).isoformat()}
    page = visit("Ms Tremblay").post(f"{address_of(school)}/reopen", form)
    assert "The lesson is open to everybody until then." in text_of(page)


def test_nobody_needs_more_time_for_a_lesson_that_does_not_close(app, school, visit):
    form = {"student": str(school.amy), "open_until": in_days(2).isoformat()}
    assert visit("Ms Tremblay").post(f"{address_of(school)}/reopen", form).status_code == 303
    with app.test_request_context():
        assert db.session.query(SeatRule).count() == 0
    assert "More time for one student" not in text_of(visit("Ms Tremblay").get(address_of(school)))


def test_another_teacher_can_neither_give_time_nor_take_it(app, school, visit):
    other = visit("Mr Other")
    assert other.post(f"{address_of(school)}/reopen", {"student": str(school.amy)}).status_code == 404
    assert other.post(f"{address_of(school)}/students/{school.amy}/close").status_code == 404
    theirs = f"/en/classrooms/{school.class_other}/assignments/{school.assignment_other}/students/{school.amy}/close"
    assert other.post(theirs).status_code == 404


@on_both
def test_what_holds_for_a_student_alone_goes_with_the_seat(app, school, visit):
    set_days(app, school, closes_on=in_days(8))
    with app.test_request_context(method="POST"):
        open_for(db.session.get_one(Assignment, school.assignment), school.amy, in_days(12))
        db.session.commit()
    visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/students/{school.amy}/remove")
    with app.test_request_context():
        assert db.session.query(SeatRule).count() == 0
        assert db.session.get(Student, school.amy) is None


# --- taking a lesson back --------------------------------------------------------------------------------------------


@on_both
def test_a_lesson_is_taken_back_after_its_answers_have_been_counted(app, school, visit):
    at_work(app, school, amy=2)
    visit("Min").post(f"/en/lessons/assigned/{school.assignment}/read")
    with app.test_request_context(method="POST"):
        open_for(db.session.get_one(Assignment, school.assignment), school.amy, in_days(12))
        db.session.commit()
    teacher, address = visit("Ms Tremblay"), f"{address_of(school)}/remove"
    page = teacher.post(address)
    assert "2 students have begun it: their answers and results are deleted, and nothing brings them back." in text_of(page)
    with app.test_request_context():
        assert db.session.get(Assignment, school.assignment) is not None
    assert teacher.post(address, hidden_in(page)).status_code == 303
    with app.test_request_context():
        assert db.session.get(Assignment, school.assignment) is None
        for table in ("attempts", "answers", "standings", "readings", "seat_rules"):
            assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


def test_who_agreed_to_lose_nothing_is_asked_again_when_a_student_has_begun_meanwhile(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"{address_of(school)}/remove"
    page = teacher.post(address)
    assert "Nobody has begun it, so no answers are lost." in text_of(page)
    at_work(app, school, amy=1)
    again = teacher.post(address, hidden_in(page))
    assert "1 student has begun it" in text_of(again)
    with app.test_request_context():
        assert db.session.get(Assignment, school.assignment) is not None


# --- statements ----------------------------------------------------------------------------------------------------


def test_changing_takes_no_more_statements_in_a_larger_class(app, school, visit, statements):
    at_work(app, school, amy=2)
    teacher, form = visit("Ms Tremblay"), form_of(app, school, due_on=in_days(9).isoformat())
    counts = []
    for more in (0, 25):
        with app.test_request_context(method="POST"):
            for student in make_students(school.class_6b, more):
                make_attempt(student, school.assignment, answered=1)
        with statements() as seen:
            page = teacher.post(address_of(school), form, check=False)
        counts.append(len(seen))
        assert f"{1 + more} student" in text_of(page)
    assert counts[0] == counts[1] <= 11


def test_group_lessons_are_looked_at_together(app, school, visit, statements):
    with app.test_request_context(method="POST"):
        for slug in ("webcams", "consent", "deepfakes"):
            assign(db.session.get_one(Classroom, school.class_6b), slug, in_days(0), None, for_group=1)
        db.session.commit()
    group_of(app, school.amy, 1)
    teacher = visit("Ms Tremblay")
    with statements() as seen:
        teacher.post(f"/en/classrooms/{school.class_6b}/groups", {f"group-{school.amy}": "2"}, check=False)
    assert len([s for s in seen if "attempts" in s]) == 1
    assert len(seen) <= 8, "\n".join(seen)
