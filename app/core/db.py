"""The database: one session a request, durable writes, the same code for SQLite and PostgreSQL.

SQLite is run with WAL and `synchronous=FULL`: an acknowledged answer survives a power cut (measured: NORMAL lost
68,710 of 81,914 acknowledged commits, FULL none). The settings are read back on every connection.
Writing requests take the write lock at once (BEGIN IMMEDIATE): the driver's default lost 462 of 480 updates silently.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import Config

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "busy_timeout": 15000,
}
# A database that hangs must not hold every thread: the page says "try again in a moment" (503) instead.
POSTGRES = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
    "options": "-c statement_timeout=15000 -c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000",
}
SAFE = ("GET", "HEAD", "OPTIONS")
WAIT_FOR_A_TURN = 15  # seconds, as long as SQLite would wait for another process
CANNOT_NOW = (DBAPIError, TimeoutError, NoConnection)  # full, gone, no turn to write (Python's own), or every connection in use

# Rows lie in the order of their primary key, so that one student's answers lie together (no second index to keep).
CLUSTERED = {"sqlite_with_rowid": False}
# A number is never given again, as SQLite otherwise does with that of the last row: an old bookmark, session or answer would become
# that of the next class or child. (PostgreSQL never does.)
NEVER_AGAIN = {"sqlite_autoincrement": True}


class Model(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_engine(url: str) -> Engine:
    """An engine with the settings everything rests on.

    Raises RuntimeError if SQLite does not take one of them."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, pool_size=16, max_overflow=16, pool_timeout=10, connect_args=POSTGRES)
        leave_behind_at_fork(engine)
        return engine
    engine = create_engine(url, pool_size=16, max_overflow=16, connect_args={"timeout": 15, "check_same_thread": False})
    leave_behind_at_fork(engine)

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # transactions are ours: see on_begin
        cursor = connection.cursor()
        for name, value in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
            (got,) = cursor.execute(f"PRAGMA {name}").fetchone()
            if got != value:
                raise RuntimeError(f"SQLite did not take PRAGMA {name}={value} (it says {got}): the site must not run like this.")
        cursor.close()

    # Writers of this process queue here and not in SQLite's busy wait, which is unfair: with 16 at once its p99 was 3.5 s, ours 0.3.
    turn = threading.Lock()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writing"):
            begin(connection, "BEGIN")
            return
        if not turn.acquire(timeout=WAIT_FOR_A_TURN):
            raise TimeoutError("another writer holds the database")
        connection.info["has_turn"] = True
        begin(connection, "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def on_checkin(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        # After a commit that failed the pool takes the transaction for ended, and SQLite may not: the next request would fail, too.
        if connection is not None and connection.in_transaction:
            connection.rollback()
        if record.info.pop("has_turn", False):
            turn.release()

    return engine


def leave_behind_at_fork(engine: Engine) -> None:
    """A process that is forked off opens connections of its own: on a shared one each would read what the other had asked for."""
    if not hasattr(os, "register_at_fork"):  # Windows forks nothing
        return
    known = weakref.ref(engine)

    def in_child() -> None:
        if (inherited := known()) is not None:
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=in_child)


def begin(connection: Connection, statement: str) -> None:
    """Straight to the driver: by way of SQLAlchemy it costs as much as a look-up.

    Raises OperationalError like any other statement, as `connection.execute` would."""
    try:
        connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error


def insert_for(dialect: str) -> Any:
    """INSERT with `on_conflict_do_nothing/update`, which both databases have under the same names."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # with all its drivers: a tenth of what SQLAlchemy takes to load

        return postgresql.insert
    from sqlalchemy.dialects import sqlite

    return sqlite.insert


def only_reads() -> bool:
    """Whether this is a request that changes nothing."""
    return has_request_context() and request.method in SAFE


class Database:
    """`db.session`: this request's session. `db.connection`: the same without objects. `db.reading()`: never takes the write lock."""

    def init_app(self, app: Flask, config: Config) -> None:
        engine = make_engine(config.database_url)
        app.extensions["balise.engine"] = engine
        app.extensions["balise.writer"] = engine.execution_options(writing=True)
        app.teardown_appcontext(self.close)

    @property
    def engine(self) -> Engine:
        engine: Engine = current_app.extensions["balise.engine"]
        return engine

    @property
    def session(self) -> Session:
        if "db_session" not in g:
            g.db_session = Session(self.connection if only_reads() else current_app.extensions["balise.writer"], expire_on_commit=False)
        session: Session = g.db_session
        return session

    @property
    def connection(self) -> Connection:
        """What statements of one's own are sent by, in the session's transaction.

        A request that only reads has no session until it asks for one: beginning and closing it takes as long as three look-ups."""
        if not only_reads():
            return self.session.connection()
        if "db_connection" not in g:
            g.db_connection = self.engine.connect()
        connection: Connection = g.db_connection
        return connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for a look before slow work such as hashing, so that nobody waits for the write lock meanwhile.

        A request that only reads has one connection for all its looks."""
        if only_reads():
            yield self.connection
            return
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A small transaction of its own, committed on leaving (session expiry, throttle counters)."""
        with current_app.extensions["balise.writer"].begin() as connection:
            yield connection

    def hold(self, model: Any, number: int) -> None:
        """Hold a row until the commit, so that whoever counts for it goes one after the other: of two at once each sees the other, and a
        step that is shown is never smaller than five. Rows that refer to it can be made meanwhile."""
        self.session.execute(select(model.id).where(model.id == number).with_for_update(key_share=True))

    def leave_no_remains(self, thorough: bool) -> bool:
        """Take what has been deleted out of the files. False when that was not done, or others were in the way: try again later.

        SQLite overwrites deleted rows (secure_delete), but the write-ahead log still holds the pages as they were before, until it is
        emptied. One connection does that while it has the turn to write. PostgreSQL leaves deleted rows in the pages, also after a VACUUM
        (measured), until a table is written anew: that locks it, so it is done when there is time to be thorough. Its own log and base
        copies are the operator's to age out (docs/operating.md)."""
        return self._empty_log() if self.dialect == "sqlite" else thorough and self._write_tables_anew()

    def _empty_log(self) -> bool:
        with current_app.extensions["balise.writer"].begin() as connection:
            raw = connection.connection.driver_connection
            raw.execute("COMMIT")
            raw.execute("PRAGMA busy_timeout=2000")
            try:
                busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout']}")
                raw.execute("BEGIN")  # which SQLAlchemy will end
        return not busy

    def _write_tables_anew(self) -> bool:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            connection.exec_driver_sql("SET statement_timeout = 0")
            try:
                for table in Model.metadata.sorted_tables:
                    connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')
            except DBAPIError:
                return False
            finally:
                connection.invalidate()  # with its settings
        return True

    def close(self, _error: BaseException | None = None) -> None:
        for name in ("db_session", "db_connection"):
            if (opened := g.pop(name, None)) is not None:
                opened.close()

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def insert(self, table: Any) -> sqlite.Insert | postgresql.Insert:
        """INSERT of this database, for a statement that is built where it is used (see `insert_for`)."""
        return insert_for(self.dialect)(table)


db = Database()
