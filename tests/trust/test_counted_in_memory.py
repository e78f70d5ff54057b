"""What is remembered of network addresses: a keyed hash of the day, in memory, for a minute; and who was let in from there, for half a day."""

from __future__ import annotations

import multiprocessing
import re

import pytest
from making import AMY, WORDS
from sqlalchemy import text

from app.core import clock, throttle
from app.core.shared_marks import SharedMarks

ADDRESS = "203.0.113.77"
FROM_THERE = {"environ_base": {"REMOTE_ADDR": ADDRESS}}
HASH = re.compile("[0-9a-f]{64}|[0-9a-f]{16}")


def come_and_go(school, visit) -> None:
    """A wrong class code, wrong words, the right words."""
    words = dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], **words}
    visit().post("/en/join", {"code": "BBBBBBBB"}, **FROM_THERE)
    visit().post("/en/sign-in", {**form, "word1": "river"}, **FROM_THERE)
    assert visit().post("/en/sign-in", form, **FROM_THERE).status_code == 303


def keys() -> list[str]:
    friends = [f"{mark:016x}" for mark in throttle.friends.marks.marks()]
    return [*throttle.addresses.seen, *throttle.joins.seen, *friends]


@pytest.mark.promise("M-2")
def test_addresses_are_kept_as_keyed_hashes_of_the_day_in_memory_only(app, school, visit, promise):
    come_and_go(school, visit)
    first = set(keys())
    assert len(first) == 2, "of wrong tries, and of having been let in"
    told = [key for key in first if not HASH.fullmatch(key)]
    with app.extensions["balise.engine"].connect() as connection:
        rows = connection.execute(text("SELECT key FROM throttles")).scalars().all()
    stored = [row for row in rows if any(row.startswith(key) for key in first)]
    clock.shift = clock.timedelta(days=1)
    come_and_go(school, visit)
    anew = set(keys()) - first
    promise.figure("{told} of {n} keys readable, {stored} in the database, {same} the same on the next day", told=len(told), stored=len(stored), same=len(first) - len(anew), n=len(first))  # fmt: skip
    assert len(anew) == len(first)
    assert not told
    assert not stored


@pytest.mark.promise("M-2")
def test_a_count_is_forgotten_after_a_minute_and_a_friend_after_half_a_day(app, school, visit):
    come_and_go(school, visit)
    with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
        key = next(iter(throttle.addresses.seen))
        assert throttle.friends.has_this_address()
        clock.shift = clock.timedelta(seconds=61)
        throttle.addresses.too_many(count=True)
        assert len(throttle.addresses.seen[key]) == 1, "what is older than a minute is gone"
        clock.shift = clock.timedelta(hours=13)
        assert not throttle.friends.has_this_address()


@pytest.mark.promise("O-3")
def test_whoever_was_let_in_late_yesterday_is_known_early_today(app):
    """Midnight in UTC is nine in the morning in Seoul, when a whole school comes."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + clock.timedelta(days=1)
    with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
        clock.shift += midnight - clock.now() - clock.timedelta(minutes=5)
        throttle.friends.remember_this_address()
        for minutes, is_known in ((4, True), (6, True), (60, True), (11 * 60, True), (12 * 60, False)):
            start = clock.shift
            clock.shift += clock.timedelta(minutes=minutes)
            assert throttle.friends.has_this_address() == is_known, minutes
            clock.shift = start


@pytest.mark.promise("O-3")
@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8:1:2::10", "2001:db8:1:2:aaaa::11", True),
        ("2001:db8:1:2::10", "2001:0DB8:1:2::10", True),
        ("2001:db8:1:2::10", "2001:db8:1:3::10", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("odd:address", "odd:addresses", False),
    ],
)
def test_an_address_is_a_network_that_one_school_has(app, one, other, is_same):
    """A device on IPv6 takes as many addresses of its network as it likes: each with tries of its own would be no limit."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": one}):
        throttle.friends.remember_this_address()
        for _ in range(throttle.PER_ADDRESS + 1):
            throttle.failed()
    with app.test_request_context(environ_base={"REMOTE_ADDR": other}):
        assert throttle.friends.has_this_address() == is_same
        assert throttle.addresses.too_many(count=False) == is_same


@pytest.mark.promise("O-3")
def test_all_workers_know_who_was_let_in(app):
    """One worker writes, another reads: what is kept before the fork is kept for both."""
    marks, key = SharedMarks(64), "ab" * 32
    assert not marks.has(key, 100)
    child = multiprocessing.get_context("fork").Process(target=marks.add, args=(key, 200, 100))
    child.start()
    child.join()
    assert marks.has(key, 199)
    assert not marks.has(key, 200), "until then"


def test_where_there_is_no_room_the_mark_that_ends_first_makes_it(app):
    marks = SharedMarks(8)
    keys = [f"{n:016x}" + "0" * 48 for n in range(1, 10)]
    assert all(marks.add(key, 200 + n, 100) for n, key in enumerate(keys[:8]))
    assert not marks.add(keys[0], 300, 100), "it was there"
    assert marks.add(keys[8], 300, 100)
    assert [marks.has(key, 100) for key in keys] == [True, False, *[True] * 7]
    assert marks.add(keys[0], 500, 400), "it had ended"
