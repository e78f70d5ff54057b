"""From what was read to the records that pages show: all Markdown is rendered here, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .content import Document, Fact, ItemText, Lesson, Misconception, OptionText, Quiz, Section, Service, Term, Unit
from .library import Library
from .locales import LOCALES
from .markup import Markup, Page, Rendered, Shelf, cannot_go_wrong, hosts_of
from .practice_compiling import compile_practice
from .reading import KINDS, DocumentSource, ItemTextSource, LessonSource, OptionSource, QuizTextSource, Sources
from .staleness import HEAD, behind
from .typography import typeset


@dataclass
class Compiled:
    """The library, and what checking needs to know of the rendered texts."""

    library: Library
    sections: dict[tuple[str, str], Rendered] = field(default_factory=dict)  # by file and section
    pieces: list[tuple[str, int, Rendered]] = field(default_factory=list)  # quiz texts: file, line, rendered


def compile_sources(
    sources: Sources,
    version: str,
    made: Mapping[str, Lesson] | None = None,
    final: bool = True,
    lessons: Iterable[LessonSource] | None = None,
) -> Compiled:
    """Every lesson that has a lesson.toml, or only these, in its languages; those `made` before, by slug, are taken as they are.

    Without `final`, only what checking needs: the library's texts have no HTML."""
    shelf = Shelf(
        facts=sources.facts,
        services=sources.services,
        terms=frozenset(sources.terms),
        numbers={lesson.slug: lesson.number for lesson in sources.lessons},
        hosts=hosts_of(sources.services),
    )
    library = _shared(sources, version) if final else Library(version, (), (), (), {}, {}, {})
    compiled = Compiled(library)
    markup = Markup(shelf, final)
    made = made or {}
    wanted = sources.lessons if lessons is None else lessons
    done = tuple(made.get(lesson.slug) or _lesson(lesson, sources, markup, compiled) for lesson in wanted)
    compiled.library = replace(library, lessons=done)
    return compiled


def _shared(sources: Sources, version: str) -> Library:
    """The library without its lessons."""
    return Library(
        version=version,
        lessons=(),
        units=tuple(sorted((_unit(unit) for unit in sources.units.values()), key=lambda unit: unit.number)),
        services=tuple(_service(service) for service in sources.services),
        facts={fact.id: _fact(fact) for fact in sources.facts.values()},
        terms={term.id: Term(term.id, _typeset(term.term), _typeset(term.text)) for term in sources.terms.values()},
        misconceptions={m.id: _misconception(m) for m in sources.misconceptions.values()},
        boosters=tuple(replace(booster, titles=_typeset(booster.titles)) for booster in sources.boosters),
    )


def _service(service: Service) -> Service:
    contacts = tuple(replace(contact, note=_typeset(contact.note)) for contact in service.contacts)
    return replace(
        service, contacts=contacts, name=_typeset(service.name), purpose=_typeset(service.purpose), who=_typeset(service.who),
        hours=_typeset(service.hours), privacy=_typeset(service.privacy), next=_typeset(service.next),
    )  # fmt: skip


def _misconception(idea: Misconception) -> Misconception:
    return Misconception(idea.id, *(_typeset(texts) for texts in (idea.belief, idea.answer, idea.tempting, idea.say)))


def _typeset(texts: dict[str, str]) -> dict[str, str]:
    return {code: typeset(text, code[:2]) for code, text in texts.items()}


def _unit(unit: Unit) -> Unit:
    return replace(unit, titles=_typeset(unit.titles))


def _fact(fact: Fact) -> Fact:
    return replace(fact, place=_typeset(fact.place), label=_typeset(fact.label), text=_typeset(fact.text))


def _lesson(lesson: LessonSource, sources: Sources, markup: Markup, compiled: Compiled) -> Lesson:
    by_kind: dict[str, dict[str, Document]] = {kind: {} for kind in KINDS}
    for kind in KINDS:
        for locale in LOCALES:
            source = lesson.documents.get((kind, locale))
            if source is not None:
                by_kind[kind][locale] = _document(source, lesson, markup, compiled)
    unit = sources.units.get(lesson.unit)
    return Lesson(
        slug=lesson.slug,
        number=lesson.number,
        unit=lesson.unit,
        topmark=unit.topmark if unit else "ball",
        bands=lesson.bands,
        minutes=lesson.minutes,
        shape=lesson.shape,
        sensitive=lesson.sensitive,
        seeds=lesson.seeds,
        objectives=lesson.objectives,
        laws=lesson.laws,
        facts=lesson.facts,
        terms=lesson.terms,
        texts=by_kind["lesson"],
        plans=by_kind["plan"],
        guides=by_kind["guide"],
        quiz=_quiz(lesson, markup, compiled),
        practice=compile_practice(lesson, markup, compiled),
    )


