"""When more people sign in than can be hashed: who was here before goes first, the others wait in a short line or are asked to come back.

A hash takes 30 ms of one core on purpose, and whoever waits for one holds a thread. Without a line of their own a flood of wrong secrets
from a thousand addresses would hold every thread, and a class in the middle of its lesson would stand still (trust O-3)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import ServiceUnavailable

from app.core import throttle

PLACES = 20  # of the server's 32 threads: how many may be held by people whom nothing here knows
LONGEST_WAIT = 10  # seconds in the line
places = threading.BoundedSemaphore(PLACES)
line = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))  # one core is left for pages, and for those who are known


class Crowded(ServiceUnavailable):
    """No place in the line: nothing was looked at, nothing was counted; the same again in a few seconds is right."""


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
        if not line.acquire(timeout=LONGEST_WAIT):
            raise Crowded(retry_after=5)
        try:
            yield
        finally:
            line.release()
    finally:
        places.release()
