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
    context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        context.run_migrations()


run()