def _document(source: DocumentSource, lesson: LessonSource, markup: Markup, compiled: Compiled) -> Document:
    page = Page(source.locale, lesson.number, lesson.laws)
    old = behind(lesson, source.kind, source.locale) if markup.final else frozenset()
    sections = []
    for typed in source.sections:
        # Of a plan, checking asks only whether the parser stumbled.
        skip = source.kind == "plan" and not markup.final and cannot_go_wrong(typed.body)
        rendered = Rendered("", "") if skip else markup.render(typed.body, page)
        compiled.sections[source.file, typed.id] = rendered
        rule = lesson.section(typed.id) if source.kind == "lesson" else None
        sections.append(
            Section(
                id=typed.id,
                title=markup.spaced(typed.title, source.locale),
                html=rendered.html,
                text="\n".join((rendered.text, *rendered.folds)).strip(),
                kind=rule.kind if rule else "",
                bands=rule.bands if rule else (),
                sensitive=rule.sensitive if rule else False,
                behind=typed.id in old,
            )
        )
    return Document(
        locale=source.locale,
        title=markup.spaced(source.title, source.locale),
        summary=markup.spaced(source.summary, source.locale),
        note=markup.spaced(source.note, source.locale),
        sections=tuple(sections),
        terms=tuple(page.terms),
        behind=HEAD in old,
    )


def _quiz(lesson: LessonSource, markup: Markup, compiled: Compiled) -> Quiz:
    titles = {code: markup.spaced(text.title, code) for code, text in lesson.quiz_texts.items()}
    if lesson.quiz is None:
        return Quiz(lesson.slug, 0, (), titles)
    texts: dict[str, dict[str, ItemText]] = {source.item.id: {} for source in lesson.quiz.items}
    chats = {source.item.id for source in lesson.quiz.items if source.item.kind == "find"}
    for quiz_text in lesson.quiz_texts.values():
        old = behind(lesson, "quiz", quiz_text.locale) if markup.final else frozenset()
        for typed in quiz_text.items:
            if typed.id in texts:
                words = _item_text(typed, quiz_text, lesson.number, typed.id in chats, typed.id in old, markup, compiled)
                texts[typed.id][quiz_text.locale] = words
    items = tuple(replace(source.item, texts=texts[source.item.id]) for source in lesson.quiz.items)
    return Quiz(lesson.slug, lesson.quiz.length, items, titles)


# "**Alex:** words", as a line of a chat begins.
_SPEAKER = re.compile(r"\*\*([^*:]{1,40}?)\s*:\*\*\s*(.*)")


def _item_text(
    typed: ItemTextSource, quiz: QuizTextSource, number: int, chat: bool, is_behind: bool, markup: Markup, compiled: Compiled
) -> ItemText:
    page = Page(quiz.locale, number)

    def keep(line: int, rendered: Rendered) -> str:
        compiled.pieces.append((quiz.file, line, rendered))
        return rendered.html

    def option_text(option: OptionSource) -> OptionText:
        speaker = _SPEAKER.fullmatch(option.text) if chat else None
        who, text = (speaker[1], speaker[2]) if speaker else ("", option.text)
        return OptionText(
            text=keep(option.line, markup.render_line(text, page)),
            feedback=keep(option.line, markup.render(option.feedback, page)) if option.feedback else "",
            who=markup.spaced(who, quiz.locale),
        )

    return ItemText(
        scenario=keep(typed.line, markup.render(typed.scenario, page)) if typed.scenario else "",
        question=keep(typed.question_line, markup.render_line(typed.question, page)),
        options={option.id: option_text(option) for option in typed.options},
        behind=is_behind,
        doors={door.id: keep(door.line, markup.render_line(door.text, page)) for door in typed.doors},
    )
