"""Rows: how they are written as lines of JSON and read again, the same from any database."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Date, LargeBinary, Uuid
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


def unpacked(line: bytes, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A line as the row it was, by the name and kind of each column."""
    return {
        name: UNPACK[kind](value) if value is not None and kind in UNPACK else value
        for value, (name, kind) in zip(json.loads(line), columns, strict=True)
    }
