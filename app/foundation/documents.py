"""Documents: the rows of a select as one value, for what hangs on a row that is asked for anyway."""

from typing import Any

from sqlalchemy import JSON, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class RowsOf(FunctionElement[Any]):
    """All rows as a list of lists, in no order; None without rows.

    It holds what JSON knows: no moment, no bytes. SQLite gives 0 and 1 for what is true or not.
    """

    inherit_cache = True
    type = JSON()

    def __init__(self, *columns: ColumnElement[Any]) -> None:
        super().__init__(*columns)


@compiles(RowsOf, "postgresql")
def _on_postgresql(rows: RowsOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(rows.clauses, **options)}))"


@compiles(RowsOf, "sqlite")
def _on_sqlite(rows: RowsOf, compiler: SQLCompiler, **options: Any) -> str:
    # Its JSON is text, which would be told as a string.
    told = (
        f"json({compiler.process(each, **options)})"
        if isinstance(each.type, JSON)
        else compiler.process(each, **options)
        for each in rows.clauses
    )
    return f"json_group_array(json_array({', '.join(told)}))"
