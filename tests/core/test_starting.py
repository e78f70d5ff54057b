"""What stops a start, and the commands that look after a site: a sentence, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from conftest import SECRET, config_for
from sqlalchemy import text

import dev
from app import cli, running
from app.config import PROJECT, Config, WrongConfiguration
from app.core import migrating
from app.core.db import db, make_engine
from app.keeping import copying
from app.running import prepare, present_form
from bench.serving import free_port

NOBODY_THERE = "postgresql+psycopg://u:secret-password@127.0.0.1:1/d"


def config(folder, url=""):
    return Config.from_environment({"BALISE_DATA": str(folder), "DATABASE_URL": url})


def test_a_postgres_that_is_down_is_a_sentence_without_the_password(tmp_path):
    with pytest.raises(WrongConfiguration, match="DATABASE_URL") as caught:
        prepare(config(tmp_path, NOBODY_THERE))
    assert "secret-password" not in str(caught.value)


@pytest.mark.promise("P-1")
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
    for look in (prepare, present_form, copying.in_present_form):  # a start, the doctor, a copy
        with pytest.raises(WrongConfiguration, match="Start the newer one"):
            look(here)


@pytest.mark.promise("P-1")
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


@pytest.mark.parametrize("host", ["nonsense.invalid", "my host", "203.0.113.7", "x" * 70])
@pytest.mark.promise("P-1")
def test_a_host_that_is_not_this_machine_is_a_sentence(tmp_path, monkeypatch, capsys, host):
    monkeypatch.setenv("BALISE_DATA", str(tmp_path))
    monkeypatch.setenv("BALISE_HTTPS", "1")
    monkeypatch.setenv("HOST", host)
    assert cli.main(["run"]) == 2
    assert f"balise: HOST={host!r} is no address of this machine" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "seeded"),
    [
        ({}, True),
        ({"https": True}, False),
        ({"proxies": 1}, False),
        ({"public_url": "http://10.0.0.7"}, False),
        ({"host": "0.0.0.0"}, False),
    ],
)
@pytest.mark.promise("P-1")
def test_the_demo_school_is_made_only_where_nobody_else_reaches_it(app, monkeypatch, settings, seeded):
    """Its passwords stand in the README: behind a proxy a site listens at this machine's own address, too."""
    from app import seeding

    here, made = replace(config_for(app.config["DATA"]), **settings), []
    monkeypatch.setattr(running, "site", lambda: (here, app))
    monkeypatch.setattr(running.Config, "from_environment", lambda: here)
    monkeypatch.setattr(running, "port_is_taken", lambda _config: False)
    monkeypatch.setattr(running, "serve", lambda *_: None)
    monkeypatch.setattr(seeding, "demo_school", lambda: made.append(1))
    assert running.run(seed=True) == 0
    assert bool(made) is seeded


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ({}, {"BALISE_DEBUG": "1"}),
        ({"HOST": "127.0.0.1", "PORT": "8001"}, {"BALISE_DEBUG": "1"}),
        ({"HOST": "::1", "BALISE_PROXIES": "0"}, {"BALISE_DEBUG": "1"}),
        ({"BALISE_DEBUG": "0"}, {}),
        ({"BALISE_DEBUG": ""}, {}),
        ({"HOST": "0.0.0.0"}, {}),
        ({"BALISE_HTTPS": "1"}, {}),
        ({"BALISE_PROXIES": "1"}, {}),
        ({"BALISE_URL": "https://balise.example.org"}, {}),
    ],
)
def test_make_run_is_development_where_nobody_else_reaches_it(monkeypatch, settings, given):
    monkeypatch.setattr(dev, "ENV", settings)
    assert dev.development() == given


def test_a_production_start_is_what_the_command_makes(tmp_path):
    assert Config.from_environment({"BALISE_DATA": str(tmp_path)}).debug is False


