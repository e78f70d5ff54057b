"""A quiz on paper: which letter stands for what, and what somebody meant who types the letters of a sheet into a table.

Options, steps and doors carry the letters A, B, C ... in their display order, which is the same in every language: a sheet in Korean
and a table in French agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .content import AGES, Document, Item, Quiz
from .scoring import NOT_SURE, canonical, draw, format_choice, nearest_band, parse

LETTERS = "ABCDEFGHIJ"
NOT_SURE_TYPED = ("?", "？", "¿")
AS_IN_THE_KEY = ("=", "＝", "+", "＋")  # the whole of it is right
BETWEEN = " ,;:.+-=>/·、，．"  # what people put between letters, and 1=B 2=A
# Keys of a Korean keyboard that was not switched to Latin letters (two-set layout): the same keys as A to J.
# NFKD gives a consonant other code points at the start and at the end of a syllable.
KOREAN_KEYS = {
    "\u1106": "A", "\u11b7": "A", "\u1172": "B", "\u110e": "C", "\u11be": "C", "\u110b": "D", "\u11bc": "D", "\u1103": "E", "\u11ae": "E",
    "\u1105": "F", "\u11af": "F", "\u1112": "G", "\u11c2": "G", "\u1169": "H", "\u1163": "I", "\u1165": "J",
}  # fmt: skip


class Problem(Enum):
    """Why what was typed is no answer to a question."""

    UNKNOWN = "unknown"  # a letter the question does not have
    TWICE = "twice"  # one letter two times where each may stand once
    ONE = "one"  # several letters where one is wanted
    ALL = "all"  # not all steps in their order
    EACH = "each"  # not one door for each situation


@dataclass(frozen=True)
class Typed:
    """What a cell means: an answer (as in scoring), nothing, or a problem."""

    choice: str = ""
    problem: Problem | None = None
    letter: str = ""  # the one the problem is about, where there is one


def letters_of(item: Item) -> dict[str, str]:
    """Letter -> what it stands for: an option or step; of questions that match, a door."""
    return dict(zip(LETTERS, item.doors if item.kind == "match" else item.options, strict=False))


def asked_on_paper(quiz: Quiz, band: str) -> tuple[list[Item], list[Item]]:
    """(questions of the first sitting that are answered on paper, sensitive ones, which each thinks about alone)."""
    items = [item for i in draw(quiz, nearest_band(quiz, band), 1) if (item := quiz.item(i)) is not None]
    return [i for i in items if not i.sensitive], [i for i in items if i.sensitive]


def read_typed(item: Item, typed: str) -> Typed:
    """The answer that the letters of a cell stand for; capitals, spaces, commas and the script of the keyboard do not matter.

    An equals sign alone is the answer of the key: four letters to match are one press when they are right."""
    if typed.strip() in AS_IN_THE_KEY:
        return Typed(canonical(item, item.right) or "")
    text = tidy(typed)
    if not text:
        return Typed()
    if text == "?":
        return Typed(NOT_SURE)
    known = letters_of(item)
    if odd := next((c for c in text if c not in known), ""):
        return Typed("", Problem.UNKNOWN, odd)
    return _read(item, [known[c] for c in text], text)


def _read(item: Item, chosen: list[str], text: str) -> Typed:
    if item.kind == "match":
        if len(chosen) != len(item.options):
            return Typed("", Problem.EACH)
        return Typed(format_choice(item, (f"{o}={door}" for o, door in zip(item.options, chosen, strict=True))))
    if twice := next((c for n, c in enumerate(text) if c in text[:n]), ""):
        return Typed("", Problem.TWICE, twice)
    if item.kind == "single" and len(chosen) > 1:
        return Typed("", Problem.ONE)
    if item.kind == "order" and len(chosen) != len(item.options):
        return Typed("", Problem.ALL)
    return Typed(format_choice(item, chosen))


def tidy(typed: str) -> str:
    """Capital letters without what stands between them; "?" as it is."""
    if typed.strip() in NOT_SURE_TYPED:
        return "?"
    plain = unicodedata.normalize("NFKD", typed).upper()
    letters = (KOREAN_KEYS.get(c, c) for c in plain if c not in BETWEEN and not c.isspace())
    return "".join(c for c in letters if not (c.isascii() and c.isdigit()))  # "1B 2A" is "BA"


def typed_for(item: Item, choice: str) -> str:
    """The letters that stand for an answer: what a key prints, and what `read_typed` reads back. Raises ValueError for no answer of it."""
    if choice == NOT_SURE:
        return "?"
    parts = parse(item, choice)
    if parts is None:
        raise ValueError(choice)
    letter: Mapping[str, str] = {option: letter for letter, option in letters_of(item).items()}
    return "".join(letter[part.partition("=")[2] if item.kind == "match" else part] for part in parts)


def full_length(item: Item) -> int:
    """How many letters make a cell whole; 0 where that depends on the answer."""
    if item.kind in ("order", "match"):
        return len(item.options)
    return 1 if item.kind == "single" else 0


# --- lessons on paper ----------------------------------------------------------------------------------------------------

_GONE = re.compile(
    r'<details class="(?:helpland|law)">.*?</details>'  # shut: other countries, which the help lines of each sheet name
    r"|<button\b.*?</button>"
    r"|</?a\b[^>]*>"  # paper has no links; their words stay
    r"| (?:id|aria-labelledby|data-[a-z]+|open|hidden|role|aria-label)=\"[^\"]*\"",
    re.DOTALL,
)
_FOLD = re.compile(r"<details\b([^>]*)>\s*<summary>(.*?)</summary>", re.DOTALL)


def for_paper(html: str) -> str:
    """Compiled HTML as paper wants it: nothing to press or to open, no ids (several texts share a page), only the nearest country's law."""
    plain = _GONE.sub("", html)
    return _FOLD.sub(r'<div\1><p class="fold-t">\2</p>', plain).replace("</details>", "</div>")


