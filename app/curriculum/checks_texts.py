"""Rules about lessons, plans and guides as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .blocks import scan
from .checks_data import discreet, readable_by
from .content import BANDS
from .desk import LINK, Desk
from .locales import LOCALES
from .markup import host_of, hosts_of, plain
from .reading import PRACTICE, DocumentSource, LessonSource, SectionSource
from .words import find_words

PLAN_SECTIONS = (
    *("objectives", "minutes", "ground-rules", "preparation", "say", "questions", "disclosure"),
    *("differentiation", "then-now", "links", "sources", "sheet"),
)
GUIDE_SECTIONS = ("first-sentence", "learns", "say", "not-say", "tonight", "before", "help")

# R-17, counted in words, or eojeol in Korean, which says the same with fewer.
SECTION_WORDS = {"en": 90, "fr": 90, "ko": 75}
SECTION_WORDS_A = {"en": 50, "fr": 50, "ko": 42}
GUIDE_WORDS = {"en": 650, "fr": 650, "ko": 540}

SOURCES_NAMED = frozenset({("plan", "then-now"), ("plan", "sources")})  # parts about the source documents

_MARK = re.compile(r"\{\{(.*?)\}\}")
_KNOWN_MARK = re.compile(r"cite:[\w-]+|fact:[\w-]+|service:[\w-]+|laws|help|privacy")
_SERVICE = re.compile(r"\{\{service:([\w-]+)\}\}")
_CITED = re.compile(r"\{\{(?:cite|fact):([\w-]+)\}\}")
_HTML = re.compile(r"</?[a-zA-Z][^>]*>?|<!|<\?")
_RULE_OF_TABLE = re.compile(r"\s*(?:\|\s*)?:?-{3,}:?\s*\|")
_LIST = re.compile(r"(\s*)(?:[-*+]|\d{1,2}[.)])\s+\S")
_ADDRESS = re.compile(r"(?<!\()\b(?:https?://\S+|www\.\S+)", re.IGNORECASE)
# In Korean a particle is glued to the number ("1388에"), and so is what is counted, which makes it no telephone number ("112명").
_SHORT_NUMBER = re.compile(r"(?<![A-Za-z0-9_-])(?<!\d[.,])\d{3,6}(?![A-Za-z0-9_-]|[.,]\d|\s*%|\s*[명건개년쪽원초분배])", re.ASCII)
# Quick looks, since most lines hold nothing of the kind.
_APART = re.compile(r"\d[- .()]+\d")
_PERHAPS_A_NUMBER = re.compile(r"\d(?:\d\d|[- .()]+\d)")
_NUMBER = re.compile(
    r"(?<![\d-])(?:1[- .])?\(?\d{3}\)?[- .]\d{3}[- .]\d{4}(?!\d)"  # North America
    r"|(?<!\d)0\d(?:[- .]\d\d){4}(?!\d)"  # France
    r"|(?<![\d-])0\d{1,2}-\d{3,4}-\d{4}(?!\d)|(?<![\d-])1[568]\d\d-\d{4}(?!\d)"  # Korea
    r"|(?<![\d-])9-8-8(?![\d-])"
)


def count_words(text: str) -> int:
    """Words as a reader counts them: what stands between spaces and holds a letter or digit."""
    return sum(word[0].isalnum() or any(c.isalnum() for c in word) for word in text.split())


# What only the parsed text tells.
RENDERING = {
    "italics": 'italics ("*") are hard to read for some. Use bold ("**") or nothing.',
    "indented": "four spaces made this a block of code. Take the spaces away.",
    "block-shape": "the block needs its own list, each line begun in bold (docs/authoring.md). Mend it.",
    "one-paragraph": "one paragraph only belongs here. Join the lines.",
}


def lines_of(section: SectionSource) -> Iterator[tuple[int, str]]:
    """Each line of a section with its number."""
    return enumerate(section.body.split("\n"), section.body_line)


def line_near(section: SectionSource, words: str) -> int:
    """The line that holds these rendered words, as nearly as can be told."""
    wanted = words.split()
    for number, line in lines_of(section):
        if wanted and all(word in plain(line) for word in wanted[:3]):
            return number
    return section.line


# What must be there


def every_file_is_there_in_every_language(desk: Desk, lesson: LessonSource) -> None:
    """Reading reports missing files; this compares their sections."""
    for (kind, locale), document in lesson.documents.items():
        if kind == PRACTICE:
            continue  # checks_practice
        if kind == "lesson":
            wanted = tuple(section.id for section in lesson.sections)
            origin = "lesson.toml declares"
        else:
            wanted = PLAN_SECTIONS if kind == "plan" else GUIDE_SECTIONS
            origin = f"a {kind} has"
        there = tuple(section.id for section in document.sections)
        for missing in (name for name in wanted if name not in there):
            message = f'{kind} in "{locale}" lacks section "{missing}", which {origin}. Add "## ... {{#{missing}}}".'
            desk.report.error(document.file, 1, "section-missing", message)
        for section in document.sections:
            if section.id not in wanted:
                message = f'section "{section.id}" is not among those {origin}. Declare it there, or take it out.'
                desk.report.error(document.file, section.line, "section-unknown", message)
        common = [name for name in there if name in wanted]
        if common != [name for name in wanted if name in common]:
            message = f"the sections stand in another order than {origin}. The order is: {', '.join(wanted)}."
            desk.report.error(document.file, 1, "section-order", message)


def objectives_are_worded(desk: Desk, lesson: LessonSource) -> None:
    """The plan's list has one line for each objective of lesson.toml."""
    for document in _of_kind(lesson, "plan"):
        section = document.section("objectives")
        if section is None:
            continue
        count = sum(bool(re.match(r"(?:[-*+]|\d{1,2}[.)])\s+\S", line)) for _, line in lines_of(section))
        if count != len(lesson.objectives):
            message = f"{count} objectives are listed, lesson.toml has {len(lesson.objectives)}. List them in the same order."
            desk.report.error(document.file, section.line, "objectives", message)


