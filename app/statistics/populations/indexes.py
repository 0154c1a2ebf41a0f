"""Indexes: taken from large tables while rows pour in, and made again after them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

RECORDED = ("events", "facts")  # what nothing refers to, and all pours into
_KEYS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c WHERE c.contype IN ('p', 'u') AND c.conrelid::regclass::text = ANY(%s)
    ORDER BY c.conname"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i WHERE i.indrelid::regclass::text = ANY(%s) ORDER BY 1"""


class Cursor(Protocol):
    """A cursor of either driver."""

    def execute(self, query: str, values: Any = ..., /) -> Any: ...

    def fetchall(self) -> Sequence[Any]: ...


@contextmanager
def without_indexes(cursor: Cursor, tables: Collection[str]) -> Iterator[None]:
    """Take away all indexes of PostgreSQL's tables, and give them back under the same names."""
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
