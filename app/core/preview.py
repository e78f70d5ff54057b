"""In development only: pages follow the files. A lesson that changes is compiled at once, and pages that are open reload themselves.

It begins with what was compiled at the start, so that nothing waits for it. While a file has a mistake the last good version stays up,
and every page says file, line and how to mend it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g

from app.config import PROJECT, Config
from app.core import clock, static
from app.core.library import fill_gaps, keep_compiled, may_start_with
from app.core.logs import describe, log
from app.curriculum.findings import Finding

if TYPE_CHECKING:  # a site that only serves does not need to know how lessons are read
    from app.curriculum.reading import Sources
    from app.curriculum.workbench import Draft, Reader, Workbench

LOOK_EVERY = 0.5  # seconds: hundreds of files are asked for their age
MOST_SHOWN = 10
Stamps = frozenset[tuple[Path, int, int]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Preview:
    """What pages show of it: the version they were made from, the mistakes, and whether they keep a newer version back."""

    version: str
    findings: tuple[Finding, ...]
    kept_back: bool


class Desk:
    """The files of a site in development."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app, self.config, self.root = app, config, config.lessons
        self.looking, self.working, self.turning = threading.Lock(), threading.Lock(), threading.Lock()
        self.looked_at = time.monotonic()
        self.lessons, self.looks = self.stamps()  # before the bench: what changes meanwhile is seen as a change
        self.findings: tuple[Finding, ...] = ()
        self.kept_back = False
        self.edition = 0

    @cached_property
    def reader(self) -> Reader:
        from app.curriculum.workbench import Reader

        return Reader(self.root)

    @cached_property
    def bench(self) -> Workbench:
        """Made after the first pages, and best before a lesson changes: else the first change compiles all of them."""
        from app.curriculum.workbench import Workbench

        return Workbench(self.reader, self.app.extensions["balise.library"])

    def stamps(self) -> tuple[Stamps, Stamps]:
        """The age of every lesson file, and of every template and static file."""
        return stamps_of(self.root.rglob("*")), stamps_of(looks())

    def look(self) -> None:
        """Notice what has changed since the last look. Lessons are compiled beside the requests: no page waits for them."""
        if time.monotonic() - self.looked_at < LOOK_EVERY or not self.looking.acquire(blocking=False):
            return
        try:
            self.looked_at = time.monotonic()
            before = self.lessons, self.looks
            self.lessons, self.looks = self.stamps()
        finally:
            self.looking.release()
        if self.looks != before[1]:
            static.read_anew()
            self.turn_over()
        if self.lessons != before[0]:
            changed = {file for file, _time, _size in self.lessons ^ before[0]}
            threading.Thread(target=self.catch_up, args=(changed,), name="preview", daemon=True).start()

    def catch_up(self, changed: Iterable[Path]) -> None:
        """Compile and check what has changed, and say so in the terminal: an author who looks at an old page wonders what holds it up."""
        with self.working:
            begun = time.monotonic()
            tell(f"{in_words(sorted(file.relative_to(self.root.parent).as_posix() for file in changed))} changed, preparing ...")
            try:
                self.take(self.bench.look(clock.today()))
            except Exception as error:
                log.error("preview: %s", describe(error))
                return
            took = f"({time.monotonic() - begun:.1f} s)"
            tell(
                f"Not shown yet, there is something to mend: {self.findings[0]} {took}" if self.kept_back else f"The pages have it {took}."
            )

    def take(self, draft: Draft) -> None:
        errors = [f for f in draft.findings if f.level == "error" and not f.rule.startswith("expir")]
        findings = tuple(sorted(errors, key=may_start_with))  # first those that keep the new version back
        self.kept_back = not all(may_start_with(f) for f in errors)
        newer = not self.kept_back and draft.library.version != self.app.extensions["balise.library"].version
        if newer or findings != self.findings:
            library = fill_gaps(draft.library) if newer else self.app.extensions["balise.library"]
            with self.turning:  # the lessons and the number of the edition change at once: else open pages hear of two changes
                self.app.extensions["balise.library"] = library
                self.findings = findings
                self.turn_over()
        if newer:
            keep_compiled(self.config, draft.library)  # the next start has it as it is

    def turn_over(self) -> None:
        """All pages are made anew, and those that are open hear of it."""
        self.edition += 1
        for kept in ("balise.pages", "balise.patterns", "balise.refusals"):
            self.app.extensions[kept].forget()

    def warm(self) -> None:
        """Read the folder and load what compiles, before anybody waits for it: a second."""
        import app.curriculum.checking  # noqa: F401

        with self.working:
            self.bench  # noqa: B018
        self.sources()

    def sources(self) -> Sources:
        """What the lesson files say now."""
        return self.reader.read().sources

    def preview(self) -> Preview:
        with self.turning:
            version: str = self.app.extensions["balise.library"].version
            return Preview(f"{version[:16]}-{self.edition}", self.findings[:MOST_SHOWN], self.kept_back)


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def in_words(names: list[str]) -> str:
    """The first of several names, and how many more there are."""
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def looks() -> Iterator[Path]:
    """Templates and static files."""
    app = PROJECT / "app"
    for folder in ("templates", "*/templates", "static"):
        for place in app.glob(folder):
            yield from place.rglob("*.*")


def stamps_of(files: Iterable[Path]) -> Stamps:
    found = set()
    for file in files:
        try:
            status = file.stat()
        except OSError:  # gone since it was listed, as when an editor saves
            continue
        found.add((file, status.st_mtime_ns, status.st_size))
    return frozenset(found)


def desk() -> Desk | None:
    """The desk of this site; None outside development."""
    found: Desk | None = current_app.extensions.get("balise.desk")
    return found


def shown() -> Preview | None:
    """As things stood when this request began: a page that was made meanwhile is one to reload."""
    found: Preview | None = g.get("preview")
    return found


def follow(app: Flask, wsgi_app: Wsgi) -> Wsgi:
    """Look at the files before anything is answered, pages that are kept included."""
    here: Desk = app.extensions["balise.desk"]

    def looking_first(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        here.look()
        return wsgi_app(environ, start_response)

    return looking_first


def init_app(app: Flask, config: Config) -> None:
    if not config.debug:
        return
    here = app.extensions["balise.desk"] = Desk(app, config)

    @app.before_request
    def note_version() -> None:
        g.preview = here.preview()