def help_stands_where_it_must(desk: Desk, lesson: LessonSource) -> None:
    """R-02: the last screen of each band, each plan's disclosure and each guide's help."""
    for document in lesson.documents.values():
        if document.kind == "plan":
            _must_hold(desk, document, "disclosure", "{{help}}", "help-missing")
        elif document.kind == "guide":
            _must_hold(desk, document, "help", "{{help}}", "help-missing")
    for rule in lesson.sections:
        for document in _of_kind(lesson, "lesson") if rule.sensitive else ():
            section = document.section(rule.id)
            if section is not None and "(help:)" not in section.body and "{{help}}" not in section.body:
                message = f'sensitive section "{rule.id}" does not say where help is. Begin it with a link: [words](help:).'
                desk.report.error(document.file, section.line, "help-missing", message)
    for band in lesson.bands:
        seen = [section for section in lesson.sections if not section.bands or band in section.bands]
        if not seen:
            continue
        if seen[-1].kind != "help":
            message = f'the last section for band {band} is "{seen[-1].id}", of kind "{seen[-1].kind}". End with one of kind "help".'
            desk.report.error(lesson.file, seen[-1].line, "help-missing", message)
            continue
        for document in _of_kind(lesson, "lesson"):
            _must_hold(desk, document, seen[-1].id, "{{help}}", "help-missing")
            if not any(_has_block(document, section.id, "pause") for section in seen if section.kind == "help"):
                section = document.section(seen[-1].id)
                message = 'the last section has no minute to breathe (R-12). Add a block "/// pause | ...".'
                desk.report.error(document.file, section.line if section else 1, "pause-missing", message)


def _must_hold(desk: Desk, document: DocumentSource, section_id: str, mark: str, rule: str) -> None:
    section = document.section(section_id)
    if section is not None and not any(line.strip() == mark for _, line in lines_of(section)):
        message = f'section "{section_id}" does not say where help is. Add {mark} on a line of its own.'
        desk.report.error(document.file, section.line, rule, message)


