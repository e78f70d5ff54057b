"""Two looks at the counts of sensitive questions must not differ: the difference would be one student's answer."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st
from making import as_signed_in, in_days, make_attempt, make_students, on_both
from sqlalchemy import select

from app.classrooms.models import Assignment, Classroom, Pulse
from app.classrooms.queries import PULSES, assign, change_days, hold_counts, open_for, pulses_of, record_pulse
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.assigning import Days, held_at, is_counted, is_shown
from app.quizzes.models import Tally
from app.quizzes.queries import begin_attempt, questions_for, record_answer, tallies_of

IN_6B = "America/Toronto"
LOOKED_AT = ("", "/live", "/live.json", "/wall", "/paper")


def sensitive_lesson(school):
    """Gives 6B a lesson whose first sitting asks something sensitive; returns that question."""
    for lesson in library().lessons:
        found = [i for x in questions_for(lesson.quiz, "B", 1) if (i := lesson.quiz.item(x)).sensitive] if "B" in lesson.bands else []
        if found:
            db.session.get_one(Assignment, school.assignment).lesson_slug = lesson.slug
            db.session.commit()
            return found[0]
    raise AssertionError("no lesson asks something sensitive")


def looked(visit, school, item):
    """Everything a teacher can see about the question: its card, its line in the live lesson, the ledger and the files."""
    teacher, base = visit("Ms Tremblay"), f"/en/progress/{school.class_6b}"
    here = f"{base}/{school.assignment}"
    card = re.search(rf'<article class="qcard" id="{item.id}".*?</article>', teacher.get(here).get_data(as_text=True), re.DOTALL)
    live = json.loads(teacher.get(f"{here}/live.json").get_data(as_text=True))
    files = [re.findall(rf".*{item.id}.*", teacher.get(f"{base}/answers.{kind}").get_data(as_text=True)) for kind in ("csv", "json")]
    chosen = [line for lines in files for line in lines if "not kept" not in line and "not_kept" not in line]
    ledger = re.findall(r"(\d+) of (\d+)", teacher.get(f"{base}/ideas").get_data(as_text=True).partition('id="main"')[2])
    return card and card[0], live["texts"][f"q-{item.id}"].partition(" of ")[0], chosen, ledger if card else None


def only_the_sensitive_one(student_id, assignment_id, item):
    """A first sitting that answers nothing but this question, so that no other count moves."""
    student, given = as_signed_in(student_id), db.session.get_one(Assignment, assignment_id)
    quiz = library().quiz(given.lesson_slug)
    attempt = begin_attempt(student, given, quiz, str(uuid.uuid4()), 1, library().version)
    assert record_answer(student, attempt, quiz, item, item.right, "en")
    db.session.commit()


def move(school, due, closes=None):
    given = db.session.get_one(Assignment, school.assignment)
    change_days(given, Days(given.opens_on, due, closes), IN_6B)
    db.session.commit()


def by_hand(visit, school, **days):
    """The form on the assignment's page, as a teacher sends it."""
    values = {"opens_on": in_days(-9).isoformat(), "due_on": "", "closes_on": "", "late": "counts", "for_group": "0", "sure": "99", **days}
    done = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}", data=values)
    assert done.status_code == 303, done.get_data(as_text=True)[:3000]


@pytest.fixture
def counted(app, school):
    """The lesson was due yesterday; six students answered its sensitive question in time, and a seventh is still to come."""
    with app.test_request_context():
        item = sensitive_lesson(school)
        *early, late = make_students(school.class_6b, 7)
        for student_id in early:
            make_attempt(student_id, school.assignment, right=0)
        move(school, in_days(-1))
    return item, late


MOVES = {
    "a later due day": {"due_on": in_days(3).isoformat()},
    "no due day": {},
    "a later due and closing day": {"due_on": in_days(3).isoformat(), "closes_on": in_days(9).isoformat()},
    "another due day in the past": {"due_on": in_days(-2).isoformat()},
}


@on_both
@pytest.mark.parametrize("days", MOVES.values(), ids=MOVES)
@pytest.mark.promise("L-3")
def test_counts_that_were_shown_stand_still_wherever_the_day_is_moved(app, school, visit, counted, days):
    item, late = counted
    first = looked(visit, school, item)
    assert "6 of 6" in first[0] or "of <b>6" in first[0] or ">6<" in first[0], "the counts are shown"
    assert "Counted until" in first[0]
    by_hand(visit, school, **days)
    with app.test_request_context():
        only_the_sensitive_one(late, school.assignment, item)
    assert looked(visit, school, item) == first
    by_hand(visit, school, due_on=in_days(5).isoformat())  # and once more
    assert looked(visit, school, item) == first


@pytest.mark.promise("L-3")
def test_counts_stand_still_when_it_is_opened_again_for_one_student(app, school, visit, counted):
    item, late = counted
    with app.test_request_context():
        move(school, in_days(-1), in_days(-1))
    first = looked(visit, school, item)
    with app.test_request_context():
        open_for(db.session.get_one(Assignment, school.assignment), late, in_days(4))
        only_the_sensitive_one(late, school.assignment, item)
    assert looked(visit, school, item) == first


