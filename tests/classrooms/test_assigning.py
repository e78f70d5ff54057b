"""A teacher gives a lesson to a class, a group or some students; a whole unit; or what another class has."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from classrooms.assigned import form_for, group_of, hidden_in, in_words, lessons_shown_to, text_of
from making import AMY, LESSON, change, in_days, make_attempt, make_students, on_both
from sqlalchemy import select

from app.classrooms.models import CHOSEN, EVERYBODY, Assignment, Classroom, SeatRule, Student
from app.classrooms.naming import name_of
from app.classrooms.queries import assign, choose, given_seats, make_classroom, seat_rules_in, students_in
from app.core.db import db
from app.core.library import library
from app.quizzes.models import Answer


def given_in(app, classroom_id, slug="webcams"):
    with app.test_request_context():
        return db.session.scalar(select(Assignment).where(Assignment.classroom_id == classroom_id, Assignment.lesson_slug == slug))


# --- for whom ------------------------------------------------------------------------------------------------------


@on_both
def test_a_lesson_for_a_group_is_there_for_its_students_only(app, school, visit):
    group_of(app, school.amy, 2)
    group_of(app, school.min, 3)
    done = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form_for(for_group="2"))
    assert done.status_code == 303
    given = given_in(app, school.class_6b)
    assert given.for_group == 2
    assert str(given.id) in lessons_shown_to(visit, "Amy")
    assert str(given.id) not in lessons_shown_to(visit, "Min")
    for address in (f"/en/lessons/assigned/{given.id}", f"/en/quizzes/assigned/{given.id}"):
        assert visit("Amy").get(address).status_code == 200
        assert visit("Min").get(address).status_code == 404
    assert visit("Min").post(f"/en/lessons/assigned/{given.id}/read").status_code == 404
    assert "1 student of the class gets this lesson" in text_of(visit("Ms Tremblay").get(done.headers["Location"]))


@on_both
def test_a_lesson_for_chosen_students_is_there_for_them_only(app, school, visit):
    form = form_for(for_group=str(CHOSEN), chosen=[str(school.min)])
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form).status_code == 303
    given = given_in(app, school.class_6b)
    assert str(given.id) in lessons_shown_to(visit, "Min")
    assert str(given.id) not in lessons_shown_to(visit, "Amy")
    with app.test_request_context():
        rules = seat_rules_in(school.class_6b)
        assert [(r.assignment_id, r.student_id, r.given, r.open_until) for r in rules] == [(given.id, school.min, True, None)]
        both = db.session.scalars(select(Assignment).where(Assignment.classroom_id == school.class_6b)).all()
        has = given_seats(both, students_in(school.class_6b), rules)
        assert has == {school.assignment: {school.amy, school.min}, given.id: {school.min}}


def test_ticks_count_only_where_students_are_chosen(app, school, visit):
    form = form_for(for_group="0", chosen=[str(school.min)])
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form).status_code == 303
    with app.test_request_context():
        assert seat_rules_in(school.class_6b) == []
    assert str(given_in(app, school.class_6b).id) in lessons_shown_to(visit, "Amy")


@pytest.mark.parametrize(
    "wrong", [{"for_group": "-1"}, {"for_group": "5"}, {"for_group": "9"}, {"for_group": "x"}, {"for_group": "-1", "chosen": ["99999"]}]
)
def test_nobody_is_not_an_audience_and_neither_is_an_empty_group(app, school, visit, wrong):
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form_for(**wrong)).status_code == 422
    assert given_in(app, school.class_6b) is None


def test_a_student_of_another_class_cannot_be_chosen(app, school, visit):
    form = form_for(for_group="-1", chosen=[str(school.lee)])
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form).status_code == 422
    with app.test_request_context():
        assert seat_rules_in(school.class_6b) == seat_rules_in(school.class_other) == []


def test_who_has_nobody_ticked_reads_how_to_mend_it_and_is_led_there(school, visit):
    page = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form_for(for_group="-1"))
    assert "Tick at least one student, or choose everybody." in text_of(page)
    html = page.get_data(as_text=True)
    assert 'href="#chosen"' in html
    assert html.count('id="chosen"') == 1


# --- days and late answers -----------------------------------------------------------------------------------------


def test_what_happens_to_late_answers_is_kept_as_a_closing_day(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/assign"
    cases = [
        ({"late": "nothing", "closes_on": in_days(30).isoformat()}, in_days(7)),
        ({"late": "counts"}, None),
        ({"late": "counts", "closes_on": in_days(14).isoformat()}, in_days(14)),
    ]
    slugs = [x.slug for x in library_of(app).lessons if "B" in x.bands and x.slug != LESSON]
    for slug, (more, closes_on) in zip(slugs, cases, strict=False):
        assert teacher.post(address, form_for(slug, **more)).status_code == 303
        assert given_in(app, school.class_6b, slug).closes_on == closes_on


def test_a_short_check_is_asked_for_with_a_tick(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/assign"
    teacher.post(address, form_for(checks="y"))
    assert given_in(app, school.class_6b).checks is True
    other = next(x.slug for x in library_of(app).lessons if "B" in x.bands and x.slug not in (LESSON, "webcams"))
    teacher.post(address, form_for(other))
    assert given_in(app, school.class_6b, other).checks is False


def library_of(app):
    with app.test_request_context():
        return library()


AFTER_THE_CLASS = "The class ends before this day. Choose an earlier day, or change the end of the class."


@pytest.mark.parametrize(
    ("more", "message", "field"),
    [
        ({"opens_on": ""}, "Choose a day.", "opens_on"),
        ({"opens_on": "tomorrow"}, "Give the day as year-month-day, such as 2027-02-09.", "opens_on"),
        ({"due_on": "2026-13-40"}, "Give the day as year-month-day, such as 2027-02-09.", "due_on"),
        ({"opens_on": in_days(101), "due_on": ""}, AFTER_THE_CLASS, "opens_on"),
        ({"opens_on": in_days(3), "due_on": in_days(2)}, "The last day cannot come before the first one.", "due_on"),
        ({"due_on": in_days(101)}, AFTER_THE_CLASS, "due_on"),
        ({"due_on": "", "late": "nothing"}, "What is the last day for answers?", "late-0"),
        ({"closes_on": in_days(6)}, "Answers cannot stop counting before the day to finish by", "closes_on"),
        ({"due_on": "", "opens_on": in_days(2), "closes_on": in_days(1)}, "Answers cannot stop counting before", "closes_on"),
        ({"closes_on": in_days(101)}, AFTER_THE_CLASS, "closes_on"),
        ({"opens_on": in_days(-9), "due_on": in_days(-3), "late": "nothing"}, "This day has passed, so nobody could answer.", "due_on"),
        ({"opens_on": in_days(-9), "due_on": "", "closes_on": in_days(-1)}, "This day has passed, so nobody could answer.", "closes_on"),
    ],
)  # fmt: skip
def test_days_that_do_not_go_together_are_refused_where_they_stand(app, school, visit, more, message, field):
    form = form_for(**{k: v if isinstance(v, str) else v.isoformat() for k, v in more.items()})
    page = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form)
    assert page.status_code == 422
    assert message in text_of(page)
    assert f'href="#{field}"' in page.get_data(as_text=True)
    assert given_in(app, school.class_6b) is None


def test_every_day_up_to_the_last_one_of_the_class_will_do(app, school, visit):
    last = in_days(100).isoformat()
    form = form_for(opens_on=last, due_on=last, closes_on=last)
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form).status_code == 303


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_days_are_shown_as_the_reader_writes_them_and_the_clock_they_go_by_is_named(app, school, visit, locale):
    address = f"/{locale}/classrooms/{school.class_6b}"
    teacher = visit("Ms Tremblay")
    assert {"en": "Eastern", "fr": "Montréal", "ko": "토론토"}[locale] in text_of(teacher.get(f"{address}/assign"))
    assert in_words(app, in_days(7), locale) in text_of(teacher.get(f"{address}/assignments/{school.assignment}"))


# --- a whole unit --------------------------------------------------------------------------------------------------


def unit_form(unit, **more):
    return {"unit": unit, "opens_on": in_days(1).isoformat(), "every": "7", "due_after": "6", "late": "counts", "for_group": "0", **more}


def unit_lessons(app, band="B"):
    """A unit with a lesson of this age that is assigned in 6B, and its lessons."""
    with app.test_request_context():
        unit = library().lesson(LESSON).unit
        own = [x for x in library().lessons if x.unit == unit]
        return unit, [x.slug for x in own if band in x.bands], own


@on_both
def test_a_unit_is_shown_first_and_made_with_one_more_press(app, school, visit):
    unit, slugs, _own = unit_lessons(app)
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/assign/unit"
    page = teacher.post(address, unit_form(unit, every="14", late="week", checks="y"))
    new = [s for s in slugs if s != LESSON]
    words = text_of(page)
    assert page.status_code == 200
    for n, slug in enumerate(new):
        assert given_in(app, school.class_6b, slug) is None, "nothing is made yet"
        opens = in_days(1 + 14 * n)
        assert f"Opens on {in_words(app, opens)}. To be finished by {in_words(app, opens + timedelta(6))}." in words
        assert f"Answers count until {in_words(app, opens + timedelta(13))}." in words
    assert "The class has it already." in words
    assert "Nothing is assigned yet." in words
    assert teacher.post(address, hidden_in(page)).status_code == 303
    for n, slug in enumerate(new):
        made, opens = given_in(app, school.class_6b, slug), in_days(1 + 14 * n)
        assert (made.opens_on, made.due_on, made.closes_on) == (opens, opens + timedelta(6), opens + timedelta(13))
        assert made.checks is True
        assert made.for_group == EVERYBODY


def test_a_unit_leaves_out_what_is_not_for_the_age_and_what_would_open_after_the_class(app, school, visit):
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        classroom.band, classroom.ends_on = "A", in_days(9)
        db.session.commit()
        unit = next(u for u in library().units if {"A" in x.bands for x in library().lessons if x.unit == u.id} == {True, False})
        own = [x for x in library().lessons if x.unit == unit.id]
    words = text_of(visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign/unit", unit_form(unit.id)))
    assert words.count("It is not written for the age of this class.") == sum("A" not in x.bands for x in own)
    fitting = sum("A" in x.bands for x in own)
    assert words.count("It would open after the last day of the class.") == max(0, fitting - 2), "two weeks fit"


def test_a_unit_can_go_to_chosen_students(app, school, visit):
    unit, slugs, _own = unit_lessons(app)
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/assign/unit"
    page = teacher.post(address, unit_form(unit, for_group="-1", chosen=[str(school.amy)]))
    assert teacher.post(address, hidden_in(page)).status_code == 303
    made = given_in(app, school.class_6b, next(s for s in slugs if s != LESSON))
    assert made.for_group == CHOSEN
    with app.test_request_context():
        assert {r.student_id for r in seat_rules_in(school.class_6b)} == {school.amy}


def test_what_was_agreed_to_is_what_is_made(app, school, visit):
    """Somebody assigns a lesson of the unit in another window between looking and pressing."""
    unit, slugs, _own = unit_lessons(app)
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/assign/unit"
    page = teacher.post(address, unit_form(unit))
    first, *others = (s for s in slugs if s != LESSON)
    with app.test_request_context(method="POST"):
        assign(db.session.get_one(Classroom, school.class_6b), first, in_days(0), None)
        db.session.commit()
    again = teacher.post(address, hidden_in(page))
    assert again.status_code == 200
    assert "Something has changed meanwhile" in text_of(again)
    assert not [s for s in others if given_in(app, school.class_6b, s)]
    if others:
        assert teacher.post(address, hidden_in(again)).status_code == 303
        assert given_in(app, school.class_6b, others[0]).opens_on == in_days(1)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"unit": ""}, "unit-0"), ({"opens_on": in_days(101).isoformat()}, "opens_on"), ({"due_after": "61"}, "due_after"),
     ({"due_after": "soon"}, "due_after"), ({"due_after": "", "late": "nothing"}, "late-0"), ({"due_after": "", "late": "week"}, "late-0"),
     ({"for_group": "-1"}, "chosen")],
)  # fmt: skip
def test_a_wrong_rhythm_is_refused_where_it_stands(app, school, visit, more, field):
    unit, _slugs, _own = unit_lessons(app)
    page = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign/unit", {**unit_form(unit), **more})
    assert page.status_code == 422
    assert f'href="#{field}"' in page.get_data(as_text=True)


# --- copies --------------------------------------------------------------------------------------------------------


def second_class(app, school, band="B", days=90, zone="Asia/Seoul"):
    with app.test_request_context(method="POST"):
        made = make_classroom(school.tremblay, "6C", band, "en", zone, 30, in_days(days))
        db.session.commit()
        return made.id


@on_both
def test_an_assignment_is_copied_with_its_settings_and_without_its_results(app, school, visit):
    target = second_class(app, school)
    with app.test_request_context(method="POST"):
        given = db.session.get_one(Assignment, school.assignment)
        given.for_group, given.closes_on, given.checks = CHOSEN, in_days(10), True
        db.session.add(SeatRule(assignment_id=given.id, student_id=school.amy, given=True, open_until=in_days(12)))
        make_attempt(school.amy, given.id)
        db.session.commit()
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}/copy"
    page = teacher.post(address, {"to": str(target), "opens_on": in_days(3).isoformat()})
    assert given_in(app, target, LESSON) is None
    assert f"Opens on {in_words(app, in_days(3))}." in text_of(page)
    assert teacher.post(address, hidden_in(page)).status_code == 303
    made = given_in(app, target, LESSON)
    assert (made.opens_on, made.due_on, made.closes_on) == (in_days(3), in_days(12), in_days(15)), "moved by five days"
    assert (made.checks, made.for_group) == (True, EVERYBODY)
    with app.test_request_context():
        assert made.family_code != db.session.get_one(Assignment, school.assignment).family_code
        assert seat_rules_in(target) == []
        assert db.session.query(Answer).filter(Answer.student_id != school.amy).count() == 0


def test_all_lessons_of_a_class_are_copied_in_their_rhythm_and_what_cannot_be_is_said_with_the_reason(app, school, visit):
    lessons = library_of(app).lessons
    both = [x.slug for x in lessons if {"A", "B"} <= set(x.bands)]
    only_b = next(x.slug for x in lessons if "B" in x.bands and "A" not in x.bands and x.slug != LESSON)
    there, late, first = both[0], both[1], both[2]
    target = second_class(app, school, band="A", days=20)
    with app.test_request_context(method="POST"):
        source = db.session.get_one(Classroom, school.class_6b)
        db.session.delete(db.session.get_one(Assignment, school.assignment))
        for slug, opens in ((there, -9), (late, 30), (first, -10), (only_b, 0)):
            assign(source, slug, in_days(opens), in_days(opens + 5))
        assign(db.session.get_one(Classroom, target), there, in_days(0), None)
        db.session.commit()
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/copy"
    page = teacher.post(address, {"to": str(target), "opens_on": in_days(16).isoformat()})
    words = text_of(page)
    for sentence in ("The class has it already.", "It is not written for the age of this class.", "It would open after the last day"):
        assert words.count(sentence) == 1
    assert "3 lessons are left out" in words
    teacher.post(address, hidden_in(page))
    with app.test_request_context():
        made = db.session.scalars(select(Assignment).where(Assignment.classroom_id == target, Assignment.lesson_slug != there)).all()
        days = [(a.lesson_slug, a.opens_on, a.due_on) for a in made]
        assert days == [(first, in_days(16), in_days(20))], "its last day is that of the class"


def test_a_copy_goes_to_ones_own_classes_only(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/copy"
    second_class(app, school)
    day = in_days(3).isoformat()
    for to in (school.class_other, 99999):
        assert teacher.post(address, {"to": str(to), "opens_on": day}).status_code == 404
    for to in (str(school.class_6b), "", "x", "1e3"):
        assert teacher.post(address, {"to": to, "opens_on": day}).status_code == 422, to
    assert visit("Mr Other").get(address).status_code == 404
    with app.test_request_context():
        assert db.session.query(Assignment).count() == 2


@pytest.mark.parametrize("day", ["9999-12-31", "", "never"])
def test_a_copy_begins_while_the_other_class_runs(app, school, visit, day):
    target = second_class(app, school)
    page = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/copy", {"to": str(target), "opens_on": day})
    assert page.status_code == 422
    assert 'href="#opens_on"' in page.get_data(as_text=True)


def test_who_has_one_class_only_is_told_so(school, visit):
    words = text_of(visit("Ms Tremblay").get(f"/en/classrooms/{school.class_6b}/copy"))
    assert "You have no other class that still runs" in words


def test_a_class_that_has_ended_takes_no_copy(app, school, visit):
    target, address = second_class(app, school), f"/en/classrooms/{school.class_6b}/copy"
    teacher = visit("Ms Tremblay")
    assert f'<option value="{target}"' in teacher.get(address).get_data(as_text=True)
    change(app, Classroom, target, ends_on=in_days(-2))
    assert f'<option value="{target}"' not in teacher.get(address).get_data(as_text=True)
    assert teacher.post(address, {"to": str(target), "opens_on": in_days(-3).isoformat()}).status_code == 422


def test_only_students_of_its_own_class_are_ever_chosen(app, school):
    """The form refuses others already; what writes the rows does not rely on it."""
    with app.test_request_context(method="POST"):
        given = db.session.get_one(Assignment, school.assignment)
        given.for_group = CHOSEN
        choose(given, [school.amy, school.lee])
        db.session.commit()
        assert [r.student_id for r in db.session.scalars(select(SeatRule))] == [school.amy]


# --- groups --------------------------------------------------------------------------------------------------------


def numbers_of(app, classroom_id):
    with app.test_request_context():
        return {s.id: s.group_number for s in db.session.scalars(select(Student).where(Student.classroom_id == classroom_id))}


@on_both
def test_students_are_put_into_groups_by_hand(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}"
    form = {f"group-{school.amy}": "1", f"group-{school.min}": "8"}
    assert teacher.post(f"{address}/groups", form).status_code == 303
    assert numbers_of(app, school.class_6b) == {school.amy: 1, school.min: 8}
    words = text_of(teacher.get(address))
    assert f"{name_of(*AMY, 'en')} Group 1" in words
    assert "Group 8: 1 student" in words
    teacher.post(f"{address}/groups", {f"group-{school.amy}": "0"})
    assert numbers_of(app, school.class_6b) == {school.amy: 0, school.min: 8}, "who is not in the form stays"


def test_groups_are_numbers_from_1_to_8_of_ones_own_students(app, school, visit):
    form = {f"group-{school.amy}": "9", f"group-{school.min}": "-1", f"group-{school.lee}": "2", "group-x": "1"}
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/groups", form).status_code == 303
    assert numbers_of(app, school.class_6b) == {school.amy: 0, school.min: 0}
    assert numbers_of(app, school.class_other) == {school.lee: 0}


@pytest.mark.parametrize(("more", "groups", "sizes"), [(28, 4, [7, 8, 8, 7]), (28, 8, [4, 4, 4, 4, 4, 4, 3, 3]), (0, 2, [1, 1])])
def test_lots_make_groups_no_two_of_which_differ_by_more_than_one(app, school, visit, more, groups, sizes):
    with app.test_request_context(method="POST"):
        make_students(school.class_6b, more)
    teacher = visit("Ms Tremblay")
    drawn = []
    for _n in range(4):
        assert teacher.post(f"/en/classrooms/{school.class_6b}/groups", {"into": str(groups)}).status_code == 303
        numbers = numbers_of(app, school.class_6b)
        assert sorted(list(numbers.values()).count(n) for n in range(1, groups + 1)) == sorted(sizes)
        drawn.append(numbers)
    assert more == 0 or any(d != drawn[0] for d in drawn), "not always the same lots"


def test_more_groups_than_students_are_not_drawn(app, school, visit):
    for into in ("3", "9", "1", "0", "x"):
        visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/groups", {"into": into})
    assert set(numbers_of(app, school.class_6b).values()) == {0}


@on_both
def test_a_group_that_changes_takes_its_lessons_along_only_after_saying_so(app, school, visit):
    group_of(app, school.amy, 1)
    with app.test_request_context(method="POST"):
        given = db.session.get_one(Assignment, school.assignment)
        given.for_group = 1
        make_attempt(school.amy, given.id, answered=2)
        db.session.commit()
    teacher, address = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}/groups"
    form = {f"group-{school.amy}": "2", f"group-{school.min}": "1"}
    page = teacher.post(address, form)
    words = text_of(page)
    title = library_of(app).lesson(LESSON).texts["en"].title
    assert f"“{title}”: 1 student would no longer have it." in words
    assert "1 of them has begun: the answers are kept, but no longer show in the table." in words
    assert f"“{title}”: 1 student would get it." in words
    assert numbers_of(app, school.class_6b)[school.amy] == 1, "nothing has changed yet"
    sent = dict(re.findall(r'<input type="hidden" name="(group-\d+|sure)" value="([^"]*)"', page.get_data(as_text=True)))
    assert teacher.post(address, sent).status_code == 303
    assert numbers_of(app, school.class_6b) == {school.amy: 2, school.min: 1}
    assert lessons_shown_to(visit, "Amy") == []
    assert str(school.assignment) in lessons_shown_to(visit, "Min")
    with app.test_request_context():
        assert db.session.query(Answer).filter_by(student_id=school.amy).count() == 2, "kept, for when the lesson comes back"


def test_another_teacher_cannot_change_groups(app, school, visit):
    assert visit("Mr Other").post(f"/en/classrooms/{school.class_6b}/groups", {"into": "2"}).status_code == 404
    assert set(numbers_of(app, school.class_6b).values()) == {0}
