"""Bringing the database to the present form, with Alembic's revisions in `migrations/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from app.config import N_, WrongConfiguration, part

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

# Alembic is imported only when there is something to migrate: every start asks whether there is, and that must be quick.


BEHIND = N_("The database is at %(at)s and not at %(head)s. Run: python3 dev.py do migrate")
NEWER = N_("The database is at %(at)s, made by a newer Balise than this one (%(head)s). Start the newer one.")


def not_present(at: str | None) -> WrongConfiguration:
    """The sentence for a database that is at another revision than the last."""
    return WrongConfiguration(NEWER if at is not None and at > head() else BEHIND, at=at or "nothing", head=head())


def alembic_config(connection: Connection | None = None) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(part("migrations")))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """The last revision: they are numbered, and a test holds that there is one head."""
    return max(file.name.split("_")[0] for file in (part("migrations") / "versions").glob("[0-9]*.py"))


def present(engine: Engine) -> str | None:
    """The revision the database is at; None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def reachable_revision(engine: Engine) -> str | None:
    """Like `present`, for the start of a command.

    Raises WrongConfiguration when the database does not answer or is none."""
    try:
        return present(engine)
    except (DatabaseError, RuntimeError) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        where = engine.url.render_as_string(hide_password=True)
        raise WrongConfiguration(
            N_("The database at %(where)s cannot be used: %(why)s. Is it running, is the address right, and is the file a SQLite database? "
               "(DATABASE_URL, BALISE_DATA)"),
            where=where, why=cause[0] if cause else type(error).__name__,
        ) from error  # fmt: skip


def upgrade(engine: Engine, to: str = "head") -> None:
    from alembic import command

    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), to)
        connection.commit()


def upgrade_in(connection: Connection, to: str = "head") -> None:
    """In a transaction of the caller's, who commits."""
    from alembic import command

    command.upgrade(alembic_config(connection), to)


def downgrade(engine: Engine, to: str = "base") -> None:
    from alembic import command

    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), to)
        connection.commit()
