"""What staff do with accounts, classes and results, so that the lead of a school can look it through: never what a student does.

Each entry holds a keyed hash of itself and of the one before, and a last row holds a keyed hash of both ends: without the key nobody can
change, take out or reorder an entry, not even the first or the last, without `broken()` telling. No name, class label, address or browser
is in it, and of a student only the class. Kept for 12 months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request
from sqlalchemy import Connection, Integer, String, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from app.core import clock, sessions
from app.core.db import CANNOT_NOW, NEVER_AGAIN, Model, db
from app.core.keys import keyed_hex
from app.core.logs import describe, log

KEPT = 365 * 86400  # seconds
OPERATOR = 0  # whoever works at the server's command line


class Recorded(NamedTuple):
    """What a request is recorded as, and by which number of its address it says about what."""

    act: str
    about: str = ""
    method: str = "POST"
    status: tuple[int, ...] = (303,)


SEEN = Recorded("student-seen", "classroom_id", "GET", (200,))
TAKEN = Recorded("results-taken", "classroom_id", "GET", (200,))
DAY_OF_ONE = Recorded("day-of-one-changed", "classroom_id")
RECORDED = {
    "accounts.sign_in_sent": Recorded("signed-in", status=(200, 303)),
    "accounts.accept": Recorded("account-made"),
    "accounts.show": Recorded("password-changed", status=(200,)),
    "classrooms.edit": Recorded("class-changed", "classroom_id"),
    "classrooms.renew_code": Recorded("code-renewed", "classroom_id"),
    "classrooms.put_in_groups": Recorded("groups-changed", "classroom_id"),
    "classrooms.edit_assignment": Recorded("lesson-changed", "classroom_id"),
    "classrooms.reopen": DAY_OF_ONE,
    "classrooms.close_again": DAY_OF_ONE,
    "boosters.switch": Recorded("looks-back-switched", "classroom_id"),
    "progress.keep_paper": Recorded("paper-typed", "classroom_id"),
    "classrooms.reset": Recorded("words-reset", "classroom_id", status=(200,)),
    "classrooms.remove": Recorded("seat-removed", "classroom_id"),
    "classrooms.erase": Recorded("class-deleted", "classroom_id"),
    "classrooms.unassign": Recorded("lesson-taken-back", "classroom_id"),
    "progress.student": SEEN,
    "progress.export": TAKEN,
    "progress.export_json": TAKEN,
    "progress.export_xlsx": TAKEN,
    "progress.answers": TAKEN,
    "progress.answers_json": TAKEN,
    "progress.answers_xlsx": TAKEN,
    "schools.invite_teacher": Recorded("teacher-invited", status=(200,)),
    "schools.close": Recorded("account-closed", "colleague_id"),
    "schools.give": Recorded("class-handed-over", "room_id"),
    "schools.end_year": Recorded("year-ended"),
    "boards.make": Recorded("report-made"),
    "boards.evidence": Recorded("report-taken", "report_id", "GET", (200,)),
}
BY_OPERATOR = ("account-closed", "account-erased")


class StaffAct(Model):
    __tablename__ = "staff_acts"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[int] = mapped_column(Integer, index=True)  # seconds since 1970
    teacher_id: Mapped[int] = mapped_column(Integer)  # who did it; no foreign key: it stays when the account goes
    school_id: Mapped[int | None] = mapped_column(Integer, index=True)  # whose lead is shown it
    act: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[int | None] = mapped_column(Integer)  # of the class, teacher or report
    before: Mapped[str] = mapped_column(String(64))  # seal of the entry before
    seal: Mapped[str] = mapped_column(String(64))


class StaffActsEnd(Model):
    """One row: where the entries begin and end."""

    __tablename__ = "staff_acts_end"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    first_id: Mapped[int] = mapped_column(Integer)
    last_id: Mapped[int] = mapped_column(Integer)
    last_seal: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


acts, end = StaffAct.__table__, StaffActsEnd.__table__


def record(connection: Connection, teacher_id: int, school_id: int | None, act: str, about_id: int | None = None) -> None:
    """Add one entry, in a writing transaction of the caller's."""
    last = end_of(connection)
    row = {"at": clock.seconds(), "teacher_id": teacher_id, "school_id": school_id, "act": act, "about_id": about_id}
    entry_id = last.last_id + 1
    seal = seal_of(entry_id, last.last_seal, row)
    connection.execute(insert(StaffAct).values(id=entry_id, before=last.last_seal, seal=seal, **row))
    set_end(connection, last.first_id, entry_id, seal)


