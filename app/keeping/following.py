"""A second disk, or a machine whose disk is mounted here, that follows a site on SQLite by the second: `balise follow DIR`.

The copying is done by Litestream, a program of the operator's (docs/operating.md). It keeps hold of SQLite's write-ahead log, so that
nothing leaves the log before it is copied; but then the site cannot empty the log of what somebody erased either (keeping/erasing.py). So
this command, which runs Litestream, looks whether something was erased, and lets go until the site has done so."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.config import N_, Config, WrongConfiguration
from app.core import clock
from app.keeping import copying, own

# Seconds. The site looks for what was erased every five, so it has three looks; when nobody looks, following goes on for a while.
LOOK_EVERY = 0.5
ASIDE = 15
NOT_AGAIN = 60
STOPS_WITHIN = 10
FOLLOWS = "followed-into"  # holds the folder, and is touched for as long as it is followed
SILENT = 60  # seconds after which nobody follows any more

# What was erased is gone from the replica when the next snapshot but one is made: after 12 hours, or 18. That needs snapshots, and
# Litestream makes none of a site in which nobody does anything: so there is a beat, a change of nothing, once an hour.
BEAT = 3600
SETTINGS = """# Written by `balise follow`, which runs `litestream replicate` with it.
l0-retention: 5m
shutdown-sync-timeout: 2s
snapshot:
  interval: 6h
  retention: 9h
dbs:
  - path: {database}
    monitor-interval: 500ms
    replica:
      type: file
      path: {place}
      sync-interval: 500ms
"""


def settings(database: Path, place: Path) -> str:
    """What Litestream is told. JSON's texts are YAML's, whatever is in the path."""
    return SETTINGS.format(database=json.dumps(str(database.absolute())), place=json.dumps(str(pieces_in(place))))


def pieces_in(place: Path) -> Path:
    return place.absolute() / "litestream"


def own_files(database: Path) -> Path:
    """Where Litestream keeps what it has not passed on yet, beside the database."""
    return database.with_name(f".{database.name}-litestream")


def program() -> str:
    found = shutil.which("litestream") or shutil.which("litestream", path=str(Path(sys.executable).parent))
    if found is None:
        raise WrongConfiguration(N_("The program litestream is not on this machine. docs/operating.md says how to get it."))
    return found


def on_sqlite(config: Config) -> Path:
    if not config.sqlite:
        raise WrongConfiguration(N_("Only SQLite can be followed like this. For PostgreSQL, use its own streaming replication."))
    return copying.database_file(config)


# --- following -----------------------------------------------------------------------------------------------------------------


def follow(config: Config, place: Path) -> None:
    """Follow until told to stop (SIGTERM, SIGINT).

    Raises WrongConfiguration with a sentence that says what to do, also when Litestream ends by itself."""
    database, litestream = on_sqlite(config), program()
    copying.in_present_form(config)
    if place.absolute().is_relative_to(config.data.absolute()):
        raise WrongConfiguration(N_("%(place)s would be lost with the database. Name a folder on another disk."), place=place)
    os.umask(0o077)  # Litestream's files, too
    try:
        pieces_in(place).mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)
        written = config.data / "litestream.yml"
        written.write_text(settings(database, place), "utf-8")
        (config.data / FOLLOWS).write_text(f"{place.absolute()}\n", "utf-8")
    except OSError as error:
        raise WrongConfiguration(N_("Cannot write %(file)s: %(why)s."), file=error.filename or place, why=error.strerror) from error
    command, not_before = [litestream, "replicate", "-config", str(written), "-no-expand-env", "-log-level", "warn"], 0.0
    due = 0.0
    told_to_stop = threading.Event()  # looked at where Litestream is in hand: an exception in between would leave it running
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: told_to_stop.set())
    while not told_to_stop.is_set():
        with running(command) as process:
            while not (waits(database) and time.monotonic() >= not_before):
                (config.data / FOLLOWS).touch()
                if time.monotonic() >= due and beat(database):
                    due = time.monotonic() + BEAT
                if told_to_stop.wait(LOOK_EVERY):
                    return
                if process.poll() is not None:
                    raise WrongConfiguration(N_("Litestream stopped by itself; its message is above."))
        if not emptied(database):
            not_before = time.monotonic() + NOT_AGAIN


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Litestream, for as long as this lasts. It is asked to stop, and passes on what it has before it does."""
    process = subprocess.Popen(command)  # noqa: S603  (the program of the operator's)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def waits(database: Path) -> bool:
    """Whether something was erased and is still in the site's files."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as one:
            return bool(one.execute("SELECT 1 FROM tombstones WHERE NOT settled LIMIT 1").fetchone())
    except sqlite3.Error:
        return False  # it is being written anew, or gone: Litestream says so


def beat(database: Path) -> bool:
    """Count on in the table that Litestream made for that. False when it has not made it yet."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as one, one:
            one.execute("INSERT INTO _litestream_seq (id, seq) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET seq = seq + 1")
    except sqlite3.Error:
        return False
    return True


def emptied(database: Path) -> bool:
    """Wait until the site has emptied its log. False when nobody does: it does not run."""
    until = time.monotonic() + ASIDE
    while waits(database):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_EVERY / 5)
    return True


def told(config: Config) -> str:
    """Whether the replica is as far as the database, in words; empty where there is none."""
    file = config.data / FOLLOWS
    if not file.exists():
        return ""
    place = Path(file.read_text("utf-8").strip())
    if clock.seconds() - file.stat().st_mtime > SILENT:
        return f"{place}: NOT FOLLOWED any more. Run `balise follow`, or delete the folder and {file}"
    for _ in range(4):
        if is_in_step(copying.database_file(config), place):
            return f"{place}: in step"
        time.sleep(LOOK_EVERY)  # a piece may be on its way
    return f"{place}: BEHIND. See what `balise follow` said; is the folder there, and not full?"


def is_in_step(database: Path, place: Path) -> bool:
    here, there = (newest(folder / "ltx" / "0") for folder in (own_files(database), pieces_in(place)))
    return here == there != ""


def newest(folder: Path) -> str:
    """The name of the last piece, which ends in its number."""
    return max((f.name for f in folder.glob("*.ltx")), default="")


# --- bringing back -------------------------------------------------------------------------------------------------------------


def bring_back(config: Config, place: Path, folder: Path) -> copying.Manifest:
    """The database as it was last passed on, as a file in `folder`, looked over like a copy.

    Raises WrongConfiguration when there is none, or it is damaged or another site's."""
    database, made = on_sqlite(config), folder / copying.DATABASE
    written = folder / "litestream.yml"
    written.write_text(settings(database, place), "utf-8")
    command = [program(), "restore", "-config", str(written), "-no-expand-env", "-o", str(made), str(database.absolute())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    written.unlink()
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise WrongConfiguration(N_("%(place)s holds nothing that can be brought back: %(why)s"), place=place, why=said[-1] if said else "")
    made.chmod(0o600)
    at = max(f.stat().st_mtime for f in pieces_in(place).rglob("*.ltx"))
    manifest = copying.described(config, place, made, datetime.fromtimestamp(at, UTC))
    is_of_this_site(config, place, made)
    return manifest


def is_of_this_site(config: Config, place: Path, made: Path) -> None:
    with closing(sqlite3.connect(made)) as one:
        rooms = one.execute("SELECT code_seed, code_hash FROM classrooms ORDER BY id DESC").fetchall()
    if rooms and not own.made_with(config.secret, rooms):
        raise copying.not_of_this_site(config, place)


def forget(database: Path) -> None:
    """What Litestream has of a database that is no more."""
    shutil.rmtree(own_files(database), ignore_errors=True)
