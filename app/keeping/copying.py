"""A whole copy of a running site's database, sealed: `balise backup`, and `balise verify`.

SQLite is copied with its online backup, PostgreSQL with COPY in one snapshot: in either way the copy is the database of one moment, and
nobody waits. A file that is copied while the site runs is neither (measured: of 15 such one was broken and 2,865 saved rows were missing).

A copy is one line of JSON (the manifest) and then the files that it names, all sealed as one age file. Beside it lies the same line, with
the digest of the sealed file, so that a copy can be looked over without the key that opens it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, func, select, text
from sqlalchemy.exc import DBAPIError

from app.config import N_, Config, WrongConfiguration
from app.core import clock, migrating
from app.core.db import make_engine
from app.keeping import ledger, own, sealing

KEPT = timedelta(days=35)  # then a copy goes, so that what was erased is gone everywhere
REMAINS = ".balise-copying-"  # folders in which an unsealed copy lies for a moment; beside a database may lie what is not ours
OLD_REMAINS = "copying-"  # as they were called before, in the site's own folder
NAME = re.compile(r"balise-(\d{8}T\d{6})Z(?:-\d+)?(?:-as-it-was)?\.age")
DATABASE = "balise.sqlite3"
NUMBERS = {  # -> (table, the last number it gave)
    "sqlite": "SELECT name, seq FROM sqlite_sequence ORDER BY name",
    "postgresql": "SELECT regexp_replace(sequencename::text, '_id_seq$', ''), last_value FROM pg_sequences "
                  "WHERE schemaname = current_schema()",
}  # fmt: skip


@dataclass(frozen=True)
class Manifest:
    """What a copy holds, signed with a key of the site: a copy of another site, or one that somebody made up, is told apart."""

    database: str  # sqlite or postgresql
    made_at: str  # 2026-11-22T12:26:56+00:00
    revision: str
    columns: dict[str, list[str]]  # of each table, in their order
    rows: dict[str, int]  # of each table
    numbers: dict[str, int]  # the last number given in each table that gives numbers
    files: dict[str, tuple[int, str]]  # name -> (bytes, SHA-256), in their order
    seal: str = ""
    sealed_bytes: int = 0  # of the sealed file; in the line beside it only
    sealed_sha256: str = ""

    def as_line(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode() + b"\n"

    def signed(self, secret: bytes) -> Manifest:
        return replace(self, seal=self.right_seal(secret))

    def right_seal(self, secret: bytes) -> str:
        key = hmac.digest(secret, b"copy of the database", "sha256")
        return hmac.digest(key, replace(self, seal="").as_line(), "sha256").hex()

    def is_of(self, secret: bytes) -> bool:
        return hmac.compare_digest(self.seal, self.right_seal(secret))

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @classmethod
    def from_line(cls, line: bytes) -> Manifest:
        """Raises ValueError for a line that is no manifest."""
        try:
            made = cls(**json.loads(line))
            return replace(made, files={name: (int(size), str(digest)) for name, (size, digest) in made.files.items()})
        except (TypeError, AttributeError) as error:
            raise ValueError("no manifest") from error


@contextmanager
def workplace(place: Path) -> Iterator[Path]:
    """A folder for what is not sealed yet, or not any more: the owner's only, and gone afterwards.

    Raises WrongConfiguration when the disk gets full meanwhile."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix=REMAINS, dir=place))
    try:
        yield folder
    except (OSError, sqlite3.Error, DBAPIError) as error:
        if sealing.is_full(error):
            raise sealing.no_room(place) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_remains(data: Path, *places: Path) -> None:
    """What a copy that was killed in the middle left behind: in the site's own folder, or beside the database."""
    found = [*data.glob(OLD_REMAINS + "*"), *(f for place in (data, *places) for f in place.glob(REMAINS + "*"))]
    for folder in (f for f in found if is_left_behind(f)):
        shutil.rmtree(folder, ignore_errors=True)


def is_left_behind(file: Path) -> bool:
    """Nothing that is under way takes an hour."""
    return clock.seconds() - file.stat().st_mtime > 3600


# --- making one ----------------------------------------------------------------------------------------------------------------


def copy(config: Config, place: Path, whom: Any | None = None) -> tuple[Path, Manifest]:
    """Copy the database into a sealed file: `place`, or a new one in it if that is a folder, from which copies older than 35 days then go.

    Raises WrongConfiguration with a sentence that says what to do."""
    whom = whom or sealing.public_key(config.data)
    revision = in_present_form(config)
    try:
        target = place / free_name(place) if place.is_dir() else place
        if target.exists():
            raise WrongConfiguration(N_("%(file)s is there already. Give a folder, or a name that is free."), file=target)
        with workplace(config.data) as folder:
            found = (copy_sqlite if config.sqlite else copy_postgres)(config, folder)
            files = sorted(folder.iterdir())
            manifest = Manifest(
                database="sqlite" if config.sqlite else "postgresql", made_at=clock.now().isoformat(timespec="seconds"), revision=revision,
                **asdict(found), files={f.name: (f.stat().st_size, digest_of(f)) for f in files},
            ).signed(config.secret)  # fmt: skip
            sealing.seal(manifest.as_line(), files, target, whom)
        write_beside(target, manifest, config)
        (config.data / own.LAST_COPY).write_text(manifest.made_at, "ascii")
        if place.is_dir():
            forget_old_copies(place)
    except OSError as error:
        raise WrongConfiguration(N_("Cannot write %(file)s: %(why)s."), file=error.filename or place, why=error.strerror) from error
    return target, manifest


