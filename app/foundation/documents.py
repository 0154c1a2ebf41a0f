"""Documents: the rows of a select as one value, for what hangs on a row that is asked for anyway."""

from typing import Any

from sqlalchemy import JSON, Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class RowsOf(FunctionElement[Any]):
    """All rows as a list of lists, in no order.

    It holds what JSON knows: no moment, no bytes. A number that is whole may come without a point,
    and from SQLite has 15 digits. A statement that waits for a lock would tell rows of before.
    """

    inherit_cache = True
    type = JSON()

    def __init__(self, *columns: ColumnElement[Any]) -> None:
        super().__init__(*columns)


@compiles(RowsOf, "postgresql")
def _on_postgresql(rows: RowsOf, compiler: SQLCompiler, **options: Any) -> str:
    told = f"json_build_array({compiler.process(rows.clauses, **options)})"
    return f"coalesce(json_agg({told}), '[]')"


@compiles(RowsOf, "sqlite")
def _on_sqlite(rows: RowsOf, compiler: SQLCompiler, **options: Any) -> str:
    told = (_in_json(each.type, compiler.process(each, **options)) for each in rows.clauses)
    return f"json_group_array(json_array({', '.join(told)}))"


def _in_json(kind: TypeEngine[Any], cell: str) -> str:
    """A cell as its JSON has to be said: what SQLite keeps of it is a text, or 0 and 1."""
    if isinstance(kind, Boolean):
        return f"json(CASE {cell} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return f"json({cell})" if isinstance(kind, JSON) else cell
