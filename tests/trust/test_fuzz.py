"""Whatever is sent, by whomever, in whatever form: never an error of ours, nothing unescaped, no forged line in the log, a whole database.

`make drill` sends half a million instead of twenty thousand; BALISE_FUZZ_SEED makes a run again."""

from __future__ import annotations

import os
import random

import pytest
from argon2 import PasswordHasher
from making import on_both
from trust.authorising import NOT_OWNED, make_world
from trust.fuzzing import TYPES, Findings, Fuzzer, Lines, Request, World0, faults_in_database, run, send

from app.core import passwords, throttle
from app.core.library import library

DRILL = os.environ.get("BALISE_DRILL")
EACH = 255_000 if DRILL else 10_500  # on each of the two databases
SEED = int(os.environ.get("BALISE_FUZZ_SEED") or (random.randrange(10**6) if DRILL else 1))


@pytest.fixture
def world(app, monkeypatch):
    # Hashing as it is done for people would take most of the time: 30 ms for each secret.
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    throttle.addresses.seen.clear()
    return make_world(app)


@pytest.fixture
def gaps(app):
    with app.test_request_context():
        return {**NOT_OWNED, "idea_id": next(iter(library().misconceptions))}


@on_both
@pytest.mark.promise("G-1", "G-2", "H-2", "M-4")
def test_nothing_that_is_sent_brings_the_site_down(app, world, gaps, promise):
    lines = Lines()
    found = run(world, gaps, SEED, EACH, lines)
    promise.figure(
        "{broken} of {n} requests with an answer of 500 or more, an unescaped mark, a missing header or a foreign address; {odd} of {lines} log lines of another form; the slowest took {ms} ms",
        broken=len(found.broken), n=found.sent, odd=len(lines.odd), lines=lines.seen, ms=round(found.slowest * 1000),
    )  # fmt: skip
    assert not found.broken, f"seed {SEED}: {len(found.broken)} of {found.sent}\n" + "\n".join(found.broken[:20])
    assert not lines.odd, "\n".join(lines.odd[:10])
    assert not faults_in_database(app)
    assert {200, 303, 404, 405, 409, 413, 422} <= found.statuses.keys(), "the requests got past the first check, and not all of them"
