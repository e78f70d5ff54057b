"""When too many come at once: who was here before signs in first, the others wait in a short line or are asked to come back; and figures
for teachers and boards wait before lessons, questions and help do.

A hash takes 30 ms of one core on purpose, and whoever waits for one holds a thread. Without a line of their own a flood of wrong secrets
from a thousand addresses would hold every thread, and a class in the middle of its lesson would stand still (trust O-3)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import ServiceUnavailable

from app.core import throttle

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MANY = 56  # requests at once, of the server's 64 threads: from then on what can wait is asked to
PLACES = 48  # of the 64: how many may be held by people whom nothing here knows; a class comes all at once, and waiting costs little
LONGEST_WAIT = 15  # seconds in the line
A_LOOK = 0.2  # seconds between two looks whether somebody from the same address has been let in meanwhile
places = threading.BoundedSemaphore(PLACES)
line = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))  # one core is left for pages, and for those who are known


class Crowded(ServiceUnavailable):
    """No place: nothing was looked at, nothing was counted; the same again in a few seconds is right."""


class Counter:
    """How many requests are being answered at present."""

    def __init__(self) -> None:
        self.lock, self.present = threading.Lock(), 0

    def around(self, wsgi_app: Wsgi) -> Wsgi:
        def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            with self.lock:
                self.present += 1
            try:
                return wsgi_app(environ, start_response)
            finally:
                with self.lock:
                    self.present -= 1

        return counted


def init_app(app: Flask, can_wait: Collection[str]) -> None:
    """`can_wait`: names of the parts of the site that make way (trust O-6). What is sent to them is never turned away: only looks are."""
    counter = Counter()
    app.extensions["balise.requests"] = counter
    app.wsgi_app = counter.around(app.wsgi_app)  # type: ignore[method-assign, assignment]

    @app.before_request
    def make_way() -> None:
        if counter.present > MANY and request.blueprint in can_wait and request.method in ("GET", "HEAD"):
            raise Crowded(retry_after=5)


@contextmanager
def in_line(known_device: bool) -> Iterator[None]:
    """Hold a place while a secret is looked at. Not needed from a device or an address that somebody signed in from today.

    Raises Crowded when the line is full."""
    if known_device or throttle.friends.has_this_address():
        yield
        return
    if not places.acquire(blocking=False):
        raise Crowded(retry_after=5)
    try:
        has_turn = wait_in_line()
        try:
            yield
        finally:
            if has_turn:
                line.release()
    finally:
        places.release()


def wait_in_line() -> bool:
    """True with a turn of one's own; False when somebody was let in from the same address meanwhile: then the whole class need not wait.

    Raises Crowded after a while."""
    until = time.monotonic() + LONGEST_WAIT
    while not line.acquire(timeout=A_LOOK):
        if throttle.friends.has_this_address():
            return False
        if time.monotonic() > until:
            raise Crowded(retry_after=5)
    return True