def _has_block(document: DocumentSource, section_id: str, name: str) -> bool:
    section = document.section(section_id)
    return section is not None and any(block.name == name for block in scan(section.body, 1)[0])


def words_to_borrow_are_there(desk: Desk, lesson: LessonSource) -> None:
    """R-04: something to say to an adult, something to say to a friend."""
    for document in _of_kind(lesson, "lesson"):
        count = sum(block.name == "say" for section in document.sections for block in scan(section.body, 1)[0])
        if document.sections and count < 2:
            message = f'{count} "say" blocks. Give one for an adult and one for a friend (R-04).'
            desk.report.error(document.file, 1, "say-missing", message)


# Form


def marks_and_links_lead_somewhere(desk: Desk, lesson: LessonSource) -> None:
    hosts = hosts_of(desk.sources.services)
    for document in lesson.documents.values():
        for section in document.sections:
            for number, line in lines_of(section):
                if "{{" in line:
                    _check_marks(desk, document, number, line)
                for found in LINK.finditer(line) if "](" in line else ():
                    if found[1]:
                        _check_picture(desk, lesson, document, number, found)
                    else:
                        _check_link(desk, lesson, document, number, found[3], hosts)


def _check_marks(desk: Desk, document: DocumentSource, number: int, line: str) -> None:
    for found in _MARK.finditer(line):
        if not _KNOWN_MARK.fullmatch(found[1]):
            known = "{{cite:ID}}, {{fact:ID}}, {{service:ID}}, {{laws}}, {{help}} or {{privacy}}"
            message = f'"{found[0]}" is no mark. Use {known}.'
            desk.report.error(document.file, number, "unknown-mark", message)
        elif not found[1].startswith(("cite:", "service:")) and line.strip() != found[0]:
            desk.report.error(document.file, number, "mark-not-alone", f"{found[0]} needs a line of its own. Move it.")
    if line.count("{{") != len(_MARK.findall(line)):
        desk.report.error(document.file, number, "unknown-mark", '"{{" without its "}}" on the same line. Close it.')


def _check_link(desk: Desk, lesson: LessonSource, document: DocumentSource, number: int, target: str, hosts: frozenset[str]) -> None:
    scheme, colon, name = target.partition(":")
    report, file = desk.report, document.file
    if scheme in ("lesson", "guide", "plan") and colon:
        if desk.sources.lesson(name) is None:
            report.error(file, number, "unknown-lesson", f'there is no lesson "{name}". Link to one of the folders in lessons/.')
    elif scheme == "term" and colon:
        if name not in desk.sources.terms:
            message = f'there is no term "{name}" in glossary.toml. Add it there, or take the link out.'
            report.error(file, number, "unknown-term", message)
        elif document.kind in ("lesson", PRACTICE) and name not in lesson.terms:
            message = f'term "{name}" is linked but not listed. Add it to terms in lesson.toml.'
            report.error(file, number, "term-unlisted", message)
    elif target in ("help:", "sources:"):
        return
    elif host_of(target) not in hosts or not host_of(target):
        message = f'"{target}" leads out of the site. Use term:, lesson:, guide:, plan:, help:, sources: or a host of help.toml.'
        report.error(file, number, "unknown-link", message)


def _check_picture(desk: Desk, lesson: LessonSource, document: DocumentSource, number: int, found: re.Match[str]) -> None:
    if not found[2].strip():
        message = f'picture "{found[3]}" has no words for those who do not see it. Write ![...]({found[3]}).'
        desk.report.error(document.file, number, "alt-missing", message)
    if found[3] not in lesson.media:
        message = f'there is no picture "{found[3]}". Put it in the lesson\'s media folder, as .svg.'
        desk.report.error(document.file, number, "unknown-media", message)


def headings_have_two_levels(desk: Desk, lesson: LessonSource) -> None:
    for document in lesson.documents.values():
        for section in document.sections:
            for number, line in lines_of(section):
                allowed = r"#### \S" if document.kind == PRACTICE else r"### \S"
                if line.lstrip().startswith("#") and not re.match(allowed, line):
                    shown = allowed[:-3]
                    message = f'only "##" for sections and "{shown}" below them. Write "{shown} ..." (or "\\#" for the sign itself).'
                    desk.report.error(document.file, number, "heading-level", message)


