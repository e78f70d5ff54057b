"""Numbers that match a reference, and silence where there are too few."""

from __future__ import annotations

import random
from statistics import correlation

import pytest

from app.curriculum.statistics import Share, item_rest_correlation


def test_nobody_has_answered_is_no_zero() -> None:
    assert Share(0, 0).percent is None
    assert Share(0, 0).share is None
    assert Share(0, 4).percent == 0
    assert Share(2, 3).percent == 67
    assert Share(1, 4).share == 0.25


# 40 students, 8 items, right or not: row n is item n. The reference values were computed once from these answers in exact
# integers, with a square root of 40 digits (the decimal module), and are kept here.
def answers() -> list[list[int]]:
    chance = random.Random(20261122)
    ability = [chance.gauss(0, 1) for _ in range(40)]
    return [[int(a + chance.gauss(0, 1) > d) for a in ability] for d in (-1.2, -0.8, -0.4, -0.1, 0.1, 0.4, 0.8, 1.2)]


REFERENCE = [
    0.2835642407338491,
    0.4420294051357201,
    0.27467088694244846,
    0.2871004010623144,
    0.41530047052298635,
    0.42565956163595814,
    0.362265997682742,
    0.40021932460763393,
]


def test_item_rest_correlation_is_pearsons() -> None:
    items = answers()
    total = [sum(column) for column in zip(*items, strict=True)]
    for item, stored in zip(items, REFERENCE, strict=True):
        found = item_rest_correlation(item, total)
        rest = [t - x for x, t in zip(item, total, strict=True)]
        assert found == pytest.approx(stored, abs=1e-9)
        assert found == pytest.approx(correlation(item, rest), abs=1e-9)


def test_below_thirty_answers_it_is_silent() -> None:
    item = [0, 1] * 14 + [1]
    assert item_rest_correlation(item, [x + n % 5 for n, x in enumerate(item)]) is None
    item += [0]
    assert item_rest_correlation(item, [x + n % 5 for n, x in enumerate(item)]) is not None


def test_equal_marks_tell_nothing() -> None:
    assert item_rest_correlation([1] * 40, list(range(40))) is None
    assert item_rest_correlation([0, 1] * 20, [3, 4] * 20) is None


def test_lists_of_different_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        item_rest_correlation([1], [1, 2])
