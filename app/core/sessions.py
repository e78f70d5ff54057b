"""Who is signed in: server-side sessions that can be taken back.

The cookie holds a random token, the table its SHA-256, so that neither a copied cookie after sign-out nor a leaked table
opens anything. Flask's own signed cookie is not used: copied before sign-out, it still opened the account afterwards.
Flask-Login gives `current_user` through its request loader; signing in and out is ours.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from flask import Flask, current_app, g, has_request_context, request
from flask_login import LoginManager, current_user
from markupsafe import Markup
from sqlalchemy import Connection, Integer, String, bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import CANNOT_NOW, Model, db
from app.core.keys import fingerprint, keyed, new_token
from app.core.logs import describe, log

View = TypeVar("View", bound=Callable[..., Any])
IDLE = {"student": 20 * 60, "teacher": 30 * 60}  # seconds without a request
LONGEST = {"student": 4 * 3600, "teacher": 8 * 3600}
TOUCH_EVERY = 60  # seconds between two writes of `seen_at`: a page view is not worth a write each


class SessionRow(Model):
    """One signed-in browser. Gone at sign-out and swept when over."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int] = mapped_column(Integer, index=True)
    seen_at: Mapped[int] = mapped_column(Integer)  # seconds since 1970
    ends_at: Mapped[int] = mapped_column(Integer, index=True)


table = SessionRow.__table__.c
LOOK_UP = select(table.token_hash, table.kind, table.person_id, table.seen_at, table.ends_at).where(
    table.token_hash == bindparam("token_hash")
)  # built once: every request of somebody signed in asks it


class Person(Protocol):
    """What every page may know about whoever is signed in."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def is_student(self) -> bool: ...

    @property
    def is_teacher(self) -> bool: ...

    @property
    def role(self) -> str: ...  # of a teacher in a school or board


Loader = Callable[[Connection, int], Person | None]


def cookie_name() -> str:
    return "__Host-balise" if current_app.config["HTTPS"] else "balise"


def marks_cookie_name() -> str:
    """Of what `core/marks.py` remembers of this sitting."""
    return f"{cookie_name()}-marks"


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Host-only, HttpOnly, SameSite=Lax; Secure wherever the site is reached by https."""
    response.set_cookie(name, value, max_age=max_age, path="/", httponly=True, samesite="Lax", secure=current_app.config["HTTPS"])


def load_person() -> Person | None:
    """The person this request's cookie stands for, while the session lasts.

    Without a database nobody is known: public pages and help go on, and access.py answers 503 for the rest."""
    try:
        return look_up_person()
    except DBAPIError as error:
        log.error("%s", describe(error.orig or error))
        g.database_failed = True
        return None


def look_up_person() -> Person | None:
    token = request.cookies.get(cookie_name(), "")
    if not token or len(token) > 64:
        return None
    present = clock.seconds()
    with db.reading() as connection:
        row = connection.execute(LOOK_UP, {"token_hash": fingerprint(token)}).one_or_none()
        if row is None or row.ends_at <= present or row.seen_at + IDLE[row.kind] <= present:
            return None
        loaders: dict[str, Loader] = current_app.extensions["balise.people"]
        person = loaders[row.kind](connection, row.person_id)
    if person is not None:
        g.session_token = token
        due = row.seen_at + TOUCH_EVERY <= present and not is_asked_by_script()
        seen_at = present if due and touch(row.token_hash, present) else row.seen_at
        g.session_left = TimeLeft(seen_at + IDLE[row.kind] - present, row.ends_at - present)
    return person


def asked_by_script(view: View) -> View:
    """Mark a view that an open page asks again and again by itself: being asked keeps nobody signed in, or no session would ever idle."""
    view.asked_by_script = True  # type: ignore[attr-defined]
    return view


def is_asked_by_script() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "asked_by_script", False)


@dataclass(frozen=True)
class TimeLeft:
    """Seconds until this session ends: if nothing more is asked for, and in any case."""

    idle: int | str  # text in a page that is made for nobody (core/patterns.py)
    at_most: int | str


class StandIn(NamedTuple):
    """Who is signed in while a page is made that is to be kept: nobody, with gaps for what is a person's own."""

    person: Person
    csrf: str
    idle: str
    at_most: str


def time_left() -> TimeLeft | None:
    """How long whoever is signed in stays so, as of this request."""
    if (stand_in := g.get("stand_in")) is not None:
        return TimeLeft(stand_in.idle, stand_in.at_most)
    return getattr(g, "session_left", None) if person() is not None else None


