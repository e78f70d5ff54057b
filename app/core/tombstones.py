"""What has been erased: random marks of rows that are gone, so that a restored copy can be rid of them again (keeping/restoring.py).

A mark says nothing about anybody. It is drawn with its row, never shown and never used for anything else."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from sqlalchemy import Boolean, Date, String, delete, false, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Model, db

KEPT = 60  # days: longer than any copy is (keeping/copying.py)


def new_mark() -> str:
    return secrets.token_hex(8)


class Tombstone(Model):
    """One erased class, seat, assignment or teacher account. What hangs on it went with it, and goes with it again."""

    __tablename__ = "tombstones"
    mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # the table it was in
    erased_on: Mapped[date] = mapped_column(Date)
    # Whether the ledger beside the database has it too, and the files hold nothing of the row any more (keeping/erasing.py).
    settled: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


def bury(table: str, mark: str) -> None:
    """Note that a row of this table goes, in the transaction in which it does. The caller commits."""
    if mark:
        row = {"mark": mark, "kind": table, "erased_on": clock.today(), "settled": False}
        db.session.execute(db.insert(Tombstone).values(**row).on_conflict_do_nothing())


WAITING = select(func.count()).select_from(Tombstone).where(~Tombstone.settled)


def unsettled() -> list[Tombstone]:
    return list(db.session.scalars(select(Tombstone).where(~Tombstone.settled)))


def settle(marks: list[str]) -> None:
    """These are in the ledger and out of the files. The caller commits."""
    db.session.execute(update(Tombstone).where(Tombstone.mark.in_(marks)).values(settled=True))


def sweep() -> None:
    """Forget marks that are older than every copy. The caller commits."""
    db.session.execute(delete(Tombstone).where(Tombstone.erased_on < clock.today() - timedelta(KEPT)))
