"""Bringing a site back from a copy: `balise restore`. What was erased since the copy was made is erased in it before anybody sees it.

The restored database is made beside the present one and takes its place in one step (SQLite: a rename; PostgreSQL: one transaction):
whatever happens meanwhile, there is either the one or the other."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, delete, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Invitation, Membership, Teacher
from app.accounts.queries import LEAD_ROLE, TEACHER_ROLE
from app.classrooms.models import Assignment, Classroom, Student
from app.config import N_, Config, WrongConfiguration
from app.core import clock, migrating
from app.core.db import insert_for, make_engine
from app.core.sessions import SessionRow
from app.core.tombstones import Tombstone, new_mark
from app.keeping import copying, following, ledger, sealing

BY_MARK: dict[str, Any] = {"students": Student, "classrooms": Classroom, "assignments": Assignment, "teachers": Teacher}
# Numbers that were given after the copy was made are not given again: more than a site gives between two copies.
LEAP = 100_000
AHEAD = timedelta(2)  # a mark dated further on was made by a clock that had leapt ahead: mostly by sweeping what was not past its time
IN_USE = N_("Something else has the database open: stop the server first, and `balise follow`. Nothing was changed.")


@dataclass(frozen=True)
class Restored:
    """What a restore did, for the operator to read."""

    manifest: copying.Manifest
    erased_again: int  # rows of classes, seats, assignments and accounts that the copy still had
    left_over: int  # classes of an account that was erased, which were not: they had been handed over
    from_the_future: set[ledger.Erased]  # marks that a wrong clock made, which were passed over
    before: Path | None  # the copy of what was there before
    seconds: float


def restore(config: Config, file: Path, key: Any | None, ask: Callable[[str], bool], even_if_old: bool = False) -> Restored:
    """Put the copy in the place of the present database. `ask(name)`: whether the operator typed the name of what is overwritten.

    Raises WrongConfiguration with a sentence that says what to do; the present database is then as it was."""
    started = time.monotonic()
    if not file.exists():
        raise WrongConfiguration(N_("There is no copy %(file)s."), file=file)
    beside = copying.database_file(config).parent if config.sqlite else config.data  # a rename needs the same disk
    with copying.workplace(beside) as folder:
        manifest = opened(config, file, key, folder)
        fits(config, manifest, even_if_old)
        before = keep_present(config, key, ask)
        erased = ledger.read(ledger.ledger_in(config.data)) | ledger.read(file.parent / "erased") | erased_by_now(config)
        ahead = {one for one in erased if one.on > clock.today() + AHEAD}
        erased -= ahead
        given = numbers_given(config, manifest)
        done = (restore_sqlite if config.sqlite else restore_postgres)(config, manifest, folder, erased, given)
    return Restored(manifest, *done, ahead, before, time.monotonic() - started)


def opened(config: Config, file: Path, key: Any | None, folder: Path) -> copying.Manifest:
    """A copy, or the folder that a replica is in (keeping/following.py), as files in `folder`, looked over."""
    if file.is_dir():
        return following.bring_back(config, file, folder)
    if key is None:
        raise WrongConfiguration(N_("Copies are sealed: add --key FILE, the private half of the key."))
    manifest = copying.unpack(file, key, folder)
    copying.of_this_site(config, file, manifest)
    copying.is_whole(file, manifest, folder)
    return manifest


def fits(config: Config, manifest: copying.Manifest, even_if_old: bool) -> None:
    if (manifest.database == "sqlite") is not config.sqlite:
        raise WrongConfiguration(N_("The copy is of %(database)s, and DATABASE_URL names another kind."), database=manifest.database)
    if manifest.revision > migrating.head():
        raise WrongConfiguration(
            N_("The copy is at %(at)s, made by a newer Balise than this one (%(head)s). Install the newer one first."),
            at=manifest.revision, head=migrating.head(),
        )  # fmt: skip
    if manifest.when < clock.now() - copying.KEPT and not even_if_old:
        raise WrongConfiguration(
            N_("The copy is older than 35 days: what was erased since may come back. Use a newer one, or add --even-if-old.")
        )


# --- what is there now -----------------------------------------------------------------------------------------------------------


def keep_present(config: Config, key: Any | None, ask: Callable[[str], bool]) -> Path | None:
    """Where there is something already: ask for its name, and copy it first, for the same key (after a replica, which has none, for the
    site's). None where there is nothing."""
    if not has_something(config):
        return None
    name = name_of(config)
    if not ask(name):
        raise WrongConfiguration(
            N_("Nothing was changed. What is there now is overwritten only when its name is typed: %(name)s"), name=name
        )
    whom = key.to_public() if key is not None else sealing.public_key(config.data)
    place = config.data / "before-restore"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if is_readable(config):
        return copying.copy(config, place, whom)[0]
    target = place / copying.free_name(place).replace(".age", "-as-it-was.age")
    sealing.seal(b"", [f for f in files_of(copying.database_file(config)) if f.exists()], target, whom)
    return target


def name_of(config: Config) -> str:
    """What has to be typed: the name of the database."""
    return config.database_url.partition("?")[0].rpartition("/")[2]


def files_of(database: Path) -> list[Path]:
    return [database, *(database.with_name(database.name + more) for more in ("-wal", "-shm", "-journal"))]


def has_something(config: Config) -> bool:
    """Whether there are accounts or classes, or something that cannot be looked into."""
    if config.sqlite and not copying.database_file(config).exists():
        return False
    engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection:
            there = inspect(connection).get_table_names()
            return any(connection.scalar(select(func.count()).select_from(t)) for t in (Teacher, Classroom) if t.__tablename__ in there)
    except (DBAPIError, RuntimeError):
        if not config.sqlite:
            migrating.reachable_revision(engine)  # says what is wrong with it
        return True
    finally:
        engine.dispose()


def is_readable(config: Config) -> bool:
    """Whether the present database can be copied like a healthy one."""
    try:
        copying.in_present_form(config)
        if config.sqlite:
            with closing(sqlite3.connect(copying.database_file(config))) as present:
                return not copying.what_is_wrong(present)
    except (WrongConfiguration, sqlite3.DatabaseError):
        return False
    return True


def erased_by_now(config: Config) -> set[ledger.Erased]:
    """Marks that the present database has and the ledger may not have yet; none where it cannot be read."""
    if config.sqlite and not copying.database_file(config).exists():
        return set()
    engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(Tombstone.erased_on, Tombstone.kind, Tombstone.mark)).all()
            return {ledger.Erased(*row) for row in rows}
    except (DBAPIError, RuntimeError):
        return set()
    finally:
        engine.dispose()


