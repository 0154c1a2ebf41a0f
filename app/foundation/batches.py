"""Batches: many rows written by one statement, and the database told to look at what it holds now."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, Table, bindparam, cast, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.foundation.database import Engines

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


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
    kind = text(f"NULL::{table.name}")
    told = cast(bindparam("told", type_=String), JSONB)
    found = func.jsonb_populate_recordset(kind, told).table_valued(*names)
    source = select(*(found.c[name] for name in names))
    statement = adding.from_select(names, source, include_defaults=False)
    return db.execute(statement, {"told": _encode(rows)}).all()


def study(engines: Engines, *tables: Table) -> None:
    """Let PostgreSQL count what tables hold now; of a load it would know only minutes later."""
    if engines.is_sqlite:
        return
    with engines.writing() as db:
        for table in tables:
            db.execute(text(f"ANALYZE {table.name}"))
