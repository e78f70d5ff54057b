"""Pseudonyms and secret words: drawn from reviewed lists, never typed by a child."""

from __future__ import annotations

import secrets
import tomllib
from functools import lru_cache
from pathlib import Path

from app.curriculum.finding import fold

WORDS = Path(__file__).parent / "words"
Name = tuple[int, int]


@lru_cache(maxsize=1)
def nouns() -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]]]:
    """The first nouns (light, water, plants) and the second (animals), by their lasting numbers."""
    with (WORDS / "pseudonyms.toml").open("rb") as file:
        data = tomllib.load(file)
    return {int(k): v for k, v in data["first"].items()}, {int(k): v for k, v in data["second"].items()}


def name_of(first: int, second: int, locale: str) -> str:
    """A pseudonym in the reader's language: Moon Fox, Renard Lune, 달 여우. Two nouns, so nothing has to agree."""
    firsts, seconds = nouns()
    one, two = firsts.get(first, {}).get(locale, "?"), seconds.get(second, {}).get(locale, "?")
    return f"{two} {one}" if locale == "fr" else f"{one} {two}"


def alphabetical(name: str) -> tuple[str, str]:
    """The key that puts names in the order of a dictionary: Émeu stands between Dinosaure and Flamant, not after Wombat."""
    return fold(name), name


def offers(taken: set[Name], count: int = 6) -> list[Name]:
    """Some free pseudonyms, no two alike in either noun where that can be."""
    firsts, seconds = nouns()
    free = [(f, s) for f in firsts for s in seconds if (f, s) not in taken]
    used = {s for _, s in taken}
    chosen: list[Name] = []
    for _ in range(min(count, len(free))):
        fresh = [n for n in free if n[1] not in used and n[0] not in {c[0] for c in chosen}] or [n for n in free if n not in chosen]
        pick = secrets.choice(fresh)
        chosen.append(pick)
        used.add(pick[1])
    return chosen


@lru_cache(maxsize=3)
def secret_words(locale: str) -> tuple[str, ...]:
    return tuple((WORDS / f"secret.{locale}.txt").read_text("utf-8").split())


def draw_words(locale: str) -> list[int]:
    """Three different words of 1,024, as their places in the list: 30 bits."""
    words = secret_words(locale)
    return secrets.SystemRandom().sample(range(len(words)), 3)