def touch(token_hash: str, present: int) -> bool:
    """Note that the session is in use. A disk that takes no note does not sign anybody out: reading goes on."""
    try:
        with db.writing() as connection:
            connection.execute(update(SessionRow).where(SessionRow.token_hash == token_hash).values(seen_at=present))
    except CANNOT_NOW as error:
        log.error("%s", describe(error))
        return False
    return True


def person() -> Person | None:
    """Whoever is signed in, or None."""
    if not has_request_context():
        return None
    if (stand_in := g.get("stand_in")) is not None:
        return stand_in.person
    found = current_user._get_current_object()  # once: each look through the proxy asks anew
    return found if found.is_authenticated else None


def begin(kind: str, person_id: int) -> str:
    """Open a new session in this request's transaction; returns the token for the cookie. The caller commits."""
    present = clock.seconds()
    token = new_token()
    db.session.execute(delete(SessionRow).where(SessionRow.ends_at <= present))
    db.session.add(
        SessionRow(token_hash=fingerprint(token), kind=kind, person_id=person_id, seen_at=present, ends_at=present + LONGEST[kind])
    )
    if old := request.cookies.get(cookie_name()):
        db.session.execute(delete(SessionRow).where(SessionRow.token_hash == fingerprint(old)))
    return token


def sweep() -> None:
    """Forget sessions that are over. The caller commits."""
    db.session.execute(delete(SessionRow).where(SessionRow.ends_at <= clock.seconds()))


def person_of_this_cookie(kind: str) -> int | None:
    """Whose session this browser had, also when it has run out a while ago; None when it was ended on purpose."""
    token = request.cookies.get(cookie_name(), "")
    with db.reading() as connection:
        return connection.scalar(select(SessionRow.person_id).where(SessionRow.token_hash == fingerprint(token), SessionRow.kind == kind))


def end_this() -> None:
    """Sign this browser out. The caller commits."""
    end_in(db.session.connection())


def end_in(connection: Connection) -> None:
    """Sign this browser out in a transaction of the caller's."""
    if token := request.cookies.get(cookie_name()):
        connection.execute(delete(SessionRow).where(SessionRow.token_hash == fingerprint(token)))


def end_all(kind: str, person_id: int, but_this: bool = False) -> None:
    """Sign somebody out everywhere (new secret, seat removed, "sign out everywhere"). The caller commits."""
    statement = delete(SessionRow).where(SessionRow.kind == kind, SessionRow.person_id == person_id)
    if but_this and (token := request.cookies.get(cookie_name())):
        statement = statement.where(SessionRow.token_hash != fingerprint(token))
    db.session.execute(statement)


def give_cookie(response: Response, token: str) -> Response:
    set_cookie(response, cookie_name(), token)
    return response


def take_cookie(response: Response, storage: bool = False) -> Response:
    """Remove the cookie and what the browser kept of these pages; with `storage` also what scripts kept there."""
    for name in (cookie_name(), marks_cookie_name()):
        response.delete_cookie(name, path="/", httponly=True, samesite="Lax", secure=current_app.config["HTTPS"])
    response.headers["Clear-Site-Data"] = '"cache", "storage"' if storage else '"cache"'
    return response


# Forms carry a token of the session they were made in, masked anew each time (a page that is compressed and echoes
# a constant secret could be guessed byte by byte). A form made under one pupil and posted under another is refused.
def csrf_token() -> str:
    if (stand_in := g.get("stand_in")) is not None:
        return stand_in.csrf
    token = getattr(g, "session_token", None)
    return csrf_token_for(token) if token and person() is not None else ""


def csrf_token_for(token: str) -> str:
    """The form token of a session, also for one that begins with this very response."""
    mask = secrets.token_bytes(16)
    return mask.hex() + bytes(a ^ b for a, b in zip(mask, keyed("form", token)[:16], strict=True)).hex()


def mark_of_session() -> str:
    """What a script may write beside what it keeps in the tab, to know it again as this session's; "" for visitors. It opens nothing."""
    token = getattr(g, "session_token", None)
    return keyed("mark", token)[:6].hex() if token and person() is not None else ""


def csrf_is_right(text: str) -> bool:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return False
    token = getattr(g, "session_token", "")
    return len(raw) == 32 and hmac.compare_digest(bytes(a ^ b for a, b in zip(raw[:16], raw[16:], strict=True)), keyed("form", token)[:16])


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_token())


def init_app(app: Flask, **loaders: Loader) -> None:
    """Take the loaders of people (`student=`, `teacher=`) and make `current_user` work."""
    app.extensions["balise.people"] = loaders
    manager: Any = LoginManager()  # type: ignore[no-untyped-call]
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None
    manager.request_loader(lambda _request: load_person())