def test_a_first_start_says_what_it_does_and_how_long_it_takes(tmp_path, monkeypatch, capsys):
    for slug in ("one", "two", "three"):
        (tmp_path / "lessons" / slug).mkdir(parents=True)
        (tmp_path / "lessons" / slug / "lesson.toml").write_text("not one yet")
    monkeypatch.setenv("BALISE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BALISE_LESSONS", str(tmp_path / "lessons"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(WrongConfiguration, match="mistakes"):
        running.site()
    assert "Preparing 3 lessons in three languages, once; about 5 seconds ..." in capsys.readouterr().err
    assert running.seconds_for(19) == 15


@pytest.mark.skipif(os.name != "posix", reason="counts what a process has used")
def test_a_second_start_costs_little_more_than_loading_the_program(tmp_path, compiled):
    """On a machine with nothing else to do that is 1.7 s until the first page; processor time also tells on a busy one."""
    data = shutil.copytree(compiled, tmp_path / "data")
    ours = {k: v for k, v in os.environ.items() if not k.startswith("BALISE_") and k not in ("DATABASE_URL", "HOST")}
    env = {**ours, "BALISE_DATA": str(data), "BALISE_LESSONS": str(compiled.parent / "lessons"), "BALISE_SECRET": SECRET.decode()}
    env |= {"BALISE_DEBUG": "1", "PORT": str(free_port())}
    load = [sys.executable, "-c", "import app.running, app.seeding, app.core.server"]
    loading = min(seconds_used(lambda: subprocess.run(load, cwd=PROJECT, env=env, check=True)) for _ in range(2))
    assert min(seconds_used(lambda: start_and_stop(env)) for _ in range(2)) < 2 * loading + 0.3


def seconds_used(work):
    """Processor time of the children that `work` has waited for."""
    import resource  # which is POSIX's

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start_and_stop(env):
    """A server, /healthz, the first page with its link to the translations, and the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"], cwd=PROJECT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as server:
        try:
            until = time.monotonic() + 120
            while not page_of(env, "/healthz"):
                assert server.poll() is None, server.stderr.read()
                assert time.monotonic() < until
                time.sleep(0.05)
            assert "/en/translating" in page_of(env, "/en/")
        finally:
            server.terminate()
            told = server.stderr.read().decode()
    assert "Preparing" not in told


def page_of(env, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}{path}", timeout=20) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, OSError):
        return ""


@pytest.mark.promise("I-8", "P-2")
def test_the_doctor_says_what_is_well_and_what_is_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BALISE_DATA", str(tmp_path))
    monkeypatch.setenv("BALISE_SECRET", "short")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cli.main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "settings     WRONG: BALISE_SECRET can be guessed" in told
    assert "database     WRONG: The database is at nothing" in told
    assert "short" not in told
    monkeypatch.delenv("BALISE_SECRET")
    assert cli.main(["migrate"]) == 0
    assert cli.main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "settings     ok\n" in told
    assert "database     ok (SQLite " in told


@pytest.mark.promise("P-2", "M-3", "K-7")
def test_the_doctor_finds_a_changed_record_and_classes_that_should_be_gone(tmp_path, commanded, monkeypatch, capsys):
    begun = time.monotonic()
    assert cli.main(["doctor"]) == 0
    assert time.monotonic() - begun < 5
    told = capsys.readouterr().out
    for line in ("record       ok", "retention    ok", "copies       none yet"):
        assert line in told
    assert SECRET.decode() not in told
    engine = make_engine(config_for(commanded).database_url)
    with engine.begin() as connection:
        row = {"a": 1, "s": "0" * 64}
        connection.execute(text("INSERT INTO staff_acts VALUES (1, :a, 1, NULL, 'signed-in', NULL, '', :s)"), row)
        connection.execute(text("UPDATE classrooms SET ends_on = '2026-01-01' WHERE label = '6B'"))
    engine.dispose()
    assert cli.main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "record       WRONG" in told
    assert "should be erased by now (1)" in told


@pytest.mark.promise("P-2")
def test_the_doctor_says_that_the_disk_is_full(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BALISE_DATA", str(tmp_path))
    monkeypatch.delenv("BALISE_SECRET", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cli.main(["migrate"]) == 0

    def full(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(running.os, "fsync", full)
    assert cli.main(["doctor"]) == 1
    assert f"disk         WRONG: Cannot keep files in {tmp_path} (No space left on device)" in capsys.readouterr().out
    assert not (tmp_path / "doctor.tmp").exists()


@pytest.fixture
def command(app, tmp_path, monkeypatch):
    """`command("disable-teacher", ...)` against the test's own database."""
    monkeypatch.setattr(running, "site", lambda: (None, app))
    return lambda *words: cli.main(words)


@pytest.mark.promise("A-5")
def test_a_teachers_account_is_shut_at_once_and_the_classes_stay(app, school, visit, command):
    teacher = visit("Ms Tremblay")
    assert teacher.get("/en/classrooms/").status_code == 200
    assert command("disable-teacher", "tremblay@school.example") == 0
    assert teacher.get("/en/classrooms/").status_code in (302, 303, 401)
    assert visit("Amy").get("/en/my-lessons").status_code == 200
    assert command("disable-teacher", "nobody@school.example") == 1


@pytest.mark.promise("K-5", "P-3")
def test_erasing_a_teacher_erases_the_classes_and_nobody_elses(app, school, visit, command):
    with pytest.raises(SystemExit):
        command("erase-teacher", "tremblay@school.example")
    with app.test_request_context():
        teachers = db.session.scalar(text("SELECT count(*) FROM teachers"))
    assert command("erase-teacher", "tremblay@school.example", "--yes") == 0
    with app.test_request_context():
        left = {table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("teachers", "classrooms", "students")}
        assert left["teachers"] == teachers - 1
        assert left["classrooms"] >= 1
        assert db.session.scalar(text("SELECT count(*) FROM classrooms WHERE teacher_id NOT IN (SELECT id FROM teachers)")) == 0
        assert db.session.scalar(text("SELECT count(*) FROM students WHERE classroom_id NOT IN (SELECT id FROM classrooms)")) == 0
