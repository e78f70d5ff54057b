"""The list of erased marks that lies beside the database, so that it outlives it: one line each, `2026-11-22 students 0123456789abcdef`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from app.core import clock
from app.core.tombstones import KEPT

LINE = re.compile(r"(\d{4}-\d\d-\d\d) (students|classrooms|assignments|teachers) ([0-9a-f]{16})")


class Erased(NamedTuple):
    on: date
    table: str
    mark: str

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.table} {self.mark}"


def ledger_in(data: Path) -> Path:
    return data / "erased" / "ledger"


def read(file: Path) -> set[Erased]:
    """What the ledger holds; a line that was cut off by a crash, or is none, is left out."""
    if not file.exists():
        return set()
    lines = (LINE.fullmatch(line) for line in file.read_text("ascii", "replace").splitlines())
    return {Erased(date.fromisoformat(line[1]), line[2], line[3]) for line in lines if line}


def append(file: Path, erased: Iterable[Erased]) -> None:
    """Write further lines, on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as out:
        out.write("".join(f"\n{one}" for one in sorted(erased)) + "\n")  # a line of its own even after one that was cut off
        out.flush()
        os.fsync(out.fileno())


def forget_old(file: Path) -> None:
    """Leave out what is older than every copy of the site."""
    found = read(file)
    kept = {one for one in found if one.on >= clock.today() - timedelta(KEPT)}
    if len(kept) < len(found):
        new = file.with_suffix(".new")
        new.unlink(missing_ok=True)
        append(new, kept)
        new.replace(file)
