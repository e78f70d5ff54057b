"""What a class gained, and that nothing is claimed which was not shown."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.gain import Gain, paired_gain

REFERENCE = json.loads((Path(__file__).parent / "reference" / "gain.json").read_text())


@pytest.mark.parametrize("stored", REFERENCE["classes"], ids=lambda c: f"{len(c['before'])}-pairs")
def test_the_mean_and_its_interval_are_right_to_nine_places(stored: dict) -> None:
    found = paired_gain(stored["before"], stored["after"])
    assert (found.improved, found.same, found.lower) == (stored["improved"], stored["same"], stored["lower"])
    assert (found.mean, found.low, found.high) == pytest.approx((stored["mean"], stored["low"], stored["high"]), abs=1e-9)
    assert found.could_be_chance == (stored["low"] <= 0 <= stored["high"])


def test_twelve_improved_six_stayed_and_two_were_lower() -> None:
    found = paired_gain([0.25] * 20, [0.5] * 12 + [0.25] * 6 + [0.0] * 2)
    assert (found.n, found.improved, found.same, found.lower) == (20, 12, 6, 2)
    assert found.mean == pytest.approx(0.125)
    assert found.could_be_chance is False


def test_below_eight_pairs_there_are_counts_only() -> None:
    seven = paired_gain([0.0, 0.25] * 3 + [0.5], [1.0, 0.5] * 3 + [0.5])
    assert (seven.improved, seven.same, seven.lower) == (6, 1, 0)
    assert (seven.low, seven.high, seven.could_be_chance, seven.has_interval) == (None, None, None, False)
    eight = paired_gain([0.0, 0.25] * 4, [1.0, 0.5] * 4)
    assert eight.has_interval


def test_without_pairs_there_is_no_mean() -> None:
    assert paired_gain([], []) == Gain(0, 0, 0, 0, None)


@pytest.mark.parametrize("gain", [0.0, 0.25, -0.5])
def test_where_everybody_gains_the_same_no_certainty_is_claimed(gain: float) -> None:
    found = paired_gain([0.5] * 30, [0.5 + gain] * 30)
    assert found.mean == pytest.approx(gain)
    assert (found.low, found.could_be_chance) == (None, None)
    tenths = [n / 10 for n in range(1, 9)]  # the same gain but for the last bit
    assert not paired_gain(tenths, [x + 0.1 + 0.1 for x in tenths]).has_interval


def test_equal_shares_of_other_sums_are_the_same() -> None:
    assert paired_gain([0.3, 0.1 + 0.2], [0.1 + 0.2, 0.3]).same == 2


def test_an_interval_ends_where_shares_end() -> None:
    assert paired_gain([1.0] * 8, [0.0] * 7 + [1.0]).low == -1
    assert paired_gain([0.0] * 8, [1.0] * 7 + [0.0]).high == 1


def test_what_is_no_pair_of_shares_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        paired_gain([0.5], [1.5])
    with pytest.raises(ValueError, match="zip"):
        paired_gain([0.5], [0.5, 0.6])


quarters = st.integers(0, 4).map(lambda n: n / 4)


@given(st.lists(st.tuples(quarters, quarters), max_size=40))
def test_swapping_before_and_after_turns_the_gain_round(pairs: list[tuple[float, float]]) -> None:
    there = paired_gain([a for a, _ in pairs], [b for _, b in pairs])
    back = paired_gain([b for _, b in pairs], [a for a, _ in pairs])
    assert there.n == there.improved + there.same + there.lower == len(pairs)
    assert (there.improved, there.same, there.lower) == (back.lower, back.same, back.improved)
    assert there.could_be_chance == back.could_be_chance
    if there.low is not None:
        assert -1 <= there.low <= there.mean <= there.high <= 1
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


# --- simulated classes, on checks of four questions ------------------------------------------------------------------


def marks(chance: random.Random, able: float, items: int = 4) -> float:
    return sum(chance.random() < able for _ in range(items)) / items


@pytest.mark.parametrize("n", [8, 10, 15, 20, 25])
@pytest.mark.parametrize("learned", [0.0, 0.15])
def test_the_interval_holds_the_true_gain_in_about_ninety_five_of_a_hundred_classes(n: int, learned: float) -> None:
    chance, classes, held = random.Random(n), 1500, 0
    for _ in range(classes):
        able = [chance.uniform(0.25, 0.8) for _ in range(n)]
        found = paired_gain([marks(chance, a) for a in able], [marks(chance, a + learned) for a in able])
        held += found.low is not None and found.low <= learned <= found.high
    assert 0.93 <= held / classes <= 0.96


@pytest.mark.parametrize("n", [15, 25, 30])
def test_a_class_that_learned_nothing_and_lost_its_weaker_students_reports_no_gain(n: int) -> None:
    """Form B is harder, half take A first and half B; how likely somebody is there the second time is how able they are."""
    chance, classes, no_gain, of_everybody = random.Random(11), 1500, 0, 0.0
    for _ in range(classes):
        before, after, everybody = [], [], []
        for student in range(n):
            able = chance.uniform(0.3, 0.9)
            first, second = (able, able - 0.1) if student % 2 else (able - 0.1, able)
            everybody.append(marks(chance, first))
            if chance.random() < able:
                before.append(everybody[-1])
                after.append(marks(chance, second))
        no_gain += paired_gain(before, after).could_be_chance is not False
        of_everybody += sum(after) / len(after) - sum(everybody) / n
    assert no_gain / classes >= 0.93
    assert of_everybody / classes > 0.03  # whoever forgets the pairs sees a gain where there is none
