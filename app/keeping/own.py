"""Whether this is still the site it was: its clock has not leapt ahead, and its key is the one that its database was made with.

Nobody would notice either before it has cost everything: with a clock of ten years on, every class is past its time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.config import N_, WrongConfiguration
from app.core import clock

BELIEVED = "last-tidied"  # holds the latest moment at which what was past its time was erased
LAST_COPY = "last-copy"  # holds when the last copy was made
LEAP = timedelta(days=100)  # a school's server may be off for a summer, some 70 days


def moment_in(file: Path) -> datetime | None:
    """The moment that a file holds; None where there is no such file, or something else in it."""
    try:
        return datetime.fromisoformat(file.read_text("ascii")).astimezone(UTC)
    except (OSError, ValueError):
        return None


def clock_has_not_leapt(data: Path) -> None:
    """Raises WrongConfiguration when the clock is far from what the site last went by: nothing may be erased then, and no copy go."""
    then = moment_in(data / BELIEVED) or moment_in(data / LAST_COPY)  # the latter for a site of an older Balise
    if then is not None and abs(clock.now() - then) > LEAP:
        raise WrongConfiguration(
            N_("The clock of this machine says %(now)s, and this site last ran on %(then)s. If the clock is wrong, set it: all that would "
               "be past its time would be erased. If it is right, and the site was off for so long, run `balise clock-is-right` once."),
            now=minute(clock.now()), then=minute(then),
        )  # fmt: skip


def minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def believe_clock(data: Path, sure: bool = False) -> None:
    """Note the time, for the next look at the clock. `sure`: the operator says that it is right; otherwise an earlier time is not noted,
    since a clock that ran slow and was put right has not leapt."""
    then = moment_in(data / BELIEVED)
    if sure or then is None or then < clock.now():
        new = data / (BELIEVED + ".new")
        new.write_text(clock.now().isoformat(timespec="seconds"), "ascii")
        os.replace(new, data / BELIEVED)
