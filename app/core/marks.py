"""Small marks of one sitting ("this was answered here"): sealed into a cookie of their own, so that no table joins them to a seat.

They hold for the session they were made in and for no other, and go with it."""

from __future__ import annotations

from flask import g, request
from werkzeug.wrappers import Response

from app.core import sessions
from app.core.keys import fingerprint, seal, unseal

MOST = 60
LIFE = max(sessions.LONGEST.values())


def marks() -> list[str]:
    """The marks this browser has made since signing in, oldest first."""
    found = unseal("marks", request.cookies.get(sessions.marks_cookie_name(), ""))
    if not isinstance(found, list) or len(found) != 2 or found[0] != _owner():
        return []
    return [str(mark) for mark in found[1]]


def add_mark(response: Response, mark: str) -> Response:
    kept = [*(m for m in marks() if m != mark), mark][-MOST:]
    sessions.set_cookie(response, sessions.marks_cookie_name(), seal("marks", [_owner(), kept], LIFE))
    return response


def _owner() -> str:
    return fingerprint(getattr(g, "session_token", ""))[:16]