def in_present_form(config: Config) -> str:
    engine = make_engine(config.database_url)
    try:
        at = migrating.reachable_revision(engine) if not config.sqlite or database_file(config).exists() else None
    finally:
        engine.dispose()
    if at is None or at != migrating.head():
        raise migrating.not_present(at)
    return at


def database_file(config: Config) -> Path:
    return Path(config.database_url.removeprefix("sqlite:///"))


def free_name(folder: Path) -> str:
    name = f"balise-{clock.now().strftime('%Y%m%dT%H%M%S')}Z"
    return next(n for n in (f"{name}{more}.age" for more in ("", *(f"-{i}" for i in range(2, 999)))) if not (folder / n).exists())


@dataclass(frozen=True)
class Contents:
    """What is in a database: the columns and the number of rows of each table, and the last number each gave, its row gone or not."""

    columns: dict[str, list[str]]
    rows: dict[str, int]
    numbers: dict[str, int]


def copy_sqlite(config: Config, folder: Path) -> Contents:
    """The database of one moment, by SQLite's own online backup, looked over."""
    target = folder / DATABASE
    target.touch(mode=0o600)
    with closing(sqlite3.connect(database_file(config), timeout=15)) as source, closing(sqlite3.connect(target)) as made:
        source.backup(made)
        return contents(made)


def contents(made: sqlite3.Connection) -> Contents:
    """What is in a copy, which becomes one file, without what Litestream keeps in a database that it follows."""
    made.execute("PRAGMA journal_mode=DELETE")
    for name in ("_litestream_lock", "_litestream_seq"):
        made.execute(f'DROP TABLE IF EXISTS "{name}"')
    if wrong := what_is_wrong(made):
        raise WrongConfiguration(N_("The database is damaged (%(what)s): bring the site back from the last copy."), what=wrong)
    names = [name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    tables = [name for name in names if not name.startswith(("sqlite_", "alembic_"))]
    columns = {t: [row[1] for row in made.execute(f'PRAGMA table_info("{t}")')] for t in tables}
    numbers = dict(made.execute(NUMBERS["sqlite"]).fetchall())
    return Contents(columns, {t: count(made, t) for t in tables}, numbers)


def described(config: Config, place: Path, made: Path, at: datetime) -> Manifest:
    """The manifest of a database that is not sealed but was taken from the replica in `place` (following.py). `at`: when it was like this.

    Raises WrongConfiguration when it is damaged or none of Balise's."""
    engine = make_engine(f"sqlite:///{made}")
    try:
        revision = migrating.reachable_revision(engine)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(made)) as one:
        found = contents(one)
    if revision is None or "classrooms" not in found.rows:
        raise WrongConfiguration(N_("%(file)s is not a copy of a Balise site."), file=place)
    files = {made.name: (made.stat().st_size, digest_of(made))}
    return Manifest("sqlite", at.isoformat(timespec="seconds"), revision, **asdict(found), files=files).signed(config.secret)


def count(database: sqlite3.Connection, table: str) -> int:
    found: int = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608  (one of our own tables)
    return found


def what_is_wrong(database: sqlite3.Connection) -> str:
    """What SQLite finds wrong with a database; empty when it is whole."""
    found = database.execute("PRAGMA integrity_check(3)").fetchall()
    if found != [("ok",)]:
        return "; ".join(str(one) for (one,) in found)
    lost = database.execute("PRAGMA foreign_key_check").fetchall()
    return f"{len(lost)} rows without what they belong to" if lost else ""