def end_of(connection: Connection) -> Any:
    """The row that holds both ends, made where it is missing; others who write wait for it."""
    new = db.insert(StaffActsEnd).values(id=1, first_id=1, last_id=0, last_seal="", seal=seal_of_end(1, 0, ""))
    connection.execute(new.on_conflict_do_nothing())
    return connection.execute(select(end).with_for_update()).one()


def set_end(connection: Connection, first_id: int, last_id: int, last_seal: str) -> None:
    values = {"first_id": first_id, "last_id": last_id, "last_seal": last_seal, "seal": seal_of_end(first_id, last_id, last_seal)}
    connection.execute(update(StaffActsEnd).values(**values))


def seal_of(entry_id: int, before: str, row: Any) -> str:
    return keyed_hex("staff act", entry_id, before, *(str(row[name]) for name in ("at", "teacher_id", "school_id", "act", "about_id")))


def seal_of_end(first_id: int, last_id: int, last_seal: str) -> str:
    return keyed_hex("staff acts end", first_id, last_id, last_seal)


def is_sealed(connection: Connection) -> bool:
    """Whether the row that ends the list was made with this site's key; there may be none yet."""
    last = connection.execute(select(end)).one_or_none()
    return last is None or last.seal == seal_of_end(last.first_id, last.last_id, last.last_seal)


def broken(connection: Connection) -> str:
    """What is wrong with the entries, in a few words; empty when nobody has touched them."""
    rows: Sequence[Any] = connection.execute(select(acts).order_by(acts.c.id)).mappings().all()
    last = connection.execute(select(end)).one_or_none()
    if last is None:
        return "" if not rows else "the row that ends the list is missing"
    if last.seal != seal_of_end(last.first_id, last.last_id, last.last_seal):
        return "the row that ends the list has been changed"
    for place, row in enumerate(rows):
        if row["id"] != last.first_id + place:
            return f"entry {last.first_id + place} is missing"
        if row["seal"] != seal_of(row["id"], row["before"], row):
            return f"entry {row['id']} has been changed"
        if place and row["before"] != rows[place - 1]["seal"]:
            return f"entry {row['id']} does not follow the one before"
    found = rows[-1]["id"] if rows else last.first_id - 1
    if found != last.last_id or (rows and rows[-1]["seal"] != last.last_seal):
        return f"entry {last.last_id} is missing"
    return ""


def sweep() -> None:
    """Forget what is older than a year. The caller commits."""
    connection = db.session.connection()
    old = acts.c.at < clock.seconds() - KEPT
    newest = connection.scalar(select(func.max(acts.c.id)).where(old))
    if newest is not None:
        last = end_of(connection)
        connection.execute(delete(StaffAct).where(acts.c.id <= newest))
        set_end(connection, newest + 1, last.last_id, last.last_seal)


def did(teacher_id: int) -> None:
    """For views in which nobody is signed in yet: who it was."""
    g.acting_teacher = teacher_id


def nothing() -> None:
    """For views that meanwhile had nothing to change, and say so by leading back."""
    g.nothing_done = True


def init_app(app: Flask, school_of: Callable[[Connection, int], int | None]) -> None:
    """`school_of(connection, teacher_id)`: whose lead is shown what this teacher does."""

    @app.after_request
    def record_it(response: Response) -> Response:
        wanted = RECORDED.get(request.endpoint or "")
        if wanted is None or request.method != wanted.method or response.status_code not in wanted.status or "nothing_done" in g:
            return response
        who = g.get("acting_teacher") or getattr(sessions.person(), "id", None)
        if who is None:
            return response
        if request.method == "POST":
            db.close()  # the page is made; what it read last may still hold the turn to write
        try:
            with db.writing() as connection:
                record(connection, who, school_of(connection, who), wanted.act, (request.view_args or {}).get(wanted.about))
        except CANNOT_NOW as error:
            log.error("staff act not recorded: %s", describe(error))
            if wanted.method == "GET":  # nothing is shown or taken along unrecorded; what is done is done
                return current_app.make_response(current_app.handle_user_exception(ServiceUnavailable(retry_after=5)))
        return response