_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
# At the end of a cell: (ages 12-14), (12-14 ans), (12~14세).
_ROW_AGES = re.compile(r"\s*\((?:ages )?(\d\d)[-~](\d\d)(?:\s?ans|세)?\)(?=</td>)")
# What somebody needs of a plan who has never seen it, and the last thing that is taken of each part: plans open with what matters most.
# The steps by the minute are taken whole, but for other ages: what their table points to stands under it.
FOR_A_SUBSTITUTE = {"minutes": (), "ground-rules": ("</ul>",), "say": (), "disclosure": ("</ol>",)}


def for_a_substitute(plan: Document, band: str) -> dict[str, tuple[str, str]]:
    """Part of a plan -> its title and the HTML that fits on a sheet or two: the steps by the minute for these ages, what to do when time
    runs short, the rules, what to say and not to say, and what to do when a student tells something, without any country's law."""
    parts = {s.id: s for s in plan.sections if s.id in FOR_A_SUBSTITUTE}
    return {
        part: (parts[part].title, for_paper(_for_ages(_up_to(parts[part].html, ends), band)))
        for part, ends in FOR_A_SUBSTITUTE.items()
        if part in parts
    }


def _for_ages(html: str, band: str) -> str:
    """Without the rows of tables that are for other ages; those for these ages need not say so."""
    first, last = AGES[band]

    def kept(row: re.Match[str]) -> str:
        named = _ROW_AGES.search(row[0])
        if named and not (int(named[1]) <= first and last <= int(named[2])):
            return ""
        return _ROW_AGES.sub("", row[0])

    return _ROW.sub(kept, html)


def _up_to(html: str, ends: tuple[str, ...]) -> str:
    """As far as the first of each of these ends, one after the other; all of it where one is missing."""
    kept = ""
    for end in ends:
        before, found, html = html.partition(end)
        kept += before + found
    return kept if ends else html
