"""What a class gained between two checks: only those who took both, and no more claimed than they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

from . import definitions
from .distributions import student_t_quantile
from .statistics import SAME

# Simulated classes: the interval is 34 points wide at 8 pairs, 23 at 15, 17 at 25.
FEWEST_PAIRS = 8
CERTAINTY = 0.95


@dataclass(frozen=True)
class Gain:
    """Pairs of shares 0-1, before and after. The gain is in shares too: 0.1 is ten points of a hundred."""

    definition_of: ClassVar[Mapping[str, str]] = {
        "mean": definitions.GAIN,
        "low": definitions.GAIN_INTERVAL,
        "high": definitions.GAIN_INTERVAL,
        "could_be_chance": definitions.GAIN_INTERVAL,
    }
    n: int
    improved: int
    same: int
    lower: int
    mean: float | None  # None without pairs
    low: float | None = None  # ends of the 95 % interval; None below 8 pairs, and when everybody's gain is the same
    high: float | None = None

    @property
    def has_interval(self) -> bool:
        return self.low is not None

    @property
    def could_be_chance(self) -> bool | None:
        """Whether the interval holds 0; None without an interval: then counts are all there is to say."""
        return None if self.low is None or self.high is None else self.low <= 0 <= self.high


def paired_gain(before: Sequence[float], after: Sequence[float]) -> Gain:
    """`before[i]` and `after[i]` belong to one person; whoever took only one check is left out by the caller, who says how many.

    The interval is the paired t interval, mean ± t(0.975, n-1) * s / sqrt(n), cut at -1 and 1 (Student, Biometrika 6, 1908).
    Where all gains are equal s is 0 and the formula would claim certainty: there is no interval then.
    Raises ValueError when the lists differ in length or hold something that is no share.
    """
    if not all(0 <= share <= 1 for share in (*before, *after)):
        raise ValueError("a share lies between 0 and 1")
    gains = [b - a for a, b in zip(before, after, strict=True)]
    n = len(gains)
    improved, lower = sum(g > SAME for g in gains), sum(g < -SAME for g in gains)
    counts = n, improved, n - improved - lower, lower
    if not n:
        return Gain(*counts, None)
    mean = sum(gains) / n
    if n < FEWEST_PAIRS or max(gains) - min(gains) < SAME:
        return Gain(*counts, mean)
    spread = sqrt(sum((g - mean) ** 2 for g in gains) / (n - 1))
    half = student_t_quantile((1 + CERTAINTY) / 2, n - 1) * spread / sqrt(n)
    return Gain(*counts, mean, max(-1.0, mean - half), min(1.0, mean + half))
