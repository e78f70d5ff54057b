"""The word lists that checking reads, and how they match.

`blame`, `fear`, `sensitive`: one phrase a line. `avoid`, `terms`, `slips`: "phrase > what we write instead". Everywhere `#`
begins a comment and `*` stands for any letters. A phrase with a capital letter, or after `=`, matches only as it is
written.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

_FOLDED = (("’", "'"), ("‘", "'"), ("\u00a0", " "), ("\u202f", " "), ("\n", " "))


_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Phrase:
    words: str
    right: str  # what to write instead; "" in lists that say only what not to write
    whole: frozenset[str]  # words of it that no * is part of, in small letters
    prefixes: frozenset[str]  # what stands before the * of a word
    seed: str  # letters that every match holds: looking for them first is a hundred times quicker than the pattern
    small_seed: str
    as_written: bool
    source: str  # of its pattern

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when its letters have been seen: most of a thousand never are."""
        return re.compile(self.source)


@lru_cache
def phrases(name: str, locale: str) -> tuple[Phrase, ...]:
    """A list, longest phrases first; empty where a language has none."""
    path = Path(__file__).parent / f"{name}.{locale}.txt"
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    found = [_phrase(line, locale) for line in lines if line.strip() and not line.startswith("#")]
    return tuple(sorted(found, key=_longest_first))


def _longest_first(phrase: Phrase) -> tuple[int, str]:
    return -len(phrase.words), phrase.words


def _phrase(line: str, locale: str) -> Phrase:
    typed, _, right = (part.strip() for part in line.partition(" > "))
    words = typed.removeprefix("=")
    # Korean glues particles to words: a boundary would let nearly everything through.
    before = "" if locale == "ko" else r"(?<![\w.@/])"
    after = "" if locale == "ko" or not words[-1].isalnum() else r"(?!\w)"
    inside = re.escape(words).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    seed = max(words.split("*"), key=len)
    whole = frozenset(_WORD.findall(" ".join(word for word in words.lower().split() if "*" not in word)))
    prefixes = frozenset(word[:-1] for word in words.lower().split() if word.endswith("*") and _WORD.fullmatch(word[:-1]))
    as_written = typed.lower() != typed or typed != words
    return Phrase(words, right, whole, prefixes, seed, seed.lower(), as_written, f"{before}{inside}{after}")


@lru_cache
def _by_word(name: str, locale: str) -> tuple[dict[str, list[Phrase]], tuple[Phrase, ...]]:
    """The phrases of a list under one whole word of theirs, the longest, and those that have none."""
    by_word: dict[str, list[Phrase]] = {}
    for phrase in phrases(name, locale):
        if phrase.whole:
            by_word.setdefault(max(sorted(phrase.whole), key=len), []).append(phrase)
    return by_word, tuple(phrase for phrase in phrases(name, locale) if not phrase.whole)


def folded(text: str) -> str:
    """The same length, with apostrophes, spaces and line ends made alike."""
    for typed, alike in _FOLDED:  # str.translate takes twenty times as long
        text = text.replace(typed, alike)
    return text


class Index:
    """Which listed phrases may occur in many texts, and in which of them: looked up once for all, not in each."""

    def __init__(self, texts: Sequence[str], locale: str) -> None:
        self._locale = locale
        self._as_written = folded("\n".join(texts))
        self._text = self._as_written.lower()
        self._starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        # A few capitals are longer in small letters: then nothing stands where it stood.
        self._in_place = len(self._text) == len(self._as_written)
        # Korean words carry particles, so that a set of words would tell nothing.
        self._words = frozenset(_WORD.findall(self._text)) if locale != "ko" else frozenset()
        self._sorted = sorted(self._words)

    def may_hold(self, name: str) -> tuple[Phrase, ...]:
        """The phrases of this list whose letters are there."""
        if not self._words:
            return tuple(phrase for phrase in phrases(name, self._locale) if self._holds(phrase))
        by_word, others = _by_word(name, self._locale)
        near = [phrase for word in by_word.keys() & self._words for phrase in by_word[word]]
        return tuple(sorted(filter(self._holds, (*near, *others)), key=_longest_first))

    def places_of(self, seeds: Iterable[str]) -> list[int]:
        """The numbers of the texts that hold any of these letters, in order."""
        if not self._in_place:
            return list(range(len(self._starts) - 1))
        found = set()
        for seed in seeds:
            place = self._text.find(seed)
            while place >= 0:
                n = bisect_right(self._starts, place)
                found.add(n - 1)
                place = self._text.find(seed, self._starts[n])  # the rest of a text that holds it need not be looked at
        return sorted(found)

    def _holds(self, phrase: Phrase) -> bool:
        if self._words and not (self._words.issuperset(phrase.whole) and all(map(self._has_prefix, phrase.prefixes))):
            return False
        return phrase.small_seed in self._text and (not phrase.as_written or phrase.seed in self._as_written)

    def _has_prefix(self, prefix: str) -> bool:
        place = bisect_left(self._sorted, prefix)
        return place < len(self._sorted) and self._sorted[place].startswith(prefix)


def find_phrases(name: str, locale: str, text: str, among: tuple[Phrase, ...] | None = None) -> list[tuple[int, str, Phrase]]:
    """Place and wording of every listed phrase in a text, and its entry; of overlapping ones the longest."""
    listed = phrases(name, locale) if among is None else among
    if not listed:
        return []
    as_written = folded(text)
    small = as_written.lower()
    found: list[tuple[int, str, Phrase]] = []
    taken = bytearray(max(len(small), len(as_written)))  # what is found already: looked at by place, as there may be thousands
    for phrase in listed:
        where = as_written if phrase.as_written else small
        if phrase.seed in where:
            for match in phrase.pattern.finditer(where):
                if not any(taken[match.start() : match.end()]):
                    taken[match.start() : match.end()] = b"\1" * len(match[0])
                    found.append((match.start(), match[0], phrase))
    return sorted(found, key=lambda hit: hit[0])


def find_words(name: str, locale: str, text: str) -> list[tuple[int, str]]:
    """Place and wording of every listed phrase in a text."""
    return [(start, words) for start, words, _ in find_phrases(name, locale, text)]