@pytest.mark.promise("L-3")
def test_counts_stand_still_when_the_class_goes_to_a_time_zone_where_it_is_yesterday(app, school, visit, counted):
    item, late = counted
    with app.test_request_context():
        first_day = clock.today("Asia/Seoul")
        clock.shift = timedelta(hours=24 - clock.moment(clock.seconds()).hour)  # shortly after midnight UTC: morning in Seoul
        room = db.session.get_one(Classroom, school.class_6b)
        room.timezone = "Asia/Seoul"
        given = db.session.get_one(Assignment, school.assignment)
        given.counted_until, given.due_on = None, clock.today("Asia/Seoul") - timedelta(1)
        db.session.commit()
        assert clock.today(IN_6B) < clock.today("Asia/Seoul"), first_day
    first = looked(visit, school, item)
    assert first[0]
    form = {"label": "6B", "band": "B", "locale": "en", "timezone": IN_6B, "seats": "30", "ends_on": in_days(60).isoformat()}
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/edit", data=form).status_code == 303
    with app.test_request_context():
        assert db.session.get_one(Classroom, school.class_6b).timezone == IN_6B
        only_the_sensitive_one(late, school.assignment, item)
    second = looked(visit, school, item)
    strip = re.compile(r"Counted until [^.]*\.")  # held a day sooner, which changes no count
    assert strip.sub("", second[0]) == strip.sub("", first[0])
    assert second[1:] == first[1:]


def test_a_day_moved_while_nothing_could_be_seen_is_the_day_that_counts(app, school, visit):
    """Counting goes on to the new last day: whoever plans anew loses no answers."""
    with app.test_request_context():
        item = sensitive_lesson(school)
        *early, late = make_students(school.class_6b, 7)
        for student_id in early:
            make_attempt(student_id, school.assignment, right=0)
        move(school, in_days(12))
        only_the_sensitive_one(late, school.assignment, item)
        assert db.session.get_one(Assignment, school.assignment).counted_until is None
    assert looked(visit, school, item)[:2] == (None, "counted after the last day")
    with app.test_request_context():
        move(school, in_days(-1))
    assert looked(visit, school, item)[1] == "7"


def test_without_a_due_day_sensitive_questions_are_neither_counted_nor_shown(app, school, visit):
    with app.test_request_context():
        item = sensitive_lesson(school)
        move(school, None)
        for student_id in make_students(school.class_6b, 6):
            make_attempt(student_id, school.assignment, right=0)
        assert item.id not in tallies_of(school.assignment)
    assert looked(visit, school, item)[:2] == (None, "counted after the last day")


def test_a_copy_in_another_class_counts_by_its_own_days(app, school):
    with app.test_request_context():
        sensitive_lesson(school)
        move(school, in_days(-1))
        move(school, in_days(5))
        held = db.session.get_one(Assignment, school.assignment)
        assert held.counted_until == in_days(-1)
        other = db.session.get_one(Classroom, school.class_other)
        made = assign(other, held.lesson_slug, held.opens_on, held.due_on)
        assert made.counted_until is None


def test_fewer_than_five_at_a_sensitive_question_are_no_number_in_the_live_lesson(app, school, visit):
    with app.test_request_context():
        item = sensitive_lesson(school)
        for student_id in make_students(school.class_6b, 4):
            make_attempt(student_id, school.assignment, right=0)
        move(school, in_days(-1))
    page = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/live.json").json
    assert (page["texts"][f"q-{item.id}"], page["widths"][f"q-{item.id}"]) == ("fewer than 5", 0)


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))


@given_that(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.none() | DAYS), max_size=12), st.none() | DAYS)
def test_no_way_of_moving_days_ever_counts_after_a_look(steps, due):
    """Whatever is done on whatever day: once shown, nothing is counted any more, and it stays shown. Going west costs a day."""
    today, held, shown = date(2026, 1, 8), None, False
    for later, west, new_due in steps:
        today += timedelta(later)
        assert not (shown and is_counted(today, due, held))
        shown = shown or is_shown(today, due, held)
        after = today - timedelta(1) if west else today
        held = held_at(due, held, today, after)
        due, today = (due if west else new_due), after
        assert is_shown(today, due, held) or not shown
        assert not (shown and is_counted(today, due, held))


def test_days_are_changed_in_one_place_only():
    """`change_days` and `hold_counts` see to it that counts stand still; whoever sets the columns elsewhere goes round them."""
    from app.config import PROJECT

    setting = re.compile(r"\.(?:due_on|counted_until)\s*(?:,[^=\n]*)?=[^=]|update\(Assignment\)")
    found = {f.relative_to(PROJECT).as_posix() for f in (PROJECT / "app").rglob("*.py") if setting.search(f.read_text("utf-8"))}
    assert found == {"app/classrooms/queries.py"}


# --- two taps at the end of a lesson -------------------------------------------------------------------------------------


@on_both
@pytest.mark.promise("L-3")
def test_taps_are_shown_five_at_a_time_so_that_one_more_moves_nothing(app, school):
    with app.test_request_context():
        seen = []
        for n in range(12):
            record_pulse(school.assignment, "help", "not-yet" if n % 3 == 0 else "yes")
            db.session.commit()
            seen.append(pulses_of(school.assignment).get("help"))
        assert seen[:4] == [None] * 4
        assert seen[4:9] == [{"yes": 3, "not-yet": 2}] * 5
        assert seen[9:] == [{"yes": 6, "not-yet": 4}] * 3
        assert sum(p.n for p in db.session.scalars(select(Pulse))) == 12, "and none is lost"
        assert "clear" in PULSES
        assert "clear" not in pulses_of(school.assignment)


def test_holding_counts_changes_nothing_where_it_is_no_earlier_day(app, school):
    with app.test_request_context():
        room = db.session.get_one(Classroom, school.class_6b)
        move(school, in_days(-1))
        hold_counts(room, room.timezone)
        assert db.session.get_one(Assignment, school.assignment).counted_until is None
        assert db.session.scalars(select(Tally)).all() == []
