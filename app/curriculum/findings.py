"""What is wrong with the content: where, which rule, and how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})

UNWRITTEN = "unwritten"  # the rule of places that still wait for their words
MANY = 10  # from here on such places are counted and not listed
ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing an author should mend. `file` is given from the folder that holds `lessons/`."""

    file: str
    line: int
    rule: str
    level: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"

    def annotation(self) -> str:
        """The finding as a workflow command of GitHub Actions, which shows it beside the line of a change."""
        file, rule = (text.translate(_IN_PROPERTY) for text in (self.file, self.rule))
        return f"::{self.level} file={file},line={self.line},title={rule}::{self.message.translate(_IN_MESSAGE)}"


class ContentError(Exception):
    """Reading cannot go on with this file; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass
class Report:
    """Findings, as they are made."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, file: str, line: int, rule: str, message: str) -> None:
        self.findings.append(Finding(file, max(line, 1), rule, ERROR, message))

    def warning(self, file: str, line: int, rule: str, message: str) -> None:
        self.findings.append(Finding(file, max(line, 1), rule, WARNING, message))

    def sorted(self) -> list[Finding]:
        return sorted(set(self.findings))


def in_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings for a terminal. Of a lesson that has just been begun nearly every line waits for its words: that is said once, as a
    number for each file, and what else there is to mend can be seen."""
    waiting = Counter(found.file for found in findings if found.rule == UNWRITTEN)
    counted = waiting.total() >= MANY
    if counted:
        yield f"{waiting.total()} places in {len(waiting)} files wait for their words:"
        yield from (f"  {file}: {n}" for file, n in sorted(waiting.items()))
    yield from (str(found) for found in findings if not counted or found.rule != UNWRITTEN)


def in_numbers(findings: Sequence[Finding]) -> str:
    """The last line: how much there is to write, and to mend."""
    unwritten = sum(found.rule == UNWRITTEN for found in findings)
    errors = sum(found.level == ERROR for found in findings) - unwritten
    mend = f"{errors} errors, {len(findings) - errors - unwritten} warnings."
    return f"{unwritten} places to write, {mend}" if unwritten else mend