def blocks_are_closed(desk: Desk, lesson: LessonSource) -> None:
    for document in lesson.documents.values():
        for section in document.sections:
            for problem in scan(section.body, section.body_line)[1]:
                desk.report.error(document.file, problem.line, problem.rule, problem.message)


def lists_and_tables_stand_apart(desk: Desk, lesson: LessonSource) -> None:
    """Without an empty line before it, Markdown takes a list or table for more of the paragraph."""
    for document in lesson.documents.values():
        for section in document.sections:
            before, in_list = "", False
            two_before = ""
            for number, line in lines_of(section):
                found = _LIST.match(line)
                text_before = bool(before.strip()) and not before.lstrip().startswith(("///", "#", ">"))
                if found and text_before and not in_list:
                    message = "a list begins right below a line of text and would not become one. Add an empty line before it."
                    desk.report.error(document.file, number, "list-apart", message)
                if found and in_list and 1 <= len(found[1].expandtabs(4)) <= 3:
                    message = "a list inside a list needs four spaces. Indent it by four."
                    desk.report.error(document.file, number, "list-indent", message)
                is_table = "---" in line and _RULE_OF_TABLE.match(line)
                if is_table and two_before.strip() and not two_before.lstrip().startswith(("///", "#")):
                    message = "a table begins right below a line of text and would not become one. Add an empty line before it."
                    desk.report.error(document.file, number - 1, "list-apart", message)
                in_list = bool(found) or (in_list and bool(line.strip()) and not line.lstrip().startswith("///"))
                before, two_before = line, before


def no_html_is_typed(desk: Desk, lesson: LessonSource) -> None:
    for document in lesson.documents.values():
        for section in document.sections:
            for number, line in lines_of(section):
                if "<" in line and (found := _HTML.search(line)):
                    message = f'"{found[0][:30]}" is HTML, which is printed as it stands. Use Markdown.'
                    desk.report.error(document.file, number, "raw-html", message)


def rendering_went_well(desk: Desk, lesson: LessonSource) -> None:
    """What only the parsed text tells: italics, code by accident, lists of the wrong form in blocks."""
    for document in lesson.documents.values():
        for section in document.sections:
            rendered = desk.compiled.sections.get((document.file, section.id))
            for rule, words in rendered.problems if rendered else ():
                message = f'near "{words[:40]}": {RENDERING[rule]}'
                desk.report.error(document.file, line_near(section, words), rule, message)


# Length


def sections_are_short(desk: Desk, lesson: LessonSource) -> None:
    """R-17: one idea a screen."""
    for document in _of_kind(lesson, "lesson"):
        for section in document.sections:
            rendered = desk.compiled.sections.get((document.file, section.id))
            rule = lesson.section(section.id)
            if rendered is None or rule is None:
                continue
            read_by_a = "A" in (rule.bands or lesson.bands)  # alone or with others: a child of ten has the same screen before them
            limit = (SECTION_WORDS_A if read_by_a else SECTION_WORDS)[document.locale]
            count = count_words(rendered.counted)
            unit = "eojeol" if document.locale == "ko" else "words"
            if count > limit:
                message = f'section "{section.id}" has {count} {unit}, at most {limit}. Shorten it, divide it, or fold a part.'
                desk.report.error(document.file, section.line, "section-too-long", message)
            for fold in rendered.folds:
                if count_words(fold) > SECTION_WORDS[document.locale]:
                    most = SECTION_WORDS[document.locale]
                    message = f'a folded part of "{section.id}" has {count_words(fold)} {unit}, at most {most}. Shorten it.'
                    desk.report.error(document.file, line_near(section, fold), "fold-too-long", message)


