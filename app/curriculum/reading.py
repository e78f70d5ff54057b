"""From the files of a lessons folder to what they say, with the line of everything: nothing is rendered or judged here.

Whatever is wrong with the form of a file becomes a finding; reading never raises for what an author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .content import BANDS, NAMING, SERVICE_KINDS, Booster, Contact, Fact, Item, Misconception, Service, Term, Unit
from .findings import ContentError, Report
from .locales import LOCALES
from .practice import read_practice
from .practice_kind import ActivitySource
from .scoring import KINDS as ITEM_KINDS
from .scoring import join_choice
from .tables import ID, LEDGER_ID, Lines, Table, check_markdown_limits, parse_toml, read_text, shown

COUNTRIES = ("CA", "QC", "FR", "KR", "INT")
TOPMARKS = ("ball", "square", "cone-down", "saltire", "diamond", "hourglass", "cross", "cone-up")
SECTION_KINDS = ("opening", "do", "learn", "practise", "help")
KINDS = ("lesson", "plan", "guide")
PRACTICE = "practice"
CONTACT_KINDS = ("phone", "text", "chat", "web", "app")

# Nothing here looks for the end of spaces twice: a line of two thousand of them would take seconds.
_HEADING = re.compile(r"##(?!#)\s*(\S.*\S|\S|)\s*$")
_HEADING_ID = re.compile(r"(\S.*\S|\S|)\s*\{#([^{}]*)\}$")
_QUESTION = re.compile(r"###(?!#)\s*(\S.*\S|\S|)\s*$")
_DOORS = re.compile(r"####(?!#)\s*\S")
_OPTION = re.compile(r"[-*]\s+\[([^\]]*)\]\s*(.*)$")


@dataclass(frozen=True)
class SectionSource:
    """One `##` section as it was typed."""

    id: str
    title: str
    line: int
    body: str
    body_line: int


@dataclass(frozen=True)
class DocumentSource:
    """One lesson, plan, guide or practice file. Of practice, a section is an activity (its id) or a piece of it ("activity_piece")."""

    file: str
    kind: str
    locale: str
    title: str
    summary: str
    note: str
    head: Lines
    sections: tuple[SectionSource, ...]

    def section(self, section_id: str) -> SectionSource | None:
        return next((s for s in self.sections if s.id == section_id), None)


@dataclass(frozen=True)
class OptionSource:
    id: str
    line: int
    text: str
    feedback: str


@dataclass(frozen=True)
class ItemTextSource:
    """The words of one question as they were typed."""

    id: str
    line: int
    scenario: str
    question: str
    question_line: int
    options: tuple[OptionSource, ...]
    doors: tuple[OptionSource, ...] = ()  # match: what stands below "####"

    def option(self, option_id: str) -> OptionSource | None:
        return next((o for o in self.options if o.id == option_id), None)

    def door(self, door_id: str) -> OptionSource | None:
        return next((d for d in self.doors if d.id == door_id), None)


@dataclass(frozen=True)
class QuizTextSource:
    """One quiz.<lang>.md."""

    file: str
    locale: str
    title: str
    items: tuple[ItemTextSource, ...]

    def item(self, item_id: str) -> ItemTextSource | None:
        return next((i for i in self.items if i.id == item_id), None)


@dataclass(frozen=True)
class ItemSource:
    """One question of quiz.toml: the record, its line, and what only authors need to know."""

    item: Item
    line: int
    vocabulary: bool
    law: bool


@dataclass(frozen=True)
class QuizSource:
    file: str
    length: int
    length_line: int
    items: tuple[ItemSource, ...]


@dataclass(frozen=True)
class SectionRule:
    """What lesson.toml says of a section."""

    id: str
    kind: str
    bands: tuple[str, ...]
    sensitive: bool
    line: int


@dataclass(frozen=True)
class LessonSource:
    """One lesson folder."""

    slug: str
    file: str  # of lesson.toml
    lines: Lines
    number: int
    unit: str
    bands: tuple[str, ...]
    minutes: int
    shape: tuple[int, ...]
    sensitive: bool
    seeds: tuple[str, ...]
    objectives: tuple[str, ...]
    laws: tuple[str, ...]
    facts: tuple[str, ...]
    terms: tuple[str, ...]
    sections: tuple[SectionRule, ...]
    documents: dict[tuple[str, str], DocumentSource]  # by kind and language; of PRACTICE too
    quiz: QuizSource | None
    quiz_texts: dict[str, QuizTextSource]
    media: dict[str, str]  # "media/route.svg" -> its text
    recorded: dict[str, dict[str, str]]  # translated.toml: "quiz.en" -> block -> first 12 hex of the French hash
    practice: tuple[ActivitySource, ...] = ()

    def section(self, section_id: str) -> SectionRule | None:
        return next((s for s in self.sections if s.id == section_id), None)


@dataclass(frozen=True)
class Sources:
    """A lessons folder, read."""

    root: str
    units: dict[str, Unit]
    services: tuple[Service, ...]
    facts: dict[str, Fact]
    terms: dict[str, Term]
    misconceptions: dict[str, Misconception]
    lessons: tuple[LessonSource, ...]
    service_order: tuple[str, ...] = ()  # service ids as they stand in help.toml; `services` is sorted
    lines: dict[str, Lines] = field(default_factory=dict)  # of the shared files, by name
    boosters: tuple[Booster, ...] = ()

    def lesson(self, slug: str) -> LessonSource | None:
        return next((s for s in self.lessons if s.slug == slug), None)

    def place(self, name: str, *path: str | int) -> tuple[str, int]:
        """File and line of a key in one of the shared files."""
        return f"{self.root}/{name}", self.lines[name].of(*path) if name in self.lines else 1

    def service_place(self, service: Service, key: str) -> tuple[str, int]:
        """File and line of a key of a help service."""
        return self.place("help.toml", "services", self.service_order.index(service.id), key)


def read_sources(root: Path, report: Report) -> Sources:
    """Everything in the folder that has the right form."""
    shared = read_shared(root, report)
    found = (read_lesson(root, folder, report) for folder in lesson_folders(root, report))
    return with_lessons(shared, (lesson for lesson in found if lesson is not None))


def with_lessons(shared: Sources, lessons: Iterable[LessonSource]) -> Sources:
    """The shared files with these lessons, by number."""
    return replace(shared, lessons=tuple(sorted(lessons, key=lambda s: (s.number, s.slug))))


def read_shared(root: Path, report: Report) -> Sources:
    """The files beside the lessons, without any lesson."""
    lines: dict[str, Lines] = {}

    def shared(name: str) -> Table | None:
        table = _toml(root, root / name, report)
        if table is not None:
            lines[name] = table.lines
        return table

    units = _read_units(shared("units.toml"))
    in_order = _read_services(shared("help.toml"))
    services = tuple(sorted(in_order, key=lambda s: (COUNTRIES.index(s.country) if s.country in COUNTRIES else 9, s.order, s.id)))
    facts = _read_facts(shared("facts.toml"))
    terms = _read_terms(shared("glossary.toml"))
    misconceptions = _read_misconceptions(shared("misconceptions.toml"))
    # Optional: a folder without boosters is whole.
    boosters = _read_boosters(shared(BOOSTERS)) if (root / BOOSTERS).exists() else ()
    order = tuple(service.id for service in in_order)
    return Sources(root.name, units, services, facts, terms, misconceptions, (), order, lines, boosters)


BOOSTERS = "boosters.toml"
SHARED_FILES = ("units.toml", "help.toml", "facts.toml", "glossary.toml", "misconceptions.toml", BOOSTERS)
LESSON_FILES = (
    "lesson.toml",
    "quiz.toml",
    "practice.toml",
    "translated.toml",
    *(f"{kind}.{code}.md" for kind in (*KINDS, "quiz", PRACTICE) for code in LOCALES),
)


def lesson_folders(root: Path, report: Report) -> list[Path]:
    """The folders that hold one lesson each."""
    try:
        entries = sorted(root.iterdir())
    except OSError as error:
        report.error(root.name, 1, "missing-file", f"the lessons folder cannot be read ({error.strerror}).")
        return []
    folders = []
    for entry in entries:
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_symlink():
            report.error(shown(root, entry), 1, "symlink", "this is a symbolic link. Put the folder itself here.")
        elif not entry.is_dir():
            if entry.name not in SHARED_FILES:
                report.warning(shown(root, entry), 1, "unexpected-file", "no such file belongs here. Move it away.")
        elif not ID.fullmatch(entry.name):
            message = 'the folder name is not an id. Use lower-case ASCII words joined by "-".'
            report.error(shown(root, entry), 1, "bad-id", message)
        else:
            folders.append(entry)
    return folders


def _toml(root: Path, path: Path, report: Report) -> Table | None:
    file = shown(root, path)
    try:
        text = read_text(root, path)
        return Table(parse_toml(file, text), file, Lines(text), report)
    except ContentError as error:
        report.findings.append(error.finding)
        return None


# The shared files


def _read_units(table: Table | None) -> dict[str, Unit]:
    units = {}
    for name, unit in (table.named_tables() if table else {}).items():
        units[name] = Unit(name, unit.number("number"), unit.text("topmark", one_of=TOPMARKS), unit.texts("title"))
        unit.finish()
    return units


def _read_services(table: Table | None) -> tuple[Service, ...]:
    if table is None:
        return ()
    services = []
    seen: set[str] = set()
    for entry in table.tables("services"):
        service = Service(
            id=entry.text("id"),
            country=entry.text("country", one_of=COUNTRIES),
            kind=entry.text("kind", one_of=SERVICE_KINDS),
            order=entry.number("order"),
            name=entry.texts("name"),
            purpose=entry.texts("for"),
            who=entry.texts("who", needed=False),
            hours=entry.texts("hours", needed=False),
            languages=entry.words("languages", one_of=LOCALES),
            privacy=entry.texts("privacy", needed=False),
            next=entry.texts("next", needed=False),
            contacts=tuple(_contact(contact) for contact in entry.tables("contacts", needed=False)),
            source=entry.words("source"),
            verified_on=entry.day("verified_on"),
            expires_on=entry.day("expires_on"),
            called=entry.words("called", needed=False),
            naming=entry.text("naming", needed=False, one_of=NAMING),
        )
        entry.finish()
        if service.naming and not service.privacy:
            entry.error(
                "naming", "naming-unsaid", f'"{service.id}" has naming, and no sentence says so. Add privacy.fr, privacy.en and privacy.ko.'
            )
        if service.id in seen:
            entry.error("id", "duplicate-id", f'service "{service.id}" is there twice. Give one of them another id.')
        seen.add(service.id)
        services.append(service)
    table.finish()
    return tuple(services)


def _contact(table: Table) -> Contact:
    contact = Contact(
        kind=table.text("kind", one_of=CONTACT_KINDS),
        value=table.text("value"),
        languages=table.words("languages", needed=False, one_of=LOCALES),
        note=table.texts("note", needed=False),
    )
    table.finish()
    return contact


def _read_facts(table: Table | None) -> dict[str, Fact]:
    facts = {}
    for name, entry in (table.named_tables() if table else {}).items():
        if not LEDGER_ID.fullmatch(name):
            entry.report.error(entry.file, entry.line(), "bad-id", f'"{name}" is not an id of the ledger, such as E-07 or L-CA-04.')
        facts[name] = Fact(
            id=name,
            kind=entry.text("kind", one_of=("figure", "law", "advice", "history")),
            tag=entry.text("tag", one_of=("SEED", "FOUND", "LAW", "MEASURED")),
            country=entry.text("country", one_of=COUNTRIES),
            year=entry.number("year"),
            place=entry.texts("place"),
            label=entry.texts("label"),
            text=entry.texts("text"),
            bands=entry.words("bands", one_of=(*BANDS, "T")),
            source=entry.words("source"),
            verified_on=entry.day("verified_on"),
            expires_on=entry.day("expires_on"),
        )
        entry.finish()
    return facts


def _read_terms(table: Table | None) -> dict[str, Term]:
    terms = {}
    for name, entry in (table.named_tables() if table else {}).items():
        _check_id(entry, name)
        terms[name] = Term(name, entry.texts("term", also=("fr-FR",)), entry.texts("text", also=("fr-FR",)))
        entry.finish()
    return terms


def _read_misconceptions(table: Table | None) -> dict[str, Misconception]:
    misconceptions = {}
    for name, entry in (table.named_tables() if table else {}).items():
        _check_id(entry, name)
        misconceptions[name] = Misconception(name, *(entry.texts(key) for key in ("belief", "answer", "tempting", "say")))
        entry.finish()
    return misconceptions


def _read_boosters(table: Table | None) -> tuple[Booster, ...]:
    boosters = []
    for name, entry in (table.named_tables() if table else {}).items():
        _check_id(entry, name)
        number, after, titles = entry.number("number"), entry.id("after"), entry.texts("title")
        items = {}
        for band in BANDS:
            own = entry.table(band)
            if own is not None:
                named = (*own.words("remember"), own.text("say"), own.text("help"))
                items[band] = tuple((slug, item) for slug, _colon, item in (n.partition(":") for n in named if n))
                own.finish()
        entry.finish()
        if not items:
            message = f'booster "{name}" has no items. Add [{name}.B] with remember, say and help.'
            entry.report.error(entry.file, entry.line(), "missing-key", message)
            continue
        boosters.append(Booster(name, number, after, titles, items))
    return tuple(sorted(boosters, key=lambda b: b.number))


def _check_id(entry: Table, name: str) -> None:
    if not ID.fullmatch(name):
        message = f'"{name}" is not an id. Use lower-case ASCII words joined by "-".'
        entry.report.error(entry.file, entry.line(), "bad-id", message)


# One lesson folder


def read_lesson(root: Path, folder: Path, report: Report) -> LessonSource | None:
    """One lesson; None when its lesson.toml cannot be read."""
    documents: dict[tuple[str, str], DocumentSource] = {}
    has_practice = any((folder / f"{PRACTICE}.{ending}").exists() for ending in ("toml", *(f"{code}.md" for code in LOCALES)))
    for kind in (*KINDS, PRACTICE) if has_practice else KINDS:
        for locale in LOCALES:
            document = _read_document(root, folder / f"{kind}.{locale}.md", kind, locale, report)
            if document is not None:
                documents[kind, locale] = document
    quiz_texts = {}
    for locale in LOCALES:
        texts = _read_quiz_text(root, folder / f"quiz.{locale}.md", locale, report)
        if texts is not None:
            quiz_texts[locale] = texts
    quiz = _read_quiz(root, folder / "quiz.toml", report)
    activities = _toml(root, folder / "practice.toml", report) if has_practice else None
    media = _read_media(root, folder, report)
    recorded = _read_recorded(root, folder / "translated.toml", report)
    _report_strangers(root, folder, report)
    table = _toml(root, folder / "lesson.toml", report)
    if table is None:
        return None
    lesson = LessonSource(
        slug=folder.name,
        file=table.file,
        lines=table.lines,
        number=table.number("number"),
        unit=table.id("unit"),
        bands=table.words("bands", one_of=BANDS),
        minutes=table.number("minutes"),
        shape=table.numbers("shape"),
        sensitive=table.flag("sensitive"),
        seeds=table.words("seeds", needed=False),
        objectives=table.words("objectives"),
        laws=table.words("laws", needed=False),
        facts=table.words("facts", needed=False),
        terms=table.words("terms", needed=False),
        sections=_section_rules(table),
        documents=documents,
        quiz=quiz,
        quiz_texts=quiz_texts,
        media=media,
        recorded=recorded,
        practice=read_practice(activities) if activities else (),
    )
    table.finish()
    return lesson


def _section_rules(table: Table) -> tuple[SectionRule, ...]:
    rules: list[SectionRule] = []
    for entry in table.tables("sections"):
        rule = SectionRule(
            id=entry.id("id"),
            kind=entry.text("kind", one_of=SECTION_KINDS),
            bands=entry.words("bands", needed=False, one_of=BANDS),
            sensitive=entry.flag("sensitive"),
            line=entry.line("id"),
        )
        entry.finish()
        if any(r.id == rule.id for r in rules):
            entry.error("id", "duplicate-id", f'section "{rule.id}" is declared twice. Give one of them another id.')
        rules.append(rule)
    return tuple(rules)


def _read_quiz(root: Path, path: Path, report: Report) -> QuizSource | None:
    table = _toml(root, path, report)
    if table is None:
        return None
    items: list[ItemSource] = []
    length = table.number("length")
    for entry in table.tables("items"):
        kind, options = entry.text("kind", one_of=ITEM_KINDS), entry.words("options")
        item = Item(
            id=entry.id("id"),
            kind=kind,
            bands=entry.words("bands", one_of=BANDS),
            objective=entry.text("objective"),
            section=entry.text("section"),
            options=options,
            right=_right(entry, kind, options),
            misconceptions=entry.mapping("misconceptions"),
            anchor=entry.flag("anchor"),
            form=entry.text("form", needed=False),
            sensitive=entry.flag("sensitive"),
            facts=entry.words("facts", needed=False),
            doors=entry.words("doors") if kind == "match" else (),
        )
        vocabulary, law = entry.flag("vocabulary"), entry.flag("law")
        entry.finish()
        if any(i.item.id == item.id for i in items):
            entry.error("id", "duplicate-id", f'item "{item.id}" is there twice. Give one of them another id.')
        for key, names in (("options", item.options), ("doors", item.doors)):
            for name in names:
                if not ID.fullmatch(name):
                    message = f'{key[:-1]} "{name}" is not an id. Use lower-case ASCII words joined by "-".'
                    entry.error(key, "bad-id", message)
        items.append(ItemSource(item, entry.line("id"), vocabulary, law))
    table.finish()
    return QuizSource(table.file, length, table.line("length"), tuple(items))


def _right(entry: Table, kind: str, options: tuple[str, ...]) -> str:
    """The right answer as one string. What fits no option is kept too: checking tells it."""

    def place(name: str) -> int:
        return options.index(name) if name in options else len(options)

    if kind in ("several", "find"):
        return join_choice(kind, sorted(entry.words("right"), key=place))
    if kind == "order":
        return join_choice(kind, entry.words("right"))
    if kind == "match":
        doors = entry.mapping("right", needed=True)
        return join_choice(kind, (f"{name}={doors[name]}" for name in sorted(doors, key=place)))
    return entry.text("right")


def _read_media(root: Path, folder: Path, report: Report) -> dict[str, str]:
    media: dict[str, str] = {}
    place = folder / "media"
    if not place.exists():
        return media
    if place.is_symlink() or not place.is_dir():
        report.error(shown(root, place), 1, "symlink", '"media" must be a folder. Put the pictures themselves in it.')
        return media
    for path in sorted(place.iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix != ".svg":
            report.error(shown(root, path), 1, "unexpected-file", "only .svg pictures belong here. Move it away.")
            continue
        try:
            media[f"media/{path.name}"] = read_text(root, path)
        except ContentError as error:
            report.findings.append(error.finding)
    return media


def _read_recorded(root: Path, path: Path, report: Report) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    table = _toml(root, path, report)
    if table is None:
        return {}
    recorded: dict[str, dict[str, str]] = {}
    for kind, languages in table.named_tables().items():
        for code, blocks in languages.named_tables().items():
            recorded[f"{kind}.{code}"] = {name: blocks.text(name) for name in blocks.names()}
    return recorded


def _report_strangers(root: Path, folder: Path, report: Report) -> None:
    for path in sorted(folder.iterdir()):
        if path.name not in (*LESSON_FILES, "media") and not path.name.startswith("."):
            report.warning(shown(root, path), 1, "unexpected-file", "no such file belongs here. Move it away.")


# Markdown files


def _markdown(root: Path, path: Path, report: Report) -> tuple[str, Table, list[str], int] | None:
    """File, head, lines of the body and the number of its first line."""
    file = shown(root, path)
    try:
        text = read_text(root, path)
        check_markdown_limits(file, text)
        lines = text.split("\n")
        if lines[0].strip() != "+++" or "+++" not in (s.strip() for s in lines[1:]):
            report.error(file, 1, "no-head", 'the head is missing. Begin the file with "+++", title = "...", and "+++".')
            return file, Table({}, file, Lines(""), report), lines, 1
        end = next(n for n, s in enumerate(lines[1:], 1) if s.strip() == "+++")
        head = "\n".join(lines[1:end])
        table = Table(parse_toml(file, head, offset=1), file, Lines(head, offset=1), report)
    except ContentError as error:
        report.findings.append(error.finding)
        return None
    return file, table, lines[end + 1 :], end + 2


def read_words(root: Path, path: Path, kind: str, locale: str, report: Report) -> DocumentSource | QuizTextSource | None:
    """One Markdown file: a lesson, plan, guide, practice or quiz."""
    if kind == "quiz":
        return _read_quiz_text(root, path, locale, report)
    return _read_document(root, path, kind, locale, report)


def _read_document(root: Path, path: Path, kind: str, locale: str, report: Report) -> DocumentSource | None:
    read = _markdown(root, path, report)
    if read is None:
        return None
    file, head, lines, first = read
    title, summary = head.text("title"), head.text("summary", needed=kind != PRACTICE)
    note = head.text("note", needed=False) if kind == "lesson" else ""
    head.finish()
    sections: list[SectionSource] = []
    for heading, number, body in _cut(file, lines, first, report):
        found = _HEADING_ID.fullmatch(heading)
        section_id = found[2] if found else ""
        if not found or not ID.fullmatch(section_id):
            message = f'heading "{heading}" has no id. Write "## {found[1] if found else heading} {{#an-id}}" with the id of lesson.toml.'
            report.error(file, number, "no-section-id", message)
            continue
        if any(s.id == section_id for s in sections):
            report.error(file, number, "duplicate-id", f'section "{section_id}" is there twice. Keep one of them.')
            continue
        if not found[1]:
            report.error(file, number, "no-title", f'section "{section_id}" has no title. Write "## Title {{#{section_id}}}".')
        section = SectionSource(section_id, found[1], number, body, number + 1)
        sections += _with_pieces(file, section, report) if kind == PRACTICE else (section,)
    return DocumentSource(file, kind, locale, title, summary, note, head.lines, tuple(sections))


def _with_pieces(file: str, activity: SectionSource, report: Report) -> list[SectionSource]:
    """An activity and its pieces, each of which begins with "### Words {#its-id}"; the words may be left out."""
    found: list[tuple[str, str, int, list[str]]] = [(activity.id, activity.title, activity.line, [])]
    for number, line in enumerate(activity.body.split("\n"), activity.body_line):
        if not re.match(r"###(?!#)", line):
            found[-1][3].append(line)
            continue
        heading = _HEADING_ID.fullmatch(line[3:].strip())
        piece = f"{activity.id}_{heading[2]}" if heading and ID.fullmatch(heading[2]) else ""
        if not heading or not piece:
            report.error(file, number, "no-section-id", 'this heading has no id. Write "### {#an-id}" with the id of practice.toml.')
        elif any(piece == other for other, *_rest in found):
            report.error(file, number, "duplicate-id", f'"{heading[2]}" is there twice. Keep one of them.')
        found.append((piece, heading[1] if heading else "", number, []))
    first, *pieces = found
    sections = [SectionSource(first[0], first[1], first[2], "\n".join(first[3]), first[2] + 1)]
    return [*sections, *(SectionSource(name, title, line, "\n".join(body), line + 1) for name, title, line, body in pieces if name)]


def _cut(file: str, lines: list[str], first: int, report: Report) -> list[tuple[str, int, str]]:
    """Heading, line number and body of each `##` part."""
    parts: list[tuple[str, int, list[str]]] = []
    for number, line in enumerate(lines, first):
        if found := _HEADING.match(line):
            if not found[1]:
                report.error(file, number, "no-title", 'the heading is empty. Write "## Title {#its-id}".')
            parts.append((found[1], number, []))
        elif parts:
            parts[-1][2].append(line)
        elif line.strip():
            message = 'text before the first "##" heading belongs to no section. Move it below a heading.'
            report.error(file, number, "stray-text", message)
            parts.append(("", number, []))  # once is enough: what follows, up to the next heading, is the same mistake
    return [(heading, number, "\n".join(body)) for heading, number, body in parts if heading]


def _read_quiz_text(root: Path, path: Path, locale: str, report: Report) -> QuizTextSource | None:
    read = _markdown(root, path, report)
    if read is None:
        return None
    file, head, lines, first = read
    title = head.text("title")
    head.finish()
    items: list[ItemTextSource] = []
    for heading, number, body in _cut(file, lines, first, report):
        if not ID.fullmatch(heading):
            report.error(
                file,
                number,
                "bad-id",
                f'"{heading}" is not the id of an item. Write "## an-id" with an id of quiz.toml.',
            )
        elif any(i.id == heading for i in items):
            report.error(file, number, "duplicate-id", f'item "{heading}" is there twice. Keep one of them.')
        else:
            items.append(_read_item_text(file, heading, number, body, report))
    return QuizTextSource(file, locale, title, tuple(items))


def _read_item_text(file: str, item_id: str, line: int, body: str, report: Report) -> ItemTextSource:
    scenario: list[str] = []
    question, question_line = "", line
    options: list[OptionSource] = []
    doors: list[OptionSource] | None = None  # a list once their heading has come
    for number, text in enumerate(body.split("\n"), line + 1):
        if found := _QUESTION.match(text):
            if question:
                report.error(file, number, "broken-item", f'item "{item_id}" has two "###" questions. Keep one.')
            question, question_line = found[1], number
        elif _DOORS.match(text):
            if doors is not None or not options:
                message = f'item "{item_id}": "####" begins the doors of a matching item, once, after its situations. Mend it.'
                report.error(file, number, "broken-item", message)
            doors = doors or []
        elif found := _OPTION.match(text):
            named, what = (options, "option") if doors is None else (doors, "door")
            if any(o.id == found[1] for o in named):
                report.error(file, number, "duplicate-id", f'item "{item_id}" has {what} "{found[1]}" twice. Keep one of them.')
            named.append(OptionSource(found[1], number, found[2].strip(), ""))
        elif (doors or options) and text.strip():
            _continue_option(file, item_id, number, text, doors or options, report)
        elif not question:
            scenario.append(text)
        elif text.strip():
            message = f'item "{item_id}": this is neither an option nor its feedback. Begin an option with "- [its-id] ".'
            report.error(file, number, "broken-item", message)
    if not question:
        report.error(file, line, "broken-item", f'item "{item_id}" has no question. Add "### ..." before its options.')
    return ItemTextSource(item_id, line, "\n".join(scenario).strip(), question, question_line, tuple(options), tuple(doors or ()))


def _continue_option(file: str, item_id: str, number: int, text: str, options: list[OptionSource], report: Report) -> None:
    """A line below an option: feedback when it is quoted, else the rest of the option's own text."""
    option = options[-1]
    line = text.strip()
    if line.startswith(">"):
        feedback = f"{option.feedback}\n{line[1:].strip()}".strip()
        options[-1] = OptionSource(option.id, option.line, option.text, feedback)
    elif text.startswith("  ") and not option.feedback:
        options[-1] = OptionSource(option.id, option.line, f"{option.text} {line}".strip(), "")
    else:
        message = f'item "{item_id}": this is neither an option nor its feedback. Begin feedback with "  > ".'
        report.error(file, number, "broken-item", message)


def texts_of(mapping: Mapping[str, QuizTextSource]) -> list[QuizTextSource]:
    """In the order of LOCALES."""
    return [mapping[code] for code in LOCALES if code in mapping]
