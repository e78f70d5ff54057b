"""Rules about single words: blame, fear, words to avoid, the glossary's forms, spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .desk import Desk
from .locales import LOCALES
from .passages import Passage
from .reading import LessonSource
from .words import Index, Phrase, find_phrases, folded

# Texts that are not ours to word: the names of services and sources, what France calls a thing, what an old source said.
_NAMES = {("help", "name"), ("facts", "label"), ("glossary", "term")}
_NOT_BEFORE = {
    "en": re.compile(r"(?:\b(?:no|not|never|nobody|isn't|don't|without)\b|n't\b)[^.?!\n]{0,40}$", re.IGNORECASE),
    "fr": re.compile(r"\b(?:pas|jamais|personne|aucune?|sans|ni)\b[^.?!\n]{0,40}$", re.IGNORECASE),
}
_NOT_AFTER = re.compile(r"^[^.?!\n]{0,14}(?:않|아니|말고|없)")
_OLD = {("plan", "then-now"), ("plan", "sources")}
_ITS_OWN = "help"  # a service says whom it is for in its own words


LISTS = ("blame", "fear", "avoid", "terms", "slips")


def words_are_ours(desk: Desk, lesson: LessonSource) -> None:
    _check(desk, desk.passages(lesson))


def shared_words_are_ours(desk: Desk) -> None:
    _check(desk, desk.passages())


def _check(desk: Desk, passages: Sequence[Passage]) -> None:
    for locale in LOCALES:
        own = [passage for passage in passages if passage.locale == locale]
        index = Index("\n".join(passage.text for passage in own), locale)
        among = {name: index.may_hold(name) for name in LISTS}
        seeds = {phrase.small_seed for found in among.values() for phrase in found}
        for passage in own:
            text = folded(passage.text).lower()
            if not any(seed in text for seed in seeds):
                continue
            if not passage.quotes:
                _never_blames(desk, passage, among["blame"])
                _never_frightens(desk, passage, among["fear"])
                _says_it_otherwise(desk, passage, among["avoid"])
                _uses_the_glossary(desk, passage, among["terms"])
            _is_spelled_well(desk, passage, among["slips"])


def _is_denied(text: str, start: int, end: int, locale: str) -> bool:
    """Whether a "not" stands near: "we call nobody a criminal" says the right thing."""
    if locale == "ko":
        return bool(_NOT_AFTER.search(text[end:]))
    return bool(_NOT_BEFORE[locale].search(text[:start]))


def _never_blames(desk: Desk, passage: Passage, among: tuple[Phrase, ...]) -> None:
    """R-01. Quoted or not: who reads it may take it for said."""
    for start, phrase, _ in find_phrases("blame", passage.locale, passage.seen, among):
        message = f'"{phrase}" puts blame on the person it happened to (R-01). Say it otherwise.'
        desk.report.error(passage.file, passage.line_of(start), "blame", message)


def _never_frightens(desk: Desk, passage: Passage, among: tuple[Phrase, ...]) -> None:
    """R-03. A warning: a wrong option or a quotation may say what people fear, and "for life" can be harmless."""
    if not among or passage.part == "option":
        return
    for start, phrase, _ in find_phrases("fear", passage.locale, passage.own, among):
        if _is_denied(passage.own, start, start + len(phrase), passage.locale):
            continue
        message = f'"{phrase}" frightens rather than helps (R-03). Say what can still be done, such as "often possible to limit" (R-07).'
        desk.report.warning(passage.file, passage.line_of(start), "fear", message)


def _says_it_otherwise(desk: Desk, passage: Passage, among: tuple[Phrase, ...]) -> None:
    """Words that accuse the person pictured or name a child by an act; in the author's own voice only."""
    if not among or passage.kind == _ITS_OWN or (passage.kind, passage.part) in _NAMES:
        return
    for start, phrase, entry in find_phrases("avoid", passage.locale, passage.own, among):
        if _is_denied(passage.own, start, start + len(phrase), passage.locale):
            continue
        message = f'"{phrase}" hurts the people it is about. Write: {entry.right}.'
        desk.report.error(passage.file, passage.line_of(start), "word-to-avoid", message)


def _uses_the_glossary(desk: Desk, passage: Passage, among: tuple[Phrase, ...]) -> None:
    """A warning: one thing has one name in all lessons. Another name may stand in brackets or quotation marks."""
    names = (passage.kind, passage.part) in _NAMES or passage.kind == _ITS_OWN
    if not among or names or (passage.kind, passage.place) in _OLD:
        return
    for start, phrase, entry in find_phrases("terms", passage.locale, passage.own, among):
        message = f'"{phrase}" is not the word of our glossary. Write "{entry.right}".'
        desk.report.warning(passage.file, passage.line_of(start), "term-form", message)


def _is_spelled_well(desk: Desk, passage: Passage, among: tuple[Phrase, ...]) -> None:
    if not among or (passage.kind, passage.part) in _NAMES:
        return
    for start, phrase, entry in find_phrases("slips", passage.locale, passage.seen, among):
        message = f'"{phrase}" is a slip. Write "{entry.right}".'
        desk.report.error(passage.file, passage.line_of(start), "spelling", message)


FOLDER_RULES = (shared_words_are_ours,)
LESSON_RULES = (words_are_ours,)
