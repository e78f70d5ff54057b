"""Does a question mean the same in two languages? For authors and translators, from counts without people.

Those who answered in the language a question was written in are compared with those who answered in another one, at equal
scores on the rest: where one side still finds the question harder, its translation is looked at first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import ClassVar, TypeVar

from . import definitions
from .distributions import chi_square_tail

# Simulated: with 30 in each language even a gross mistranslation is found in 23 % of runs, with 200 and 100 in 93 %.
FEWEST_PER_LANGUAGE = 100
FEWEST_IN_ALL = 300

ETS_SCALE = 2.35  # 4 / 1.7: from the logit to the ETS delta scale
SIGNIFICANT = 0.05
MODERATE, LARGE = 1.0, 1.5  # of delta
ONE_SIDED_5 = 1.6448536269514722  # standard normal quantile of 0.95


@dataclass(frozen=True)
class Stratum:
    """People in one band of scores: how many had the question right and wrong in the source language, and in the other."""

    source_right: int
    source_wrong: int
    other_right: int
    other_wrong: int

    @property
    def people(self) -> int:
        return self.source_right + self.source_wrong + self.other_right + self.other_wrong


@dataclass(frozen=True)
class Bias:
    """How one question differs between two languages.

    `alpha` is the common odds ratio, above 1 when the source language finds the question easier; `delta` is -2.35 ln alpha,
    negative when the question is harder in the other language; `delta_error` is its standard error.
    """

    definition_of: ClassVar[Mapping[str, str]] = {
        "delta": definitions.LANGUAGE_BIAS,
        "ets_class": definitions.LANGUAGE_BIAS,
        "p": definitions.HOLM,
    }
    alpha: float
    delta: float
    delta_error: float
    chi_square: float
    p: float  # corrected for the number of questions once `compare` has seen them all
    people: int

    @property
    def ets_class(self) -> str:
        """A: nothing to do. B: look at it. C: large; look first.

        C: |delta| at least 1.5 and significantly above 1 (one-sided, 5 %); A: |delta| below 1 or not significantly different from
        0 (`p`); else B. Zieky (1993), in Holland and Wainer, Differential Item Functioning; Zwick (2012), ETS RR-12-08.
        """
        size = abs(self.delta)
        if size < MODERATE or self.p >= SIGNIFICANT:
            return "A"
        certain = size - MODERATE > ONE_SIDED_5 * self.delta_error
        return "C" if size >= LARGE and certain else "B"

    @property
    def harder_in_the_other(self) -> bool:
        return self.delta < 0


def mantel_haenszel(strata: Iterable[Stratum]) -> Bias | None:
    """The comparison of one question over bands of scores.

    Odds ratio and chi-square (continuity-corrected) after Mantel and Haenszel, J. Natl. Cancer Inst. 22 (1959); standard error of
    ln alpha after Robins, Breslow and Greenland, Biometrics 42 (1986). Bands that hold only one language say nothing and are left
    out. None below 100 people in either language or 300 in both, and where nobody differs (no odds ratio, or an infinite one).
    Raises ValueError for a negative count.
    """
    kept = [s for s in strata if _compares(s)]
    source = sum(s.source_right + s.source_wrong for s in kept)
    other = sum(s.other_right + s.other_wrong for s in kept)
    if min(source, other) < FEWEST_PER_LANGUAGE or source + other < FEWEST_IN_ALL:
        return None
    r = sum(s.source_right * s.other_wrong / s.people for s in kept)
    q = sum(s.source_wrong * s.other_right / s.people for s in kept)
    if not r or not q:
        return None
    log_alpha = log(r / q)
    chi_square = _chi_square(kept)
    return Bias(
        exp(log_alpha), -ETS_SCALE * log_alpha, ETS_SCALE * _log_error(kept, r, q), chi_square, chi_square_tail(chi_square), source + other
    )


def _compares(s: Stratum) -> bool:
    if min(s.source_right, s.source_wrong, s.other_right, s.other_wrong) < 0:
        raise ValueError(f"a count below zero: {s}")
    return s.source_right + s.source_wrong > 0 and s.other_right + s.other_wrong > 0


def _chi_square(strata: Iterable[Stratum]) -> float:
    difference = variance = 0.0
    for s in strata:
        source, other, right, n = s.source_right + s.source_wrong, s.other_right + s.other_wrong, s.source_right + s.other_right, s.people
        difference += s.source_right - source * right / n
        variance += source * other * right * (n - right) / (n * n * (n - 1))
    return max(0.0, abs(difference) - 0.5) ** 2 / variance if variance else 0.0


def _log_error(strata: Iterable[Stratum], r: float, q: float) -> float:
    rr = rq = qq = 0.0
    for s in strata:
        agree, differ = (s.source_right + s.other_wrong) / s.people, (s.source_wrong + s.other_right) / s.people
        for_source, for_other = s.source_right * s.other_wrong / s.people, s.source_wrong * s.other_right / s.people
        rr += agree * for_source
        rq += agree * for_other + differ * for_source
        qq += differ * for_other
    return sqrt(rr / (2 * r * r) + rq / (2 * r * q) + qq / (2 * q * q))


Key = TypeVar("Key", bound=Hashable)


def compare(items: Mapping[Key, Iterable[Stratum]]) -> dict[Key, Bias]:
    """Every question that has enough answers, with p corrected for how many were looked at; largest difference first."""
    found = {key: bias for key, strata in items.items() if (bias := mantel_haenszel(strata)) is not None}
    corrected = holm({key: bias.p for key, bias in found.items()})
    order = sorted(found, key=lambda key: -abs(found[key].delta))
    return {key: replace(found[key], p=corrected[key]) for key in order}


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """p-values corrected for being many (Holm, Scand. J. Statist. 6, 1979): the smallest times m, the next times m - 1, never falling."""
    corrected, highest, m = {}, 0.0, len(p_values)
    for n, key in enumerate(sorted(p_values, key=lambda key: p_values[key])):
        highest = max(highest, min(1.0, (m - n) * p_values[key]))
        corrected[key] = highest
    return corrected
