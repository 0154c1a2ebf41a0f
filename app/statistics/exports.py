"""Exports: a question's rows as CSV in blocks; two streams at a time and no more."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    case,
    func,
    literal,
    literal_column,
    select,
)

from app.foundation.database import Engines
from app.foundation.errors import Refusal
from app.foundation.replicas import connected_for_long
from app.foundation.snapshots import one_snapshot
from app.i18n.marking import N_

AT_ONCE = 2
BLOCK = 64 * 1024
# What is streamed takes the way to a thread and back for each block, as long as a hundred rows take.
# An embedded database's rows are written at one stroke, in which nobody else's page goes on.
AT_A_STROKE, STREAMED = 256 * 1024, 1024 * 1024
A_ROW = 128  # bytes, about
# What a spreadsheet would take for a formula when a cell begins with it.
RUNS = ("=", "+", "-", "@", "\t", "\r")
HIGHEST = ord(max(RUNS))
# A cell of a CSV that holds one of them, or a line's end, stands in quotes.
QUOTED = (",", '"', "\r")
NO_WORD: ColumnElement[Any] = literal_column("''")
BYTE_ORDER_MARK = "\ufeff"
Keys = tuple[str, ...]


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


class Step(NamedTuple):
    """So many rows or fewer, in the order of their places, and a statement of the last one's place."""

    rows: Select[Any]
    size: int
    end: Select[Any]


class Steps(NamedTuple):
    """Rows to be had a step at a time by those `behind` the keys of a place.

    The first columns of a step, so many as `width`, are the place of each row: numbers and days,
    which CSV never quotes. What is few may be told by its id, in the columns of `named`, each with a
    statement of all ids and what they are called. `plain` are columns of words that are ours alone,
    slugs and the like: no spreadsheet runs them, and nothing in them is quoted.
    """

    behind: Callable[[Keys | None], Step]
    width: int
    plain: Collection[str] = ()
    named: Mapping[str, Select[Any]] = MappingProxyType({})


class Block(NamedTuple):
    """A part of a file that ends with a row: its bytes, its rows, and the keys of the last one."""

    content: bytes
    rows: int
    keys: Keys


def head_of(columns: Sequence[str]) -> bytes:
    """What a file begins with: the mark that spreadsheets read UTF-8 by, and the columns' names."""
    head = io.StringIO()
    csv.writer(head, lineterminator="\r\n").writerow(columns)
    return (BYTE_ORDER_MARK + head.getvalue()).encode()


def streamed(
    engines: Engines, columns: Sequence[str], rows: Select[Any] | Steps
) -> Iterator[bytes]:
    """The rows as CSV in large blocks, on a connection of their own, a replica's if it can.

    The place taken by `reserve` is given back when the stream ends, however it ends.
    """
    head, size = head_of(columns), AT_A_STROKE if engines.is_sqlite else STREAMED
    try:
        with connected_for_long(engines) as connection:
            for block in blocks(connection, rows, size):
                yield head + block.content
                head = b""
        if head:
            yield head
    finally:
        release()


def blocks(
    connection: Connection, rows: Select[Any] | Steps, size: int = BLOCK, *, tells: bool = False
) -> Iterator[Block]:
    """The rows as CSV without a head, in blocks of as many whole rows as have about that many bytes.

    All of them are of the database as it stood at the first. If steps `tell`, each block has the
    place of its last row; it is never written.
    """
    if isinstance(rows, Steps):
        return _stepped(connection, rows, size, tells=tells)
    if connection.dialect.name == "postgresql":
        return _copied(connection, rows.with_only_columns(*map(_defused, _columns(rows))), 0, size)
    return _written(connection, rows, 0, size, {})


def _stepped(connection: Connection, steps: Steps, most: int, *, tells: bool) -> Iterator[Block]:
    """One step after another, until one has fewer rows than it might."""
    keys: Keys | None = None
    is_server = connection.dialect.name == "postgresql"
    with one_snapshot(connection):
        names = {column: _names(connection, each) for column, each in steps.named.items()}
        while True:
            step, found, last = steps.behind(keys), 0, Keys()
            if is_server:
                width = steps.width if tells else 0
                defused_ones = _defused_late(step.rows, steps, width)
                written = _copied(connection, defused_ones, width, most)
            else:
                written = _written(connection, step.rows, steps.width, most, names, steps.plain)
            with closing(written):  # or a file that is given up would commit within its COPY
                for block in written:
                    found, last = found + block.rows, block.keys
                    yield block
            if found < step.size:
                return
            keys = last or tuple(map(str, connection.execute(step.end).one()))


