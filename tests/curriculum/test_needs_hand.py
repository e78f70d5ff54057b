"""Who is said to need a hand: how often wrongly, how often rightly. Exact where a binomial tells, simulated for the real quizzes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import comb
from pathlib import Path

import pytest

from app.curriculum.content import BANDS, Quiz
from app.curriculum.findings import Report
from app.curriculum.progress import Reason, Standing, lately, reasons_for_a_hand, standing
from app.curriculum.reading import read_sources
from app.curriculum.scoring import draw
from app.curriculum.statistics import Share

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
DAY = date(2026, 11, 22)
FIRST_SITTINGS = 12
QUESTIONS = 30  # "after 30 questions": features 6


@lru_cache
def quizzes() -> tuple[Quiz, ...]:
    sources = read_sources(LESSONS, Report())
    lessons = sorted((lesson for lesson in sources.lessons if lesson.quiz), key=lambda lesson: lesson.number)
    return tuple(Quiz(one.slug, one.quiz.length, tuple(source.item for source in one.quiz.items), {}) for one in lessons)


def graded(quiz: Quiz, band: str, nth: int) -> list[str]:
    """Ids of the questions of a sitting that count."""
    return [i for i in draw(quiz, band, nth) if not quiz.item(i).sensitive]


def taught_in(band: str) -> list[Quiz]:
    return [quiz for quiz in quizzes() if any(band in item.bands for item in quiz.items)]


def exactly(right: int, of: int, able: float) -> float:
    return comb(of, right) * able**right * (1 - able) ** (of - right)


def named_after(sizes: tuple[int, ...], able: float) -> float:
    """Exactly how likely "low" is after handing in quizzes of these sizes, at a constant share right."""

    def outcomes(sizes: tuple[int, ...]) -> Iterator[tuple[float, list[Share]]]:
        if not sizes:
            yield 1.0, []
            return
        for p, before in outcomes(sizes[:-1]):
            for right in range(sizes[-1] + 1):
                yield p * exactly(right, sizes[-1], able), [*before, Share(right, sizes[-1])]

    return sum(p for p, handed_in in outcomes(sizes) if (found := lately(handed_in)) and found.is_low)


def test_a_quiz_of_eight_names_one_good_student_in_a_hundred_and_four_in_five_weak_ones() -> None:
    wrongly = named_after((8,), 0.8)
    assert wrongly == pytest.approx(0.0104, abs=5e-5)
    assert 1 - (1 - wrongly) ** 4 == pytest.approx(0.041, abs=5e-4)
    assert named_after((8,), 0.5) == pytest.approx(0.363, abs=5e-4)
    assert named_after((8,), 0.3) == pytest.approx(0.806, abs=5e-4)


@pytest.mark.parametrize(
    ("sizes", "at_80", "at_50", "at_30"),
    [
        ((6, 6), 0.0021, 0.2527, 0.7181),
        ((5, 5), 0.0049, 0.3135, 0.7751),
        ((4, 4), 0.0056, 0.2305, 0.6153),
        ((6, 5), 0.0075, 0.3750, 0.8111),
        ((4, 7), 0.0081, 0.4043, 0.8524),
        ((7, 7), 0.0018, 0.3226, 0.8353),
    ],
)
def test_quizzes_of_fewer_are_surer_two_by_two(sizes: tuple[int, ...], at_80: float, at_50: float, at_30: float) -> None:
    assert [named_after(sizes, able) for able in (0.8, 0.5, 0.3)] == pytest.approx([at_80, at_50, at_30], abs=6e-5)
    assert named_after(sizes[-1:], 0.3) == 0  # alone it names nobody


def test_the_rule_can_name_somebody_in_every_lesson_and_band() -> None:
    """A first sitting holds 5 to 8 questions that count, later ones 4 to 8: one alone often has too few, two always have enough."""
    smallest, largest = set(), set()
    for quiz in quizzes():
        for band in BANDS:
            if quiz in taught_in(band):
                sizes = [len(graded(quiz, band, nth)) for nth in range(1, FIRST_SITTINGS + 1)]
                smallest.add(min(sizes))
                largest.add(max(sizes))
                assert all(lately([Share(0, a), Share(0, b)]).is_low for a, b in pairwise(sizes))
    assert min(smallest) >= 4  # 4 + 4 is the 8 that the rule asks for
    assert max(largest) <= 8


def one_after_another(band: str, start: int) -> Iterator[list[str]]:
    """A new lesson each time."""
    lessons = taught_in(band)
    for n in range(99):
        quiz = lessons[(start + n) % len(lessons)]
        yield [f"{quiz.slug}:{i}" for i in graded(quiz, band, 1)]


def each_twice(band: str, start: int) -> Iterator[list[str]]:
    lessons = taught_in(band)
    for n in range(99):
        quiz = lessons[(start + n // 2) % len(lessons)]
        yield [f"{quiz.slug}:{i}" for i in graded(quiz, band, 1 + n % 2)]


def reasons_met(chance: random.Random, able: float, sittings: Iterator[list[str]]) -> set[Reason]:
    """Every reason that was ever given, looked at after each sitting until 30 questions that count have been answered."""
    handed_in: list[Share] = []
    lessons: dict[str, list[Share]] = {}
    histories: dict[str, list[bool | None]] = {}
    met: set[Reason] = set()
    while sum(quiz.answered for quiz in handed_in) < QUESTIONS:
        asked = next(sittings)
        right = [chance.random() < able for _ in asked]
        handed_in.append(Share(sum(right), len(asked)))
        tries = lessons.setdefault(asked[0].partition(":")[0], [])
        tries.append(handed_in[-1])
        best = max(tries, key=lambda quiz: quiz.right / quiz.answered)
        if standing(best.right, best.answered, len(tries)) is Standing.HAND:
            met.add(Reason.TWICE)
        for item, is_right in zip(asked, right, strict=True):
            histories.setdefault(item, []).append(is_right)
        met |= {*reasons_for_a_hand(touched=True, opened_on=DAY, due_on=DAY, today=DAY, handed_in=handed_in, histories=histories.values())}
    return met


def named(able: float, order: object, students: int = 1500) -> float:
    chance = random.Random(f"{able}{order}")
    bands = [chance.choice(BANDS) for _ in range(students)]
    return sum(bool(reasons_met(chance, able, order(band, chance.randrange(30)))) for band in bands) / students


@pytest.mark.parametrize("order", [one_after_another, each_twice])
def test_a_student_who_is_right_four_times_in_five_is_hardly_ever_named(order: object) -> None:
    """On the real quizzes, by all rules together, looked at after every sitting."""
    assert named(0.8, order) < 0.05


def test_somebody_who_needs_a_hand_is_named_within_thirty_questions() -> None:
    assert named(0.5, one_after_another) > 0.65
    assert named(0.3, one_after_another) > 0.95


def test_the_last_quiz_alone_from_six_questions_would_name_too_many() -> None:
    """Why the rule takes quizzes together: the simpler one, on the same quizzes."""
    chance, students, wrongly = random.Random(6), 1500, 0
    for _ in range(students):
        answered, is_named, sittings = 0, False, one_after_another(chance.choice(BANDS), chance.randrange(30))
        while answered < QUESTIONS:
            n = len(next(sittings))
            answered += n
            is_named |= n >= 6 and 2 * sum(chance.random() < 0.8 for _ in range(n)) < n
        wrongly += is_named
    assert wrongly / students > 0.06
