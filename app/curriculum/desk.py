"""What every checking rule works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .compiling import Compiled
from .findings import Report
from .reading import LessonSource, Sources


@dataclass(frozen=True)
class Desk:
    sources: Sources
    compiled: Compiled
    today: date
    report: Report

    def in_toml(self, lesson: LessonSource, rule: str, message: str, *path: str | int) -> None:
        """An error in lesson.toml at this key."""
        self.report.error(lesson.file, lesson.lines.of(*path), rule, message)


def quoted(words: object) -> str:
    """`"a", "b"` for messages."""
    return ", ".join(f'"{word}"' for word in sorted(words))  # type: ignore[call-overload]
