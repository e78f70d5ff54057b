from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnection

from app.core import db as database
from app.core.db import Database, make_engine


@pytest.mark.promise("I-1")
def test_every_connection_is_durable_and_says_so(app):
    engine = app.extensions["balise.engine"]
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            got = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in database.PRAGMAS}
            assert got == database.PRAGMAS


@pytest.mark.promise("I-1")
def test_the_site_refuses_to_run_where_the_disk_setting_is_not_taken(tmp_path, monkeypatch):
    monkeypatch.setitem(database.PRAGMAS, "synchronous", "NONSENSE")
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with pytest.raises(RuntimeError, match="synchronous"):
        engine.connect()
    engine.dispose()


@pytest.mark.promise("I-4")
def test_writing_requests_take_the_lock_at_once(app):
    """Two read-modify-writes at once lose one with the driver's default; here the second waits."""
    import threading

    writer = app.extensions["balise.writer"]
    with writer.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def add():
        for _ in range(15):
            with writer.begin() as connection:
                n = connection.execute(text("SELECT n FROM counter")).scalar()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=add) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with writer.begin() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar() == 180


@pytest.mark.promise("I-6", "I-9")
def test_a_full_disk_is_said_kindly_and_reading_goes_on(app, school, visit):
    """SQLite's own page limit stands for the full disk: it gives the same error."""
    engine = app.extensions["balise.engine"]
    from sqlalchemy import event

    def limit(connection, _record, _proxy):
        cursor = connection.cursor()
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        cursor.close()

    amy, teacher = visit("Amy"), visit("Ms Tremblay")
    event.listen(engine, "checkout", limit)
    statuses = set()
    for n in range(400):
        form = {"label": f"Class {n}", "band": "B", "locale": "fr", "timezone": "UTC", "seats": "30", "ends_on": in_a_month()}
        statuses.add(teacher.post("/fr/classrooms/new", form, check=False).status_code)
        if 503 in statuses or 422 in statuses:
            break
    assert 503 in statuses
    assert amy.get("/fr/help").status_code == 200
    assert amy.get("/fr/my-lessons").status_code == 200
    event.remove(engine, "checkout", limit)


@pytest.mark.promise("D-6", "I-6")
@pytest.mark.parametrize("error", [TimeoutError("another writer holds the database"), NoConnection("every connection is in use")])
def test_when_too_many_are_there_at_once_leaving_takes_the_cookie_and_the_rest_may_be_sent_again(app, school, visit, monkeypatch, error):
    def no_turn(_database):
        raise error

    amy, teacher = visit("Amy"), visit("Ms Tremblay")
    monkeypatch.setattr(Database, "writing", no_turn)
    gone = amy.post("/en/leave")
    assert gone.status_code == 303
    assert 'balise=""' in gone.headers["Set-Cookie"] or "Max-Age=0" in gone.headers["Set-Cookie"]
    assert teacher.get(f"/en/progress/{school.class_6b}/results.csv", check=False).status_code == 503, "nothing is taken along unrecorded"
    monkeypatch.setattr(Database, "session", property(no_turn))
    assert teacher.get("/en/classrooms/", check=False).status_code == 503, "and not 500: it may be sent again"


def in_a_month() -> str:
    from making import in_days

    return in_days(30).isoformat()
