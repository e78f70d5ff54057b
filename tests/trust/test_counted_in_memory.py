"""What is remembered of network addresses: a keyed hash of the day, in memory, for a minute; and who was let in from there, for half a day."""

from __future__ import annotations

import pytest
from making import AMY, WORDS
from sqlalchemy import text

from app.core import clock, throttle

ADDRESS = "203.0.113.77"
FROM_THERE = {"environ_base": {"REMOTE_ADDR": ADDRESS}}
STORES = (throttle.addresses, throttle.joins, throttle.friends)


def come_and_go(school, visit) -> None:
    """A wrong class code, wrong words, the right words."""
    words = dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], **words}
    visit().post("/en/join", {"code": "BBBBBBBB"}, **FROM_THERE)
    visit().post("/en/sign-in", {**form, "word1": "river"}, **FROM_THERE)
    assert visit().post("/en/sign-in", form, **FROM_THERE).status_code == 303


def keys() -> list[str]:
    return [key for store in STORES for key in store.seen]


@pytest.mark.promise("M-2")
def test_addresses_are_kept_as_keyed_hashes_of_the_day_in_memory_only(app, school, visit, promise):
    come_and_go(school, visit)
    first = set(keys())
    assert len(first) == 2, "of wrong tries, and of having been let in"
    told = [key for key in first if ADDRESS in key or len(key) != 64]
    with app.extensions["balise.engine"].connect() as connection:
        rows = connection.execute(text("SELECT key FROM throttles")).scalars().all()
    stored = [row for row in rows if row in first]
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
