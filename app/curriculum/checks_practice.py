"""Rules about activities. Those about any text (words, typing, marks, blocks, the three languages side by side) stand with the others:
practice.<lang>.md is one of their documents. A kind's own rules are in RULES."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .checks_cards import check_compose, check_route, check_sort
from .checks_data import discreet, readable_by
from .checks_flags import check_flags
from .checks_labs import check_chart, check_clues, check_fingerprint, check_peek, check_permissions
from .checks_pulse import check_pulse
from .checks_reading import FEWEST_WORDS, LESSON_LEVEL, SECTION_MORE
from .checks_scenario import check_scenario
from .checks_texts import RENDERING, SECTION_WORDS, SECTION_WORDS_A, count_words
from .content import BANDS, Activity
from .desk import Desk, quoted
from .locales import LOCALES
from .markup import plain
from .practice_kind import ActivitySource
from .practice_texts import PieceSource, piece_of, read_piece
from .readability import measure, sample
from .reading import PRACTICE, DocumentSource, LessonSource, SectionSource
from .words import find_words

OPTION_WORDS = {"en": 20, "fr": 20, "ko": 16}  # what is chosen; eojeol in Korean
FEEDBACK_WORDS = {"en": 40, "fr": 40, "ko": 33}
MOST_MINUTES = 20


@dataclass(frozen=True)
class Bench:
    """One activity before its rules."""

    desk: Desk
    lesson: LessonSource
    source: ActivitySource

    @property
    def activity(self) -> Activity:
        return self.source.activity

    @property
    def only_a(self) -> bool:
        return self.activity.bands == ("A",)

    def error(self, rule: str, message: str, *path: str | int) -> None:
        """An error in practice.toml, at this key of the activity."""
        self.desk.report.error(self.source.file, self.source.line(*path), rule, f'activity "{self.activity.id}": {message}')

    def warning(self, rule: str, message: str, *path: str | int) -> None:
        self.desk.report.warning(self.source.file, self.source.line(*path), rule, f'activity "{self.activity.id}": {message}')

    def text_error(self, locale: str, piece: str, rule: str, message: str, line: int = 0) -> None:
        """An error in practice.<lang>.md, at this piece ("" for the activity itself)."""
        document = self.document(locale)
        section = self.section(locale, piece)
        if document is not None:
            self.desk.report.error(document.file, line or (section.line if section else 1), rule, message)

    def document(self, locale: str) -> DocumentSource | None:
        return self.lesson.documents.get((PRACTICE, locale))

    def section(self, locale: str, piece: str = "") -> SectionSource | None:
        document = self.document(locale)
        return piece_of(document, self.activity.id, piece) if document else None

    def words(self, locale: str, piece: str) -> PieceSource | None:
        """A piece as it was typed."""
        section = self.section(locale, piece)
        return read_piece(section) if section else None


RULES: dict[str, Callable[[Bench], None]] = {
    "scenario": check_scenario,
    "fingerprint": check_fingerprint,
    "permissions": check_permissions,
    "clues": check_clues,
    "chart": check_chart,
    "sort": check_sort,
    "compose": check_compose,
    "route": check_route,
    "flags": check_flags,
    "peek": check_peek,
    "pulse": check_pulse,
}


def practice_is_whole(desk: Desk, lesson: LessonSource) -> None:
    """Each activity and piece has its words in every language, and nothing else has."""
    for (kind, _locale), document in lesson.documents.items():
        if kind != PRACTICE:
            continue
        wanted: dict[str, tuple[str, ...]] = {}
        for source in lesson.practice:
            wanted[source.activity.id] = ()
            wanted |= {f"{source.activity.id}_{piece.id}": piece.options for piece in source.activity.pieces}
        for name in (name for name in wanted if document.section(name) is None):
            activity, _, piece = name.partition("_")
            where = f'"### ... {{#{piece}}}" below "{activity}"' if piece else f'"## ... {{#{activity}}}"'
            desk.report.error(document.file, 1, "piece-missing", f'"{piece or activity}" has no words here. Add {where}.')
        for section in document.sections:
            if section.id not in wanted:
                message = f'"{section.id.rpartition("_")[2]}" is not in practice.toml. Declare it there, or take it out.'
                desk.report.error(document.file, section.line, "piece-unknown", message)
            else:
                _options_are_those(desk, document, section, wanted[section.id])


def _options_are_those(desk: Desk, document: DocumentSource, section: SectionSource, wanted: tuple[str, ...]) -> None:
    piece = read_piece(section)
    for line, rule, message in piece.problems:
        desk.report.error(document.file, line, rule, message)
    there = [option.id for option in piece.options]
    for name in (name for name in wanted if name not in there):
        desk.report.error(document.file, section.line, "option-missing", f'"{section.id}" lacks "{name}". Add "- [{name}] ...".')
    for option in piece.options:
        if option.id not in wanted:
            message = f'"{section.id}" has "{option.id}", which practice.toml does not. Declare it there, or take it out.'
            desk.report.error(document.file, option.line, "option-unknown", message)
        elif not option.text:
            desk.report.error(document.file, option.line, "option-empty", f'"{option.id}" has no words. Write them behind it.')


def activities_fit_the_lesson(desk: Desk, lesson: LessonSource) -> None:
    """Bands, minutes and facts."""
    for source in lesson.practice:
        bench, activity = Bench(desk, lesson, source), source.activity
        for band in activity.bands:
            if lesson.bands and band not in lesson.bands:
                bench.error("section-band", f"it is for band {band}, which the lesson does not have. Mend one of the two.", "bands")
        if not 1 <= activity.minutes <= MOST_MINUTES:
            bench.error("activity-minutes", f"minutes is {activity.minutes}; an activity takes 1 to {MOST_MINUTES}.", "minutes")
        for name in activity.facts:
            fact = desk.sources.facts.get(name)
            if fact is None:
                bench.error("unknown-fact", f'there is no fact "{name}" in facts.toml. Cite one that is there.', "facts")
            elif name not in (*lesson.facts, *lesson.laws):
                bench.error("fact-unlisted", f'fact "{name}" is not listed. Add it to facts in lesson.toml.', "facts")
            elif not readable_by(fact, activity.bands):
                bench.error("fact-band", f'fact "{name}" is for {", ".join(fact.bands)}. Use another.', "facts")


def facts_in_texts_suit_their_readers(desk: Desk, lesson: LessonSource) -> None:
    for source in lesson.practice:
        bench = Bench(desk, lesson, source)
        for locale, _piece, section in _sections(bench):
            for found in re.finditer(r"\{\{(?:cite|fact):([\w-]+)\}\}", section.body):
                fact = desk.sources.facts.get(found[1])
                if fact is not None and not readable_by(fact, source.activity.bands):
                    line = section.body_line + section.body.count("\n", 0, found.start())
                    message = (
                        f'fact "{found[1]}" is for {", ".join(fact.bands)}, this activity for {", ".join(source.activity.bands)}. Drop it.'
                    )
                    bench.text_error(locale, "", "fact-band", message, line)


def _sections(bench: Bench) -> Iterator[tuple[str, str, SectionSource]]:
    """Language, id ("" for the activity itself) and text of every piece that is there."""
    for locale in LOCALES:
        for name in ("", *(piece.id for piece in bench.activity.pieces)):
            section = bench.section(locale, name)
            if section is not None:
                yield locale, name, section


def titles_of_activities_are_discreet(desk: Desk, lesson: LessonSource) -> None:
    """They stand in the browser's tab and history (trust D-3)."""
    for source in lesson.practice:
        bench = Bench(desk, lesson, source)
        for locale in LOCALES:
            section = bench.section(locale)
            if section is None:
                continue
            if not section.title:
                bench.text_error(locale, "", "no-title", f'the activity has no title. Write "## Title {{#{source.activity.id}}}".')
            for _, word in find_words("sensitive", locale, section.title):
                bench.text_error(locale, "", "sensitive-title", discreet(section.title, word))


