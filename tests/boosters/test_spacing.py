"""When something is asked again: FSRS inside windows, on the class's day, three questions at most."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.curriculum.objectives import objectives_in_words
from app.curriculum.progress import FEWEST_ANSWERS
from app.curriculum.spacing import (
    MOST,
    OVER,
    ROUNDS,
    SCHOOL_DAYS,
    Kept,
    Retained,
    Topic,
    after_review,
    can_be_asked,
    first_memory,
    look_back,
    next_class_day,
    question_for,
    recall,
    round_on,
    topics_in,
    week_of,
)
from app.curriculum.statistics import Share

END = date(2026, 9, 16)  # of the lesson: a Wednesday
TUESDAY = 2
OPENS = {1: (4, 10), 2: (22, 34), 3: (56, 83)}  # days after the lesson, with the class's day of the week
DAYS = st.integers(0, 200)


def day(n: int) -> date:
    return END + timedelta(n)


def topic(right: bool = True, finished: int = 0, assignment: int = 1, objective: str = "four-moves") -> Topic:
    return Topic(assignment, f"lesson-{assignment}", objective, day(finished), first_memory(right, day(finished)), Share(int(right), 1))


def asked(old: Topic, right: bool, on: int) -> Topic:
    return Topic(old.assignment_id, old.lesson, old.objective, old.finished_on, after_review(old.memory, right, day(on)), old.at_the_end)


# --- FSRS-6 against its formulas, worked out here --------------------------------------------------------------------------

W = [0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
     1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542]  # fmt: skip
GOOD, AGAIN = 3, 1


def chance(t: int, s: float) -> float:
    factor = 0.9 ** (-1 / W[20]) - 1
    return (1 + factor * t / s) ** -W[20]


def first(grade: int) -> tuple[float, float]:
    return W[grade - 1], W[4] - math.exp(W[5] * (grade - 1)) + 1


def following(s: float, d: float, t: int, grade: int) -> tuple[float, float]:
    r = chance(t, s)
    easy = W[4] - math.exp(W[5] * 3) + 1
    harder = W[7] * easy + (1 - W[7]) * (d - W[6] * (grade - 3) * (10 - d) / 9)
    if grade == GOOD:
        stable = s * (1 + math.exp(W[8]) * (11 - d) * s ** -W[9] * (math.exp((1 - r) * W[10]) - 1))
    else:
        stable = min(W[11] * d ** -W[12] * ((s + 1) ** W[13] - 1) * math.exp((1 - r) * W[14]), s / math.exp(W[17] * W[18]))
    return stable, min(max(harder, 1), 10)


@pytest.mark.parametrize("answers", list(product((True, False), repeat=3)))
def test_what_is_remembered_follows_the_published_formulas(answers):
    s, d = first(GOOD if answers[0] else AGAIN)
    memory = first_memory(answers[0], day(0))
    for right, on, before in zip(answers[1:], (7, 28), (0, 7), strict=True):
        assert recall(memory, day(on)) == pytest.approx(chance(on - before, s), abs=1e-9)
        s, d = following(s, d, on - before, GOOD if right else AGAIN)
        memory = after_review(memory, right, day(on))
        assert (memory.stability, memory.difficulty) == (pytest.approx(s, abs=1e-9), pytest.approx(d, abs=1e-9))
        assert memory.last_on == day(on)
        assert memory.due_on == day(on + max(1, round(s))), "when the chance falls to 0.9: after as many days as it is stable"


def test_the_chance_is_nine_in_ten_after_as_many_days_as_the_memory_is_stable():
    memory = after_review(after_review(first_memory(True, day(0)), True, day(7)), True, day(28))
    assert recall(memory, memory.due_on) == pytest.approx(0.9, abs=0.005)
    assert recall(memory, day(28)) == 1
    assert recall(memory, day(29)) > recall(memory, day(60)) > recall(memory, day(200)) > 0


# --- days ------------------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.lists(st.booleans(), min_size=3, max_size=3), st.sampled_from(SCHOOL_DAYS), st.integers(0, 6), st.data())
def test_rounds_open_after_about_one_four_and_ten_weeks_on_the_class_s_day(answers, weekday, finished, data):
    one = topic(answers[0], finished)
    for nth in ROUNDS:
        opens = one.opens_on(nth, weekday)
        first_day, last_day = OPENS[nth]
        assert first_day <= (opens - one.finished_on).days <= last_day
        assert opens.isoweekday() == weekday
        assert not one.is_due(opens - timedelta(1), weekday)
        assert one.is_due(opens, weekday)
        assert round_on(one.finished_on, opens) == nth
        late = data.draw(st.integers((opens - END).days, finished + OPENS[nth][1]))
        one = asked(one, answers[nth - 1], late)
        assert not one.is_due(day(late), weekday)


def test_what_was_missed_comes_back_earlier():
    known, missed = (asked(topic(True), right, 7) for right in (True, False))
    assert (known.opens_on(2, TUESDAY) - missed.opens_on(2, TUESDAY)).days == 7
    firm, loose = asked(known, True, 28), asked(missed, False, 28)
    assert (firm.opens_on(3, TUESDAY) - loose.opens_on(3, TUESDAY)).days == 21


def test_who_finishes_in_the_same_days_is_asked_on_the_same_day():
    for nth, weekday in product(ROUNDS, SCHOOL_DAYS):
        opens = Counter(topic(True, finished).opens_on(nth, weekday) for finished in range(7))
        assert len(opens) <= 2
        together = [topic(right, finished).opens_on(1, TUESDAY) for finished in (0, 1, 2) for right in (True, False)]
        assert len(set(together)) == 1, "from Wednesday to Friday: the Tuesday after"


@given(DAYS, st.sampled_from(SCHOOL_DAYS))
def test_a_class_week_begins_on_the_class_s_day(n, weekday):
    begins, following_one = week_of(day(n), weekday), next_class_day(day(n), weekday)
    assert begins <= day(n) <= following_one
    assert begins.isoweekday() == following_one.isoweekday() == weekday
    assert (following_one - begins).days == (0 if begins == day(n) else 7)


def test_a_round_lasts_until_the_next_one_and_all_end():
    one = topic()
    assert not one.is_due(day(3), TUESDAY)
    assert one.is_due(day(21), TUESDAY), "the first round waits three weeks"
    assert not asked(one, True, 21).is_due(day(22), TUESDAY)
    assert one.is_due(day(OVER), TUESDAY)
    assert not one.is_due(day(OVER + 1), TUESDAY), "and nothing is ever overdue"


def test_what_opened_before_a_pause_is_passed_over():
    one = topic()
    opens = one.opens_on(1, TUESDAY)
    assert one.is_due(opens, TUESDAY, since=opens)
    assert not one.is_due(opens, TUESDAY, since=opens + timedelta(1))
    assert one.is_due(one.opens_on(2, TUESDAY), TUESDAY, since=opens + timedelta(1))


# --- one look --------------------------------------------------------------------------------------------------------------


def test_three_questions_whatever_is_due_and_the_likeliest_forgotten_first():
    many = [topic(n % 2 == 0, finished=-7 * (n // 4), assignment=n // 4, objective=f"o{n}") for n in range(20)]
    look = look_back(many, day(20), TUESDAY)
    assert len(look.waiting) == look.total == MOST
    chances = [recall(t.memory, day(20)) for t in look.waiting]
    due = [t for t in many if t.is_due(day(20), TUESDAY)]
    assert len(due) > 10
    assert chances == sorted(recall(t.memory, day(20)) for t in due)[:MOST]
    assert not any(t.at_the_end.right for t in look.waiting)


def test_a_look_that_was_begun_goes_on_and_then_the_week_is_over():
    five = [topic(objective=f"o{n}") for n in range(5)]
    first_day = five[0].opens_on(1, TUESDAY)
    on = (first_day - END).days
    for answered in range(MOST):
        look = look_back(five, day(on), TUESDAY)
        assert (len(look.done), len(look.waiting)) == (answered, MOST - answered)
        following_one = look.waiting[0]
        five = [asked(t, True, on) if t.objective == following_one.objective else t for t in five]
        on += 1  # on another day of the same week
    look = look_back(five, day(on), TUESDAY)
    assert (len(look.done), look.waiting) == (MOST, ())
    next_week = look_back(five, next_class_day(day(on), TUESDAY), TUESDAY)
    assert next_week.total == 0, "the lesson was asked in this round"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 6)), min_size=1, max_size=8), st.data())
def test_over_a_school_year_nobody_meets_a_heap(lessons, data):
    """Lessons finished on any days, objectives in each; somebody who looks back on some days, answers some and leaves others."""
    topics = [topic(n % 2 == 0, finished, assignment, f"o{n}") for assignment, (finished, size) in enumerate(lessons) for n in range(size)]
    weekday = data.draw(st.sampled_from(SCHOOL_DAYS))
    dice = data.draw(st.randoms(use_true_random=False))
    by_week, by_round = Counter(), {}
    for on in range(200):
        if dice.random() < 0.6:
            continue  # not there
        for _nth in range(dice.randint(0, 4)):
            look = look_back(topics, day(on), weekday)
            assert look.total <= MOST
            if not look.waiting:
                break
            one = look.waiting[0]
            nth, week = round_on(one.finished_on, day(on)), week_of(day(on), weekday)
            by_week[week] += 1
            by_round.setdefault((one.assignment_id, nth), set()).add(week)
            assert nth in ROUNDS
            assert 4 <= (day(on) - one.finished_on).days <= OVER
            topics[topics.index(one)] = asked(one, dice.random() < 0.6, on)
    assert not by_week or max(by_week.values()) <= MOST
    assert all(len(weeks) == 1 for weeks in by_round.values()), "a lesson is asked once in each round"


# --- which question --------------------------------------------------------------------------------------------------------


def test_no_lesson_ever_asks_a_sensitive_question_again(loaded):
    asked_again = 0
    for lesson in loaded.lessons.lessons:
        for band, objective, nth in product("ABC", lesson.objectives, ROUNDS):
            for item in can_be_asked(lesson.quiz, band, objective):
                assert not item.sensitive
                assert item.objective == objective
            found = question_for(lesson.quiz, band, objective, nth)
            assert found is None or not found.sensitive
            asked_again += found is not None
    assert asked_again > 500


def test_an_objective_with_nothing_but_sensitive_questions_is_not_asked_again(loaded):
    quiz = loaded.lessons.lesson("reporting").quiz
    sensitive = next(i for i in quiz.for_band("B") if i.objective == "make-it-right")
    assert sensitive.sensitive
    assert can_be_asked(quiz, "B", "make-it-right") == []
    plain = can_be_asked(quiz, "B", "pick-door")[0]
    assert topics_in(quiz, "B", {plain.id: True, sensitive.id: True, "gone": True}) == {"pick-door": Share(1, 1)}


def test_other_questions_come_first_and_another_each_time(loaded):
    quiz = loaded.lessons.lesson("sextortion").quiz
    pool = [i.id for i in can_be_asked(quiz, "B", "four-moves")]
    sittings = [(pool[0], pool[1]), (pool[0], pool[2])]
    order = [question_for(quiz, "B", "four-moves", nth, sittings).id for nth in range(1, len(pool) + 1)]
    assert sorted(order) == sorted(pool), "another each time, until all have been"
    assert order[:-3] == pool[3:], "first those not met"
    assert order[-3] == pool[1], "then one of the older sitting"
    assert set(order[-2:]) == {pool[0], pool[2]}, "last those of the newest"
    assert question_for(quiz, "B", "four-moves", 1, [tuple(pool)]).id == pool[0]


def test_a_lesson_for_other_ages_asks_what_the_nearest_age_was_asked(loaded):
    quiz = loaded.lessons.lesson("sextortion").quiz  # for B and C
    assert question_for(quiz, "A", "four-moves", 1) == question_for(quiz, "B", "four-moves", 1)


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_every_objective_has_words_in_every_language(loaded, locale):
    for lesson in loaded.lessons.lessons:
        words = objectives_in_words(lesson, locale)
        assert list(words) == list(lesson.objectives)
        for objective, line in words.items():
            assert len(line) > 8, (lesson.slug, objective)
            assert line != objective
            assert not re.search(r"[<>;]|[.,\s\u00a0\u202f]$", line), line


def test_words_of_objectives_are_one_line_without_elements(loaded):
    lesson = loaded.lessons.lesson("help-map")
    html = "<p>They:</p><ul><li data-say=''>name <strong>two</strong> adults\u202f;</li><li>find <a href='#x'>help</a>.</li></ul>"
    plan = replace(lesson.plans["fr"], sections=(replace(lesson.plans["fr"].sections[0], id="objectives", html=html),))
    words = objectives_in_words(replace(lesson, plans={"fr": plan}), "fr")
    assert list(words.values()) == ["Name two adults", "Find help", *lesson.objectives[2:]], "an id where there are no words"
    assert list(objectives_in_words(replace(lesson, plans={}), "en")) == list(lesson.objectives)


# --- what a teacher sees ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "kept"), [(8, Kept.SOLID), (7, Kept.GETTING_THERE), (5, Kept.GETTING_THERE), (4, Kept.AGAIN)])
def test_a_share_in_words(right, kept):
    assert Retained(Share(right, 10), Share(15, 20)).kept is kept


def test_fewer_than_five_students_cannot_be_told_of():
    with pytest.raises(ValueError, match="five"):
        Retained(Share(4, FEWEST_ANSWERS - 1), Share(4, 4))
