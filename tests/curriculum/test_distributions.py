"""Student's t and chi-square, against values worked out elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.distributions import chi_square_tail, incomplete_beta, student_t_quantile, student_t_tail

REFERENCE = json.loads((Path(__file__).parent / "reference" / "distributions.json").read_text())


def test_quantiles_of_students_t_are_right_to_nine_places() -> None:
    assert len(REFERENCE["student_t"]) > 150
    for df, p, stored in REFERENCE["student_t"]:
        assert student_t_quantile(p, df) == pytest.approx(stored, abs=1e-9), (df, p)


def test_the_incomplete_beta_function_is_right_to_nine_places() -> None:
    for a, b, x, stored in REFERENCE["incomplete_beta"]:
        assert incomplete_beta(a, b, x) == pytest.approx(stored, abs=1e-11), (a, b, x)
    assert (incomplete_beta(2, 3, 0), incomplete_beta(2, 3, 1)) == (0, 1)


def test_the_tail_of_chi_square_is_right_to_nine_places() -> None:
    for x, stored in REFERENCE["chi_square"]:
        assert chi_square_tail(x) == pytest.approx(stored, rel=1e-9), x


@given(st.floats(0.5, 0.9999), st.integers(1, 2000))
def test_a_quantile_leaves_its_share_above_it(p: float, df: int) -> None:
    assert student_t_tail(student_t_quantile(p, df), df) == pytest.approx(1 - p, abs=1e-10)


@pytest.mark.parametrize(("p", "df"), [(0.4, 10), (1.0, 10), (0.975, 0)])
def test_there_is_no_quantile_of_what_is_no_share(p: float, df: int) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        student_t_quantile(p, df)
