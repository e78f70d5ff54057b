"""In a flood most work is saying no: while the line at the door is full, strangers get the page that was made for the first of them.

It is answered before Flask is asked, for a hundredth of the price, so that a class in the middle of its lesson keeps the processor (trust
O-3). Whoever is known passes: an address that somebody signed in from today, a device with our seal. Nothing is looked at, nothing is
counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, g, request
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

from app.core import clock, crowd, devices, throttle
from app.core.logs import log
from app.core.preferences import COOKIE as READING
from app.core.preferences import Preferences, chosen_in

Start = Callable[..., Any]
Key = tuple[str, bool, Preferences]
Kept = tuple[str, list[tuple[str, str]], bytes]
MOST = 400  # pages: more than two doors in three languages have, however somebody likes to read
SAY_EVERY = 60  # seconds between two lines of the log


class Refusals:
    """WSGI layer in front of the app. `kept`: finished answers by address, packing and taste."""

    def __init__(self, app: Flask) -> None:
        self.app, self.wsgi_app = app, app.wsgi_app
        self.kept: dict[Key, Kept] = {}
        self.turned_away, self.said_at = 0, 0

    def forget(self) -> None:
        """Make the pages anew from now on."""
        self.kept = {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and self.kept and crowd.is_full():
            cookies = parse_cookie(environ.get("HTTP_COOKIE"))
            page = self.kept.get(key_of(environ, cookies))
            if page is not None and not self.is_known(environ, cookies):
                self.count()
                start_response(page[0], page[1])
                return [page[2]]
        return self.wsgi_app(environ, start_response)

    def is_known(self, environ: dict[str, Any], cookies: Any) -> bool:
        with self.app.app_context():
            device = cookies.get(devices.name())
            return throttle.friends.has(environ.get("REMOTE_ADDR", "")) or (device is not None and devices.is_ours(device))

    def count(self) -> None:
        """Say in the log that there is a flood, without a word of whose."""
        self.turned_away += 1
        if clock.seconds() - self.said_at >= SAY_EVERY:
            log.warning("flood at the door: %d turned away", self.turned_away)
            self.turned_away, self.said_at = 0, clock.seconds()

    def keep(self, response: Response) -> Response:
        """Runs last after a request: the answer to a stranger who found no place, as it goes out."""
        if g.get("is_refused_stranger") and response.status_code == 503 and len(self.kept) < MOST:
            body: bytes = response.get_data()
            self.kept.setdefault(key_of(request.environ, request.cookies), (response.status, response.headers.to_wsgi_list(), body))
        return response

    def page(self) -> Response | None:
        """The finished answer for the stranger who asks now, if there has been one before."""
        found = self.kept.get(key_of(request.environ, request.cookies))
        return Response(found[2], found[0], found[1]) if found else None


def refusals_of(app: Flask) -> Refusals:
    found: Refusals = app.extensions["balise.refusals"]
    return found


def key_of(environ: dict[str, Any], cookies: Any) -> Key:
    return environ["PATH_INFO"], "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""), chosen_in(cookies.get(READING, ""))


def init_app(app: Flask) -> None:
    refusals = Refusals(app)
    app.extensions["balise.refusals"] = refusals
    app.wsgi_app = refusals  # type: ignore[method-assign]
    app.after_request(refusals.keep)
