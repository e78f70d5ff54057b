"""The two distributions that intervals and tests here need, to 1e-9, without a numeric library."""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

_TINY = 1e-300


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for 0 <= x <= 1.

    Continued fraction of DLMF 8.17.22, worked out by the modified Lentz method (Press et al., Numerical Recipes, 3rd ed., 6.4).
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges quickly on the other side only
        return 1 - incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return front * value


def _not_zero(x: float) -> float:
    return x if abs(x) > _TINY else _TINY


def student_t_tail(t: float, df: float) -> float:
    """P(T > t) of Student's t with df degrees of freedom, for t >= 0 (DLMF 8.17 with x = df / (df + t²))."""
    return incomplete_beta(df / 2, 0.5, df / (df + t * t)) / 2


@lru_cache(maxsize=1024)
def student_t_quantile(p: float, df: float) -> float:
    """The t below which a share p of Student's distribution lies, for 0.5 <= p < 1 and df >= 1.

    Newton's method from the normal quantile: right of the middle the distribution function is concave and the normal quantile
    lies below, so every step goes up and none goes too far. Raises ValueError for other arguments.
    """
    if not 0.5 <= p < 1 or df < 1:
        raise ValueError(f"no quantile for p={p}, df={df}: p from 0.5 to below 1, df from 1")
    t, last = NormalDist().inv_cdf(p), -inf
    scale = exp(lgamma((df + 1) / 2) - lgamma(df / 2)) / sqrt(df * pi)
    while t - last > 1e-13 * max(1.0, t):
        last = t
        density = scale * (1 + t * t / df) ** (-(df + 1) / 2)
        t += (student_t_tail(t, df) - (1 - p)) / density
    return t


def chi_square_tail(x: float) -> float:
    """P(X > x) of chi-square with one degree of freedom: the square of a standard normal, so erfc(sqrt(x / 2))."""
    return erfc(sqrt(x / 2)) if x > 0 else 1.0
