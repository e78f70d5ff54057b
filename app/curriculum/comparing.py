"""How far the translations are, block by block, and what has changed in the French."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from .reading import LessonSource
from .staleness import FILE_KINDS, TRANSLATIONS, block_hashes, block_texts, source_of

CURRENT, BEHIND, UNCONFIRMED, MISSING = "current", "behind", "unconfirmed", "missing"
STATES = (CURRENT, BEHIND, UNCONFIRMED, MISSING)
_PIECE = re.compile(r"\s+|[^\W_]+|.")


@dataclass(frozen=True)
class Block:
    """One block of one translation, against its French."""

    kind: str  # lesson | plan | guide | quiz
    locale: str
    name: str
    state: str  # one of STATES; "unconfirmed": nobody has ever said that it is in step
    recorded: str  # hash of the French it was written from, where known
    french: str
    text: str  # empty where it is missing


def blocks_of(lesson: LessonSource) -> Iterator[Block]:
    """Every block of this lesson in every other language, in the order of the files."""
    for kind in FILE_KINDS:
        source = source_of(lesson, kind, "fr")
        if source is None:
            continue
        hashes, texts = block_hashes(source), block_texts(source)
        for locale in TRANSLATIONS:
            translation = source_of(lesson, kind, locale)
            there = block_texts(translation) if translation else {}
            recorded = lesson.recorded.get(f"{kind}.{locale}", {})
            for name, text in texts.items():
                was = recorded.get(name, "")
                if name not in there:
                    state = MISSING
                elif was == hashes[name]:
                    state = CURRENT
                else:
                    state = BEHIND if was else UNCONFIRMED
                yield Block(kind, locale, name, state, was, text, there.get(name, ""))


def compared(before: str, after: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Both texts in pieces, each with whether it is not in the other: whole words, never letters."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a < b:
            left.append(("".join(old[a:b]), what != "equal"))
        if c < d:
            right.append(("".join(new[c:d]), what != "equal"))
    return tuple(left), tuple(right)