def guides_take_five_minutes(desk: Desk, lesson: LessonSource) -> None:
    for document in _of_kind(lesson, "guide"):
        texts = [desk.compiled.sections.get((document.file, section.id)) for section in document.sections]
        count = sum(count_words(" ".join((r.text, *r.folds))) for r in texts if r)
        limit = GUIDE_WORDS[document.locale]
        if count > limit:
            message = f"the guide has {count} words, at most {limit} (five minutes). Shorten it."
            desk.report.error(document.file, 1, "guide-too-long", message)


# Words


def titles_are_discreet(desk: Desk, lesson: LessonSource) -> None:
    """They stand in the browser's tab and history (trust D-3)."""
    for document in _of_kind(lesson, "lesson"):
        titles = [(document.head.of("title"), document.title)]
        titles += [(section.line, section.title) for section in document.sections]
        for line, title in titles:
            for _, word in find_words("sensitive", document.locale, title):
                desk.report.error(document.file, line, "sensitive-title", discreet(title, word))
    for quiz_text in lesson.quiz_texts.values():
        for _, word in find_words("sensitive", quiz_text.locale, quiz_text.title):
            desk.report.error(quiz_text.file, 2, "sensitive-title", discreet(quiz_text.title, word))


def numbers_and_addresses_are_not_typed(desk: Desk, lesson: LessonSource) -> None:
    """Phone numbers and addresses live once, in help.toml, where they expire."""
    names = " ".join(name for s in desk.sources.services for name in s.name.values())
    short = {
        digits
        for s in desk.sources.services
        for c in s.contacts
        if c.kind in ("phone", "text") and 3 <= len(digits := re.sub(r"\D", "", c.value)) <= 6 and digits not in names
    }
    for passage in desk.passages(lesson):
        text = passage.text
        addressed = "://" in text or "www." in text.lower()
        if not addressed and not _PERHAPS_A_NUMBER.search(text):
            continue
        places = [found.start() for found in _PERHAPS_A_NUMBER.finditer(text)]
        if addressed:
            places += [found.start() for found in _ADDRESS.finditer(text)]
        numbers = {passage.line_of(place) for place in places}
        lines = text.split("\n") if numbers else []
        for number in sorted(numbers):
            line = lines[number - passage.line]
            addresses = _ADDRESS.finditer(line) if "://" in line or "www." in line.lower() else ()
            for found in (*addresses, *(_NUMBER.finditer(line) if _APART.search(line) else ())):
                _report_contact(desk, passage.file, number, found[0])
            for digits in _SHORT_NUMBER.findall(line):
                if digits in short:
                    message = f'"{digits}" is a number of help.toml. Use {{{{help}}}}, or [words](help:), so that it stays true.'
                    desk.report.warning(passage.file, number, "typed-short-number", message)


def services_are_not_named_by_hand(desk: Desk, lesson: LessonSource) -> None:
    """What a service is called, and what it does with a name, changes: both live once, in help.toml. Who published something is named as
    its source: where lesson.toml lists a fact of theirs, and where a plan tells what the source documents said."""
    ids = {service.id for service in desk.sources.services}
    pattern, called = _names_not_to_type(desk, lesson)
    for passage in desk.passages(lesson):
        for found in _SERVICE.finditer(passage.text) if "{{service:" in passage.text else ():
            if found[1] not in ids:
                message = f'there is no service "{found[1]}" in help.toml. Use one of its ids.'
                desk.report.error(passage.file, passage.line_of(found.start()), "unknown-service", message)
        if pattern is None or (passage.kind, passage.place) in SOURCES_NAMED:
            continue
        for found in pattern.finditer(passage.seen):
            message = f'"{found[0]}" is a service of help.toml. Write {{{{service:{called[found[0]]}}}}}, which prints its name.'
            desk.report.error(passage.file, passage.line_of(found.start()), "typed-service", message)


def _names_not_to_type(desk: Desk, lesson: LessonSource) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """The names that services go by, but for who published a fact of this lesson; and whose each is."""
    facts = (desk.sources.facts[i] for i in (*lesson.facts, *lesson.laws) if i in desk.sources.facts)
    published = "\n".join(label for fact in facts for label in fact.label.values())
    texts = "\n".join(passage.text for passage in desk.passages(lesson))  # most names stand in none: looked for once, not in each
    named = ((name, service.id) for service in desk.sources.services for name in service.called if name in texts)
    called = {name: service for name, service in named if name not in published}
    longest_first = sorted(called, key=len, reverse=True)
    return (re.compile("|".join(map(re.escape, longest_first))) if called else None), called


