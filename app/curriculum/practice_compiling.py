"""From what authors wrote of activities to the records that pages show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .content import Activity, ActivityText, OptionText, PieceText, SpokenLine
from .locales import LOCALES
from .markup import Markup, Page, Rendered
from .practice_texts import PieceSource, piece_of, read_piece
from .reading import PRACTICE, DocumentSource, LessonSource, SectionSource
from .staleness import behind

if TYPE_CHECKING:
    from .compiling import Compiled


def compile_practice(lesson: LessonSource, markup: Markup, compiled: Compiled) -> tuple[Activity, ...]:
    """The activities of a lesson with their words."""
    found = []
    for source in lesson.practice:
        texts = {}
        for locale in LOCALES:
            document = lesson.documents.get((PRACTICE, locale))
            own = piece_of(document, source.activity.id) if document else None
            if document is not None and own is not None:
                texts[locale] = _Writer(lesson, document, source.activity, markup, compiled).activity(own)
        found.append(replace(source.activity, texts=texts))
    return tuple(found)


class _Writer:
    """The words of one activity in one language."""

    def __init__(self, lesson: LessonSource, document: DocumentSource, activity: Activity, markup: Markup, compiled: Compiled) -> None:
        self.document, self.own, self.markup, self.compiled = document, activity, markup, compiled
        self.page = Page(document.locale, lesson.number, lesson.laws)
        self.old = behind(lesson, PRACTICE, document.locale) if markup.final else frozenset()
        self.ids = {p["names"].get(document.locale, ""): p["id"] for p in activity.data.get("people", ())}

    def activity(self, own: SectionSource) -> ActivityText:
        pieces = {}
        for piece in self.own.pieces:
            section = piece_of(self.document, self.own.id, piece.id)
            if section is not None:
                pieces[piece.id] = self.piece(section)
        return ActivityText(
            locale=self.document.locale,
            title=self.markup.spaced(own.title, self.document.locale),
            intro=self.block(own, read_piece(own)),
            pieces=pieces,
            behind=own.id in self.old,
        )

    def piece(self, section: SectionSource) -> PieceText:
        source = read_piece(section)
        lines = tuple(
            SpokenLine(self.ids.get(line.name, ""), self.markup.spaced(line.name, self.document.locale), self.line(line.text, line.line))
            for line in source.lines
        )
        if lines:  # what is told of it all, for length and reading level
            self.compiled.sections[self.document.file, section.id] = _told(source)
        return PieceText(
            title=self.markup.spaced(section.title, self.document.locale),
            html="" if lines else self.block(section, source),
            lines=lines,
            question=self.line(source.question, source.question_line) if source.question else "",
            options={
                option.id: OptionText(
                    self.line(option.text, option.line),
                    self.line(option.feedback, option.line, block=True) if option.feedback else "",
                )
                for option in source.options
            },
            behind=section.id in self.old,
        )

    def block(self, section: SectionSource, source: PieceSource) -> str:
        rendered = self.markup.render(source.body, self.page)
        self.compiled.sections[self.document.file, section.id] = rendered
        return rendered.html

    def line(self, text: str, number: int, block: bool = False) -> str:
        rendered = self.markup.render(text, self.page) if block else self.markup.render_line(text, self.page)
        self.compiled.pieces.append((self.document.file, number, rendered))
        return rendered.html


def _told(source: PieceSource) -> Rendered:
    text = "\n".join(line.text for line in source.lines)
    return Rendered("", text, text)