def numbers_given(config: Config, manifest: copying.Manifest) -> dict[str, int]:
    """The last number that each table gave, in the copy or in the present database: an earlier restore of the same copy has gone on from
    the same numbers."""
    given = dict(manifest.numbers)
    if config.sqlite and not copying.database_file(config).exists():
        return given
    engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection:
            for table, last in connection.execute(text(copying.NUMBERS[connection.dialect.name])):
                given[table] = max(last or 0, given.get(table, 0))
    except (DBAPIError, RuntimeError):
        return given  # it cannot be read
    finally:
        engine.dispose()
    return given


# --- putting the copy in its place -----------------------------------------------------------------------------------------------


def restore_sqlite(
    config: Config, manifest: copying.Manifest, folder: Path, erased: set[ledger.Erased], given: dict[str, int]
) -> tuple[int, int]:
    made, place = folder / copying.DATABASE, copying.database_file(config)
    engine = make_engine(f"sqlite:///{made}")
    try:
        migrating.upgrade(engine)
        with engine.execution_options(writing=True).begin() as connection:
            done = make_present(connection, erased, given)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(made)) as one:
        one.execute("PRAGMA secure_delete=ON")
        one.execute("PRAGMA journal_mode=DELETE")
        one.execute("VACUUM")  # not a byte of what has just been erased
    with made.open("rb") as whole:
        os.fsync(whole.fileno())
    nobody_has_it_open(place)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in files_of(place)[1:]:
        old.unlink(missing_ok=True)  # empty: nobody has it open, and all of it went into the database
    following.forget(place)
    made.replace(place)
    sealing.sync_folder(place.parent)
    return done


