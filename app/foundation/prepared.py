"""Prepared statements: written once for each database, then handed to its driver by themselves.

SQLAlchemy's own way from a built statement to its rows takes two thirds of a short query's time.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import BindParameter, Connection, Dialect, Insert, UpdateBase, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, MultipleResultsFound
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase

from app.foundation.batches import TOLD, document, rows_told
from app.foundation.database import Model, table_of

Process = Callable[[Any], Any] | None
CURSOR = "cursor"  # where a connection keeps its own
_named: Any = namedtuple  # noqa: PYI024 - its fields are known when the columns are


class Prepared:
    """A Core statement whose values are given by name at each call; built at import.

    Nothing in it expands (no `in_` of a list) and no column has a default of Python's; such a
    statement is refused at its first use. Faults are raised as SQLAlchemy raises them, and a
    connection that was lost does not go back to the pool.
    """

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self._statement = statement
        self._written: dict[tuple[str, ...], _Written] = {}
        self._told: dict[tuple[str, ...], Prepared] = {}

    def rows(self, db: Session, asked: Mapping[str, Any]) -> list[Any]:
        """All rows as named tuples, in the columns' order."""
        connection, written = self._on(db, asked)
        return written.made(_run(connection, written, written.values(asked)))

    def row(self, db: Session, asked: Mapping[str, Any]) -> Any | None:
        """The only row, or None; raises MultipleResultsFound."""
        rows = self.rows(db, asked)
        if len(rows) > 1:
            raise MultipleResultsFound
        return rows[0] if rows else None

    def run(self, db: Session, values: Mapping[str, Any]) -> int:
        """Write, and give the number of rows that it wrote."""
        connection, written = self._on(db, values)
        count: int = _run(connection, written, written.values(values)).rowcount
        return count

    def run_each(self, db: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write once for each of the rows, all of the same names; nothing without rows.

        PostgreSQL is given the rows of an insert in one statement. Not those of an update: it
        would plan for a table of any size on either side.
        """
        if not rows:
            return
        statement = self._statement
        if len(rows) == 1:
            self.run(db, rows[0])
        elif isinstance(statement, Insert) and db.get_bind().dialect.name == "postgresql":
            self._telling(statement, tuple(rows[0])).run(db, {TOLD: document(rows)})
        else:
            connection, written = self._on(db, rows[0])
            _run(connection, written, [written.values(each) for each in rows], each=True)

    def _telling(self, statement: Insert, names: tuple[str, ...]) -> "Prepared":
        """The insert of all rows of a document, for each set of names that rows came with."""
        told = self._told.get(names)
        if told is None:
            told = Prepared(statement.from_select(names, rows_told(statement.table, names)))
            self._told[names] = told
        return told

    def _on(self, db: Session, names: Mapping[str, Any]) -> tuple[Connection, "_Written"]:
        db.flush()
        connection: Connection = getattr(db, "straight", None) or db.connection()
        key = (connection.dialect.name, *names)
        written = self._written.get(key)
        if written is None:
            written = _written(self._statement, connection.dialect, list(names))
            self._written[key] = written
        return connection, written


class Once:
    """An insert that a unique key may already have answered; a repeat is no fault.

    Both dialects' statements are built here, at import.
    """

    def __init__(self, model: type[Model]) -> None:
        table = table_of(model)
        on_sqlite = sqlite.insert(table).on_conflict_do_nothing()
        on_postgresql = postgresql.insert(table).on_conflict_do_nothing()
        own = tuple(table.primary_key)
        self._adding = {
            "sqlite": Prepared(on_sqlite),
            "postgresql": Prepared(on_postgresql.inline()),
        }
        self._naming = {
            "sqlite": Prepared(on_sqlite.returning(*own)),
            "postgresql": Prepared(on_postgresql.returning(*own)),
        }

    def add(self, db: Session, values: Mapping[str, Any]) -> bool:
        """Write the row unless one stands, and say whether this call wrote it."""
        return self._adding[db.get_bind().dialect.name].run(db, values) > 0

    def add_named(self, db: Session, values: Mapping[str, Any]) -> int | None:
        """As `add`, and the id of the row that this call wrote; None where one stood."""
        row = self._naming[db.get_bind().dialect.name].row(db, values)
        return None if row is None else int(row[0])


class _Value(NamedTuple):
    """A value of a statement: given under its name, or found by `fixed` where none is."""

    name: str
    process: Process
    fixed: Callable[[], Any] | None


@dataclass
class _Written:
    """A statement in the words of one dialect, with what its values and rows pass through."""

    sql: str
    asks: list[_Value]
    types: list[Any]
    dialect: Dialect
    make: Callable[[Sequence[Any]], Any]
    reads: list[tuple[int, Callable[[Any], Any]]] | None = None

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The values for the driver, by place; raises KeyError for one not given."""
        taken = []
        for name, process, fixed in self.asks:
            value = given[name] if fixed is None else fixed()
            taken.append(value if process is None else process(value))
        return taken

    def made(self, cursor: Any) -> list[Any]:
        """The rows of a cursor as the columns' types read them."""
        rows = cursor.fetchall()
        if self.reads is None:
            # Drivers describe their columns anew for each call, at the cost of half a statement.
            self.reads = [
                (place, process)
                for place, (each, column) in enumerate(
                    zip(self.types, cursor.description, strict=True)
                )
                if (process := _read(each, self.dialect, column[1])) is not None
            ]
        make, reads = self.make, self.reads
        if not reads:
            return [make(row) for row in rows]
        made = []
        for row in rows:
            values = list(row)
            for place, process in reads:
                values[place] = process(values[place])
            made.append(make(values))
        return made


def _written(statement: Any, spoken: Dialect, names: Collection[str]) -> _Written:
    dialect = _numbering() if _is_psycopg(spoken) else spoken
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=names)
    if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError(f"a prepared statement has all its values given by name: {compiled}")
    columns = list(statement.exported_columns)
    in_order = compiled.positiontup or []
    row = _named("Row", [each.key or "" for each in columns], rename=True)
    return _Written(
        sql=str(compiled),
        asks=[_value(name, compiled.binds[name], dialect, names) for name in in_order],
        types=[column.type for column in columns],
        dialect=dialect,
        make=row._make,
    )


