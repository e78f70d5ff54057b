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
from app.core.throttle import From

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MANY = 56  # requests at once, of the server's 64 threads: from then on what can wait is asked to
PLACES = 48  # of the 64: how many may be held by people whom nothing here knows; a class comes all at once, and waiting costs little
LONGEST_WAIT = 15  # seconds in the line
A_LOOK = 1  # second, between two looks whether another worker has let somebody in from the same address meanwhile
REST = 3  # times as long as a turn took
GIVE_WAY = 1  # second: how long a stranger whose turn it is waits for those who are known
places = threading.BoundedSemaphore(PLACES)


class Crowded(ServiceUnavailable):
    """No place: nothing was looked at, nothing was counted; the same again in a few seconds is right."""


class TurnedAway(Crowded):
    """The line of strangers is full, or was too long."""


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


def is_full() -> bool:
    """True while no stranger would find a place in the line."""
    if places.acquire(blocking=False):
        places.release()
        return False
    return True


class Line:
    """Where strangers wait for a turn at the hashing. One core is left for pages, and for those who are known.

    A turn begins when nobody known is having a secret looked at, and while others wait it is followed by a rest three times as long as
    it took: whatever a flood sends, the cores for strangers are busy a quarter of the time. Forty who come at once from forty addresses
    are through in eight seconds."""

    def __init__(self, turns: int) -> None:
        lock = threading.Lock()
        self.changed, self.way_is_free = threading.Condition(lock), threading.Condition(lock)
        self.turns, self.waiting, self.known = turns, 0, 0

    def wait(self, is_known: Callable[[], bool]) -> bool:
        """True with a turn of one's own; False when somebody was let in from the same address meanwhile: then the whole class need not
        wait. Raises TurnedAway after a while."""
        with self.changed:
            self.waiting += 1
            try:
                has_turn = self.wait_for_turn(is_known)
            finally:
                self.waiting -= 1
            if has_turn:
                self.turns -= 1
                self.way_is_free.wait_for(lambda: not self.known, GIVE_WAY)
            return has_turn

    def wait_for_turn(self, is_known: Callable[[], bool]) -> bool:
        until = time.monotonic() + LONGEST_WAIT
        while not self.turns:
            if (left := until - time.monotonic()) <= 0:
                raise TurnedAway(retry_after=5)
            self.changed.wait(min(left, A_LOOK))
            if is_known():
                self.changed.notify()  # if it was woken for a turn, that is somebody else's now
                return False
        return True

    def leave(self, took: float) -> None:
        if self.waiting:
            rest = threading.Timer(REST * took, self.give_turn)
            rest.daemon = True
            try:
                rest.start()
            except RuntimeError:  # the system gives no more threads: better no rest than a turn that is lost for good
                self.give_turn()
        else:
            self.give_turn()

    def give_turn(self) -> None:
        with self.changed:
            self.turns += 1
            self.changed.notify()

    def look_again(self) -> None:
        """Somebody was let in from an address that was unknown: others who come from there need not wait any more."""
        with self.changed:
            self.changed.notify_all()

    @contextmanager
    def past(self) -> Iterator[None]:
        """Somebody known goes past the line."""
        with self.changed:
            self.known += 1
        try:
            yield
        finally:
            with self.changed:
                self.known -= 1
                if not self.known:
                    self.way_is_free.notify_all()


line = Line(max(1, (os.cpu_count() or 1) - 1))
throttle.friends.tell(line.look_again)


@contextmanager
def in_line(where: From) -> Iterator[None]:
    """Hold a place while a secret is looked at. Not needed from one's own device, nor from an address that somebody signed in from today.

    Raises TurnedAway when the line is full."""
    if where is not From.ELSEWHERE:
        with line.past():
            yield
        return
    if not places.acquire(blocking=False):
        raise TurnedAway(retry_after=5)
    try:
        if not line.wait(throttle.friends.has_this_address):
            yield
            return
        began = time.monotonic()
        try:
            yield
        finally:
            line.leave(time.monotonic() - began)
    finally:
        places.release()
