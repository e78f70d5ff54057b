"""The three languages: codes, names, order of fallback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

LOCALES = ("en", "fr", "ko")
SOURCE = "fr"  # the language lessons are written in first

NAMES = {"en": "English", "fr": "Français", "ko": "한국어"}
HTML_LANG = {"en": "en-CA", "fr": "fr-CA", "ko": "ko"}
FALLBACK = {"en": ("en", "fr", "ko"), "fr": ("fr", "en", "ko"), "ko": ("ko", "en", "fr")}

T = TypeVar("T")


def in_locale(texts: Mapping[str, T], locale: str) -> T | None:
    """The text in this language, or in the next best one that exists; None when there is none at all."""
    return next((texts[code] for code in FALLBACK.get(locale, LOCALES) if code in texts), None)
