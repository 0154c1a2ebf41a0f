"""Migrations: the revision a database is at, and the way to another one."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.settings import ROOT

# One migration at a time, however many servers start at once; the number is only ours.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7214001)")


@cache
def head() -> str:
    """The revision this code needs."""
    return str(_scripts().get_current_head())


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at; None for one that was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this code has the migration, so that it can go there and on."""
    return any(script.revision == revision for script in _scripts().walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Go up to a revision inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(ONE_AT_A_TIME)
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Go down to a revision inside the connection's transaction; `base` leaves no table."""
    command.downgrade(_config(connection), revision)


def _config(connection: Connection | None = None) -> Config:
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
