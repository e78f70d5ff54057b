"""What is allowed once, or a few times, is so when many ask in the same instant: on both databases, with real threads."""

from __future__ import annotations

import html as entities
import os
import re
import threading
import warnings
from collections import Counter

import pyotp
import pytest
from making import AMY, PASSWORD, WORDS, on_both

from app import running
from app.accounts.models import Teacher
from app.accounts.queries import totp_secret
from app.classrooms.models import Classroom, Student
from app.classrooms.queries import give_reset_code
from app.core import clock, server
from app.core.db import db
from app.core.throttle import LIMITS, From

TOKEN = re.compile(r'name="token" value="([^"]*)"')


def at_once(times: int, act) -> Counter:
    """What `act(n)` gave, called by so many threads in the same instant."""
    barrier, found = threading.Barrier(times), []

    def work(n):
        barrier.wait()
        found.append(act(n))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == times, "a thread died"
    return Counter(found)


@on_both
@pytest.mark.promise("B-5")
def test_twenty_guesses_in_one_instant_count_as_twenty(app, school, visit, promise):
    visitors = [visit() for _ in range(20)]

    def guess(n):
        form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": "wrong", "word2": "guess", "word3": str(n)}
        return visitors[n].client.post("/en/sign-in", data=form).status_code

    found = at_once(20, guess)
    promise.figure("{looked_at} of {n} guesses in one instant looked at", looked_at=found[422], n=20)
    assert found[422] == LIMITS[From.ELSEWHERE][0]
    assert found[429] == 20 - LIMITS[From.ELSEWHERE][0]


@on_both
@pytest.mark.promise("C-2")
def test_a_code_from_the_app_lets_one_of_four_in(app, school, visit):
    with app.test_request_context():
        code = pyotp.TOTP(totp_secret(db.session.get_one(Teacher, school.tremblay).totp_salt)).at(clock.seconds())
    visitors = [visit() for _ in range(4)]
    form = {"email": "tremblay@school.example", "password": PASSWORD, "code": code}
    found = at_once(4, lambda n: visitors[n].client.post("/en/accounts/sign-in", data=form).status_code)
    assert found[303] == 1, found
    assert sum(found.values()) == 4


@on_both
@pytest.mark.promise("B-6")
def test_a_reset_code_sets_one_secret(app, school, visit):
    with app.test_request_context():
        digits = give_reset_code(db.session.get_one(Student, school.amy))
        db.session.commit()
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "digits": digits}
    visitors = [visit() for _ in range(4)]
    tokens = []
    for visitor in visitors:  # all four stand before their words
        page = visitor.client.post("/en/sign-in/new-words", data=form).get_data(as_text=True)
        tokens.append(entities.unescape(TOKEN.search(page)[1]))

    def take(n):
        return visitors[n].client.post("/en/sign-in/new-words/taken", data={"token": tokens[n]}).location

    found = at_once(4, take)
    assert found == {"/en/my-lessons": 1, "/en/sign-in/new-words": 3}


@on_both
@pytest.mark.promise("B-7")
def test_one_seat_is_taken_by_one(app, school, visit):
    """The last free seat, and the same name: eight at the same moment."""
    with app.test_request_context():
        classroom = db.session.get_one(Classroom, school.class_6b)
        before = db.session.query(Student).filter_by(classroom_id=school.class_6b).count()
        classroom.door_open_until, classroom.seats = clock.seconds() + 1800, before + 1
        db.session.commit()
    visitors = [visit() for _ in range(8)]
    tokens = []
    for visitor in visitors:
        names = visitor.client.post("/en/join", data={"code": school.code_6b}).get_data(as_text=True)
        words = visitor.client.post("/en/join/name", data={"token": entities.unescape(TOKEN.search(names)[1]), "name": "0"})
        tokens.append(entities.unescape(TOKEN.search(words.get_data(as_text=True))[1]))
    found = at_once(8, lambda n: visitors[n].client.post("/en/join/words", data={"token": tokens[n]}).status_code)
    assert found[303] == 1, found
    with app.test_request_context():
        assert db.session.query(Student).filter_by(classroom_id=school.class_6b).count() == before + 1


def test_the_secret_of_the_tests_is_the_real_one(app, school, visit):
    """The guesses above fail because they are wrong, not because the form is."""
    one, two, three = WORDS.split(" ")
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": one, "word2": two, "word3": three}
    assert visit().client.post("/en/sign-in", data=form).status_code == 303


@on_both
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
@pytest.mark.promise("C-8")
def test_a_process_that_is_forked_off_shares_no_connection(app, promise):
    """Two that read from one connection each get what the other asked for: another student's page, or nobody's."""
    engine = app.extensions["balise.engine"]
    engine.dispose()
    with engine.connect(), engine.connect():
        pass
    assert engine.pool.checkedin() == 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads: this child does nothing but count
        child = os.fork()
    if not child:
        os._exit(engine.pool.checkedin() + app.extensions["balise.writer"].pool.checkedin())
    shared = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    promise.figure("{shared} connections shared by two processes, of {n} that were open", shared=shared, n=2)
    assert shared == 0
    assert engine.pool.checkedin() == 2, "those of the first process stay"


@on_both
def test_a_server_closes_what_it_opened_to_get_ready_before_it_forks(app, monkeypatch):
    engine, left = app.extensions["balise.engine"], []
    with engine.connect():
        pass

    class Server:
        def __init__(self, *_given, **_named):
            pass

        def run(self):
            left.append(engine.pool.checkedin())

    monkeypatch.setattr(server, "Gunicorn", Server)
    running.serve(None, app)
    assert left == [0]
