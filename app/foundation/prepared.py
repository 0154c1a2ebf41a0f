"""Prepared statements: written once for each database, then handed to its driver by themselves.

SQLAlchemy's own way from a built statement to its rows takes two thirds of a short query's time.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Integer,
    Select,
    UpdateBase,
    cast,
    literal_column,
    null,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, MultipleResultsFound
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import SelectBase

from app.foundation.batches import TOLD, document, rows_told
from app.foundation.database import Model, table_of
from app.foundation.written import Columns, Parts, Written, is_psycopg, written_for

CURSOR = "cursor"  # where a connection keeps its own


class Prepared:
    """A Core statement whose values are given by name at each call; built at import.

    Nothing in it expands (no `in_` of a list) and no column has a default of Python's; such a
    statement is refused at its first use. Faults are raised as SQLAlchemy raises them, and a
    connection that was lost does not go back to the pool.
    """

    def __init__(self, statement: SelectBase | UpdateBase, parts: Parts = ()) -> None:
        self._statement, self._parts = statement, parts
        self._written: dict[tuple[str, ...], Written] = {}
        self._told: dict[tuple[str, ...], Prepared] = {}

    def rows(self, db: Session, asked: Mapping[str, Any]) -> list[Any]:
        """All rows as named tuples, in the columns' order."""
        written, cursor = self._asked(db, asked)
        (shape,) = written.shapes
        return shape.named(cursor.fetchall(), cursor)

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

    def _asked(self, db: Session, asked: Mapping[str, Any]) -> tuple[Written, Any]:
        connection, written = self._on(db, asked)
        return written, _run(connection, written, written.values(asked))

    def _telling(self, statement: Insert, names: tuple[str, ...]) -> "Prepared":
        """The insert of all rows of a document, for each set of names that rows came with."""
        told = self._told.get(names)
        if told is None:
            told = Prepared(statement.from_select(names, rows_told(statement.table, names)))
            self._told[names] = told
        return told

    def _on(self, db: Session, names: Mapping[str, Any]) -> tuple[Connection, Written]:
        db.flush()
        connection: Connection = getattr(db, "straight", None) or db.connection()
        key = (connection.dialect.name, *names)
        written = self._written.get(key)
        if written is None:
            written = self._written_for(connection.dialect, list(names))
            self._written[key] = written
        return connection, written

    def _written_for(self, dialect: Dialect, names: Collection[str]) -> Written:
        own = [*self._statement.exported_columns]
        parts = self._parts or [(own, range(len(own)))]
        return written_for(dialect, self._statement, names, parts)


class Together(Prepared):
    """Selects of unlike columns asked as one statement, since each costs the way there and back.

    A row begins with the number of its select. Columns of one type share a place, whatever they
    are called; a place that a select has no use for is null. Rows come in no order.
    """

    def __init__(self, *selects: Select[Any]) -> None:
        columns = [[*each.selected_columns] for each in selects]
        kinds = _kinds_in(columns)
        parts = [(own, _places_among(kinds, own)) for own in columns]
        told = [
            each.with_only_columns(*_told(number, *part, kinds), maintain_column_froms=True)
            for number, (each, part) in enumerate(zip(selects, parts, strict=True))
        ]
        super().__init__(union_all(*told), parts)

    def rows(self, db: Session, asked: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of each select, in the order in which the selects were given; without names."""
        written, cursor = self._asked(db, asked)
        found: list[list[Any]] = [[] for _shape in written.shapes]
        for row in cursor.fetchall():
            found[row[0]].append(row)
        return [
            shape.taken(rows, cursor) if rows else rows
            for shape, rows in zip(written.shapes, found, strict=True)
        ]


def _kinds_in(selects: Sequence[Columns]) -> list[Any]:
    """The types of the places behind the first: of each as many as the select has that needs most."""
    most: Counter[type] = Counter()
    kinds: dict[type, Any] = {}
    for columns in selects:
        most |= Counter(type(column.type) for column in columns)
        kinds |= {type(column.type): column.type for column in columns}
    return [kinds[each] for each in most.elements()]


def _places_among(kinds: Sequence[Any], columns: Columns) -> list[int]:
    """A place for each column, of those of its type the first that is free."""
    free = dict(enumerate(map(type, kinds), 1))
    places = []
    for column in columns:
        place = next(place for place, kind in free.items() if kind is type(column.type))
        places.append(place)
        del free[place]
    return places


def _told(
    number: int, columns: Columns, places: Sequence[int], kinds: Sequence[Any]
) -> Iterator[ColumnElement[Any]]:
    yield literal_column(str(number), Integer).label("part")
    at = dict(zip(places, columns, strict=True))
    for place, kind in enumerate(kinds, 1):
        yield at[place] if place in at else cast(null(), kind)


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


def _run(connection: Connection, written: Written, values: Any, *, each: bool = False) -> Any:
    """Hand it to the driver, inside the transaction that the connection holds."""
    raw: Any = connection.connection.dbapi_connection
    cursor = _cursor_of(connection, raw) if is_psycopg(written.dialect) else raw.cursor()
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
