"""Durations: whole seconds between two moments, reckoned by the database."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, case
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class SecondsBetween(FunctionElement[int]):
    """The whole seconds from the first moment to the second."""

    inherit_cache = True
    type = Integer()


@compiles(SecondsBetween, "sqlite")
def _on_sqlite(element: SecondsBetween, compiler: SQLCompiler, **how: Any) -> str:
    first, second = (compiler.process(each, **how) for each in element.clauses)
    return f"CAST(round((julianday({second}) - julianday({first})) * 86400) AS INTEGER)"


@compiles(SecondsBetween, "postgresql")
def _on_postgresql(element: SecondsBetween, compiler: SQLCompiler, **how: Any) -> str:
    first, second = (compiler.process(each, **how) for each in element.clauses)
    return f"CAST(round(extract(epoch FROM ({second}) - ({first}))) AS INTEGER)"


def least(first: ColumnElement[Any], second: ColumnElement[Any]) -> ColumnElement[Any]:
    """The smaller of two numbers; the databases call it by different names."""
    return case((first < second, first), else_=second)