def pieces_are_short(desk: Desk, lesson: LessonSource) -> None:
    """R-17: one idea at a time. Scenes of a story have a limit of their own (checks_scenario)."""
    for source in lesson.practice:
        bench = Bench(desk, lesson, source)
        for locale, name, section in _sections(bench):
            piece = read_piece(section)
            unit = "eojeol" if locale == "ko" else "words"
            rendered = desk.compiled.sections.get((bench.document(locale).file, section.id))  # type: ignore[union-attr]
            count = count_words(rendered.counted) if rendered else 0
            most = (SECTION_WORDS_A if bench.only_a else SECTION_WORDS)[locale]
            if count > most:
                message = f'"{name or source.activity.id}" has {count} {unit}, at most {most}. Shorten it.'
                bench.text_error(locale, name, "section-too-long", message)
            for option in piece.options:
                for text, limit in ((option.text, OPTION_WORDS[locale]), (option.feedback, FEEDBACK_WORDS[locale])):
                    if (n := count_words(plain(text))) > limit:
                        message = f'"{option.id}": {n} {unit} where at most {limit} belong. Shorten it.'
                        bench.text_error(locale, name, "option-too-long", message, option.line)


def speakers_are_known(desk: Desk, lesson: LessonSource) -> None:
    """Where an activity has people, each line of a chat is one of theirs, and the same one's in every language."""
    for source in lesson.practice:
        bench = Bench(desk, lesson, source)
        people = source.activity.data.get("people", [])
        for piece in source.activity.pieces if people else ():
            spoken: dict[str, list[str]] = {}
            for locale in LOCALES:
                words = bench.words(locale, piece.id)
                ids = {person["names"].get(locale): person["id"] for person in people}
                for line in words.lines if words else ():
                    if line.name and line.name not in ids:
                        message = (
                            f'nobody of the activity is called "{line.name}". Write one of {quoted(filter(None, ids))}, or add a person.'
                        )
                        bench.text_error(locale, piece.id, "unknown-speaker", message, line.line)
                if words is not None:
                    spoken[locale] = [ids.get(line.name, "") for line in words.lines]
            for locale, order in spoken.items():
                if "fr" in spoken and order != spoken["fr"]:
                    message = f'"{piece.id}": others speak, or in another order, than in French. Give it the same lines.'
                    bench.text_error(locale, piece.id, "shape-parity", message)


