"""Days of assignments: closing, weeks, copies, and what a change does, without a class or a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.assigning import Days, Effects, Part, Planned, Receiver, Why, copied, effects_of, is_closed, last_day, week_by_week

TODAY = date(2026, 11, 22)


def day(n):
    return TODAY + timedelta(n)


DAYS = st.integers(-60, 60).map(day)
MAYBE = st.none() | DAYS


def test_answers_are_taken_until_the_later_of_the_assignments_day_and_the_students_own():
    assert last_day(None, None) is None
    assert last_day(None, day(3)) is None, "it never closes, so a day of one's own takes nothing away"
    assert last_day(day(1), None) == day(1)
    assert last_day(day(1), day(3)) == day(3)
    assert last_day(day(5), day(3)) == day(5)


def test_the_last_day_counts_until_it_ends():
    assert not is_closed(TODAY, day(0))
    assert is_closed(TODAY, day(-1))
    assert not is_closed(TODAY, day(-1), day(0))
    assert not is_closed(TODAY, None)


@given(DAYS, MAYBE, MAYBE)
def test_more_time_for_one_never_closes_what_was_open(today, closes_on, own):
    assert is_closed(today, closes_on) or not is_closed(today, closes_on, own)


EVERYTHING = Receiver(frozenset("abcd"), frozenset(), day(100))


def test_a_unit_goes_week_by_week_and_a_lesson_that_is_left_out_takes_no_week():
    receiver = Receiver(frozenset("abce"), frozenset("b"), day(100))
    plan = list(week_by_week("abcde", Days(day(1), day(7), day(14)), timedelta(7), receiver))
    assert [(p.slug, p.why) for p in plan] == [("a", None), ("b", Why.THERE), ("c", None), ("d", Why.AGE), ("e", None)]
    made = [p.days for p in plan if p.why is None]
    assert made == [Days(day(1), day(7), day(14)), Days(day(8), day(14), day(21)), Days(day(15), day(21), day(28))]


def test_nothing_lies_after_the_class_ends():
    plan = list(week_by_week("abcd", Days(day(0), day(6)), timedelta(7), Receiver(frozenset("abcd"), frozenset(), day(10))))
    assert [(p.days.opens_on, p.days.due_on, p.why) for p in plan] == [
        (day(0), day(6), None), (day(7), day(10), None), (day(14), day(20), Why.END), (day(14), day(20), Why.END),
    ]  # fmt: skip


@given(DAYS, MAYBE, MAYBE, DAYS)
def test_what_is_brought_within_the_class_ends_with_it(opens_on, due_on, closes_on, ends_on):
    inside = Days(opens_on, due_on, closes_on).within(ends_on)
    assert (inside is None) == (opens_on > ends_on)
    if inside:
        assert all(d is None or d <= ends_on for d in (inside.opens_on, inside.due_on, inside.closes_on))
        assert (inside.due_on is None, inside.closes_on is None) == (due_on is None, closes_on is None)


def test_a_copy_keeps_the_rhythm_from_its_first_day_on():
    source = [("a", Days(day(-20), day(-14)), True), ("b", Days(day(-27), None, day(-20)), False)]
    plan = list(copied(source, day(3), EVERYTHING))
    assert plan == [Planned("a", Days(day(10), day(16)), True), Planned("b", Days(day(3), None, day(10)), False)]
    assert list(copied([], day(3), EVERYTHING)) == []


# --- what a change does ----------------------------------------------------------------------------------------------

OPEN = Days(day(-7), day(7))


def one(before, after, **part):
    return effects_of(before, after, [Part(**part)], TODAY)


@pytest.mark.parametrize(
    ("before", "after", "part", "effects"),
    [
        (OPEN, OPEN, {}, Effects()),
        (OPEN, OPEN, {"begun": True}, Effects(begun=1)),
        # handed in yesterday, and the day to finish by is moved before that
        (OPEN, Days(day(-7), day(-2)), {"begun": True, "finished_on": day(-1)}, Effects(begun=1, late=1)),
        (OPEN, Days(day(-7), day(-1)), {"begun": True, "finished_on": day(-1)}, Effects(begun=1)),
        (OPEN, Days(day(-7), day(-1)), {}, Effects(late=1)),
        (Days(day(-7), day(-2)), OPEN, {"begun": True, "finished_on": day(-1)}, Effects(begun=1, in_time=1)),
        # closing
        (OPEN, Days(day(-7), day(7), day(7)), {}, Effects(sooner=1)),
        (Days(day(-7), None, day(5)), Days(day(-7), None, day(7)), {}, Effects()),
        (OPEN, Days(day(-7), None, day(-1)), {"begun": True}, Effects(begun=1, shut_out=1)),
        (OPEN, Days(day(-7), None, day(-1)), {"begun": True, "finished_on": day(-3)}, Effects(begun=1)),
        (OPEN, Days(day(-7), None, day(-1)), {"open_until": day(2)}, Effects(sooner=1)),
        (Days(day(-7), None, day(-1)), Days(day(-7), None, day(1)), {}, Effects(let_in=1)),
        (Days(day(-7), None, day(-1)), Days(day(-7), None, day(1)), {"open_until": day(4)}, Effects()),
        # opening later, and before it has opened
        (OPEN, Days(day(2), day(7)), {}, Effects(unseen=1)),
        (Days(day(1), day(7)), Days(day(2), day(2), day(2)), {}, Effects()),
        # whom it is for
        (OPEN, OPEN, {"had": True, "has": False, "begun": True}, Effects(lose=1, lose_begun=1)),
        (OPEN, OPEN, {"had": True, "has": False}, Effects(lose=1)),
        (OPEN, OPEN, {"had": False, "has": True, "begun": True}, Effects(gain=1)),
        (OPEN, OPEN, {"had": False, "has": False, "begun": True}, Effects()),
    ],
)  # fmt: skip
def test_a_change_does_to_one_student(before, after, part, effects):
    assert one(before, after, **part) == effects
    assert bool(effects) == (effects != Effects())


PARTS = st.lists(st.builds(Part, st.booleans(), MAYBE, st.booleans(), st.booleans(), MAYBE), max_size=12)
SOME_DAYS = st.builds(Days, DAYS, MAYBE, MAYBE)


@given(SOME_DAYS, SOME_DAYS, PARTS)
def test_no_more_students_are_counted_than_there_are(before, after, parts):
    found = effects_of(before, after, parts, TODAY)
    assert found.lose + found.gain + found.begun <= len(parts)
    assert found.shut_out + found.sooner + found.let_in + found.unseen <= sum(p.had and p.has for p in parts)
    assert found.harm <= 2 * len(parts)


@given(SOME_DAYS, PARTS)
def test_a_change_that_changes_nothing_says_at_most_who_has_begun(days, parts):
    same = [Part(p.begun, p.finished_on, p.had, p.had, p.open_until) for p in parts]
    assert effects_of(days, days, same, TODAY) == Effects(begun=sum(p.begun and p.had for p in same))
