"""How somebody likes to read: kept only once they choose it, in one cookie of their own browser that identifies nobody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from app.core.sessions import set_cookie

COOKIE = "reading"
ALLOWED = {"theme": ("", "light", "dark"), "text": ("", "big", "bigger"), "space": ("", "wide")}


@dataclass(frozen=True)
class Preferences:
    theme: str = ""
    text: str = ""
    space: str = ""


def preferences() -> Preferences:
    """What the reader chose, from the cookie; the usual for whoever chose nothing."""
    return chosen_in(request.cookies.get(COOKIE, ""))


def chosen_in(cookie: str) -> Preferences:
    parts = cookie.split(".")
    values = dict(zip(ALLOWED, parts, strict=False))
    return Preferences(**{name: value for name, value in values.items() if value in ALLOWED[name]})


def remember(response: Response, chosen: Preferences) -> Response:
    """Write the cookie; choosing all the usual again removes it."""
    if chosen == Preferences():
        response.delete_cookie(COOKIE, path="/", samesite="Lax")
    else:
        set_cookie(response, COOKIE, f"{chosen.theme}.{chosen.text}.{chosen.space}", max_age=180 * 86400)
    return response
