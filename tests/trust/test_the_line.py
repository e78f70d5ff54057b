"""The line of strangers by itself: who gets a turn when (app/core/crowd.py)."""

from __future__ import annotations

import threading
import time

import pytest

from app.core import crowd
from app.core.crowd import Crowded, Line

SOON, LONG = 5, 60  # seconds within which a thread has to have moved; how long nobody has to wait here


def nobody() -> bool:
    return False


class Waiting(threading.Thread):
    """Somebody in the line; `came` is True with a turn, False without one, or the error."""

    def __init__(self, app, line: Line, is_known=nobody) -> None:
        super().__init__(daemon=True)
        self.app, self.line, self.is_known = app, line, is_known
        self.came: bool | Crowded | None = None
        self.start()

    def run(self) -> None:
        with self.app.app_context():
            try:
                self.came = self.line.wait(self.is_known)
            except Crowded as error:
                self.came = error


def until(condition) -> bool:
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.005)
    return False


@pytest.fixture
def line(monkeypatch) -> Line:
    monkeypatch.setattr(crowd, "LONGEST_WAIT", LONG)
    return Line(turns=1)


@pytest.mark.promise("O-3")
def test_one_stranger_at_a_time_and_each_in_the_end(app, line):
    everybody = [Waiting(app, line) for _ in range(8)]
    for served in range(1, 9):
        assert until(lambda n=served: sum(one.came is True for one in everybody) == n)
        time.sleep(0.02)
        assert sum(one.came is True for one in everybody) == served, "one at a time"
        line.leave(took=0)
    assert (line.turns, line.waiting) == (1, 0)


def test_somebody_whose_address_is_known_meanwhile_goes_and_takes_nobodys_turn(app, line):
    assert line.wait(nobody)
    friends = [False]
    first, second = Waiting(app, line, lambda: friends[0]), Waiting(app, line)
    assert until(lambda: line.waiting == 2)
    friends[0] = True
    line.look_again()
    assert until(lambda: first.came is False)
    assert second.came is None
    line.leave(took=0)
    assert until(lambda: second.came is True)


def test_a_turn_that_comes_to_somebody_who_is_known_by_now_goes_to_the_next(app, line):
    assert line.wait(nobody)
    friends = [False]
    first = Waiting(app, line, lambda: friends[0])
    assert until(lambda: line.waiting == 1)
    second = Waiting(app, line)
    assert until(lambda: line.waiting == 2)
    friends[0] = True
    line.leave(took=0)
    assert until(lambda: first.came is False)
    assert until(lambda: second.came is True)


@pytest.mark.promise("O-3")
def test_a_stranger_gives_way_to_those_who_are_known_but_not_for_ever(app, line, monkeypatch):
    with line.past():
        stranger = Waiting(app, line)
        time.sleep(0.1)
        assert stranger.came is None
    assert until(lambda: stranger.came is True)
    line.leave(took=0)
    monkeypatch.setattr(crowd, "GIVE_WAY", 0.05)
    with line.past():
        other = Waiting(app, line)
        assert until(lambda: other.came is True)


@pytest.mark.promise("O-3")
def test_while_others_wait_a_turn_is_followed_by_a_rest(app, line):
    assert line.wait(nobody)
    line.leave(took=LONG)
    assert line.turns == 1, "nobody waits: no rest"
    assert line.wait(nobody)
    following = Waiting(app, line)
    assert until(lambda: line.waiting == 1)
    began = time.monotonic()
    line.leave(took=0.1)
    assert until(lambda: following.came is True)
    assert time.monotonic() - began > 0.29


def test_whoever_waits_too_long_is_asked_to_come_back(app, line, monkeypatch):
    assert line.wait(nobody)
    monkeypatch.setattr(crowd, "LONGEST_WAIT", 0.05)
    too_long = Waiting(app, line)
    assert until(lambda: isinstance(too_long.came, Crowded))
    assert line.waiting == 0
    line.leave(took=0)
    assert line.wait(nobody), "the turn was not lost"


def test_a_turn_is_not_lost_where_there_is_no_thread_for_the_rest(app, line, monkeypatch):
    assert line.wait(nobody)
    following = Waiting(app, line)
    assert until(lambda: line.waiting == 1)

    def no_more(_timer):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(crowd.threading.Timer, "start", no_more)
    line.leave(took=LONG)
    assert until(lambda: following.came is True)


def test_whoever_waits_looks_by_itself_whether_another_worker_let_somebody_in(app, line, monkeypatch):
    monkeypatch.setattr(crowd, "A_LOOK", 0.02)
    assert line.wait(nobody)
    friends = [False]
    waiting = Waiting(app, line, lambda: friends[0])
    assert until(lambda: line.waiting == 1)
    friends[0] = True
    assert until(lambda: waiting.came is False)
