"""Lists: whether a column holds one of many values, given as a single value of the statement.

Such a statement reads the same however many are asked for, so it is written and planned once.
"""

from typing import Any, Self

from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, ColumnElement, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine


class Among(FunctionElement[bool]):
    """Whether the first is one of the values in the second."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: OperatorType | None = None) -> Self:
        """The condition as it is: held against 1, as SQLite's others are, it would use no index."""
        del against
        return self


@compiles(Among, "sqlite")
def _on_sqlite(element: Among, compiler: SQLCompiler, **how: Any) -> str:
    asked, values = (compiler.process(each, **how) for each in element.clauses)
    return f"{asked} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - our own expressions


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: SQLCompiler, **how: Any) -> str:
    asked, values = (compiler.process(each, **how) for each in element.clauses)
    return f"{asked} = ANY ({values})"


def among_texts(asked: ColumnElement[Any], name: str) -> Among:
    """Whether a column is one of the texts given under a name."""
    return _among(asked, name, String())


def among_numbers(asked: ColumnElement[Any], name: str) -> Among:
    """Whether a column is one of the numbers given under a name."""
    return _among(asked, name, BigInteger())


def _among(asked: ColumnElement[Any], name: str, each: TypeEngine[Any]) -> Among:
    kind = JSON().with_variant(ARRAY(each), "postgresql")
    return Among(asked, bindparam(name, type_=kind))
