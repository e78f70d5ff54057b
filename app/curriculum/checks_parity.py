"""Whether the three languages say the same: sources, numbers, blocks, links. Of what they mean, people judge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

from .desk import LINK, Desk, quoted
from .locales import LOCALES, SOURCE
from .reading import KINDS, PRACTICE, ItemTextSource, LessonSource, SectionSource

_MARK = re.compile(r"\{\{(?:(?:cite|fact):)?([\w-]+)\}\}")
_NOT_NUMBERS = re.compile(r"\{\{[^}]*\}\}|\]\([^)]*\)|^\s*\d{1,2}\.\s", re.MULTILINE)
_THOUSANDS = re.compile(r"(?<=\d)[ ,\u00a0\u202f](?=\d{3}(?!\d))")
# Single digits are words in one language and figures in another: comparing them finds nothing but style. So are months: Korean
# writes 10월 where French writes octobre.
_DIGITS = re.compile(r"\d[\d.,]")
_NUMBER = re.compile(r"\d+[.,]\d+(?!\d)|\d{2,}(?!\d*월)")
_MONEY = re.compile(r"\$\s?(\d+)|(\d+)\s?\$|(\d+)\s?달러")
# What one language writes as a word and another as a figure.
_IN_WORDS = {
    number: re.compile(words, re.IGNORECASE)
    for number, words in {
        "10": r"\bdix\b|\bdizaine|\bten\b|열",
        "11": r"\bonze\b|\beleven\b|열한",
        "12": r"\bdouz|\btwelve\b|\bdozen|열두",
        "13": r"\btreize\b|\bthirteen\b|열세",
        "14": r"\bquatorze\b|\bfourteen\b|열네",
        "15": r"\bquinz|\bfifteen\b|열다섯",
        "16": r"\bseize\b|\bsixteen\b|열여섯",
        "17": r"\bdix-sept\b|\bseventeen\b|열일곱",
        "18": r"\bdix-huit\b|\beighteen\b|열여덟",
        "20": r"\bvingt|\btwenty\b|스무|스물|이십",
        "30": r"\btrent|\bthirty\b|서른|삼십",
        "40": r"\bquarant|\bforty\b|마흔|사십",
        "50": r"\bcinquant|\bfifty\b|쉰|오십",
        "60": r"\bsoixant|\bsixty\b|예순|육십",
        "100": r"\bcent|\bhundred\b|백",
        "1000": r"\bmille\b|\bthousand\b|천",
    }.items()
}
# A line that begins as a fence, an item of a list, a row of a table (not the one below its head) or a heading.
_SHAPED = re.compile(
    r"^(?: {0,3}(?P<fence>/{3,})[ \t]*(?P<block>[\w-]*).*|[ \t]*(?P<item>(?:[-*+]|\d{1,2}[.)])[ \t]+\S)"
    r"|[ \t]*(?P<row>\|)(?![ \t]*:?-{3})|(?P<heading>### ))",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Anatomy:
    """What can be counted of a section in any language."""

    cites: Counter[str]  # facts by id, and "laws" and "help"
    links: frozenset[str]
    shape: Counter[str]  # how many blocks of each kind, list items, lines of a chat, rows, headings


def anatomy(body: str) -> Anatomy:
    links = frozenset(target for _, _, target in LINK.findall(body)) if "](" in body else frozenset()
    return Anatomy(Counter(_MARK.findall(body)), links, shape(body))


def shape(body: str) -> Counter[str]:
    """How many there are of each kind of block, list item, line of a chat, table row and heading."""
    counts: Counter[str] = Counter()
    chat = ""
    for found in _SHAPED.finditer(body):
        if found["fence"]:
            if found["block"]:
                counts[f'blocks "{found["block"]}"'] += 1
            if found["block"] == "chat":
                chat = found["fence"]
            elif found["fence"] == chat:
                chat = ""
        elif found["item"]:
            counts["lines of chat" if chat else "list items"] += 1
        else:
            counts["table rows" if found["row"] else "headings"] += 1
    return counts


def sections_are_alike(desk: Desk, lesson: LessonSource) -> None:
    """Each section of a translation has the sources, links, parts and numbers of its French one."""
    for kind in (*KINDS, PRACTICE):
        source = lesson.documents.get((kind, SOURCE))
        translations = [lesson.documents[kind, code] for code in LOCALES if code != SOURCE and (kind, code) in lesson.documents]
        for french in source.sections if source and translations else ():
            there = anatomy(french.body)
            for document in translations:
                section = document.section(french.id)
                if section is not None:
                    _compare(desk, document.file, section, there)
                    _compare_numbers(desk, document.file, section, french)
                    _compare_pictures(desk, document.file, section, french)


def _compare(desk: Desk, file: str, section: SectionSource, there: Anatomy) -> None:
    here = anatomy(section.body)
    if here.cites != there.cites:
        different = quoted(set((here.cites - there.cites) + (there.cites - here.cites)))
        message = f'section "{section.id}" does not cite what the French one cites ({different}). Make them alike.'
        desk.report.error(file, section.line, "cite-parity", message)
    if here.links != there.links:
        message = f'section "{section.id}" has other links than the French one ({_differences(here.links, there.links)}). Make them alike.'
        desk.report.warning(file, section.line, "link-parity", message)
    if here.shape != there.shape:
        names = sorted({*here.shape, *there.shape})
        told = ", ".join(f"{here.shape[n]} {n}, French {there.shape[n]}" for n in names if here.shape[n] != there.shape[n])
        message = f'section "{section.id}" is built otherwise than the French one: {told}. Give it the same parts.'
        desk.report.error(file, section.line, "shape-parity", message)


@lru_cache(maxsize=4_000)
def numbers_in(text: str) -> frozenset[str]:
    """Numbers of two digits and more, decimals with a point, and sums of money, as every language means them."""
    money = "$" in text or "달러" in text
    if not money and not _DIGITS.search(text):
        return frozenset()
    lines = [line for line in text.split("\n") if _DIGITS.search(line) or (money and ("$" in line or "달러" in line))]
    text = _THOUSANDS.sub("", _NOT_NUMBERS.sub(" ", "\n".join(lines)))
    found = {number.replace(",", ".") for number in _NUMBER.findall(text)}
    return frozenset(found | {"".join(sums) for sums in _MONEY.findall(text)} if money else found)


def other_numbers(text: str, french: str) -> tuple[set[str], set[str]]:
    """The numbers that only the text has, and those that only the French has; as figures or in words."""
    here, there = numbers_in(text), numbers_in(french)
    return _without_words(here - there, french), _without_words(there - here, text)


def _without_words(numbers: frozenset[str], other: str) -> set[str]:
    return {n for n in numbers if n not in _IN_WORDS or not _IN_WORDS[n].search(other)}


def _differences(here: Set[str], there: Set[str]) -> str:
    parts = [f"missing: {quoted(there - here)}" if there - here else "", f"only here: {quoted(here - there)}" if here - there else ""]
    return "; ".join(part for part in parts if part)


def _compare_numbers(desk: Desk, file: str, section: SectionSource, french: SectionSource) -> None:
    here, there = other_numbers(f"{section.title}\n{section.body}", f"{french.title}\n{french.body}")
    if here or there:
        different = _differences(here, there)
        message = f'section "{section.id}" has other numbers than the French one ({different}). Check that it says the same.'
        desk.report.warning(file, section.line, "digit-parity", message)


def _compare_pictures(desk: Desk, file: str, section: SectionSource, french: SectionSource) -> None:
    """A warning: words for a picture that are the French ones were never translated."""
    if "![" not in section.body:
        return
    told = {target: words.strip() for mark, words, target in LINK.findall(french.body) if mark}
    for found in LINK.finditer(section.body):
        if found[1] and found[2].strip() and told.get(found[3]) == found[2].strip():
            line = section.body_line + section.body.count("\n", 0, found.start())
            message = f'the words for "{found[3]}" are the French ones. Write them in the language of this file.'
            desk.report.warning(file, line, "alt-untranslated", message)


def items_are_alike(desk: Desk, lesson: LessonSource) -> None:
    """A warning: numbers in an item differ from the French."""
    french = lesson.quiz_texts.get(SOURCE)
    words = {item.id: _words(item) for item in french.items} if french else {}
    for locale, texts in lesson.quiz_texts.items():
        for item in texts.items if locale != SOURCE else ():
            if item.id not in words:
                continue
            here, there = other_numbers(_words(item), words[item.id])
            if here or there:
                message = f'item "{item.id}" has other numbers than the French one ({_differences(here, there)}). Check it.'
                desk.report.warning(texts.file, item.line, "digit-parity", message)


def _words(item: ItemTextSource) -> str:
    options = " \n".join(f"{option.text} {option.feedback}" for option in (*item.options, *item.doors))
    return f"{item.scenario} \n{item.question} \n{options}"


LESSON_RULES = (sections_are_alike, items_are_alike)