def _is_psycopg(dialect: Dialect) -> bool:
    return dialect.driver == "psycopg"


@cache
def _numbering() -> Dialect:
    """PostgreSQL's dialect with its own $1: the driver then has no names to look for."""
    kind: Any = make_url("postgresql+psycopg://").get_dialect()
    numbering: Dialect = kind(dbapi=psycopg, paramstyle="numeric_dollar")
    return numbering


def _value(name: str, bind: BindParameter[Any], dialect: Dialect, given: Collection[str]) -> _Value:
    process: Process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if name in given or bind.required:
        return _Value(name, process, None)
    if bind.callable is not None:
        return _Value(name, process, bind.callable)
    fixed = bind.value if process is None else process(bind.value)
    return _Value(name, None, lambda: fixed)


def _read(type_: Any, dialect: Dialect, code: Any) -> Process:
    process: Process = type_.dialect_impl(dialect).result_processor(dialect, code)
    return process


def _run(connection: Connection, written: _Written, values: Any, *, each: bool = False) -> Any:
    """Hand it to the driver, inside the transaction that the connection holds."""
    raw: Any = connection.connection.dbapi_connection
    cursor = _cursor_of(connection, raw) if _is_psycopg(written.dialect) else raw.cursor()
    for listener in connection.engine.dispatch.before_cursor_execute:
        listener(connection, cursor, written.sql, values, None, each)
    try:
        (cursor.executemany if each else cursor.execute)(written.sql, values)
    except written.dialect.loaded_dbapi.Error as fault:
        is_lost = written.dialect.is_disconnect(fault, raw, cursor)
        if is_lost:
            connection.invalidate(fault)
        raise DBAPIError.instance(
            written.sql, None, fault, written.dialect.loaded_dbapi.Error,
            connection_invalidated=is_lost, dialect=written.dialect,
        ) from fault  # fmt: skip
    return cursor


def _cursor_of(connection: Connection, raw: Any) -> Any:
    """The one cursor of a connection to PostgreSQL: to make one costs a tenth of a call.

    Whoever runs a statement reads it to its end before the next, so one is enough.
    """
    cursor = connection.info.get(CURSOR)
    if cursor is None:
        cursor = connection.info[CURSOR] = psycopg.RawCursor(raw)
    return cursor
