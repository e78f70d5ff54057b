"""Whatever is sent, by whomever, in whatever form: never an error of ours, nothing unescaped, no forged line in the log, a whole database.

`make drill` sends half a million instead of twenty thousand; BALISE_FUZZ_SEED makes a run again."""

from __future__ import annotations

import logging
import os
import random

import pytest
from argon2 import PasswordHasher
from flask import request
from making import on_both
from trust.authorising import NOT_OWNED, make_world
from trust.fuzzing import DEEP, QUICK, Findings, Lines, Request, faults_in_database, run, send

from app.classrooms.models import Classroom
from app.core import passwords, throttle
from app.core.db import db
from app.core.headers import HEADERS
from app.core.library import library

DRILL = os.environ.get("BALISE_DRILL")
EACH = {"sqlite": 300_000, "postgresql": 210_000} if DRILL else {"sqlite": 12_000, "postgresql": 8_500}
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


@pytest.mark.long
@on_both
@pytest.mark.promise("G-1", "G-2", "H-2", "M-4")
def test_nothing_that_is_sent_brings_the_site_down(app, world, gaps, promise):
    lines = Lines(app)
    found = run(world, gaps, SEED, EACH[app.extensions["balise.engine"].dialect.name], lines, DEEP if DRILL else QUICK)
    promise.figure(
        "{broken} of {n} requests with an answer of 500 or more, an unescaped mark, a missing header or a foreign address; {odd} of {lines} log lines of another form; the slowest took {ms} ms",
        broken=len(found.broken), n=found.sent, odd=len(lines.odd), lines=lines.seen, ms=round(found.slowest * 1000),
    )  # fmt: skip
    assert not found.broken, f"seed {SEED}: {len(found.broken)} of {found.sent}\n" + "\n".join(found.broken[:20])
    assert not lines.odd, "\n".join(lines.odd[:10])
    assert not faults_in_database(app)
    assert {200, 303, 404, 405, 409, 413, 422} <= found.statuses.keys(), "the requests got past the first check, and not all of them"


# --- the test itself can see -------------------------------------------------------------------------------------------------


def test_the_look_at_answers_can_see():
    request, headers = Request("visitor", "GET", "/en/"), dict.fromkeys(map(str.lower, HEADERS), "x")
    bad = [
        (500, headers, b"", 0.1),
        (200, headers | {"content-type": "text/html"}, b"<q7zq>", 0.1),
        (200, {}, b"", 0.1),
        (200, headers | {"x": "a\r\nb: c"}, b"", 0.1),
        (302, headers | {"location": "//evil.example/"}, b"", 0.1),
        (302, headers | {"location": "https://evil.example/"}, b"", 0.1),
        (200, headers, b"", 9.0),
    ]
    for answer in bad:
        found = Findings()
        found.look_at(request, *answer)
        assert found.broken, answer
    found = Findings()
    found.look_at(request, 302, headers | {"location": "/en/"}, b"", 0.1)
    assert not found.broken


def test_the_look_at_the_log_can_see(app):
    lines = Lines(app)
    for message in ("GET /en/ 200 1ms 0123abcd\nGET /x 200 1ms 0123abcd", "POST /en/amy 200 1ms 0123abcd", "somebody", "GET - 200 1ms x"):
        lines.emit(logging.makeLogRecord({"msg": message}))
    assert len(lines.odd) == 4
    lines.emit(logging.makeLogRecord({"msg": "GET /<any(en, fr, ko):locale>/ 200 1ms 0123abcd"}))
    assert len(lines.odd) == 4


def test_the_look_at_the_database_can_see(app, school):
    assert not faults_in_database(app)
    with app.test_request_context(method="POST"):
        db.session.get_one(Classroom, school.class_6b).label = "6B\u202e" + "x" * 90
        db.session.commit()
    assert len(faults_in_database(app)) == 2


@on_both
@pytest.mark.promise("G-1")
def test_an_error_of_ours_is_found(app, world, gaps, monkeypatch):
    """A view that trips over a NUL: the same run reports it."""
    view = app.view_functions["search.find"]

    def trips():
        if "\0" in request.args.get("q", ""):
            raise ValueError("embedded null byte")
        return view()

    trips.open_to = view.open_to
    monkeypatch.setitem(app.view_functions, "search.find", trips)
    status, _headers, _body = send(world, Request("visitor", "GET", "/en/search", "q=%00"))
    assert status == 500
