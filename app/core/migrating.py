"""Bringing the database to the present form, with Alembic's revisions in `migrations/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from app.config import PROJECT

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

# Alembic is imported only when there is something to migrate: every start asks whether there is, and that must be quick.


def alembic_config(connection: Connection | None = None) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """The last revision: they are numbered, and a test holds that there is one head."""
    return max(file.name.split("_")[0] for file in (PROJECT / "migrations" / "versions").glob("[0-9]*.py"))


def present(engine: Engine) -> str | None:
    """The revision the database is at; None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def upgrade(engine: Engine, to: str = "head") -> None:
    from alembic import command

    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), to)
        connection.commit()


def downgrade(engine: Engine, to: str = "base") -> None:
    from alembic import command

    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), to)
        connection.commit()
