"""What every checking rule works with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from .compiling import Compiled
from .findings import Report
from .passages import Passage, passages_of, shared_passages
from .reading import LessonSource, Sources

LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)")  # "!" of a picture, words, target


@dataclass(frozen=True)
class Desk:
    sources: Sources
    compiled: Compiled
    today: date
    report: Report
    _passages: dict[str, tuple[Passage, ...]] = field(default_factory=dict)

    def in_toml(self, lesson: LessonSource, rule: str, message: str, *path: str | int) -> None:
        """An error in lesson.toml at this key."""
        self.report.error(lesson.file, lesson.lines.of(*path), rule, message)

    def passages(self, lesson: LessonSource | None = None) -> tuple[Passage, ...]:
        """Every text of a lesson folder, or of the shared files; gathered once for all rules."""
        key = lesson.slug if lesson else ""
        if key not in self._passages:
            self._passages[key] = tuple(passages_of(lesson) if lesson else shared_passages(self.sources))
        return self._passages[key]


def quoted(words: object) -> str:
    """`"a", "b"` for messages."""
    return ", ".join(f'"{word}"' for word in sorted(words))  # type: ignore[call-overload]
