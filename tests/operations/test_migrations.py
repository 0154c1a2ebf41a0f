"""Migrations give what the code describes, and can be taken back, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from app.foundation.database import Engines
from app.foundation.migrations import downgrade, head, is_known, revision_of, upgrade
from app.tables import metadata


@pytest.fixture
def connection(engines: Engines):
    with engines.write.begin() as connection:
        yield connection
        connection.rollback()


def drift(connection: Connection) -> list:
    """What autogenerate would write; the index of a search, and what it is made of, are not ours."""
    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "include_name": ours, "target_metadata": metadata},
    )
    return compare_metadata(context, metadata)


def ours(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    if kind == "table":
        return name in metadata.tables
    is_indexed = parents.get("table_name") == "search_entries"
    return not (is_indexed and name in {"words", "title_words", "ix_search_entries_words"})


def shape(connection: Connection) -> dict[str, list[str]]:
    seen = inspect(connection)
    return {
        table: sorted(column["name"] for column in seen.get_columns(table))
        for table in seen.get_table_names()
    }


def test_the_migrated_tables_are_what_the_code_describes(connection):
    assert drift(connection) == []


def test_drift_is_found(connection):
    connection.exec_driver_sql("ALTER TABLE jobs DROP COLUMN last_error")
    assert [each[0] for each in drift(connection)] == ["add_column"]


def test_all_tables_can_be_taken_back_and_made_again(connection):
    before = shape(connection)
    downgrade(connection)
    assert not set(shape(connection)) & set(metadata.tables)
    assert revision_of(connection) is None
    upgrade(connection)
    assert shape(connection) == before
    assert revision_of(connection) == head()


def test_an_unknown_revision_is_told_apart(connection):
    assert is_known(head())
    assert not is_known("9999")
