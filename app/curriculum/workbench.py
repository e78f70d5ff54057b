"""A lessons folder while somebody writes in it: read, compiled and checked again after each change, but only what has changed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .findings import Finding, Report
from .library import Library, folder_version
from .reading import LessonSource, Sources, lesson_folders, read_lesson, read_shared, with_lessons
from .tables import content_of

SHARED = "*.toml"  # facts, terms, services: printed in every lesson


@dataclass(frozen=True)
class Draft:
    """The folder as it stands: what pages can show of it, and what there is to mend."""

    library: Library
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Folder:
    """What the files say."""

    sources: Sources
    digests: dict[str, str]  # of each lesson's folder, by slug
    common: str  # of all that every lesson hangs on
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Read:
    digest: str
    lesson: LessonSource | None
    findings: tuple[Finding, ...]


class Reader:
    """Reads the folder, and keeps what it has read: only what has changed is read again. For several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._lessons: dict[str, _Read] = {}
        self._shared = ("", Sources("", {}, (), {}, {}, {}, ()), Report())

    def read(self) -> Folder:
        """The folder as it is now."""
        with self._lock:
            report = Report()
            digest = _digest_of(self.root.glob(SHARED))
            if digest != self._shared[0]:
                own = Report()
                self._shared = (digest, read_shared(self.root, own), own)
            read = {folder.name: self._read(folder) for folder in lesson_folders(self.root, report)}
            self._lessons = read
            _, shared, found = self._shared
        lessons = [one.lesson for one in read.values() if one.lesson is not None]
        findings = (*report.findings, *found.findings, *(finding for one in read.values() for finding in one.findings))
        common = _common(digest, ((lesson.slug, lesson.number) for lesson in lessons))
        return Folder(with_lessons(shared, lessons), {slug: one.digest for slug, one in read.items()}, common, findings)

    def _read(self, folder: Path) -> _Read:
        digest = _lesson_digest(folder)
        known = self._lessons.get(folder.name)
        if known is not None and known.digest == digest:
            return known
        report = Report()
        lesson = read_lesson(self.root, folder, report)
        return _Read(digest, lesson, tuple(report.findings))


class Workbench:
    """Keeps what is compiled and found, lesson by lesson. One thread at a time."""

    def __init__(self, reader: Reader, made: Library) -> None:
        """Goes on from what was `made` of this folder, if that is what lies there now. Of its lessons nothing is said until they change."""
        self._reader, self._made = reader, made
        self._found: dict[str, list[Finding]] = {}
        self._digests: dict[str, str] = {}  # of the lessons in `_made`
        self._common = ""
        if made.version != folder_version(reader.root):
            return
        self._common = _common(_digest_of(reader.root.glob(SHARED)), ((lesson.slug, lesson.number) for lesson in made.lessons))
        self._digests = {lesson.slug: _lesson_digest(reader.root / lesson.slug) for lesson in made.lessons}

    def look(self, today: date) -> Draft:
        """Everything as it stands now. Takes a second for each lesson that has changed."""
        from .checking import check_sources
        from .compiling import compile_sources

        folder = self._reader.read()
        same = folder.common == self._common
        kept = {slug for slug, digest in self._digests.items() if same and folder.digests.get(slug) == digest}
        made = {lesson.slug: lesson for lesson in self._made.lessons if lesson.slug in kept}
        report = Report(list(folder.findings))
        compiled = compile_sources(folder.sources, folder_version(self._reader.root), made=made)
        check_sources(folder.sources, compiled, today, report, lessons=())
        found = {slug: self._found.get(slug, []) for slug in kept}
        for lesson in folder.sources.lessons:
            if lesson.slug not in kept:
                own = Report()
                check_sources(folder.sources, compiled, today, own, lessons=(lesson,), shared=False)
                found[lesson.slug] = own.findings
        self._made, self._found, self._digests, self._common = compiled.library, found, folder.digests, folder.common
        report.findings += (finding for own in found.values() for finding in own)
        return Draft(compiled.library, tuple(report.sorted()))


def _common(digest: str, numbers: Iterable[tuple[str, int]]) -> str:
    """What every lesson hangs on: the shared files, and the numbers that links hold."""
    return f"{digest} {sorted(numbers)}"


def _lesson_digest(folder: Path) -> str:
    return _digest_of(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _digest_of(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.name}\n{path.stat().st_size}\n".encode() + content_of(path))
    return digest.hexdigest()
