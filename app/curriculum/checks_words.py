"""Rules about single words: blame, fear, words to avoid, the glossary's forms, spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .desk import Desk
from .findings import ERROR, WARNING, Finding
from .locales import LOCALES
from .passages import Passage
from .reading import LessonSource
from .words import Index, Phrase, find_phrases

# Texts that are not ours to word: the names of services and sources, what France calls a thing, what an old source said.
_NAMES = {("help", "name"), ("facts", "label"), ("glossary", "term")}
NEAR = 60  # characters
_NOT_BEFORE = {
    "en": re.compile(r"(?:\b(?:no|not|never|nobody|isn't|don't|without)\b|n't\b)[^.?!\n]{0,40}$", re.IGNORECASE),
    "fr": re.compile(r"\b(?:pas|jamais|personne|aucune?|sans|ni)\b[^.?!\n]{0,40}$", re.IGNORECASE),
}
_NOT_AFTER = re.compile(r"^[^.?!\n]{0,14}(?:않|아니|말고|없)")
_OLD = {("plan", "then-now"), ("plan", "sources")}
_ITS_OWN = "help"  # a service says whom it is for in its own words


def _is_a_name(passage: Passage) -> bool:
    return (passage.kind, passage.part) in _NAMES


@dataclass(frozen=True)
class _List:
    """What is said about the phrases of one word list, and where they may stand. `{right}` is what to write instead."""

    name: str
    rule: str
    level: str
    message: str
    spared: Callable[[Passage], bool]
    quotations_count: bool = True  # else only the author's own voice is looked at
    denial_spares: bool = False  # "we call nobody a criminal" says the right thing


_LISTS = (
    # Quoted or not: who reads it may take it for said.
    _List(
        "blame",
        "blame",
        ERROR,
        "puts blame on the person it happened to (R-01). Say it otherwise.",
        spared=lambda passage: passage.quotes,
    ),
    # A warning: a wrong option or a quotation may say what people fear, and "for life" can be harmless.
    _List(
        "fear",
        "fear",
        WARNING,
        'frightens rather than helps (R-03). Say what can still be done, such as "often possible to limit" (R-07).',
        spared=lambda passage: passage.quotes or passage.part == "option",
        quotations_count=False,
        denial_spares=True,
    ),
    # Words that accuse the person pictured or name a child by an act.
    _List(
        "avoid",
        "word-to-avoid",
        ERROR,
        "hurts the people it is about. Write: {right}.",
        spared=lambda passage: passage.quotes or passage.kind == _ITS_OWN or _is_a_name(passage),
        quotations_count=False,
        denial_spares=True,
    ),
    # A warning: one thing has one name in all lessons. Another name may stand in brackets or quotation marks.
    _List(
        "terms",
        "term-form",
        WARNING,
        'is not the word of our glossary. Write "{right}".',
        spared=lambda p: p.quotes or p.kind == _ITS_OWN or _is_a_name(p) or (p.kind, p.place) in _OLD,
        quotations_count=False,
    ),
    _List("slips", "spelling", ERROR, 'is a slip. Write "{right}".', spared=_is_a_name),
)


def words_are_ours(desk: Desk, lesson: LessonSource) -> None:
    _check(desk, desk.passages(lesson))


def shared_words_are_ours(desk: Desk) -> None:
    _check(desk, desk.passages())


def _check(desk: Desk, passages: Sequence[Passage]) -> None:
    for locale in LOCALES:
        own = [passage for passage in passages if passage.locale == locale]
        index = Index([passage.text for passage in own], locale)
        among = [(words, phrases) for words in _LISTS if (phrases := index.may_hold(words.name))]
        for place in index.places_of({phrase.small_seed for _words, phrases in among for phrase in phrases}):
            for words, phrases in among:
                if not words.spared(own[place]):
                    _look_for(desk, own[place], words, phrases)


def _look_for(desk: Desk, passage: Passage, words: _List, among: tuple[Phrase, ...]) -> None:
    text = passage.seen if words.quotations_count else passage.own
    for start, phrase, entry in find_phrases(words.name, passage.locale, text, among):
        if words.denial_spares and _is_denied(text, start, start + len(phrase), passage.locale):
            continue
        message = f'"{phrase}" {words.message.format(right=entry.right)}'
        desk.report.findings.append(Finding(passage.file, passage.line_of(start), words.rule, words.level, message))


def _is_denied(text: str, start: int, end: int, locale: str) -> bool:
    """Whether a "not" stands near. Neither pattern can reach further than NEAR."""
    if locale == "ko":
        return bool(_NOT_AFTER.search(text[end : end + NEAR]))
    return bool(_NOT_BEFORE[locale].search(text[max(start - NEAR, 0) : start]))


FOLDER_RULES = (shared_words_are_ours,)
LESSON_RULES = (words_are_ours,)
