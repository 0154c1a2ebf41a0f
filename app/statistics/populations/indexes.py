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


class Cursor(Protocol):
    """A cursor of either driver."""

    def execute(self, query: str, values: Any = ..., /) -> Any: ...

    def fetchall(self) -> Sequence[Any]: ...


@contextmanager
def without_indexes(cursor: Cursor, tables: Collection[str]) -> Iterator[None]:
    """Take away the indexes of PostgreSQL's tables, and give them back under the same names."""
    if not tables:
        yield
        return
    cursor.execute(_KEYS, ([*tables],))
    keys = cursor.fetchall()
    for table, name, _definition in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(_INDEXES, ([*tables],))
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _name, definition in indexes:
        cursor.execute(definition)
