"""What stops a start, and the commands that look after a site: a sentence, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from app import cli
from app.config import PROJECT, Config, WrongConfiguration
from app.core import migrating
from app.core.db import db, make_engine
from app.running import prepare, present_form

NOBODY_THERE = "postgresql+psycopg://u:secret-password@127.0.0.1:1/d"


def config(folder, url=""):
    return Config.from_environment({"BALISE_DATA": str(folder), "DATABASE_URL": url})


def test_a_postgres_that_is_down_is_a_sentence_without_the_password(tmp_path):
    with pytest.raises(WrongConfiguration, match="DATABASE_URL") as caught:
        prepare(config(tmp_path, NOBODY_THERE))
    assert "secret-password" not in str(caught.value)


def test_a_file_that_is_no_database_is_a_sentence_and_is_not_touched(tmp_path):
    here = config(tmp_path)
    file = tmp_path / "database" / "balise.sqlite3"
    file.parent.mkdir()
    file.write_bytes(b"a letter to a friend " * 500)
    with pytest.raises(WrongConfiguration, match="SQLite database"):
        prepare(here)
    assert file.read_bytes() == b"a letter to a friend " * 500


def test_a_database_of_a_newer_balise_is_left_alone(tmp_path):
    here = config(tmp_path)
    prepare(here)
    engine = make_engine(here.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(WrongConfiguration, match="newer"):
        prepare(here)


def test_a_server_of_ones_own_does_not_start_on_a_database_that_is_behind(tmp_path):
    here = config(tmp_path)
    with pytest.raises(WrongConfiguration, match="migrate"):
        present_form(here)
    assert not (tmp_path / "database").exists(), "looking makes nothing"
    prepare(here)
    present_form(here)
    engine = make_engine(here.database_url)
    migrating.downgrade(engine, "0001")
    engine.dispose()
    if migrating.head() != "0001":
        with pytest.raises(WrongConfiguration, match="migrate"):
            present_form(here)


@pytest.mark.parametrize("command", [["-c", "import wsgi"], ["-m", "app.cli", "doctor"], ["-m", "app.cli", "run"]])
def test_commands_tell_what_to_do_without_a_traceback(tmp_path, command):
    env = {**os.environ, "BALISE_DATA": str(tmp_path / "none"), "DATABASE_URL": NOBODY_THERE, "BALISE_SECRET": "", "PORT": "1"}
    done = subprocess.run([sys.executable, *command], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120, check=False)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in told
    assert "DATABASE_URL" in told
    assert "secret-password" not in told


@pytest.fixture
def command(app, tmp_path, monkeypatch):
    """`command("disable-teacher", ...)` against the test's own database."""
    from app import running

    monkeypatch.setattr(running, "site", lambda: (None, app))
    return lambda *words: cli.main(words)


def test_a_teachers_account_is_shut_at_once_and_the_classes_stay(app, school, visit, command):
    teacher = visit("Ms Tremblay")
    assert teacher.get("/en/classrooms/").status_code == 200
    assert command("disable-teacher", "tremblay@school.example") == 0
    assert teacher.get("/en/classrooms/").status_code in (302, 303, 401)
    assert visit("Amy").get("/en/my-lessons").status_code == 200
    assert command("disable-teacher", "nobody@school.example") == 1


def test_erasing_a_teacher_erases_the_classes_and_nobody_elses(app, school, visit, command):
    with pytest.raises(SystemExit):
        command("erase-teacher", "tremblay@school.example")
    assert command("erase-teacher", "tremblay@school.example", "--yes") == 0
    with app.test_request_context():
        left = {table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("teachers", "classrooms", "students")}
        assert left["teachers"] == 1
        assert left["classrooms"] >= 1
        assert db.session.scalar(text("SELECT count(*) FROM classrooms WHERE teacher_id NOT IN (SELECT id FROM teachers)")) == 0
        assert db.session.scalar(text("SELECT count(*) FROM students WHERE classroom_id NOT IN (SELECT id FROM classrooms)")) == 0
