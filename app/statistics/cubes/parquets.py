"""Parquet: a table as a file of columns, as the Apache Parquet format has it.

One group of rows, plain and uncompressed, since a table of figures is small; words are UTF-8 and
what is not shown is null. Its footer is written in the compact protocol of Thrift.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

Kind = Literal["word", "whole", "number"]
MAGIC, VERSION, MAKER = b"PAR1", 1, "Capacita"
TYPES: Mapping[Kind, int] = {"whole": 2, "number": 5, "word": 6}  # INT64, DOUBLE, BYTE_ARRAY
OPTIONAL, UTF8, PLAIN, RLE, DATA_PAGE, UNCOMPRESSED = 1, 0, 0, 3, 0, 0
I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
_SHORT, _LONG_LIST = 15, 0xF0
_Field = tuple[int, int, bytes]  # its number, its type, its value as written


class Column(NamedTuple):
    """A column: its name, what it holds, and its values, of which none is null."""

    name: str
    kind: Kind
    values: Sequence[Any]


def parquet_of(columns: Sequence[Column], about: Mapping[str, str]) -> bytes:
    """The file of these columns, which are equally long; `about` is kept as its key-value pairs."""
    pages, chunks, rows = bytearray(MAGIC), [], len(columns[0].values)
    for column in columns:
        page = _page(column)
        chunks.append(_chunk(column, len(pages), len(page)))
        pages += page
    group = _struct(
        (1, LIST, _list(STRUCT, chunks)), (2, I64, _whole(len(pages) - 4)), (3, I64, _whole(rows))
    )
    pairs = [_struct((1, BINARY, _text(key)), (2, BINARY, _text(about[key]))) for key in about]
    footer = _struct(
        (1, I32, _whole(VERSION)),
        (2, LIST, _list(STRUCT, [_root(len(columns)), *map(_element, columns)])),
        (3, I64, _whole(rows)),
        (4, LIST, _list(STRUCT, [group])),
        (5, LIST, _list(STRUCT, pairs)),
        (6, BINARY, _text(MAKER)),
    )
    return bytes(pages) + footer + struct.pack("<I", len(footer)) + MAGIC


def _root(width: int) -> bytes:
    return _struct((4, BINARY, _text("table")), (5, I32, _whole(width)))


def _element(column: Column) -> bytes:
    fields = [
        (1, I32, _whole(TYPES[column.kind])),
        (3, I32, _whole(OPTIONAL)),
        (4, BINARY, _text(column.name)),
    ]
    if column.kind == "word":
        fields += [(6, I32, _whole(UTF8)), (10, STRUCT, _struct((1, STRUCT, _struct())))]
    return _struct(*fields)


def _chunk(column: Column, start: int, size: int) -> bytes:
    about = _struct(
        (1, I32, _whole(TYPES[column.kind])),
        (2, LIST, _list(I32, [_whole(PLAIN), _whole(RLE)])),
        (3, LIST, _list(BINARY, [_text(column.name)])),
        (4, I32, _whole(UNCOMPRESSED)),
        (5, I64, _whole(len(column.values))),
        (6, I64, _whole(size)),
        (7, I64, _whole(size)),
        (9, I64, _whole(start)),
    )
    return _struct((2, I64, _whole(start)), (3, STRUCT, about))


def _page(column: Column) -> bytes:
    """A column's page: which values are there, in runs, and those that are, after its head."""
    runs = b"".join(
        _varint(len(list(run)) << 1) + bytes([is_there])
        for is_there, run in groupby(value is not None for value in column.values)
    )
    there = [value for value in column.values if value is not None]
    body = struct.pack("<I", len(runs)) + runs + _plain(column.kind, there)
    size = _whole(len(body))
    head = _struct(
        (1, I32, _whole(len(column.values))),
        (2, I32, _whole(PLAIN)),
        (3, I32, _whole(RLE)),
        (4, I32, _whole(RLE)),
    )
    told = [(1, I32, _whole(DATA_PAGE)), (2, I32, size), (3, I32, size), (5, STRUCT, head)]
    return _struct(*told) + body


def _plain(kind: Kind, values: Sequence[Any]) -> bytes:
    if kind == "word":
        words = (each.encode() for each in values)
        return b"".join(struct.pack("<I", len(each)) + each for each in words)
    return struct.pack(f"<{len(values)}{'q' if kind == 'whole' else 'd'}", *values)


def _struct(*fields: _Field) -> bytes:
    """Fields in the order of their numbers, none further than 15 from the one before."""
    made, last = bytearray(), 0
    for number, kind, value in fields:
        made += bytes([(number - last) << 4 | kind]) + value
        last = number
    return bytes(made) + b"\0"


def _list(kind: int, values: Sequence[bytes]) -> bytes:
    size = len(values)
    head = bytes([size << 4 | kind]) if size < _SHORT else bytes([_LONG_LIST | kind])
    return head + (b"" if size < _SHORT else _varint(size)) + _joined(values)


def _joined(values: Iterable[bytes]) -> bytes:
    return b"".join(values)


def _text(text: str) -> bytes:
    told = text.encode()
    return _varint(len(told)) + told


def _whole(number: int) -> bytes:
    """A number that is not negative, in zigzag."""
    return _varint(number << 1)


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)
