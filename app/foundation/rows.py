"""Rows: how they are written as lines of JSON and read again, the same from any database."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import JSON, ColumnElement, Connection, Date, LargeBinary, Uuid, column, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE, TypeEngine

from app.foundation.database import AnswerType, MomentType

# What a column is bound as when its table is known only by what a backup says of it.
TYPES: dict[str, TypeEngine[Any]] = {
    "plain": NULLTYPE,
    "json": AnswerType,
    "moment": MomentType(),
    "day": Date(),
    "uuid": Uuid(),
    "bytes": LargeBinary(),
}
KINDS = {
    int: "plain",
    str: "plain",
    bool: "plain",
    float: "plain",
    bytes: "bytes",
    date: "day",
    UUID: "uuid",
}
PACK: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.isoformat,
    "day": date.isoformat,
    "uuid": str,
    "bytes": lambda value: base64.b64encode(value).decode(),
}
UNPACK: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "uuid": UUID,
    "bytes": base64.b64decode,
}
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def kind_of(stored: ColumnElement[Any]) -> str:
    """The kind of a column; a type that no backup can hold is a KeyError."""
    if isinstance(stored.type, JSON):
        return "json"
    if isinstance(stored.type, MomentType):
        return "moment"
    return KINDS[stored.type.python_type]


def packed(row: Iterable[Any], kinds: Sequence[str]) -> str:
    """A row as one line: a list of its values, of which JSON knows all."""
    return encode(
        [
            PACK[kind](value) if value is not None and kind in PACK else value
            for value, kind in zip(row, kinds, strict=True)
        ]
    )


def load(
    connection: Connection, name: str, columns: Sequence[tuple[str, str]], lines: Iterable[bytes]
) -> None:
    """Write lines into a table that is known by the name and kind of its columns."""
    kinds = [kind for _name, kind in columns]
    rows = (_unpacked(line, kinds) for line in lines)
    if connection.dialect.name == "postgresql":
        _copy(connection, name, columns, rows)
        return
    target = table(name, *(column(each, TYPES[kind]) for each, kind in columns))
    names = [each for each, _kind in columns]
    connection.execute(target.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def _unpacked(line: bytes, kinds: Sequence[str]) -> list[Any]:
    return [
        UNPACK[kind](value) if value is not None and kind in UNPACK else value
        for value, kind in zip(json.loads(line), kinds, strict=True)
    ]


def _copy(
    connection: Connection,
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Hand rows to PostgreSQL's COPY, inside the connection's transaction.

    The driver's refusals come out as SQLAlchemy's, as from any other statement.
    """
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(each) for each, _kind in columns)
    driver: Any = connection.connection.driver_connection
    is_json = [kind == "json" for _name, kind in columns]
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {quote(name)} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(
                    [
                        Jsonb(value) if is_document and value is not None else value
                        for value, is_document in zip(row, is_json, strict=True)
                    ]
                )
    except psycopg.Error as refusal:
        raise DBAPIError(f"COPY {name}", None, refusal) from None
