"""Alembic's environment: migrates whichever database it is handed, in one transaction."""

from collections.abc import Mapping
from typing import Literal

from alembic import context
from sqlalchemy import Connection, text

from app.foundation.database import MomentType, open_engines
from app.settings import from_environment
from app.tables import metadata


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as the plain ones they are, so that migrations stand alone."""
    if kind == "type" and isinstance(item, MomentType):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
    """Leave out what only one database has: the index of the search entries, and what it is made of."""
    if kind == "table":
        return name in metadata.tables
    of_entries = parents.get("table_name") == "search_entries"
    return not (of_entries and name in {"words", "title_words", "ix_search_entries_words"})


def migrate(connection: Connection) -> None:
    """Run the asked migrations on an open connection; a lock is waited for four seconds."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '4s'"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=render_item,
        include_name=is_ours,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Take the connection a command passed in, else open the settings' database."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    engines = open_engines(from_environment().database_url)
    with engines.write.connect() as connection, connection.begin():
        migrate(connection)
    engines.close()


main()