def _report_contact(desk: Desk, file: str, line: int, contact: str) -> None:
    message = f'"{contact}" is typed. Numbers and addresses come from help.toml: use {{{{help}}}}, or [words](help:).'
    desk.report.error(file, line, "typed-contact", message)


# Facts


def _cited(section: SectionSource) -> list[tuple[int, str]]:
    return [(number, i) for number, line in lines_of(section) if "{{" in line for i in _CITED.findall(line)]


def cited_facts_are_listed(desk: Desk, lesson: LessonSource) -> None:
    """Both ways, so that lesson.toml tells what a change in the ledger touches."""
    listed = {*lesson.laws, *lesson.facts}
    cited: set[str] = set()
    for document in lesson.documents.values():
        for section in document.sections:
            for number, fact in _cited(section):
                cited.add(fact)
                if fact not in desk.sources.facts:
                    message = f'there is no fact "{fact}" in facts.toml. Cite one that is there.'
                    desk.report.error(document.file, number, "unknown-fact", message)
                elif fact not in listed:
                    message = f'fact "{fact}" is cited but not listed. Add it to facts (or laws) in lesson.toml.'
                    desk.report.error(document.file, number, "fact-unlisted", message)
    if lesson.quiz is not None:
        cited |= {fact for source in lesson.quiz.items for fact in source.item.facts}
    cited |= {fact for source in lesson.practice for fact in source.activity.facts}
    for fact in lesson.facts:
        if fact not in cited:
            message = f'fact "{fact}" is listed but cited nowhere in the folder. Cite it, or take it out.'
            desk.in_toml(lesson, "fact-uncited", message, "facts")
    printed = any(line.strip() == "{{laws}}" for d in lesson.documents.values() for s in d.sections for _, line in lines_of(s))
    for law in lesson.laws:
        if not printed and law not in cited:
            message = f'law "{law}" is listed, but there is neither {{{{laws}}}} nor a mark for it. Add one, or take it out.'
            desk.in_toml(lesson, "fact-uncited", message, "laws")


def facts_suit_their_readers(desk: Desk, lesson: LessonSource) -> None:
    """A row marked "T" is for adults; one marked C is not for ten-year-olds."""
    for document in _of_kind(lesson, "lesson"):
        for section in document.sections:
            rule = lesson.section(section.id)
            bands = (rule.bands if rule else ()) or lesson.bands
            cited = _cited(section)
            for number, line in lines_of(section):
                cited += [(number, law) for law in lesson.laws if line.strip() == "{{laws}}"]
            for number, name in cited:
                fact = desk.sources.facts.get(name)
                if fact is not None and not readable_by(fact, bands):
                    wrong = [band for band in BANDS if band in bands and band not in fact.bands]
                    message = f'fact "{name}" is for {", ".join(fact.bands)}, this section also for {", ".join(wrong)}. Move or drop it.'
                    desk.report.error(document.file, number, "fact-band", message)


def _of_kind(lesson: LessonSource, kind: str) -> list[DocumentSource]:
    return [lesson.documents[kind, locale] for locale in LOCALES if (kind, locale) in lesson.documents]


LESSON_RULES = (
    every_file_is_there_in_every_language,
    objectives_are_worded,
    help_stands_where_it_must,
    words_to_borrow_are_there,
    marks_and_links_lead_somewhere,
    headings_have_two_levels,
    blocks_are_closed,
    lists_and_tables_stand_apart,
    no_html_is_typed,
    rendering_went_well,
    sections_are_short,
    guides_take_five_minutes,
    titles_are_discreet,
    numbers_and_addresses_are_not_typed,
    services_are_not_named_by_hand,
    cited_facts_are_listed,
    facts_suit_their_readers,
)
