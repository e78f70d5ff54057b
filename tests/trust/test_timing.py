"""How long an answer takes tells nothing: neither which classes, names and accounts exist, nor what is somebody else's.

Measured in turns, as medians. `make drill` measures 500 of each by the clock on the wall; the quick run counts the work (hashes, statements)
and a few of each by the computing time of the thread, which a busy machine disturbs less."""

from __future__ import annotations

import os
import statistics
import time
import uuid

import pytest
from making import AMY, LEE, PASSWORD, WORDS
from sqlalchemy import text

from app.core import passwords, throttle

DRILL = bool(os.environ.get("BALISE_DRILL"))
CLOCK = time.perf_counter if DRILL else time.thread_time
SIGN_INS, PAIRS = (500, 200) if DRILL else (15, 30)
MOST = 0.005 if DRILL else 0.012  # seconds between two medians; one hash more or less would be forty thousandths, and is counted besides


@pytest.fixture
def hashes(monkeypatch):
    """How often a secret was compared with a hash."""
    seen: list[str] = []

    class Counting:
        def verify(self, stored, secret):
            seen.append(stored)
            return real.verify(stored, secret)

        def __getattr__(self, name):
            return getattr(real, name)

    real = passwords.hasher
    monkeypatch.setattr(passwords, "hasher", Counting())
    return seen


def student_forms(school) -> dict[str, dict[str, object]]:
    words = dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))
    right = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], **words}
    return {
        "wrong words": {**right, "word1": "river"},
        "unknown name": {**right, "first": LEE[0] + 30},
        "unknown class": {**right, "code": "BBBBBBBB"},
    }


def teacher_forms(_school) -> dict[str, dict[str, object]]:
    right = {"email": "tremblay@school.example", "password": PASSWORD, "code": "000000"}
    return {
        "wrong code": right,
        "wrong password": {**right, "password": "not this one"},
        "unknown address": {**right, "email": "no@school.example"},
    }


DOORS = {"/en/sign-in": student_forms, "/en/accounts/sign-in": teacher_forms}


def nobody_waits(app) -> None:
    throttle.addresses.seen.clear()
    with app.extensions["balise.writer"].begin() as connection:
        connection.execute(text("DELETE FROM throttles"))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.promise("B-2")
def test_whatever_is_wrong_takes_the_same_time(app, school, visit, hashes, promise, door):
    passwords.dummy()
    took: dict[str, list[float]] = {}
    forms, client = DOORS[door](school), visit().client
    for turn in range(SIGN_INS + 1):
        for what, form in forms.items():
            nobody_waits(app)
            hashes.clear()
            began = CLOCK()
            response = client.post(door, data=form)
            spent = CLOCK() - began
            assert response.status_code == 422
            assert len(hashes) == 1, f"{what}: {len(hashes)} hashes"
            if turn:  # the first of each pays for what is made once
                took.setdefault(what, []).append(spent)
    medians = [statistics.median(times) for times in took.values()]
    apart = max(medians) - min(medians)
    promise.figure("medians {microseconds} microseconds apart over {n} tries", microseconds=round(apart * 1e6), n=SIGN_INS * len(forms))
    assert apart < MOST, took


@pytest.mark.parametrize("case", ["a class", "a sitting", "an assignment"])
@pytest.mark.promise("A-3")
def test_what_is_somebody_elses_takes_as_long_as_what_is_not_there(app, school, visit, statements, promise, case):
    from making import make_attempt

    with app.test_request_context():
        other = make_attempt(school.lee, school.assignment_other)
    who, there, nowhere = {
        "a class": ("Ms Tremblay", f"/en/progress/{school.class_other}", "/en/progress/999999"),
        "a sitting": ("Amy", f"/en/quizzes/result/{other}", f"/en/quizzes/result/{uuid.UUID(int=1, version=4)}"),
        "an assignment": ("Amy", f"/en/lessons/assigned/{school.assignment_other}", "/en/lessons/assigned/999999"),
    }[case]
    visitor, took, sent = visit(who), {there: [], nowhere: []}, {}
    for turn in range(PAIRS + 1):
        for address in (there, nowhere):
            with statements() as seen:
                began = CLOCK()
                response = visitor.client.get(address)
                spent = CLOCK() - began
            assert response.status_code == 404
            if turn:
                took[address].append(spent)
                sent[address] = list(seen)
    assert sent[there] == sent[nowhere], "not the same statements"
    apart = abs(statistics.median(took[there]) - statistics.median(took[nowhere]))
    promise.figure("medians {microseconds} microseconds apart over {n} pairs", microseconds=round(apart * 1e6), n=PAIRS)
    assert apart < MOST, took
