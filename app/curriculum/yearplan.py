"""A school year of lessons for one age group: one lesson a week, boosters between."""

from __future__ import annotations

from dataclasses import dataclass

from .content import Booster, Lesson
from .library import Library

# Lessons in a block: the youngest have one block of nine, the others two of eight (curriculum, "Band maps").
BLOCKS = {"A": (9,), "B": (8, 8), "C": (8, 8)}


@dataclass(frozen=True)
class Step:
    """One line of the plan: a lesson in its week, or a booster at the end of a unit, which takes five minutes of the next lesson."""

    week: int | None
    lesson: Lesson | None = None
    booster: Booster | None = None


@dataclass(frozen=True)
class Block:
    """Weeks that belong together. The last block may be what is left when there is more time: it has no weeks."""

    number: int | None
    steps: tuple[Step, ...]

    @property
    def lessons(self) -> int:
        return sum(step.lesson is not None for step in self.steps)


def year_plan(library: Library, band: str) -> tuple[Block, ...]:
    """The lessons of this age group in order, in blocks; each booster after the last lesson of its unit that has a week."""
    lessons = [lesson for lesson in library.lessons if band in lesson.bands]
    last = {lesson.unit: lesson.slug for lesson in lessons}
    last |= {lesson.unit: lesson.slug for lesson in lessons[: sum(BLOCKS[band])]}
    boosters = {last[b.after]: b for b in library.boosters if band in b.items and b.after in last}
    blocks: list[Block] = []
    begun = 0
    for number, size in enumerate(BLOCKS[band], 1):
        part = lessons[begun : begun + size]
        if part:
            blocks.append(Block(number, _steps(part, boosters, 1)))
        begun += size
    if lessons[begun:]:
        blocks.append(Block(None, _steps(lessons[begun:], boosters, None)))
    return tuple(blocks)


def _steps(lessons: list[Lesson], boosters: dict[str, Booster], first_week: int | None) -> tuple[Step, ...]:
    steps = []
    for place, lesson in enumerate(lessons):
        steps.append(Step(None if first_week is None else first_week + place, lesson=lesson))
        if lesson.slug in boosters:
            steps.append(Step(None, booster=boosters[lesson.slug]))
    return tuple(steps)
