"""Indexes: taken from large tables while rows pour in, and made again after them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

FILLED = (
    "users", "placements", "sign_ins", "enrolments", "progress", "completions", "certificates",
    "attempts", "attempt_items", "results", "facts", "events",
)  # fmt: skip
# Keys that another table refers to stay: rows come in their order.
_KEYS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c
    WHERE c.contype IN ('p', 'u') AND c.conrelid::regclass::text = ANY(%s) AND NOT EXISTS
      (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)
    ORDER BY c.conname"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE i.indrelid::regclass::text = ANY(%s) AND NOT EXISTS
      (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    ORDER BY 1"""


Change = tuple[str, str]
"""What takes an index away, and what makes it again."""


class Cursor(Protocol):
    """A cursor of either driver."""

    def execute(self, query: str, values: Any = ..., /) -> Any: ...

    def fetchall(self) -> Sequence[Any]: ...


def in_postgresql(cursor: Cursor, tables: Collection[str]) -> list[Change]:
    """Indexes and keys of some tables."""
    cursor.execute(_KEYS, ([*tables],))
    keys = [
        (f"ALTER TABLE {table} DROP CONSTRAINT {name}",
         f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table, name, definition in cursor.fetchall()
    ]  # fmt: skip
    cursor.execute(_INDEXES, ([*tables],))
    return [*keys, *((f"DROP INDEX {name}", made) for name, made in cursor.fetchall())]


def in_sqlite(cursor: Cursor, tables: Collection[str]) -> list[Change]:
    """Indexes of some tables; those of keys are part of the table."""
    cursor.execute(
        "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql <> ''"
    )
    found = cursor.fetchall()
    return [(f"DROP INDEX {name}", made) for name, made, table in found if table in tables]


@contextmanager
def without_indexes(cursor: Cursor, changes: Collection[Change]) -> Iterator[None]:
    """Take indexes away, and give them back under the same names."""
    for away, _back in changes:
        cursor.execute(away)
    yield
    for _away, back in changes:
        cursor.execute(back)
