"""Whether this is still the site it was: its clock has not leapt ahead, and its key is the one that its database was made with.

Nobody would notice either before it has cost everything: with a clock of ten years on, every class is past its time."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.classrooms.models import Classroom
from app.classrooms.queries import code_hash
from app.config import N_, Config, WrongConfiguration
from app.core import acts, clock
from app.core.db import make_engine
from app.core.keys import code_from

BELIEVED = "last-tidied"  # holds the latest moment at which what was past its time was erased
LAST_COPY = "last-copy"  # holds when the last copy was made
LEAP = timedelta(days=100)  # a school's server may be off for a summer, some 70 days


def moment_in(file: Path) -> datetime | None:
    """The moment that a file holds; None where there is no such file, or something else in it."""
    try:
        return datetime.fromisoformat(file.read_text("ascii")).astimezone(UTC)
    except (OSError, ValueError, OverflowError):
        return None


def clock_has_not_leapt(data: Path) -> None:
    """Raises WrongConfiguration when the clock is far from what the site last went by: nothing may be erased then, and no copy go."""
    known = (moment_in(data / name) for name in (BELIEVED, LAST_COPY))  # a machine may be for copies only; each is noted after this look
    then = max((at for at in known if at is not None), default=None)
    if then is not None and abs(clock.now() - then) > LEAP:
        raise WrongConfiguration(
            N_("The clock of this machine says %(now)s, and this site last ran on %(then)s. If the clock is wrong, set it: all that would "
               "be past its time would be erased. If it is right, and the site was off for so long, run `balise clock-is-right` once."),
            now=minute(clock.now()), then=minute(then),
        )  # fmt: skip


def made_with(secret: bytes, rooms: Iterable[tuple[str, str]]) -> bool:
    """Whether a class is this key's, of (seed, hash) of the codes: the code is derived with it, and so is its hash."""
    with keyed(secret):
        return any(code_hash(code_from("class code", seed)) == there for seed, there in rooms)


def keyed(secret: bytes) -> AppContext:
    """What is derived with a key, without a site."""
    app = Flask("keyed")
    app.config["SECRET"] = secret
    return app.app_context()


def key_fits(config: Config) -> None:
    """Raises WrongConfiguration when the database, which is in its present form, was made with another key. Where nobody has a class yet,
    the record of what staff did tells."""
    engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection, keyed(config.secret):
            rooms = connection.execute(select(Classroom.code_seed, Classroom.code_hash).order_by(Classroom.id.desc())).all()
            if not (made_with(config.secret, rooms) if rooms else acts.is_sealed(connection)):
                raise WrongConfiguration(
                    N_("This database was made with another key: no code and no password would fit. Bring back %(secret)s from your backup "
                       "of the keys, or set BALISE_SECRET as it was."),
                    secret=config.data / "keys" / "secret",
                )  # fmt: skip
    except DBAPIError:
        return  # it is damaged, which others tell
    finally:
        engine.dispose()


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
    last = moment_in(data / LAST_COPY)
    if sure and last is not None and last > clock.now():  # made when it was wrong
        (data / LAST_COPY).unlink()