def activities_are_easy_enough(desk: Desk, lesson: LessonSource) -> None:
    """A warning: an activity that reads harder than its youngest reader should meet."""
    for source in lesson.practice:
        bench = Bench(desk, lesson, source)
        youngest = next((band for band in BANDS if band in source.activity.bands), "C")
        for locale in LOCALES:
            texts = [_prose(read_piece(section)) for code, _name, section in _sections(bench) if code == locale]
            reading = measure([pair for text in texts for pair in sample(text, locale)], locale)
            most = LESSON_LEVEL[locale][youngest] + SECTION_MORE[locale]
            if reading is not None and reading.words >= 2 * FEWEST_WORDS[locale] and reading.level > most:
                message = (
                    f'the activity reads at {reading.level:g}, at most {most:g} for band {youngest}. Longest: "{reading.longest[:60]}".'
                )
                section = bench.section(locale)
                document = bench.document(locale)
                if document is not None:
                    desk.report.warning(document.file, section.line if section else 1, "hard-section", message)


def _prose(piece: PieceSource) -> str:
    """What is read in whole sentences: lines of a chat, which have no full stops, are each a sentence."""
    told = [line.text for line in piece.lines] or [plain(line) for line in piece.body.split("\n")]
    return "\n".join((*told, piece.question, *(text for o in piece.options for text in (o.text, o.feedback) if text)))


def practice_renders_well(desk: Desk, lesson: LessonSource) -> None:
    files = {document.file for (kind, _), document in lesson.documents.items() if kind == PRACTICE}
    for file, line, rendered in desk.compiled.pieces if files else ():
        if file in files:
            for rule, words in rendered.problems:
                desk.report.error(file, line, rule, f'near "{words[:40]}": {RENDERING[rule]}')


def nothing_teaches_an_offender(desk: Desk, lesson: LessonSource) -> None:
    """R-20: no name of a tool or service, no search terms, no amounts, no words of a threat that could be used."""
    for passage in desk.passages(lesson):
        if passage.kind == PRACTICE:
            for start, words in find_words("howto", passage.locale, passage.seen):
                message = f'"{words}" could teach somebody who means harm (R-20). Say it shorter and without a name: "an app", "a picture".'
                desk.report.error(passage.file, passage.line_of(start), "how-to", message)


def each_kind_keeps_its_rules(desk: Desk, lesson: LessonSource) -> None:
    for source in lesson.practice:
        rule = RULES.get(source.activity.kind)
        if rule is not None:
            rule(Bench(desk, lesson, source))


LESSON_RULES = (
    practice_is_whole,
    activities_fit_the_lesson,
    facts_in_texts_suit_their_readers,
    titles_of_activities_are_discreet,
    pieces_are_short,
    speakers_are_known,
    activities_are_easy_enough,
    practice_renders_well,
    nothing_teaches_an_offender,
    each_kind_keeps_its_rules,
)
