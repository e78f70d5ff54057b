"""What a teacher sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.curriculum.progress import (
    Lately,
    Reason,
    Row,
    Says,
    Standing,
    lately,
    question_summary,
    reasons_for_a_hand,
    standing,
    summarise,
)
from app.curriculum.statistics import Share, item_rest_correlation

from .making import an_item_of


@pytest.mark.parametrize(
    ("right", "counted", "tries", "answered", "where"),
    [
        (0, 0, 0, 0, Standing.NOT_YET),
        (0, 0, 0, 1, Standing.STARTED),
        (2, 6, 1, 0, Standing.ONCE_MORE),  # one low sitting is handed in, and no more than that
        (2, 6, 1, 3, Standing.ONCE_MORE),  # the second one under way
        (2, 6, 2, 0, Standing.HAND),
        (3, 6, 1, 0, Standing.GETTING_THERE),
        (4, 5, 1, 0, Standing.SOLID),
        (79, 100, 2, 0, Standing.GETTING_THERE),
        (80, 100, 2, 3, Standing.SOLID),
        (49, 100, 2, 0, Standing.HAND),
        (0, 0, 1, 0, Standing.GETTING_THERE),  # all stepped over: neither high nor low
    ],
)
def test_where_a_student_stands(right: int, counted: int, tries: int, answered: int, where: Standing) -> None:
    assert standing(right, counted, tries, answered) is where


OPENED = date(2026, 11, 2)


def reasons(**given: object) -> tuple[Reason, ...]:
    usual: dict[str, object] = {"touched": True, "opened_on": OPENED, "due_on": OPENED + timedelta(days=8), "today": OPENED}
    return reasons_for_a_hand(**(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "found"), [(0, ()), (5, ()), (6, (Reason.UNTOUCHED,)), (8, (Reason.UNTOUCHED,)), (30, (Reason.UNTOUCHED,))]
)
def test_untouched_when_three_quarters_of_the_time_are_gone(days: int, found: tuple[Reason, ...]) -> None:
    assert reasons(touched=False, today=OPENED + timedelta(days=days)) == found
    assert reasons(touched=True, today=OPENED + timedelta(days=days)) == ()


def test_without_a_due_date_nothing_is_late() -> None:
    assert reasons(touched=False, due_on=None, today=OPENED + timedelta(days=300)) == ()


def test_a_task_due_the_same_day_has_that_day() -> None:
    assert reasons(touched=False, due_on=OPENED) == ()
    assert reasons(touched=False, due_on=OPENED, today=OPENED + timedelta(days=1)) == (Reason.UNTOUCHED,)


@pytest.mark.parametrize(
    ("handed_in", "together", "quizzes", "is_low"),
    [
        ([(3, 8)], (3, 8), 1, True),  # one quiz of eight stands alone
        ([(4, 8)], (4, 8), 1, False),
        ([(8, 8), (3, 8)], (3, 8), 1, True),
        ([(2, 6), (2, 6)], (4, 12), 2, True),
        ([(5, 6), (0, 6)], (5, 12), 2, True),
        ([(6, 6), (0, 6)], (6, 12), 2, False),
        ([(0, 6), (3, 6)], (3, 12), 2, False),  # the last one went well: it ends by itself
        ([(1, 4), (1, 4)], (2, 8), 2, True),
        ([(0, 2), (1, 4), (0, 1)], (1, 7), 0, False),
        ([(1, 4), (1, 3), (0, 1)], (2, 8), 3, True),
        ([(2, 6), (2, 6), (0, 0)], (4, 12), 2, True),  # a quiz without graded questions is looked through
    ],
)
def test_the_last_quizzes_are_taken_together_to_eight_questions(
    handed_in: list[tuple[int, int]], together: tuple[int, int], quizzes: int, is_low: bool
) -> None:
    found = lately([Share(*quiz) for quiz in handed_in])
    assert found == (Lately(Share(*together), quizzes, is_low) if quizzes else None)
    assert reasons(handed_in=[Share(*quiz) for quiz in handed_in]) == ((Reason.LOW,) if is_low else ())


def test_without_enough_questions_nobody_is_judged() -> None:
    assert lately([]) is None
    assert lately([Share(0, 6)]) is None
    assert reasons(handed_in=[Share(0, 0), Share(0, 7)]) == ()


def test_one_question_wrong_three_times_running() -> None:
    assert reasons(histories=[[False, False, False]]) == (Reason.SAME_QUESTION,)
    assert reasons(histories=[[True, False, False, False]]) == (Reason.SAME_QUESTION,)
    assert reasons(histories=[[False, False, False, True]]) == ()
    assert reasons(histories=[[False, False], [False]]) == ()
    assert reasons(histories=[[None, None, None]]) == ()
    assert reasons(histories=[[False, None, False, False]]) == (Reason.SAME_QUESTION,)


def test_the_class_in_three_groups() -> None:
    rows = [
        Row("Amy", (Standing.SOLID, Standing.GETTING_THERE)),
        Row("Min", (Standing.SOLID, Standing.NOT_YET)),
        Row("Jun", (Standing.SOLID, Standing.HAND)),
        Row("Lina", (Standing.NOT_YET,), (Reason.UNTOUCHED,)),
        Row("Sam", ()),
    ]
    groups = summarise(rows)
    assert (groups.hand, groups.on_the_way, groups.on_track) == (("Jun", "Lina"), ("Min",), ("Amy", "Sam"))


SINGLE = an_item_of("single")


def test_what_a_question_tells() -> None:
    found = question_summary(SINGLE, {"one": 8, "two": 14, "not-sure": 2})
    assert found.share == Share(14, 24)
    assert (found.talk_about, found.misconception, found.too_few) == ("one", "idea-one", False)


@pytest.mark.parametrize(
    ("counts", "talk"),
    [
        ({"one": 4, "two": 2}, None),  # fewer than five on it
        ({"one": 5, "two": 12}, None),  # below 30 %
        ({"one": 6, "two": 14}, "one"),  # 30 %
        ({"two": 5, "not-sure": 20}, None),  # not sure is no idea
        ({"one": 5, "three": 6}, "three"),
    ],
)
def test_an_idea_is_worth_talking_about_when_common(counts: dict[str, int], talk: str | None) -> None:
    assert question_summary(SINGLE, counts).talk_about == talk


def test_too_few_answers_show_nothing_else() -> None:
    found = question_summary(SINGLE, {"one": 4})
    assert found.too_few
    assert (found.share, dict(found.counts), found.talk_about) == (Share(0, 0), {}, None)
    assert question_summary(SINGLE, {}).too_few


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"two": 4}, Says.TOO_FEW),
        ({"one": 6, "two": 14}, Says.TALK),
        ({"one": 6, "two": 4, "not-sure": 10}, Says.TALK),  # an idea can be talked about
        ({"one": 2, "two": 11, "not-sure": 6}, Says.NOT_SURE),
        ({"two": 4, "not-sure": 4}, Says.MIXED),  # fewer than five of them
        ({"two": 15, "not-sure": 5}, Says.MIXED),  # a quarter
        ({"two": 16, "not-sure": 4}, Says.SURE),
        ({"one": 3, "two": 14, "three": 3}, Says.MIXED),
    ],
)
def test_which_sentence_stands_under_a_question(counts: dict[str, int], says: Says) -> None:
    found = question_summary(SINGLE, counts)
    assert found.says is says
    answered = sum(counts.values())
    assert found.not_sure == (Share(0, 0) if says is Says.TOO_FEW else Share(counts.get("not-sure", 0), answered))


def test_a_question_tells_how_it_goes_with_the_rest_from_thirty_answers() -> None:
    marks = [0, 1] * 15
    totals = [mark + n % 5 for n, mark in enumerate(marks)]
    counts = {"one": 15, "two": 15}
    assert question_summary(SINGLE, counts).item_rest is None
    assert question_summary(SINGLE, counts, marks[1:], totals[1:]).item_rest is None
    assert question_summary(SINGLE, counts, marks, totals).item_rest == item_rest_correlation(marks, totals) is not None
    assert question_summary(replace(SINGLE, sensitive=True), counts, marks, totals).item_rest is None
    assert question_summary(SINGLE, {"one": 4}, marks, totals).item_rest is None  # too few shows nothing else


def test_of_questions_with_parts_people_are_counted_and_not_parts() -> None:
    item = an_item_of("several")
    found = question_summary(item, {"=right": 2, "=not-yet": 6, "not-sure": 2, "ask": 8, "tell": 7, "pay": 6, "wait": 1})
    assert found.share == Share(2, 10)
    assert (found.talk_about, found.misconception) == ("pay", "idea-pay")
    assert question_summary(item, {"=not-yet": 4, "ask": 4, "pay": 4}).too_few


def test_a_door_or_a_first_place_given_by_many_is_worth_talking_about() -> None:
    pair = "picture-spreads=emergency"
    assert question_summary(an_item_of("match"), {"=not-yet": 6, pair: 6, "in-danger=emergency": 6}).talk_about == pair
    found = question_summary(an_item_of("order"), {"=right": 4, "=not-yet": 6, "block@1": 5, "save@1": 1, "stop@1": 4, "block@2": 5})
    assert (found.talk_about, found.misconception) == ("block@1", "idea-block")
