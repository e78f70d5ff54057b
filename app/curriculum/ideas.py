"""Wrong ideas over a whole class: how many hold each, of how many who met it, and which to talk about first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
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
    sensitive: bool = False


def together(places: Iterable[Place]) -> Held:
    return sum((p.held for p in places), Held(0, 0))


@dataclass(frozen=True)
class Entry:
    """A line of a class's ledger of wrong ideas; `now` is the lesson that the class is at, "" where there is none."""

    idea: str
    places: tuple[Place, ...]  # in the order of the lessons
    now: str = ""

    @cached_property
    def held(self) -> Held:
        return together(self.places)

    @cached_property
    def said_aloud(self) -> Held:
        """Without sensitive questions: what nobody minds to hear first thing tomorrow."""
        return together(p for p in self.places if not p.sensitive)

    @cached_property
    def of_now(self) -> bool:
        """Whether what was answered in the lesson of now is enough to talk about it."""
        return together(p for p in self.places if p.lesson == self.now and not p.sensitive).worth is Worth.TALK

    @property
    def to_talk_about(self) -> bool:
        return self.of_now or self.said_aloud.worth is Worth.TALK

    @property
    def worth(self) -> Worth:
        return Worth.TALK if self.of_now else self.held.worth

    @property
    def question(self) -> Place:
        """Where to look first: the question where most hold it, of the lesson of now where that is why it is talked about."""
        own = [p for p in self.places if p.lesson == self.now and not p.sensitive] if self.of_now else self.places
        return max(own, key=lambda p: (not p.sensitive, p.held.at_least))


Met = tuple[str, Place]  # an idea, and a question where it was met


def met_in(lesson: str, item: Item, counts: Mapping[str, int]) -> list[Met]:
    """The ideas met in one question of a lesson, none where fewer than five people answered: several such questions together could be
    about one person."""
    found = held_in(item, counts).items()
    return [(idea, Place(lesson, item.id, held, item.sensitive)) for idea, held in found if not held.too_few]


def ranked(met: Iterable[Met], now: str = "") -> tuple[Entry, ...]:
    """Every idea that was met, in the order in which to talk about them. The one order of a class's ideas, wherever they are shown.

    First what is worth five minutes and comes from the lesson that the class is at (`now`), then what is worth them over all lessons, then
    the rest; among those by `Held.at_least`: an idea that 14 of 20 hold stands above one that 4 of 5 hold. Sensitive questions lift
    nothing to the front.
    """
    places: dict[str, list[Place]] = {}
    for idea, place in met:
        places.setdefault(idea, []).append(place)
    entries = (Entry(idea, tuple(own), now) for idea, own in places.items())
    return tuple(
        sorted(entries, key=lambda e: (not e.of_now, not e.to_talk_about, -e.said_aloud.at_least, -e.held.at_least, -e.held.met, e.idea))
    )


def ledger(answered: Iterable[tuple[str, Item, Mapping[str, int]]], now: str = "") -> tuple[Entry, ...]:
    """(lesson, question, its counts) -> the ideas as `ranked` orders them."""
    return ranked((met for lesson, item, counts in answered for met in met_in(lesson, item, counts)), now)
