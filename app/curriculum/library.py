"""The library: every lesson, guide, plan and quiz, compiled, found by slug, number or id."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from .content import Booster, Fact, Lesson, Misconception, Quiz, Service, Term, Unit
from .findings import Finding, Report
from .rendering import RENDER_VERSION
from .tables import content_of


@dataclass(frozen=True)
class Library:
    """Everything there is to read and answer. Lessons stand by number, services by country and order."""

    version: str
    lessons: tuple[Lesson, ...]
    units: tuple[Unit, ...]
    services: tuple[Service, ...]
    facts: dict[str, Fact]
    terms: dict[str, Term]
    misconceptions: dict[str, Misconception]
    boosters: tuple[Booster, ...] = ()

    def lesson(self, slug: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def lesson_by_number(self, number: int) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.number == number), None)

    def booster(self, number: int) -> Booster | None:
        return next((b for b in self.boosters if b.number == number), None)

    def quiz(self, slug: str) -> Quiz | None:
        lesson = self.lesson(slug)
        return lesson.quiz if lesson else None

    def neighbours(self, slug: str) -> tuple[Lesson | None, Lesson | None]:
        """The lessons before and after this one."""
        place = next((n for n, lesson in enumerate(self.lessons) if lesson.slug == slug), None)
        if place is None:
            return None, None
        before = self.lessons[place - 1] if place else None
        after = self.lessons[place + 1] if place + 1 < len(self.lessons) else None
        return before, after


def read_library(folder: Path, today: date) -> tuple[Library, list[Finding]]:
    """Reads, checks and compiles a lessons folder. Takes seconds; `load` what `dump` gave where that is too long.

    A lesson whose lesson.toml cannot be read is left out; a missing language is missing in `texts`. Whether findings
    forbid the start is for the caller to say.
    """
    from .checking import check_sources
    from .compiling import compile_sources
    from .reading import read_sources

    report = Report()
    with collecting_later():
        sources = read_sources(folder, report)
        compiled = compile_sources(sources, folder_version(folder))
        check_sources(sources, compiled, today, report)
    return compiled.library, report.sorted()


def folder_version(folder: Path) -> str:
    """The version of a library read from this folder: a hash over every file that counts, and RENDER_VERSION."""
    digest = hashlib.sha256(f"render {RENDER_VERSION}\n".encode())
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".toml", ".md", ".svg") and p.is_file()):
        if path.is_symlink() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        content = content_of(path)
        digest.update(f"{path.relative_to(folder).as_posix()}\n{path.stat().st_size}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def dump(library: Library) -> bytes:
    return msgspec.json.encode(library)


def load(data: bytes) -> Library:
    """Raises msgspec.DecodeError when the bytes are not a library of this form."""
    with collecting_later():
        return msgspec.json.decode(data, type=Library)


@contextmanager
def collecting_later() -> Iterator[None]:
    """No garbage collection meanwhile: among tens of thousands of new objects, none of them garbage, it doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
