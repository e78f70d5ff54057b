"""Rules about how each language is typed: marks and spaces, Korean particles and registers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import korean
from .desk import Desk
from .markup import plain
from .passages import ADULT, STUDENT, Passage
from .reading import LessonSource

_TYPED_SPACE = re.compile("[\u00a0\u202f\u2009]")
_TWO_SPACES = re.compile(r"[^\s|]  +[^\s|]")
_THREE_DOTS = re.compile(r"\.\.\.")
_CHAT_LINE = re.compile(r"\s*[-*] \*\*")
_TO_THE_TEACHER = ("선생님께", "교사에게", "교사용")

# French. What the platform puts in (the spaces before ? ! : ; and inside « ») may be typed or not; this is what it cannot mend.
_SPACE_BEFORE = re.compile(r"[^\s.…] +[,.](?=\s|$)")
_NO_SPACE_AFTER = re.compile(r"[;!?,.:](?=[a-zà-ÿœA-ZÀ-Ÿ«])")
_DOTTED = re.compile(r"[a-zà-ÿœ][·•‧][a-zà-ÿœ]+|[a-zà-ÿœ]\((?:e|ne|le|te|se|trice|euse|rice|fe|ve|s|es|x)\)")
_MAY_BE_DOTTED = re.compile("[(·•‧]")
_GUILLEMETS = re.compile("[«»]")
_OTHER_QUOTES = re.compile("[“”„‟]")


def texts_are_typed_well(desk: Desk, lesson: LessonSource) -> None:
    _check(desk, desk.passages(lesson))


def shared_texts_are_typed_well(desk: Desk) -> None:
    _check(desk, desk.passages())


def _check(desk: Desk, passages: Iterable[Passage]) -> None:
    for passage in passages:
        _spaces(desk, passage)
        if passage.locale == "fr":
            _french(desk, passage)
        elif passage.locale == "ko":
            _korean(desk, passage)


def _error(desk: Desk, passage: Passage, start: int, rule: str, message: str) -> None:
    desk.report.error(passage.file, passage.line_of(start), rule, message)


def _spaces(desk: Desk, passage: Passage) -> None:
    text = passage.text
    for found in _TYPED_SPACE.finditer(text) if not text.isascii() else ():
        message = f"U+{ord(found[0]):04X} is typed as a space. Type a plain space: the platform puts the right one in."
        _error(desk, passage, found.start(), "typed-space", message)
    if "  " in text:
        for found in _TWO_SPACES.finditer(text):
            _error(desk, passage, found.start(), "double-space", "two spaces in a row. Keep one.")
    if "..." in text:
        for found in _THREE_DOTS.finditer(passage.seen):
            message = 'three full stops. Type the one character "…", which never breaks over two lines.'
            desk.report.warning(passage.file, passage.line_of(found.start()), "three-dots", message)


def _french(desk: Desk, passage: Passage) -> None:
    text = passage.seen
    if '"' in text:
        start = text.index('"')
        _error(desk, passage, start, "straight-quotes", 'straight quotes in French. Write « ... » instead of "...".')
    for found in _SPACE_BEFORE.finditer(text) if " ," in text or " ." in text else ():
        _error(desk, passage, found.start(), "french-space", f'a space before "{found[0][-1]}". Take it out.')
    for found in _NO_SPACE_AFTER.finditer(text):
        if _is_run_on(text, found.start()):
            _error(desk, passage, found.start(), "french-space", f'no space after "{found[0]}". Add one.')
    for found in _DOTTED.finditer(text) if _MAY_BE_DOTTED.search(text) else ():
        message = f'"{found[0]}": no dots or brackets for both genders (R-17). Name both, or find a word for everybody.'
        _error(desk, passage, found.start(), "inclusive-dots", message)
    if "«" in text or "»" in text or _OTHER_QUOTES.search(text):
        _guillemets(desk, passage, text)


def _is_run_on(text: str, place: int) -> bool:
    """Whether a mark with a letter after it ends a sentence: "oui.Non", "oui,non"; not in kidshelpphone.ca, 10:30 or P.S."""
    before, mark, after = text[max(place - 1, 0) : place], text[place], text[place + 1 : place + 3]
    if mark in ".:":
        return before.islower() and after[:1].isupper() and after[1:].islower()
    return before.islower() or before in ("»", ")")


def _guillemets(desk: Desk, passage: Passage, text: str) -> None:
    """« and » come in pairs in each paragraph; “ ” only inside them."""
    start = 0
    for paragraph in re.split(r"(\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.|///)))", text):
        inside = 0
        for found in re.finditer("[«»“”„‟]", paragraph):
            if found[0] in "«»":
                inside += 1 if found[0] == "«" else -1
            elif inside < 1:
                _error(desk, passage, start + found.start(), "straight-quotes", f'"{found[0]}" outside « ». Write « ... » in French.')
            if inside not in (0, 1):
                break
        if inside:
            shown = _GUILLEMETS.search(paragraph)
            where = start + (shown.start() if shown else 0)
            _error(desk, passage, where, "guillemets", "« and » do not come in pairs in this paragraph. Add the missing one.")
        start += len(paragraph)


def _korean(desk: Desk, passage: Passage) -> None:
    for number, typed in enumerate(passage.text.split("\n"), passage.line):
        if not typed:
            continue
        line = plain(typed) if "*" in typed or "{" in typed or "](" in typed else typed
        if found := korean.placeholder(line):
            message = f'"{found}" is a placeholder for a particle. Write the one that fits.'
            desk.report.error(passage.file, number, "korean-particle", message)
        for wrong, right in korean.wrong_particles(line):
            message = f'"{wrong}": the particle does not fit the final consonant. Write "{right}".'
            desk.report.error(passage.file, number, "korean-particle", message)
        if found := korean.particle_apart(line):
            message = f'"{found}": a particle is glued to the word before it. Take the space out.'
            desk.report.error(passage.file, number, "korean-spacing", message)
        _register(desk, passage, number, typed, line)


def _register(desk: Desk, passage: Passage, number: int, typed: str, line: str) -> None:
    """A warning: 해요체 for students, 합쇼체 for adults. What people in a chat or in quotation marks say is theirs."""
    if passage.quotes or passage.part in ("option", "door", "term", "label", "name", "title") or _CHAT_LINE.match(typed):
        return
    if passage.reader == STUDENT and not line.startswith(_TO_THE_TEACHER):
        if found := korean.formal(line):
            message = f'"{found}" is 합쇼체 in a text for students. Write it in 해요체.'
            desk.report.warning(passage.file, number, "korean-register", message)
    elif passage.reader == ADULT and (passage.kind, passage.place) != ("plan", "questions") and (found := korean.polite(line)):
        message = f'"{found}" is 해요체 in a text for adults. Write it in 합쇼체, or put it in quotation marks if somebody says it.'
        desk.report.warning(passage.file, number, "korean-register", message)


FOLDER_RULES = (shared_texts_are_typed_well,)
LESSON_RULES = (texts_are_typed_well,)
