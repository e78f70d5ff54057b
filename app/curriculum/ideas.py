"""Wrong ideas over a whole class: how many hold each, of how many who met it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from math import sqrt

from .content import Item
from .progress import FEWEST_ANSWERS, WORTH_TALKING
from .scoring import ideas_behind, people_answered

HARDLY_ANYONE = 0.1
_NINETY_FIVE = 1.959963984540054  # quantile of the normal distribution


class Worth(Enum):
    """What to do about a wrong idea."""

    TALK = "talk"  # 5 answers and 30 % of those that could have been it: worth five minutes
    SOME = "some"
    HARDLY = "hardly"  # fewer than one in ten


@dataclass(frozen=True)
class Held:
    """How often a wrong idea was chosen, of the answers to questions where it could be. For one question answers are people."""

    chosen: int
    met: int

    @property
    def share(self) -> float:
        return self.chosen / self.met if self.met else 0.0

    @property
    def too_few(self) -> bool:
        return self.met < FEWEST_ANSWERS

    @property
    def worth(self) -> Worth:
        if self.chosen >= FEWEST_ANSWERS and self.share >= WORTH_TALKING:
            return Worth.TALK
        return Worth.HARDLY if self.share < HARDLY_ANYONE else Worth.SOME

    @property
    def at_least(self) -> float:
        """The lower end of the 95 % interval of the share (Wilson, JASA 22, 1927): few answers weigh less than many."""
        if not self.met:
            return 0.0
        n, p, z = self.met, self.share, _NINETY_FIVE
        return (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)

    def __add__(self, other: Held) -> Held:
        return Held(self.chosen + other.chosen, self.met + other.met)


def held_in(item: Item, counts: Mapping[str, int]) -> dict[str, Held]:
    """Each wrong idea behind an answer to this question; `counts` by the keys of `scoring.tally_keys`.

    Whoever ticks two options, or sends two situations to other doors, is one person: where one idea stands behind several such parts,
    the one chosen most counts, so that nobody is counted twice.
    """
    together: dict[str, dict[str, int]] = {}
    for key, idea in ideas_behind(item).items():
        part = key if item.kind in ("several", "find") else key.partition("=")[0] if item.kind == "match" else ""
        together.setdefault(idea, {}).setdefault(part, 0)
        together[idea][part] += counts.get(key, 0)
    answered = people_answered(item, counts)
    return {idea: Held(min(answered, max(parts.values())), answered) for idea, parts in together.items()}


@dataclass(frozen=True)
class Place:
    """A question where an idea was met."""

    lesson: str  # slug
    item: str
    held: Held


@dataclass(frozen=True)
class Entry:
    """A line of a class's ledger of wrong ideas."""

    idea: str
    held: Held
    places: tuple[Place, ...]  # in the order of the lessons


def ledger(answered: Iterable[tuple[str, Item, Mapping[str, int]]]) -> tuple[Entry, ...]:
    """(lesson, question, its counts) -> every idea that was met, those worth talking about first. Questions that fewer than five people
    answered are left out: several of them together could be about one person.

    The order is that of `Held.at_least`: an idea that 14 of 20 hold stands above one that 4 of 5 hold.
    """
    places: dict[str, list[Place]] = {}
    for lesson, item, counts in answered:
        for idea, held in held_in(item, counts).items():
            if not held.too_few:
                places.setdefault(idea, []).append(Place(lesson, item.id, held))
    entries = (Entry(idea, sum((p.held for p in own), Held(0, 0)), tuple(own)) for idea, own in places.items())
    return tuple(sorted(entries, key=lambda e: (-e.held.at_least, -e.held.met, e.idea)))
