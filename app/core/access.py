"""Who may open what. A view that does not say so stops the start; everything else is refused by default.

`@open_to(...)` is the first half of the rule; the second half are the queries `..._taught_by(teacher, id)`
and `..._of(student, id)`, which find only one's own, so that somebody else's things are a plain 404.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Flag, auto
from typing import Any, TypeVar, cast

from flask import Flask, abort, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.core.sessions import csrf_is_right, person

View = TypeVar("View", bound=Callable[..., Any])


class Who(Flag):
    VISITORS = auto()
    STUDENTS = auto()
    TEACHERS = auto()


STUDENTS = Who.STUDENTS
TEACHERS = Who.TEACHERS
VISITORS = Who.VISITORS
EVERYBODY = Who.VISITORS | Who.STUDENTS | Who.TEACHERS
SAFE = ("GET", "HEAD", "OPTIONS")
HOST = re.compile(r"(?=.{1,259}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?(?::\d{0,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{0,5})?")
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class UndeclaredView(RuntimeError):
    """A view without `@open_to`: the site must not start."""


class OtherSession(HTTPException):
    """The form was made while somebody else was signed in here, or the session is a new one."""

    code = 409


def open_to(who: Who) -> Callable[[View], View]:
    """Declare who may open a view: `@open_to(TEACHERS)`, directly under the route."""

    def declare(view: View) -> View:
        view.open_to = who  # type: ignore[attr-defined]
        return view

    return declare


def audience_of(app: Flask, endpoint: str) -> Who | None:
    return getattr(app.view_functions.get(endpoint), "open_to", None)


def kind_of_visitor() -> Who:
    who = person()
    if who is None:
        return VISITORS
    return STUDENTS if who.is_student else TEACHERS


def check_request() -> Response | None:
    """Before every view: the same site, the right person, the right form; in this order."""
    if "balise.odd_host" in request.environ:
        abort(400)
    if request.endpoint is None:
        return None
    if request.method not in SAFE:
        refuse_other_sites()
    if request.endpoint == "home.leave":
        return None  # leaving never waits for a form token, a database or a session
    who = audience_of(cast(Flask, g.app), request.endpoint)
    if who is None:
        abort(403)
    if who == EVERYBODY and request.method in SAFE:
        return None
    present = kind_of_visitor()
    if getattr(g, "database_failed", False):
        abort(503)
    if present not in who:
        if present is VISITORS:
            on_expired: dict[Who, Callable[[], Response]] = g.app.extensions["balise.expired"]
            return on_expired[STUDENTS if STUDENTS in who else TEACHERS]()
        abort(403)
    if request.method not in SAFE and present is not VISITORS and not csrf_is_right(request.form.get("csrf", "")):
        raise OtherSession
    return None


def mind_the_host(wsgi_app: Wsgi) -> Wsgi:
    """Before Flask: a Host header that no browser sends is marked and taken out. With it no address can be made, so that even the page
    that says what is wrong could not be."""

    def with_a_host(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not HOST.fullmatch(environ.get("HTTP_HOST", "-")):
            environ["balise.odd_host"] = environ.pop("HTTP_HOST")
        return wsgi_app(environ, start_response)

    return with_a_host


def refuse_other_sites() -> None:
    """State changes only from our own pages: Sec-Fetch-Site where the browser sends it, else Origin."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin not in (f"http://{request.host}", f"https://{request.host}"):
        abort(403)


def init_app(app: Flask, student_expired: Callable[[], Response], teacher_expired: Callable[[], Response]) -> None:
    """`..._expired` answer a visitor who asks for a student's or a teacher's page: they offer to sign in and keep what was posted."""
    app.extensions["balise.expired"] = {STUDENTS: student_expired, TEACHERS: teacher_expired}

    @app.before_request
    def guard() -> Response | None:
        g.app = app
        return check_request()


def check_all_declared(app: Flask) -> None:
    """Refuse to start with a view that does not say who may open it.

    Raises UndeclaredView naming the endpoints."""
    undeclared = sorted({rule.endpoint for rule in app.url_map.iter_rules() if audience_of(app, rule.endpoint) is None})
    if undeclared:
        raise UndeclaredView(f"These views do not say who may open them: {', '.join(undeclared)}. Put @open_to(...) under their route.")
