"""Every text of a lessons folder, piece by piece, with its place and whom it speaks to: what rules about words go through."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .reading import PRACTICE, LessonSource, Sources

_UNSEEN = re.compile(r"\{\{[^}\n]*\}\}|\]\([^)\n]*\)|\{#[^}\n]*\}|(?m:^[-*] \[[a-z0-9-]+\](?!\())")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|(?<!\w)\"[^\"\n]*\"|\([^()\n]*\)")

STUDENT, ADULT = "student", "adult"

# Where a plan or guide quotes what not to say, or an old source.
QUOTING = frozenset({("guide", "not-say"), ("guide", "say"), ("plan", "say"), ("plan", "then-now")})


@dataclass(frozen=True, eq=False)
class Passage:
    """One text as it was typed: a section, a title, a question, an option, an entry of a shared file."""

    file: str
    line: int  # of the first line of `text`
    locale: str
    kind: str  # lesson | plan | guide | quiz | practice | facts | glossary | misconceptions | help | units
    place: str  # id of the section, item or entry; "" for the head of a file
    part: str  # title | summary | note | body | scenario | question | option | feedback | door, or the key of a shared file
    text: str
    reader: str  # STUDENT | ADULT

    def line_of(self, start: int) -> int:
        """The line on which this character stands."""
        return self.line + bisect_left(self._ends, start)

    @cached_property
    def _ends(self) -> list[int]:
        """Where its lines end: a text may have thousands of findings."""
        return [found.start() for found in re.finditer("\n", self.text)]

    @cached_property
    def seen(self) -> str:
        """The text with marks, link targets and ids made U+FFFC; other characters stay where they are."""
        if "{" not in self.text and "](" not in self.text and "- [" not in self.text:
            return self.text
        return _UNSEEN.sub(lambda found: "\ufffc" * len(found[0]), self.text)

    @cached_property
    def own(self) -> str:
        """`seen` without what stands in quotation marks or round brackets: the author's own words, in place."""
        return _QUOTED.sub(lambda found: re.sub(r"\S", " ", found[0]), self.seen)

    @property
    def quotes(self) -> bool:
        """Whether words stand here in order not to be said."""
        return (self.kind, self.place) in QUOTING or self.part == "belief"


def passages_of(lesson: LessonSource) -> Iterator[Passage]:
    """The texts of one lesson folder."""
    for document in lesson.documents.values():
        reader = STUDENT if document.kind in ("lesson", PRACTICE) else ADULT
        for key in ("title", "summary", "note"):
            if text := getattr(document, key):
                yield Passage(document.file, document.head.of(key), document.locale, document.kind, "", key, text, reader)
        for section in document.sections:
            # The printable sheet of a plan is for the class.
            whose = STUDENT if section.id == "sheet" else reader
            yield Passage(document.file, section.line, document.locale, document.kind, section.id, "title", section.title, whose)
            yield Passage(document.file, section.body_line, document.locale, document.kind, section.id, "body", section.body, whose)
    yield from _quiz_passages(lesson)


def _quiz_passages(lesson: LessonSource) -> Iterator[Passage]:
    for quiz in lesson.quiz_texts.values():

        def passage(line: int, place: str, part: str, text: str, file: str = quiz.file, locale: str = quiz.locale) -> Passage:
            return Passage(file, line, locale, "quiz", place, part, text, STUDENT)

        if quiz.title:
            yield passage(2, "", "title", quiz.title)
        for item in quiz.items:
            if item.scenario:
                yield passage(item.line + 2, item.id, "scenario", item.scenario)
            yield passage(item.question_line, item.id, "question", item.question)
            for option in item.options:
                yield passage(option.line, item.id, "option", option.text)
                if option.feedback:
                    yield passage(option.line, item.id, "feedback", option.feedback)
            for door in item.doors:
                yield passage(door.line, item.id, "door", door.text)


def shared_passages(sources: Sources) -> Iterator[Passage]:
    """The texts of the files beside the lessons: facts, key words, misconceptions, services, units."""
    for fact in sources.facts.values():
        reader = ADULT if fact.bands == ("T",) else STUDENT
        yield from _entry(sources, "facts", fact.id, {"label": fact.label, "text": fact.text}, reader)
    for term in sources.terms.values():
        yield from _entry(sources, "glossary", term.id, {"term": term.term, "text": term.text}, STUDENT)
    for idea in sources.misconceptions.values():
        yield from _entry(sources, "misconceptions", idea.id, {"belief": idea.belief, "answer": idea.answer}, ADULT)
        yield from _entry(sources, "misconceptions", idea.id, {"tempting": idea.tempting, "say": idea.say}, STUDENT)
    for unit in sources.units.values():
        yield from _entry(sources, "units", unit.id, {"title": unit.titles}, STUDENT)
    for service in sources.services:
        texts = {"name": service.name, "for": service.purpose, "who": service.who, "hours": service.hours}
        texts |= {"privacy": service.privacy, "next": service.next}
        for key, by_locale in texts.items():
            for locale, text in by_locale.items():
                file, line = sources.service_place(service, key)
                yield Passage(file, line, locale[:2], "help", service.id, key, text, STUDENT)


def _entry(sources: Sources, name: str, entry: str, texts: Mapping[str, Mapping[str, str]], reader: str) -> Iterator[Passage]:
    for key, by_locale in texts.items():
        for locale, text in by_locale.items():
            file, line = sources.place(f"{name}.toml", entry, key, locale)
            yield Passage(file, line, locale[:2], name, entry, key, text, reader)