def _columns(rows: Select[Any]) -> list[ColumnElement[Any]]:
    return [*rows.order_by(None).selected_columns]


def _defused_late(step: Select[Any], steps: Steps, told: int) -> Select[Any]:
    """A step for PostgreSQL, its cells defused once they are sorted, behind what is told of places.

    A sort compares columns that stand first without taking a row apart: a sixth of the whole.
    """
    ordered = [*step.subquery("ordered").c]
    place, cells = ordered[: steps.width], ordered[steps.width :]
    safe = (cell if cell.name in steps.plain else _defused(cell) for cell in cells)
    return select(*place[:told], *safe).order_by(*place)


def _said(connection: Connection, rows: Select[Any]) -> str:
    """The statement with its values in it; the driver is given none, so it halves no signs."""
    compiled = str(rows.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    return compiled.replace("%%", "%") if connection.dialect.name == "postgresql" else compiled


def _defused(column: Any) -> ColumnElement[Any]:
    if not isinstance(column.type, String):
        return column  # type: ignore[no-any-return]  # a column as it came
    first = func.ascii(column)
    runs = (first <= HIGHEST) & first.in_(map(ord, RUNS))  # most cells are through after one look
    return case((runs, literal("'") + column), else_=column).label(column.name)


def _copied(connection: Connection, asked: Select[Any], width: int, most: int) -> Generator[Block]:
    """PostgreSQL writes the CSV itself, a message a row, which are joined into blocks."""
    raw = connection.connection.cursor()
    with raw.copy(f"COPY ({_said(connection, asked)}) TO STDOUT (FORMAT csv)") as copy:
        rows = iter(copy)
        while lines := [*map(bytes, islice(rows, _rows_in(most)))]:
            keys = Keys()
            if width:
                parts = [line.split(b",", width) for line in lines]
                keys = tuple(map(bytes.decode, parts[-1][:width]))
                lines = [part[width] for part in parts]
            yield Block(b"".join(lines), len(lines), keys)


def _rows_in(size: int) -> int:
    return max(size // A_ROW, 1)


def _names(connection: Connection, asked: Select[Any]) -> Mapping[Any, str]:
    """What ids are called, as a CSV writes it; what has no id has no name, nor what stands not yet."""
    return defaultdict(str, ((key, _quoted(str(name))) for key, name in connection.execute(asked)))


def _written(
    connection: Connection,
    asked: Select[Any],
    width: int,
    most: int,
    names: Mapping[str, Mapping[Any, str]],
    plain: Collection[str] = (),
) -> Generator[Block]:
    """SQLite's rows, written here a column at a time, of so many rows as are about a block.

    The first columns, so many as `width`, are the keys of the rows' place; `names` are those of the
    columns that tell ids, `plain` the columns whose words need no look.
    """
    columns = _columns(asked)
    chosen = columns[width:]
    written_by = [_writer(column, names, plain) for column in chosen]
    cells = (
        column if column.name in names else func.coalesce(column, NO_WORD).label(column.name)
        for column in chosen
    )
    raw = connection.connection.cursor()
    raw.execute(_said(connection, asked.with_only_columns(*columns[:width], *cells)))
    while fetched := raw.fetchmany(_rows_in(most)):
        cells_of = [*zip(*fetched, strict=True)][width:]
        written = [write(cells) for write, cells in zip(written_by, cells_of, strict=True)]
        text = "\n".join(map(",".join, zip(*written, strict=True))) + "\n"
        yield Block(text.encode(), len(fetched), tuple(map(str, fetched[-1][:width])))


def _writer(
    column: ColumnElement[Any], names: Mapping[str, Mapping[Any, str]], plain: Collection[str]
) -> Callable[[Sequence[Any]], Iterable[str]]:
    """What writes the cells of a column; the driver gives a day as the text that it is stored as."""
    if column.name in names:
        return partial(map, names[column.name].__getitem__)
    if isinstance(column.type, Date) or column.name in plain:
        return iter
    return _in_csv if isinstance(column.type, String) else partial(map, str)


def _in_csv(cells: Sequence[str]) -> Iterable[str]:
    """Cells of one column, defused and quoted; a look at all of them finds most in no need of it."""
    text = "\n" + "\n".join(cells)
    is_plain = (
        text.count("\n") == len(cells)
        and not any(sign in text for sign in QUOTED)
        and not any(sign in text and f"\n{sign}" in text for sign in RUNS)
    )
    return cells if is_plain else map(_quoted, cells)


def _quoted(cell: str) -> str:
    told = str(defused(cell))
    if "\n" not in told and not any(sign in told for sign in QUOTED):
        return told
    doubled = told.replace('"', '""')
    return f'"{doubled}"'
