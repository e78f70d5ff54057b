"""Made-up boards of schools, to attack reports with: small schools, empty ones, one big one, everybody in one language, everybody solid."""

from __future__ import annotations

import random
from datetime import date, timedelta

from app.curriculum.reports import Finished, batch

LANGUAGES = ("en", "fr", "ko")
DATES = (date(2026, 11, 2), date(2026, 12, 7), date(2027, 2, 1))


def board(dice: random.Random) -> list:
    """Schools of one board, each a list of classes: (age band, main language, seats)."""
    return [
        [(dice.choice("ABC"), dice.choice(LANGUAGES[: dice.randint(1, 3)]), dice.choice((3, 8, 9, 10, 11, 14, 20, 25, 30))) for _ in range(dice.choice((0, 1, 1, 2, 4)))]
        for _ in range(dice.choice((1, 2, 3, 5, 8)))
    ]  # fmt: skip


def finished_by(dice: random.Random, schools: list, day: date, lessons: list[str], done: set) -> list[Finished]:
    """Who finished what since the last date; a class does each lesson once."""
    found = []
    for school, classes in enumerate(schools):
        for room, (band, language, seats) in enumerate(classes):
            skill = dice.choice((0.05, 0.5, 0.7, 0.85, 0.98))
            with_checks = dice.random() < 0.4
            for lesson in lessons:
                if (school, room, lesson) in done or dice.random() < 0.4:
                    continue
                done.add((school, room, lesson))
                share = dice.choice((0.2, 0.9, 1.0))
                for seat in range(seats):
                    if dice.random() > share:
                        continue
                    right = sum(dice.random() < skill for _ in range(6))
                    gain = dice.choice((-0.25, 0, 0.25, 0.5)) if with_checks and dice.random() < 0.9 else None
                    spoken = language if dice.random() < 0.9 else dice.choice(LANGUAGES)
                    when = day - timedelta(dice.randint(1, 20))
                    found.append(Finished((school, room, seat), lesson, band, school, spoken, when, right, 6, gain))
    return found


def reports(dice: random.Random):
    """Three reports of a board, one after the other: (what was shown, those it counted)."""
    schools, done, waiting = board(dice), set(), []
    lessons = [f"lesson-{n}" for n in range(dice.choice((1, 2, 4)))]
    for day in DATES:
        waiting += finished_by(dice, schools, day, lessons, done)
        made = batch(waiting, LANGUAGES, range(len(schools)))
        yield made, [one for one in waiting if (one.lesson, one.band) in made.counted], len(schools)
        waiting = [one for one in waiting if (one.lesson, one.band) not in made.counted]
