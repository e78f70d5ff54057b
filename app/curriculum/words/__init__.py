"""The word lists that checking reads, and how they match."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FOLDED = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " "})


@lru_cache
def _pattern(name: str, locale: str) -> re.Pattern[str]:
    text = (Path(__file__).parent / f"{name}.{locale}.txt").read_text(encoding="utf-8")
    phrases = [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]
    parts = [re.escape(p).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for p in sorted(phrases, key=len, reverse=True)]
    # Korean glues particles to words: a boundary would let nearly everything through.
    edge = "" if locale == "ko" else r"\b"
    return re.compile(f"{edge}(?:{'|'.join(parts)}){edge}")


def find_words(name: str, locale: str, text: str) -> list[tuple[int, str]]:
    """Place and wording of every listed phrase (`sensitive` or `blame`) in a text."""
    folded = text.translate(_FOLDED).lower()
    return [(found.start(), found[0]) for found in _pattern(name, locale).finditer(folded)]
