"""In a flood most work is saying no: while the line at the door is full, strangers get the page that was made for the first of them.

It is answered before Flask is asked, and where the head of the request has come whole, before a thread is (`at_once`): for a hundredth of
the price, so that a class in the middle of its lesson keeps the processor (trust O-3). Whoever is known passes: an address that somebody
signed in from today, a device with our seal. Nothing is looked at, nothing is counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any, NamedTuple

from flask import Flask, g, request
from werkzeug.sansio.http import parse_cookie  # as `request.cookies` does: it takes any bytes
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
LONGEST_HEAD = 8192  # bytes that are looked at
# A whole head, and nothing in it that one server could read otherwise than another; the rest is left to a parser that knows everything.
HEAD = re.compile(rb"POST (/[a-z/-]{1,80}) HTTP/1\.[01]\r\n((?:[A-Za-z0-9-]{1,60}:[^\r\n\0]*\r\n){1,60})\r\n")
ONLY_REFUSE = "balise.only_refuse"


class Answer(NamedTuple):
    """All bytes of an answer. `to_all`: the request has come whole, nothing more of it is on its way."""

    said: bytes
    to_all: bool


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
        if environ["REQUEST_METHOD"] == "POST" and self.are_given():
            cookies = parse_cookie(environ.get("HTTP_COOKIE"))
            page = self.kept.get(key_of(environ, cookies))
            if page is not None and not self.is_known(environ, cookies):
                self.count()
                start_response(page[0], page[1])
                return [page[2]]
        if ONLY_REFUSE in environ:
            return []
        return self.wsgi_app(environ, start_response)

    def are_given(self) -> bool:
        """Whether a stranger who comes now is turned away, with a page that is there already."""
        return bool(self.kept) and crowd.is_full()

    def at_once(self, begun: bytes, sender: str) -> Answer | None:
        """The whole answer to a request that has begun like this, if it is a stranger's at a full door; after it the connection ends.

        `sender` is the address at the other end, which may be a proxy's: the request goes the usual way to this layer, and not beyond."""
        if not self.are_given() or (head := HEAD.match(begun)) is None:
            return None
        environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": head[1].decode(), "REMOTE_ADDR": sender, ONLY_REFUSE: True}
        for line in head[2].decode("latin-1").split("\r\n")[:-1]:
            name, _, value = line.partition(":")
            key = "HTTP_" + name.upper().replace("-", "_")
            environ[key] = f"{environ[key]},{value.strip()}" if key in environ else value.strip()
        said: list[str] = []
        body: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
            usual = [("Date", formatdate(clock.seconds(), usegmt=True)), ("Connection", "close")]
            said.extend([f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in [*usual, *headers]), "", ""])
            return body.append

        body += self.app.wsgi_app(environ, start)
        if not said:
            return None
        length = environ.get("HTTP_CONTENT_LENGTH", "0")
        is_short = length.isdecimal() and len(length) < 9 and "HTTP_TRANSFER_ENCODING" not in environ
        is_all = is_short and head.end() + int(length) <= len(begun)
        return Answer("\r\n".join(said).encode("latin-1") + b"".join(body), is_all)

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
