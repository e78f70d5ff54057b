"""Whether a question means the same in two languages."""

from __future__ import annotations

import json
import random
from math import exp
from pathlib import Path

import pytest

from app.curriculum.bias import Bias, Stratum, compare, holm, mantel_haenszel

REFERENCE = json.loads((Path(__file__).parent / "reference" / "language_bias.json").read_text())["items"]


def strata_of(stored: dict) -> list[Stratum]:
    return [Stratum(*counts) for counts in stored["strata"]]


@pytest.mark.parametrize("stored", REFERENCE, ids=lambda s: f"delta {s['delta']:.2f}")
def test_every_number_is_right_to_nine_places(stored: dict) -> None:
    found = mantel_haenszel(strata_of(stored))
    assert found is not None
    for name in ("alpha", "delta", "delta_error", "chi_square"):
        assert getattr(found, name) == pytest.approx(stored[name], abs=1e-9), name
    assert found.p == pytest.approx(stored["p"], rel=1e-9)
    assert found.people == sum(map(sum, stored["strata"]))


def test_p_is_corrected_for_the_number_of_questions() -> None:
    found = compare({n: strata_of(stored) for n, stored in enumerate(REFERENCE)})
    assert {n: bias.p for n, bias in found.items()} == pytest.approx({n: s["holm"] for n, s in enumerate(REFERENCE)}, rel=1e-9)
    sizes = [abs(bias.delta) for bias in found.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_holms_correction_never_falls_and_never_exceeds_one() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_it_is_silent_below_a_hundred_in_a_language_and_three_hundred_in_all() -> None:
    assert mantel_haenszel([Stratum(400, 100, 60, 39)]) is None
    assert mantel_haenszel([Stratum(120, 80, 60, 39)]) is None
    assert mantel_haenszel([Stratum(120, 79, 60, 40)]) is None
    assert mantel_haenszel([Stratum(120, 80, 60, 40)]) is not None
    # A band in which nobody answered in one of the languages compares nothing, and its people do not count.
    assert mantel_haenszel([Stratum(100, 50, 60, 40), Stratum(300, 100, 0, 0)]) is None
    assert mantel_haenszel([]) is None


def test_where_nobody_differs_there_is_nothing_to_compare() -> None:
    assert mantel_haenszel([Stratum(200, 0, 150, 0)]) is None
    assert mantel_haenszel([Stratum(200, 0, 0, 150)]) is None  # an endless odds ratio
    with pytest.raises(ValueError, match="below zero"):
        mantel_haenszel([Stratum(200, -1, 100, 100)])


def test_equal_odds_are_no_bias() -> None:
    found = mantel_haenszel([Stratum(150, 50, 90, 30), Stratum(80, 80, 40, 40)])
    assert found is not None
    assert (found.delta, found.chi_square, found.p, found.ets_class) == (pytest.approx(0, abs=1e-12), 0, 1, "A")


def test_the_other_language_being_harder_has_a_negative_delta() -> None:
    harder = mantel_haenszel([Stratum(160, 40, 80, 70)])
    easier = mantel_haenszel([Stratum(100, 100, 120, 30)])
    assert harder is not None
    assert harder.delta < 0 < easier.delta
    assert (harder.harder_in_the_other, easier.harder_in_the_other) == (True, False)


@pytest.mark.parametrize(
    ("delta", "error", "p", "found"),
    [
        (-0.99, 0.1, 0.0001, "A"),  # small, however certain
        (-2.5, 1.3, 0.05, "A"),  # large, but it could be chance
        (-1.2, 0.3, 0.001, "B"),
        (1.2, 0.3, 0.001, "B"),
        (-1.6, 0.4, 0.001, "B"),  # not certainly above 1
        (-1.6, 0.3, 0.001, "C"),
        (2.2, 0.5, 0.0001, "C"),
    ],
)
def test_the_three_classes(delta: float, error: float, p: float, found: str) -> None:
    assert Bias(exp(-delta / 2.35), delta, error, 1.0, p, 400).ets_class == found


def a_quiz(chance: random.Random, shift: float, source: int = 300, other: int = 150, items: int = 10) -> dict[int, list[Stratum]]:
    """Ten questions; the first is `shift` (delta) harder in the other language, whose readers are 0.3 less able."""
    people = [(0, chance.gauss(0, 1)) for _ in range(source)] + [(1, chance.gauss(-0.3, 1)) for _ in range(other)]
    bands = [[[0, 0, 0, 0] for _ in range(items)] for _item in range(items)]
    for language, able in people:
        right = []
        for item in range(items):
            logit = 1.7 * (able - (item - items / 2) / 4) - (shift / 2.35 if language and item == 0 else 0)
            right.append(chance.random() < 1 / (1 + exp(-logit)))
        for item, is_right in enumerate(right):
            bands[item][sum(right) - is_right][2 * language + (not is_right)] += 1
    return {item: [Stratum(*counts) for counts in of_item] for item, of_item in enumerate(bands)}


def test_good_translations_are_left_alone_and_gross_mistakes_are_found() -> None:
    chance, runs = random.Random(4), 60
    wrongly = sum(any(b.ets_class != "A" for b in compare(a_quiz(chance, 0.0)).values()) for _ in range(runs))
    found = sum(compare(a_quiz(chance, 2.5))[0].ets_class != "A" for _ in range(runs))
    assert wrongly / runs <= 0.1  # any of ten questions
    assert found / runs >= 0.7
