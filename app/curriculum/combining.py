"""Clues put together: which places are left when each clue rules some out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Clue:
    id: str
    sign: str  # what it is about: sockets, trees ...
    value: str  # what it looks like here
    travels: bool = False  # people carry it from place to place, so it may mislead


def places_left(places: Mapping[str, Mapping[str, str]], clues: Iterable[Clue]) -> tuple[str, ...]:
    """The places, in their order, where everything is as the clues say."""
    wanted = [(clue.sign, clue.value) for clue in clues]
    return tuple(name for name, signs in places.items() if all(signs.get(sign) == value for sign, value in wanted))


def enough(places: Mapping[str, Mapping[str, str]], clues: Iterable[Clue], place: str) -> bool:
    """Clues that lead to this place and to no other."""
    return places_left(places, clues) == (place,)
