"""What is wrong with the content: where, which rule, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field

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
