"""Filling: a few rows in every table there is, so that no table can be forgotten; and their hash."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Connection, Table, select

from app.foundation.database import MomentType
from app.tables import metadata

ROWS = 3
WORDS = 'Ünïcode, "quotes",\nлинии, 行, سطر'


def fill(connection: Connection) -> None:
    """Rows whose keys point to each other by number; every type of value occurs."""
    for table in metadata.sorted_tables:
        rows = [{c.name: value_of(c, n) for c in stored(table)} for n in range(1, ROWS + 1)]
        connection.execute(table.insert(), rows)


def stored(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.computed is None]


def value_of(column: Column[Any], n: int) -> Any:
    for key in column.foreign_keys:
        return value_of(key.column, n)
    if column.nullable and n == ROWS:
        return None
    if isinstance(column.type, JSON):
        return {"n": n, "words": WORDS, "nothing": None, "half": n / 2, "deep": [{"a": [n]}]}
    if isinstance(column.type, MomentType):
        return datetime(2026, 3, 29, 1, 30, 0, 123456 + n, UTC) + timedelta(days=n)
    kind = column.type.python_type
    if kind is str:
        return f"{n} {WORDS} {column.name}"[: getattr(column.type, "length", None) or 80]
    values: dict[type, Any] = {
        int: n, float: fraction(column, n), bool: n % 2 == 0, bytes: hashlib.sha256(bytes([n])).digest(),
        date: date(2026, 1, n), UUID: UUID(int=2**120 + n),
    }  # fmt: skip
    return values[kind]


def fraction(column: Column[Any], n: int) -> float:
    """PostgreSQL rounds to a column's scale; SQLite keeps what the code rounded."""
    scale = getattr(column.type, "scale", None)
    return round(n / 3, scale) if scale is not None else n / 3


def hashes(connection: Connection) -> dict[str, str]:
    """What every table holds, in a form that both databases share."""
    return {table.name: _hash(connection, table) for table in metadata.sorted_tables}


def _hash(connection: Connection, table: Table) -> str:
    rows = connection.execute(select(*stored(table)).order_by(*table.primary_key)).all()
    told = json.dumps([list(row) for row in rows], sort_keys=True, default=repr)
    return f"{len(rows)} {hashlib.sha256(told.encode()).hexdigest()}"
