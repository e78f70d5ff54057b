"""Where a fact, law, help service, key word, misconception, unit or lesson is used: what a change of it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from .passages import Passage, passages_of
from .reading import LessonSource, Sources


@dataclass(frozen=True, order=True)
class Use:
    """One place. `locale` is empty in files that are the same in every language."""

    file: str
    line: int
    locale: str
    how: str  # defined | listed | cited | printed | linked | behind an option | asked in a booster

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.how}{f' ({self.locale})' if self.locale else ''}"


class UnknownKey(Exception):
    """No such key; `near` holds what may have been meant."""

    def __init__(self, key: str, near: tuple[str, ...]) -> None:
        super().__init__(key)
        self.near = near


def keys_of(sources: Sources) -> dict[str, str]:
    """Every key with the file that defines it."""
    found = dict.fromkeys(sources.facts, "facts.toml")
    found |= dict.fromkeys(sources.terms, "glossary.toml")
    found |= dict.fromkeys(sources.misconceptions, "misconceptions.toml")
    found |= dict.fromkeys(sources.units, "units.toml")
    found |= {service.id: "help.toml" for service in sources.services}
    return found | {lesson.slug: "lesson.toml" for lesson in sources.lessons}


def where_used(sources: Sources, key: str) -> list[Use]:
    """Every place of a key, by file and line. A key of two files gives the places of both. Raises UnknownKey."""
    known = keys_of(sources)
    if key not in known:
        near = get_close_matches(key.lower(), [name.lower() for name in known], n=5, cutoff=0.6)
        raise UnknownKey(key, tuple(name for name in known if name.lower() in near))
    found = set(_definitions(sources, key))
    for lesson in sources.lessons:
        found |= set(_in_toml(lesson, key))
        printed = _printed(sources, lesson, key)
        for passage in passages_of(lesson):
            found |= set(_in_passage(passage, key, printed))
    for booster in sources.boosters:
        for band, items in booster.items.items():
            if any(key == slug for slug, _ in items):
                found.add(Use(*sources.place("boosters.toml", booster.id, band), "", "asked in a booster"))
    return sorted(found)


def _definitions(sources: Sources, key: str) -> Iterator[Use]:
    tables = (("facts", sources.facts), ("glossary", sources.terms), ("misconceptions", sources.misconceptions), ("units", sources.units))
    for name, table in tables:
        if key in table:
            yield Use(*sources.place(f"{name}.toml", key), "", "defined")
    for service in sources.services:
        if service.id == key:
            yield Use(*sources.service_place(service, "id"), "", "defined")
    for lesson in sources.lessons:
        if lesson.slug == key:
            yield Use(lesson.file, 1, "", "defined")


def _in_toml(lesson: LessonSource, key: str) -> Iterator[Use]:
    for name in ("laws", "facts", "terms"):
        if key in getattr(lesson, name):
            yield Use(lesson.file, lesson.lines.of(name), "", "listed")
    if lesson.unit == key:
        yield Use(lesson.file, lesson.lines.of("unit"), "", "listed")
    for doing in lesson.practice:
        if key in doing.activity.facts:
            yield Use(doing.file, doing.line("facts"), "", f'cited by activity "{doing.activity.id}"')
    for source in lesson.quiz.items if lesson.quiz else ():
        item, file = source.item, lesson.quiz.file if lesson.quiz else ""
        if key in item.facts:
            yield Use(file, source.line, "", f'cited by item "{item.id}"')
        for option, idea in item.misconceptions.items():
            if idea == key:
                what = "option" if item.kind in ("single", "several", "find") else "part"
                yield Use(file, source.line, "", f'behind {what} "{option}" of item "{item.id}"')


def _printed(sources: Sources, lesson: LessonSource, key: str) -> frozenset[str]:
    """The marks that print this key without naming it."""
    marks = {"{{laws}}"} if key in lesson.laws else set()
    for service in sources.services:
        if service.id == key:
            marks |= {"{{help}}", "{{privacy}}"} if service.privacy else {"{{help}}"}
    return frozenset(marks)


def _in_passage(passage: Passage, key: str, printed: frozenset[str]) -> Iterator[Use]:
    text = passage.text
    if "{{" in text:
        for found in re.finditer(r"\{\{(?:(cite|fact|service):)?([\w-]+)\}\}", text):
            if found[0] in printed or (found[1] in ("fact", "service") and found[2] == key):
                yield Use(passage.file, passage.line_of(found.start()), passage.locale, "printed")
            elif found[1] == "cite" and found[2] == key:
                yield Use(passage.file, passage.line_of(found.start()), passage.locale, "cited")
    if f":{key})" in text:
        for found in re.finditer(r"\]\((?:term|lesson|guide|plan):([\w-]+)\)", text):
            if found[1] == key:
                yield Use(passage.file, passage.line_of(found.start()), passage.locale, "linked")
