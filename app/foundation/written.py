"""Written statements: one in the words of a dialect, with what its values and rows pass through."""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import BindParameter, ColumnElement, Dialect, make_url
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any] | None
Columns = Sequence[ColumnElement[Any]]
Parts = Sequence[tuple[Columns, Sequence[int]]]  # of a row: columns, and the places they have
_named: Any = namedtuple  # noqa: PYI024 - its fields are known when the columns are


class _Value(NamedTuple):
    """A value of a statement: given under its name, or found by `fixed` where none is."""

    name: str
    process: Process
    fixed: Callable[[], Any] | None


class Shape:
    """Columns that belong together, each at its place in a row, and how their types read them."""

    def __init__(self, columns: Columns, places: Sequence[int], dialect: Dialect) -> None:
        self._columns, self._places, self._dialect = columns, places, dialect
        self._make = _named("Row", [each.key or "" for each in columns], rename=True)._make
        self._take = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
        self._reads: list[tuple[int, Callable[[Any], Any]]] | None = None

    def named(self, rows: Sequence[Sequence[Any]], cursor: Any) -> list[Any]:
        """Rows of these columns and no others, as named tuples."""
        return [*map(self._make, self._read(rows, cursor))]

    def taken(self, rows: Iterable[Sequence[Any]], cursor: Any) -> list[Sequence[Any]]:
        """These columns of wider rows, without names."""
        return self._read([*map(self._take, rows)], cursor)

    def _read(self, rows: Sequence[Sequence[Any]], cursor: Any) -> list[Sequence[Any]]:
        if self._reads is None:
            # Drivers describe their columns anew for each call, at the cost of half a statement.
            described = [cursor.description[place] for place in self._places]
            self._reads = [
                (at, process)
                for at, (each, column) in enumerate(zip(self._columns, described, strict=True))
                if (process := _reader(each.type, self._dialect, column[1])) is not None
            ]
        if not self._reads:
            return list(rows)
        read: list[Sequence[Any]] = []
        for row in rows:
            values = list(row)
            for at, process in self._reads:
                values[at] = process(values[at])
            read.append(values)
        return read


@dataclass(frozen=True)
class Written:
    """A statement's text, the order of its values, and the shapes of what it gives."""

    sql: str
    asks: Sequence[_Value]
    dialect: Dialect
    shapes: Sequence[Shape]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The values for the driver, by place; raises KeyError for one not given."""
        taken = []
        for name, process, fixed in self.asks:
            value = given[name] if fixed is None else fixed()
            taken.append(value if process is None else process(value))
        return taken


def written_for(spoken: Dialect, statement: Any, names: Collection[str], parts: Parts) -> Written:
    """A statement whose values are given by these names; raises TypeError for one that expands."""
    dialect = _numbering() if is_psycopg(spoken) else spoken
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=names)
    if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError(f"a prepared statement has all its values given by name: {compiled}")
    in_order = compiled.positiontup or []
    return Written(
        sql=str(compiled),
        asks=[_value(name, compiled.binds[name], dialect, names) for name in in_order],
        dialect=dialect,
        shapes=[Shape(columns, places, dialect) for columns, places in parts],
    )


def is_psycopg(dialect: Dialect) -> bool:
    """Whether it speaks to PostgreSQL by our driver."""
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


def _reader(type_: Any, dialect: Dialect, code: Any) -> Process:
    process: Process = type_.dialect_impl(dialect).result_processor(dialect, code)
    return process
