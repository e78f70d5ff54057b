"""What the figures of a report mean, and what they cannot tell: frozen into each report in all languages when it is made."""

from __future__ import annotations

from typing import Any

from app.core.i18n import catalogue_of
from app.core.i18n import lazy_gettext as _l
from app.curriculum.locales import LOCALES

# id -> name, meaning, formula
TERMS: dict[str, tuple[Any, Any, str]] = {
    "students": (
        _l("Students who finished"),
        _l(
            "Seats in a class that answered every question of the lesson by its last day, with their best result. "
            "Nobody is followed from class to class: somebody with a seat in two classes counts twice."
        ),
        "n = |{seat : finished_on <= last_day}|",
    ),
    "solid": (_l("Solid"), _l("At least 80% right, sensitive questions left out."), "best_right / best_counted >= 0.80"),
    "getting_there": (_l("Getting there"), _l("From 50% to below 80% right."), "0.50 <= best_right / best_counted < 0.80"),
    "below_half": (_l("Below half"), _l("Less than 50% right."), "best_right / best_counted < 0.50"),
    "pairs": (
        _l("Both checks"),
        _l("Students who answered the short check before the lesson and the one after it. Everybody else is left out of the gain."),
        "n_pairs = |{seat : before and after finished}|",
    ),
    "gain": (
        _l("Mean gain"),
        _l(
            "Right answers after the lesson minus right answers before it, in points of a hundred: the mean over students with both "
            "checks, from twenty of them. The two checks ask different questions, and which comes first is drawn by lot."
        ),
        "100 * mean(right_after / asked_after - right_before / asked_before)",
    ),
    "bands": (
        _l("Ranges instead of exact figures"),
        _l(
            "Counts and percentages are shown as ranges that one person’s answer does not change. "
            "A percentage is never shown as none or all."
        ),
        "n: 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000; %: 0, 10, 25, 50, 75, 90, 100; gain: -5, 5, 15, 25",
    ),
    "held_back": (
        _l("Held back"),
        _l(
            "Fewer than ten students, nobody, or a figure that could reveal another one. "
            "The report does not say which, because that could reveal something about those few."
        ),
        "k = 10; every count below k keeps at least k + 1 possible values given all that is shown",
    ),
    "counted_once": (
        _l("Counted once"),
        _l(
            "Every student of a lesson is counted in one report only. A row stays as it is until ten more students have finished "
            "that lesson, so that two reports never differ by a few."
        ),
        "rows(report n) = new batch where n_new >= k, else rows(report n - 1)",
    ),
}
LIMITS: tuple[Any, ...] = (
    _l("Only lessons that are over are counted, and only of schools that belong to this board today."),
    _l("The questions ask what students know and would advise. They do not measure what happens to anybody."),
    _l("Classes were not drawn by lot: who took part differs from school to school and lesson to lesson. A comparison proves nothing."),
    _l("No student, class or teacher is in this report. Once its classes are deleted, nothing is left from which it could be made again."),
)


def in_all_languages(text: Any) -> dict[str, str]:
    return {code: catalogue_of(code).gettext(text.message) for code in LOCALES}


def frozen() -> dict[str, Any]:
    """All of it, as it reads today."""
    terms = {
        key: {"name": in_all_languages(name), "meaning": in_all_languages(meaning), "formula": formula}
        for key, (name, meaning, formula) in TERMS.items()
    }
    return {"definitions": terms, "limits": [in_all_languages(text) for text in LIMITS]}
