"""Alembic's way in: the same models and engine as the site."""

from __future__ import annotations

from alembic import context

from app.config import Config
from app.core.db import Model, make_engine
from app.models import ALL  # noqa: F401  (every table)

target_metadata = Model.metadata


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    engine = make_engine(context.config.get_main_option("sqlalchemy.url") or Config.from_environment().database_url)
    with engine.connect() as made:
        migrate(made)
    engine.dispose()


def migrate(connection) -> None:
    """Foreign keys are off meanwhile: SQLite makes some tables anew, and a table that goes would take its rows' children with it."""
    raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if raw is None:
        bring(connection)
        return
    raw.execute("PRAGMA foreign_keys=OFF")  # which does nothing within a transaction: revisions that need it ask
    try:
        bring(connection)
        connection.commit()
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def bring(connection) -> None:
    context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        context.run_migrations()


run()