def copy_postgres(config: Config, folder: Path) -> Contents:
    """Every table as COPY gives it, all in one snapshot."""
    engine = make_engine(config.database_url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            present = MetaData()
            present.reflect(connection)
            tables = [t for t in present.sorted_tables if t.name != "alembic_version"]
            raw: Any = connection.connection.driver_connection
            for table in tables:
                take = f'COPY "{table.name}" ({quoted(table.columns.keys())}) TO STDOUT'
                with (folder / f"{table.name}.copy").open("xb") as out, raw.cursor() as cursor, cursor.copy(take) as pieces:
                    for piece in pieces:
                        out.write(piece)
            given = connection.execute(text(NUMBERS["postgresql"]))
            return Contents(
                columns={t.name: list(t.columns.keys()) for t in tables},
                rows={t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables},
                numbers={name: last or 0 for name, last in given},
            )
    finally:
        engine.dispose()


def quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def digest_of(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def write_beside(target: Path, manifest: Manifest, config: Config) -> None:
    """The manifest and the digest of the sealed file, for a look without the key; and the ledger of what was erased."""
    told = replace(manifest, seal="", sealed_bytes=target.stat().st_size, sealed_sha256=digest_of(target)).signed(config.secret)
    beside = beside_of(target)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(told.as_line())
        out.flush()
        os.fsync(out.fileno())
    own, there = ledger.ledger_in(config.data), target.parent / "erased"
    if own.exists() and (new := ledger.read(own) - ledger.read(there)):
        ledger.append(there, new)
    sealing.sync_folder(target.parent)


def beside_of(file: Path) -> Path:
    return file.with_name(file.name + ".json")


def forget_old_copies(folder: Path) -> int:
    """Copies of more than 35 days go, by the day in their names, and what one that was killed left unfinished. Returns how many copies."""
    for file in folder.glob("balise-*.age.unfinished"):
        if is_left_behind(file):
            file.unlink()
    old = [f for f in folder.glob("balise-*.age") if (day := made_on(f)) and day < clock.now() - KEPT]
    for file in old:
        file.unlink()
        beside_of(file).unlink(missing_ok=True)
    return len(old)


def last_copy(data: Path) -> datetime | None:
    """When this site was last copied."""
    return own.moment_in(data / own.LAST_COPY)


def made_on(file: Path) -> datetime | None:
    """When a copy was made, by its name."""
    match = NAME.fullmatch(file.name)
    return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if match else None


# --- looking one over ----------------------------------------------------------------------------------------------------------


def look_over(config: Config, file: Path, key: Any | None = None) -> Manifest:
    """Whether a copy is whole and this site's; with the key also whether what is in it is.

    Raises WrongConfiguration for one that is not."""
    if not file.is_file():
        raise WrongConfiguration(N_("There is no copy %(file)s."), file=file)
    if key is not None:
        with workplace(config.data) as folder:
            manifest = unpack(file, key, folder)
            of_this_site(config, file, manifest)
            is_whole(file, manifest, folder)
            return manifest
    beside = beside_of(file)
    if not beside.exists():
        raise WrongConfiguration(N_("%(beside)s is missing: without it a copy is looked over with --key FILE only."), beside=beside)
    try:
        manifest = Manifest.from_line(beside.read_bytes())
    except ValueError as error:
        raise WrongConfiguration(N_("%(file)s is damaged: make another copy."), file=beside) from error
    of_this_site(config, file, manifest)
    if (file.stat().st_size, digest_of(file)) != (manifest.sealed_bytes, manifest.sealed_sha256):
        raise WrongConfiguration(N_("%(file)s is damaged: make another copy."), file=file)
    return manifest


def of_this_site(config: Config, file: Path, manifest: Manifest) -> None:
    if not manifest.is_of(config.secret):
        raise not_of_this_site(config, file)


def not_of_this_site(config: Config, file: Path) -> WrongConfiguration:
    return WrongConfiguration(
        N_("%(file)s was not made by this site with its present key. Bring back %(secret)s first: without it nobody could sign in."),
        file=file, secret=config.data / "keys" / "secret",
    )  # fmt: skip


def unpack(file: Path, key: Any, folder: Path) -> Manifest:
    """Open a copy into a folder and compare every file with what the manifest says."""
    whole = folder / "whole"
    with os.fdopen(os.open(whole, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
        sealing.unseal(file, out, key)
        out.seek(0)
        try:
            manifest = Manifest.from_line(out.readline(1 << 20))
        except ValueError as error:
            raise WrongConfiguration(N_("%(file)s is not a copy of a Balise site."), file=file) from error
        for name, (size, digest) in manifest.files.items():
            part = folder / Path(name).name
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as piece:
                left = size
                while left and (got := out.read(min(left, 1 << 20))):
                    piece.write(got)
                    left -= len(got)
            if digest_of(part) != digest:
                raise WrongConfiguration(N_("%(file)s is damaged: make another copy."), file=file)
    whole.unlink()
    return manifest


def is_whole(file: Path, manifest: Manifest, folder: Path) -> None:
    """What is in a copy that was opened: the database is whole, and every table has as many rows as it had."""
    if manifest.database == "sqlite":
        with closing(sqlite3.connect(folder / DATABASE)) as made:
            wrong = what_is_wrong(made)
            found = {table: made.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in manifest.rows}  # noqa: S608
    else:
        wrong = ""
        found = {table: lines_in(folder / f"{table}.copy") for table in manifest.rows}
    if wrong or found != manifest.rows:
        raise WrongConfiguration(N_("%(file)s is damaged: make another copy."), file=file)


def lines_in(file: Path) -> int:
    """COPY writes one line for each row, whatever is in it."""
    with file.open("rb") as source:
        return sum(1 for _ in source)
