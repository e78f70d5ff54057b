"""Numbers that match a reference, and silence where there are too few."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import correlation

import pytest

from app.curriculum.statistics import Share, item_rest_correlation


def test_nobody_has_answered_is_no_zero() -> None:
    assert Share(0, 0).percent is None
    assert Share(0, 0).share is None
    assert Share(0, 4).percent == 0
    assert Share(2, 3).percent == 67
    assert Share(1, 4).share == 0.25


REFERENCE = json.loads((Path(__file__).parent / "reference" / "items.json").read_text())


@pytest.mark.parametrize("students", REFERENCE["sets"], ids=lambda s: f"{len(s['marks'][0])}-students")
def test_item_rest_correlation_is_pearsons(students: dict[str, list]) -> None:
    totals = [sum(column) for column in zip(*students["marks"], strict=True)]
    for marks, stored in zip(students["marks"], students["item_rest"], strict=True):
        found = item_rest_correlation(marks, totals)
        rest = [t - x for x, t in zip(marks, totals, strict=True)]
        assert found == pytest.approx(stored, abs=1e-9)
        assert found == pytest.approx(correlation(marks, rest), abs=1e-9)


def test_the_share_of_right_answers_is_the_facility_index() -> None:
    for students in REFERENCE["sets"][:3]:
        for marks, stored in zip(students["marks"], students["facility"], strict=True):
            assert Share(sum(marks), len(marks)).share == pytest.approx(stored, abs=1e-9)


def test_below_thirty_answers_it_is_silent() -> None:
    item = [0, 1] * 14 + [1]
    assert item_rest_correlation(item, [x + n % 5 for n, x in enumerate(item)]) is None
    item += [0]
    assert item_rest_correlation(item, [x + n % 5 for n, x in enumerate(item)]) is not None


def test_equal_marks_tell_nothing() -> None:
    assert item_rest_correlation([1] * 40, list(range(40))) is None
    assert item_rest_correlation([0, 1] * 20, [3, 4] * 20) is None
    thirds = [n / 3 for n in range(3)] * 20  # the rest is the same but for the last bit
    assert item_rest_correlation(thirds, [0.1 + 0.2 + x for x in thirds]) is None


def test_a_question_that_goes_with_the_rest_exactly_is_one_and_not_more() -> None:
    marks = [n / 7 for n in range(40)]
    assert item_rest_correlation(marks, [x + 0.1 * x for x in marks]) == pytest.approx(1, abs=1e-12)
    assert item_rest_correlation(marks, [x - 3 * x for x in marks]) == pytest.approx(-1, abs=1e-12)
    assert abs(item_rest_correlation(marks, [x + 0.1 * x for x in marks])) <= 1


def test_lists_of_different_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        item_rest_correlation([1], [1, 2])
