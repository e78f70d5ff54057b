from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from making import make_attempt, on_both
from sqlalchemy import inspect, text

from app.core import migrating
from app.core.db import Model, make_engine
from app.models import ALL


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_engine(request, tmp_path):
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    else:
        server = request.getfixturevalue("postgres")
        assert server is not None, "no PostgreSQL could be started"
        server.create(name := f"empty{tmp_path.name.replace('-', '_')}{id(request)}")
        engine = make_engine(server.url(name))
    yield engine
    engine.dispose()


def test_the_last_revision_is_what_the_models_say(empty_engine):
    assert ALL
    migrating.upgrade(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_revisions_are_numbered_and_there_is_one_head():
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(migrating.alembic_config())
    assert scripts.get_heads() == [migrating.head()]


def test_up_down_and_up_again(empty_engine):
    migrating.upgrade(empty_engine)
    assert migrating.present(empty_engine) == migrating.head()
    migrating.downgrade(empty_engine)
    assert set(inspect(empty_engine).get_table_names()) <= {"alembic_version"}
    migrating.upgrade(empty_engine)


@on_both
def test_down_and_up_with_rows_in_every_table(app, school):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=3)
    engine = app.extensions["balise.engine"]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answers")).scalar() > 0
    migrating.downgrade(engine)
    migrating.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answers")).scalar() == 0


LONG = "+".join(f"{'option' * 4}-{n}" for n in range(6))


def _shape(engine):
    """Keys of the two tables; foreign keys by name, since databases list them in an order of their own."""
    seen = inspect(engine)
    return {
        table: (
            sorted(seen.get_foreign_keys(table), key=lambda key: key["constrained_columns"]),
            seen.get_pk_constraint(table),
        )
        for table in ("answers", "tallies")
    }


@on_both
def test_long_choices_go_down_and_up_and_tables_stay_as_they_were(app, school):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=3)
    engine = app.extensions["balise.engine"]
    assert 60 < len(LONG) <= 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE answers SET choice = :long"), {"long": LONG})
        connection.execute(text("INSERT INTO tallies SELECT assignment_id, item_id, :long, 1, 0 FROM tallies"), {"long": LONG})
        count = connection.execute(text("SELECT count(*) FROM answers")).scalar()
        short = connection.execute(text("SELECT count(*) FROM tallies WHERE length(choice) <= 60")).scalar()
    before = _shape(engine)
    migrating.downgrade(engine, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*), max(length(choice)) FROM answers")).one() == (count, 60)
        assert connection.execute(text("SELECT count(*) FROM tallies")).scalar() == short
    migrating.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answers")).scalar() == count
        if engine.dialect.name == "sqlite":
            made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name IN ('answers', 'tallies', 'pulses')")).scalars().all()
            assert len(made) == 3
            assert all("WITHOUT ROWID" in sql for sql in made)
    assert _shape(engine) == before
