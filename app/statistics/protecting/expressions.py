"""Expressions: the same protection said in SQL, so that a group-by is protected where it runs."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, LargeBinary, case, cast, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.statistics.protecting.cells import PRIME, RULE, SLOT_WIDTH
from app.statistics.protecting.rules import OFFSET, SLOTS, Rule


class _ByteAt(FunctionElement[int]):
    """The byte at a place of a binary, from 0; bytes are those of ASCII."""

    type = Integer()
    inherit_cache = True
    name = "byte_at"


@compiles(_ByteAt)
def _in_postgresql(element: _ByteAt, compiler: Any, **options: Any) -> str:
    binary, place = (compiler.process(each, **options) for each in element.clauses)
    return f"get_byte({binary}, {place})"


@compiles(_ByteAt, "sqlite")
def _in_sqlite(element: _ByteAt, compiler: Any, **options: Any) -> str:
    binary, place = (compiler.process(each, **options) for each in element.clauses)
    return f"unicode(CAST(substr({binary}, ({place}) + 1, 1) AS TEXT))"


def protecting(
    count: ColumnElement[int], key_sum: ColumnElement[Any], rule: Rule = RULE
) -> ColumnElement[int]:
    """`protected` of two aggregates or columns, for both databases.

    Label it, and name `count` and `key_sum` once in a subquery: what is given here is said thrice.
    """
    rest = cast(key_sum, BigInteger) % PRIME
    slot = cast(rest * rest % PRIME * rest % PRIME // SLOT_WIDTH, Integer)
    row = case((count < rule.whole, cast(count, Integer)), else_=rule.whole)
    noise = _ByteAt(literal(rule.coded, LargeBinary), row * SLOTS + slot) - OFFSET
    return case((count > 0, count + noise), else_=0)
