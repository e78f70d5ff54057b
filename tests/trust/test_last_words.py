"""Connections that are being closed, by themselves: what the one thread that takes requests in does with many of them at once (app/core/server.py)."""

from __future__ import annotations

import selectors
import socket
from collections import deque

import pytest
from gunicorn.config import Config

from app.core import server
from app.core.server import Connection, Patient


@pytest.fixture
def worker(monkeypatch):
    """The part of a worker that sees people off, and room for two of them."""
    monkeypatch.setattr(server, "MOST_LEAVING", 2)
    made = Patient.__new__(Patient)
    made.poller, made.leaving, made.nr_conns = selectors.DefaultSelector(), deque(), 0
    yield made
    made.poller.close()


@pytest.fixture
def meet(worker):
    """A connection to the worker: its two ends."""
    ends: list[socket.socket] = []

    def made() -> tuple[Connection, socket.socket]:
        here, there = socket.socketpair()
        ends.extend((here, there))
        here.setblocking(False)
        return Connection(worker.take_leave, Config(), here, ("", 0), ("", 0)), there

    yield made
    for end in ends:
        end.close()


def hear(worker: Patient) -> None:
    """What gunicorn does with one batch of events."""
    for key, _events in worker.poller.select(0):
        key.data(key.fileobj)


@pytest.mark.promise("O-4")
def test_whoever_made_room_may_close_at_the_same_moment(worker, meet):
    """Two leave; a third comes and one of the two makes room, in the same batch of events in which that one closes."""
    first, there = meet()
    worker.take_leave(first)
    worker.take_leave(meet()[0])
    there.close()
    batch = worker.poller.select(0)
    assert [key.fileobj for key, _events in batch] == [first.sock]
    worker.take_leave(meet()[0])
    assert first.is_closed(), "it made room"
    for key, _events in batch:
        key.data(key.fileobj)
    assert len(worker.leaving) == 2


@pytest.mark.promise("O-4")
def test_whoever_takes_in_slowly_and_makes_room_may_take_more_at_the_same_moment(worker, meet):
    first, _there = meet()
    first.unsaid = b"x"
    worker.stay(first, selectors.EVENT_WRITE, worker.say_on)
    batch = worker.poller.select(0)
    assert [key.fileobj for key, _events in batch] == [first.sock]
    worker.take_leave(meet()[0])
    worker.take_leave(meet()[0])
    assert first.is_closed()
    for key, _events in batch:
        key.data(key.fileobj)
    assert len(worker.leaving) == 2


def test_who_closes_is_gone_and_who_stays_is_seen_off(worker, meet):
    first, there = meet()
    second, _ = meet()
    worker.take_leave(first)
    worker.take_leave(second)
    there.close()
    hear(worker)
    assert (first.is_closed(), second.is_closed()) == (True, False)
    assert list(worker.leaving) == [second]
    assert list(worker.poller.get_map()) == [second.sock.fileno()]
