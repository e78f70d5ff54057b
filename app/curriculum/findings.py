"""What is wrong with the content: where, which rule, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})

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
