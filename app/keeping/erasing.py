"""What was erased leaves the files as well, and what is past its time is erased: the two things a running site does by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, func, select

from app.accounts.queries import accounts_left_alone, erase_account, forget_old_invitations
from app.classrooms.models import Classroom
from app.classrooms.queries import KEPT_AFTER_THE_END, erase_all_of, erase_ended_classes, forget_old_reset_codes
from app.core import acts, clock, sessions, throttle, tombstones
from app.core.db import db
from app.keeping import ledger
from app.keeping.copying import forget_old_copies, remove_remains

SETTLE_EVERY = 5  # seconds between two looks for something erased


def erase_left_alone() -> None:
    """Accounts that nobody has used for 13 months go, with their classes. The caller commits."""
    for found in accounts_left_alone():
        erase_all_of(found.id)
        erase_account(found)


def overdue_classes(connection: Connection) -> int:
    """How many classes a running site would have erased by now."""
    late = clock.today() - KEPT_AFTER_THE_END - timedelta(1)
    return connection.scalar(select(func.count()).select_from(Classroom).where(Classroom.ends_on < late)) or 0


# What has a time to live, and who ends it: `tests/trust/test_retention.py` holds this against the data inventory.
SWEEPS: tuple[Callable[[], object], ...] = (
    erase_ended_classes,
    erase_left_alone,
    sessions.sweep,
    throttle.sweep,
    forget_old_invitations,
    forget_old_reset_codes,
    acts.sweep,
    tombstones.sweep,
)


def sweep(commit: Callable[[], None]) -> None:
    """Everything past its time goes, however long nobody has looked; each kind by itself, so that one that fails keeps no other back."""
    for one in SWEEPS:
        one()
        commit()


def tidy_files(app: Flask) -> None:
    """What lies beside the database and is past its time."""
    ledger.forget_old(ledger.ledger_in(app.config["DATA"]))
    url = app.extensions["balise.engine"].url
    remove_remains(app.config["DATA"], *([Path(url.database).parent] if db.dialect == "sqlite" else []))
    forget_old_copies(app.config["DATA"] / "before-restore")


def settle(app: Flask, commit: Callable[[], None], thorough: bool = False) -> int:
    """Note in the ledger what was erased since the last time, and take it out of the files. Returns how many rows that were.

    `thorough`: what takes longer than a moment, too. On PostgreSQL nothing leaves the files otherwise; on SQLite also sessions and counts
    that were swept do."""
    with db.reading() as connection:
        waiting = connection.scalar(tombstones.WAITING)
    if not waiting and not (thorough and db.dialect == "sqlite"):
        return 0
    erased = [ledger.Erased(t.erased_on, t.kind, t.mark) for t in tombstones.unsettled()]
    db.close()  # nothing of ours may hold the files meanwhile
    file = ledger.ledger_in(app.config["DATA"])
    if new := set(erased) - ledger.read(file):
        ledger.append(file, new)
    if db.leave_no_remains(thorough) and erased:
        tombstones.settle([one.mark for one in erased])
        commit()
    return len(erased)