def nobody_has_it_open(place: Path) -> None:
    """SQLite gives up its write-ahead log only to whoever is alone, and writes what is in it into the database then."""
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=1)) as present:
            present.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise error if sealing.is_full(error) else WrongConfiguration(IN_USE) from error
    except sqlite3.DatabaseError:
        return  # it is broken, and was sealed as it was


def restore_postgres(
    config: Config, manifest: copying.Manifest, folder: Path, erased: set[ledger.Erased], given: dict[str, int]
) -> tuple[int, int]:
    """All in one transaction: who has the database open sees the old one until then."""
    engine = make_engine(config.database_url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            drop_everything(connection)
            migrating.upgrade_in(connection, manifest.revision)
            fill(connection, manifest, folder)
            migrating.upgrade_in(connection)
            return make_present(connection, erased, given)
    except DBAPIError as error:
        if "LockNotAvailable" in type(error.orig).__name__:
            raise WrongConfiguration(IN_USE) from error
        raise
    finally:
        engine.dispose()


def drop_everything(connection: Connection) -> None:
    present = MetaData()
    present.reflect(connection)
    present.drop_all(connection)


def fill(connection: Connection, manifest: copying.Manifest, folder: Path) -> None:
    there = MetaData()
    there.reflect(connection)
    raw: Any = connection.connection.driver_connection
    for table in (t for t in there.sorted_tables if t.name in manifest.columns):
        put = f'COPY "{table.name}" ({copying.quoted(manifest.columns[table.name])}) FROM STDIN'
        with (folder / f"{table.name}.copy").open("rb") as source, raw.cursor() as cursor, cursor.copy(put) as into:
            while piece := source.read(1 << 18):
                into.write(piece)


def make_present(connection: Connection, erased: set[ledger.Erased], given: dict[str, int]) -> tuple[int, int]:
    """What must not come back with an old database: erased rows, open sessions, links and codes that may have been used, numbers.

    Returns how many rows were erased again, and how many classes of erased accounts stayed."""
    again = left_over = 0
    for one in sorted(erased, key=lambda e: (e.table != "classrooms", e)):  # a class takes its seats with it
        model = BY_MARK[one.table]
        if one.table == "teachers" and (classes := classes_of(connection, one.mark)):
            empty_out(connection, one.mark)
            again, left_over = again + 1, left_over + classes
        again += connection.execute(delete(model).where(model.mark == one.mark)).rowcount
        row = {"mark": one.mark, "kind": one.table, "erased_on": one.on, "settled": True}
        connection.execute(insert_for(connection.dialect.name)(Tombstone).values(**row).on_conflict_do_nothing())
    connection.execute(delete(SessionRow))
    connection.execute(delete(Invitation))
    connection.execute(update(Student).values(reset_hash=None, reset_until=0, reset_tries=0))
    leap(connection, given)
    return again, left_over


def classes_of(connection: Connection, mark: str) -> int:
    """How many classes an erased account has in the copy, now that all that were erased are gone from it: they had been handed over to
    somebody before their teacher went, and nobody knows any more to whom."""
    return connection.scalar(select(func.count()).select_from(Classroom).join(Teacher).where(Teacher.mark == mark)) or 0


def empty_out(connection: Connection, mark: str) -> None:
    """Leave nothing of an account but a shut one without a name, in its school, from which a lead hands the classes over."""
    one = connection.execute(select(Teacher.id).where(Teacher.mark == mark)).scalar_one()
    connection.execute(update(Membership).where(Membership.teacher_id == one, Membership.role == LEAD_ROLE).values(role=TEACHER_ROLE))
    nobody = {
        "mark": new_mark(), "email_hash": secrets.token_hex(32), "display_name": "—", "password_hash": "",
        "totp_salt": secrets.token_hex(16), "totp_last_step": 0, "locale": "en", "disabled": True,
        "created_on": clock.today(), "signed_in_on": None, "before_on": None,
    }  # fmt: skip
    connection.execute(update(Teacher).where(Teacher.id == one).values(**nobody))


def leap(connection: Connection, given: dict[str, int]) -> None:
    """Begin to count far above every number that the lost database can have given: old addresses must not lead to new classes."""
    for table in given.keys() & set(inspect(connection).get_table_names()):
        last = {"table": table, "last": given[table] + LEAP}
        if connection.dialect.name != "sqlite":
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"), last)
            continue
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), last)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), last)
