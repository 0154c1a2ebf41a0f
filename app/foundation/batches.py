"""Batches: many rows written by one statement, and the database told to look at what it holds now."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    TableClause,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.foundation.database import Engines

TOLD = "told"  # the one value of a statement that is given a document


def document(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as PostgreSQL reads them out of one value; a moment without a time zone is refused."""
    return _encode(rows)


def rows_told(table: TableClause[Any], names: Sequence[str]) -> Select[Any]:
    """The rows of a document, in the types of a table's columns, for PostgreSQL."""
    told = cast(bindparam(TOLD, type_=String), JSONB)
    found = func.jsonb_populate_recordset(text(f"NULL::{table.name}"), told)
    each = found.table_valued(*names)
    return select(*(each.c[name] for name in names))


def add_all(
    db: Session, table: Table, rows: Sequence[Mapping[str, Any]], *returned: ColumnElement[Any]
) -> Sequence[Any]:
    """Insert rows of the same names and give what is asked of each, in no order.

    PostgreSQL takes them apart itself, out of one document: its driver needs longer to read a
    statement of a thousand rows. Columns with a default of Python's must be named.
    """
    if not rows:
        return []
    adding = insert(table).returning(*returned)
    if db.get_bind().dialect.name != "postgresql":
        return db.execute(adding, rows).all()
    names = list(rows[0])
    statement = adding.from_select(names, rows_told(table, names), include_defaults=False)
    return db.execute(statement, {TOLD: document(rows)}).all()


def leave_to_the_next(db: Session) -> None:
    """Let this transaction reach PostgreSQL's disk with the next that must, not on its own.

    For work that is begun anew when it is cut off, and whose last transaction is an ordinary one.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SET LOCAL synchronous_commit = off"))


def study(engines: Engines, *tables: Table) -> None:
    """Let PostgreSQL count what tables hold now; of a load it would know only minutes later."""
    if engines.is_sqlite:
        return
    with engines.writing() as db:
        for table in tables:
            db.execute(text(f"ANALYZE {table.name}"))


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"a stored moment needs a time zone: {value!r}")
    return str(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
