"""A lessons folder while somebody writes in it: read, compiled and checked again after each change, but only what has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .checking import check_sources
from .compiling import Compiled, compile_sources
from .findings import Finding, Report
from .library import Library, folder_version
from .reading import LessonSource, Sources, lesson_folders, read_lesson, read_shared, with_lessons


@dataclass(frozen=True)
class Draft:
    """The folder as it stands."""

    library: Library
    sources: Sources
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Read:
    digest: str
    lesson: LessonSource | None
    findings: tuple[Finding, ...]


class Workbench:
    """Keeps what it has read, compiled and found, lesson by lesson. One thread at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, _Read] = {}
        self._compiled: dict[str, Compiled] = {}
        self._found: dict[str, tuple[Finding, ...]] = {}
        self._shared = ""

    def look(self, today: date) -> Draft:
        """Everything as it stands now."""
        report = Report()
        shared = read_shared(self.root, report)
        folders = lesson_folders(self.root, report)
        changed = self._read_again(folders)
        lessons = [read.lesson for read in self._read.values() if read.lesson is not None]
        # Facts, terms and services are printed in lessons, and links hold the number of another one.
        common = digest_of(self.root.glob("*.toml")) + repr(sorted((x.slug, x.number) for x in lessons))
        if common != self._shared:
            self._shared, changed = common, {x.slug for x in lessons}
        for slug in changed:
            self._compiled.pop(slug, None)
        sources = with_lessons(shared, lessons)
        compiled = compile_sources(sources, folder_version(self.root), self._compiled)
        self._check(sources, compiled, today, changed, report)
        return Draft(compiled.library, sources, tuple(report.sorted()))

    def _read_again(self, folders: Iterable[Path]) -> set[str]:
        """Slugs of the lessons that are not as they were."""
        present = {folder.name: folder for folder in folders}
        changed = set(self._read) - set(present)
        for slug in changed:
            del self._read[slug]
        for slug, folder in present.items():
            digest = digest_of(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
            if slug not in self._read or self._read[slug].digest != digest:
                own = Report()
                lesson = read_lesson(self.root, folder, own)
                self._read[slug] = _Read(digest, lesson, tuple(own.findings))
                changed.add(slug)
        return changed

    def _check(self, sources: Sources, compiled: Compiled, today: date, changed: set[str], report: Report) -> None:
        check_sources(sources, compiled, today, report, lessons=())
        for slug in changed:
            self._found.pop(slug, None)
        for lesson in sources.lessons:
            if lesson.slug not in self._found:
                own = Report()
                check_sources(sources, compiled, today, own, lessons=(lesson,), shared=False)
                self._found[lesson.slug] = tuple(own.findings)
        for found in (*self._found.values(), *(read.findings for read in self._read.values())):
            report.findings += found


def digest_of(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()
