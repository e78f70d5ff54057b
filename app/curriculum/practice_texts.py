"""One piece of practice.<lang>.md taken apart: what is told, what is asked, and what can be chosen.

### Words, where it has a heading {#its-id}
What happens, or any text.

- **Alex:** a line of a chat

#### What is asked
- [an-option] Its words
  > What is said to whoever chooses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .reading import DocumentSource, OptionSource, SectionSource

_QUESTION = re.compile(r"####(?!#)\s*(\S.*\S|\S|)\s*$")
_OPTION = re.compile(r"[-*]\s+\[([^\]]*)\](?!\()\s*(.*)$")
_SPOKEN = re.compile(r"[-*]\s+\*\*([^*:]{1,40}?)\s*:\*\*\s*(.*)$")


@dataclass(frozen=True)
class SpokenSource:
    """A line of a chat, or what happens (then `name` is empty)."""

    name: str
    text: str
    line: int


@dataclass(frozen=True)
class PieceSource:
    body: str
    body_line: int
    lines: tuple[SpokenSource, ...]  # empty where nobody speaks
    question: str
    question_line: int
    options: tuple[OptionSource, ...]
    problems: tuple[tuple[int, str, str], ...] = ()  # line, rule, message

    def option(self, option_id: str) -> OptionSource | None:
        return next((o for o in self.options if o.id == option_id), None)


@lru_cache(maxsize=4_000)
def read_piece(section: SectionSource) -> PieceSource:
    """The parts of a section of kind practice."""
    body: list[str] = []
    question, question_line = "", section.line
    options: list[OptionSource] = []
    problems: list[tuple[int, str, str]] = []
    for number, line in enumerate(section.body.split("\n"), section.body_line):
        if found := _QUESTION.match(line):
            if question or options:
                problems.append((number, "broken-piece", f'"{section.id}": "####" stands once, before what can be chosen. Mend it.'))
            question, question_line = found[1], number
        elif found := _OPTION.match(line):
            if any(option.id == found[1] for option in options):
                problems.append((number, "duplicate-id", f'"{section.id}" has "{found[1]}" twice. Keep one of them.'))
            options.append(OptionSource(found[1], number, found[2].strip(), ""))
        elif options and line.strip():
            more = _continued(options[-1], line)
            if more is None:
                message = f'"{section.id}": this is neither a choice nor what is said to it. Begin that with "  > ".'
                problems.append((number, "broken-piece", message))
            else:
                options[-1] = more
        elif not question:
            body.append(line)
        elif line.strip():
            message = f'"{section.id}": only what can be chosen stands below "####". Begin it with "- [its-id] ".'
            problems.append((number, "broken-piece", message))
    told = "\n".join(body)
    lines = tuple(_spoken(told, section.body_line))
    return PieceSource(told.strip("\n"), section.body_line, lines, question, question_line, tuple(options), tuple(problems))


def _continued(option: OptionSource, line: str) -> OptionSource | None:
    text = line.strip()
    if text.startswith(">"):
        return OptionSource(option.id, option.line, option.text, f"{option.feedback}\n{text[1:].strip()}".strip())
    if line.startswith("  ") and not option.feedback:
        return OptionSource(option.id, option.line, f"{option.text} {text}".strip(), "")
    return None


def _spoken(body: str, first: int) -> Iterator[SpokenSource]:
    """The lines of a chat and what happens between them, in order; nothing when nobody speaks."""
    if not any(_SPOKEN.match(line) for line in body.split("\n")):
        return
    told: list[str] = []
    since = first
    for number, line in enumerate([*body.split("\n"), ""], first):
        found = _SPOKEN.match(line)
        if (found or not line.strip()) and told:
            yield SpokenSource("", " ".join(told), since)
            told = []
        if found:
            yield SpokenSource(found[1], found[2].strip(), number)
        elif line.strip():
            since = since if told else number
            told.append(line.strip())


def piece_of(document: DocumentSource, activity: str, piece: str = "") -> SectionSource | None:
    """An activity's own section, or that of a piece of it."""
    return document.section(f"{activity}_{piece}" if piece else activity)
