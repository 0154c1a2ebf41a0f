"""Exports: a question's rows as CSV, streamed in blocks, two at a time and no more."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, case, func, literal

from app.foundation.database import Engines
from app.foundation.errors import Refusal
from app.foundation.replicas import connected_for_long
from app.i18n.marking import N_

AT_ONCE = 2
BLOCK = 64 * 1024
ROWS_A_FETCH = 500
# What a spreadsheet would take for a formula when a cell begins with it.
RUNS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


class TooManyExports(Refusal):
    """Two files are being made already; a third would slow everybody."""

    status = 503
    says = N_("Two files are being made already.")
    mend = N_("Try again when they are done; most take less than a minute.")


_running = BoundedSemaphore(AT_ONCE)


def reserve() -> None:
    """Take one of the places for a running export; raises TooManyExports."""
    if not _running.acquire(blocking=False):
        raise TooManyExports


def release() -> None:
    """Give back a place that `reserve` took."""
    _running.release()


def defused(cell: object) -> object:
    """The cell with an apostrophe before what a spreadsheet would run; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUNS) else cell


def small_file(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A whole CSV file of few rows, as UTF-8 with a mark that spreadsheets read it by."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def streamed(engines: Engines, columns: Sequence[str], rows: Select[Any]) -> Iterator[bytes]:
    """The rows as CSV in blocks of about 64 KB, on a connection of their own, a replica's if it can.

    The place taken by `reserve` is given back when the stream ends, however it ends.
    """
    try:
        head = io.StringIO()
        csv.writer(head, lineterminator="\r\n").writerow(columns)
        yield (BYTE_ORDER_MARK + head.getvalue()).encode()
        with connected_for_long(engines) as connection:
            copying = connection.dialect.name == "postgresql"
            yield from (_copied if copying else _written)(connection, defusing(rows))
    finally:
        release()


def defusing(rows: Select[Any]) -> Select[Any]:
    """The same rows with every text cell defused by the database itself."""
    chosen = rows.order_by(None).selected_columns
    return rows.with_only_columns(*(_defused(column) for column in chosen))


def _defused(column: Any) -> ColumnElement[Any]:
    if not isinstance(column.type, String):
        return column  # type: ignore[no-any-return]  # a column as it came
    first = func.substr(column, 1, 1)
    return case((first.in_(RUNS), literal("'") + column), else_=column).label(column.name)


def _copied(connection: Connection, rows: Select[Any]) -> Iterator[bytes]:
    """PostgreSQL writes the CSV itself; its small messages are joined into blocks."""
    compiled = rows.compile(connection.engine, compile_kwargs={"literal_binds": True})
    raw = connection.connection.cursor()
    parts: list[bytes] = []
    size = 0
    with raw.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)") as copy:
        for part in copy:
            parts.append(bytes(part))
            size += len(part)
            if size >= BLOCK:
                yield b"".join(parts)
                parts, size = [], 0
    yield b"".join(parts)


def _written(connection: Connection, rows: Select[Any]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    compiled = rows.compile(connection.engine, compile_kwargs={"literal_binds": True})
    raw = connection.connection.cursor()
    raw.execute(str(compiled))
    while fetched := raw.fetchmany(ROWS_A_FETCH):
        writer.writerows(fetched)
        if text.tell() >= BLOCK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
