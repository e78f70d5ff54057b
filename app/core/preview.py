"""In development only: a lesson file that changes is compiled at once, and pages that are open reload themselves.

While a file has a mistake the last good version stays up, and every page says file, line and how to mend it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, request

from app.config import Config
from app.core import clock
from app.core.library import fill_gaps, may_start_with
from app.core.logs import describe, log
from app.curriculum.findings import Finding

if TYPE_CHECKING:  # it brings Markdown and all rules along, which a site that only serves does not need
    from app.curriculum.workbench import Draft

LOOK_EVERY = 0.5  # seconds: hundreds of files are asked for their age
MOST_SHOWN = 10


@dataclass(frozen=True)
class Preview:
    """What pages show of it: the version they were made from, the mistakes, and whether they keep a newer version back."""

    version: str
    findings: tuple[Finding, ...]
    kept_back: bool


class Desk:
    """The lessons folder of a site in development."""

    def __init__(self, app: Flask, root: Path) -> None:
        from app.curriculum.workbench import Workbench

        self.app, self.root = app, root
        self.bench = Workbench(root)
        self.lock = threading.Lock()
        self.draft: Draft | None = None
        self.findings: tuple[Finding, ...] = ()
        self.kept_back = False
        self.begun = False
        self.seen: frozenset[tuple[str, int, int]] = frozenset()
        self.looked_at = 0.0

    def begin(self) -> None:
        """Read and compile everything, which takes ten seconds, once, in a thread of its own. Not before a request: servers fork."""
        self.begun = True
        threading.Thread(target=self.first_look, name="preview", daemon=True).start()

    def first_look(self) -> None:
        try:
            self.look()
        except Exception as error:
            log.error("preview: %s", describe(error))

    def look(self) -> Draft:
        """The folder as it is now. Whoever asks while somebody else's look is under way waits for it."""
        with self.lock:
            if self.draft is not None and time.monotonic() - self.looked_at < LOOK_EVERY:
                return self.draft
            files = frozenset((str(p), s.st_mtime_ns, s.st_size) for p in self.root.rglob("*") if p.is_file() and (s := p.stat()))
            if self.draft is None or files != self.seen:
                self.seen = files
                self.take(self.bench.look(clock.today()))
            self.looked_at = time.monotonic()
            assert self.draft is not None
            return self.draft

    def take(self, draft: Draft) -> None:
        self.draft = draft
        errors = [f for f in draft.findings if f.level == "error" and not f.rule.startswith("expir")]
        self.findings = tuple(sorted(errors, key=may_start_with))  # first those that keep the new version back
        self.kept_back = not all(may_start_with(f) for f in errors)
        if not self.kept_back and draft.library.version != self.app.extensions["balise.library"].version:
            self.app.extensions["balise.library"] = fill_gaps(draft.library)

    def preview(self) -> Preview:
        version: str = self.app.extensions["balise.library"].version
        return Preview(f"{version[:16]}-{abs(hash(self.findings)):x}", self.findings[:MOST_SHOWN], self.kept_back)


def desk() -> Desk | None:
    """The desk of this site; None outside development."""
    found: Desk | None = current_app.extensions.get("balise.desk")
    return found


def shown() -> Preview | None:
    here = desk()
    return here.preview() if here else None


def init_app(app: Flask, config: Config) -> None:
    if not config.debug:
        return
    here = app.extensions["balise.desk"] = Desk(app, config.lessons)

    @app.before_request
    def look_first() -> None:
        # Until the first reading is done, pages come from what was compiled at the start.
        if here.draft is not None and request.endpoint:
            here.look()
        elif not here.begun:
            here.begin()
