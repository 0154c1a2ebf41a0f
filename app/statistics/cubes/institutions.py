"""Institutions: what local tallies add up to, for questions that no tree's tally answers."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, cast, func, select
from sqlalchemy.orm import Session

from app.identity.histories import heirs
from app.statistics.attributions import NOW
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cells import Cell, Cells, course_id_of, month_number
from app.statistics.cubes.dimensions import quarter_of
from app.statistics.local_tallies import KINDS, MEASURED, NOWHERE, LocalTally
from app.statistics.scopes import Scope
from app.statistics.traits import ALL, TRAITS

_local, _heirs = LocalTally.__table__.c, heirs()
_INSTITUTION = func.nullif(_local.institution_id, NOWHERE)
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "month": _local.month,
    "quarter": quarter_of(_local.month),
    "year": cast(_local.month, BigInteger) // 100,
    "course": _local.course_id,
    "outcome": _local.course_id,
    "institution": _INSTITUTION,
    "unit": _INSTITUTION,
} | dict.fromkeys(TRAITS, _local.value)


def is_told_locally(ask: Ask, kinds: Collection[str]) -> bool:
    """Whether the counts of each institution by month, and course or one trait, answer a question.

    Who is certified alone is not: a row where all certificates were withdrawn would be missing.
    """
    has_rows = "certified" not in kinds or "completed" in kinds
    by_course = bool(ask.course) or not {"course", "outcome"}.isdisjoint(ask.dimensions)
    traits = [each for each in TRAITS if each in ask.dimensions]
    is_known = {*_COLUMNS}.issuperset(ask.dimensions) and {*KINDS}.issuperset(kinds)
    return has_rows and is_known and len(traits) + by_course < 2


def added_up_locally(db: Session, scope: Scope, ask: Ask, kinds: Collection[str]) -> Cells:
    """What they add up to within a scope; a unit is still the institution itself."""
    placed: FromClause = LocalTally.__table__
    columns = [_COLUMNS[each] for each in ask.dimensions]
    if "institution" in ask.dimensions and ask.view == NOW:
        placed = placed.outerjoin(_heirs, _heirs.c.institution_id == _local.institution_id)
        heir_id = func.coalesce(_heirs.c.heir_id, _INSTITUTION)
        columns[ask.dimensions.index("institution")] = heir_id
    counted = [each for each in MEASURED if each in kinds]
    sums = [name for each in counted for name in (each, f"{each}_keys")]
    asked = (
        select(*columns, *(cast(func.sum(_local[name]), BigInteger) for name in sums))
        .select_from(placed)
        .where(_local.dimension == next((d for d in ask.dimensions if d in TRAITS), ALL))
        .where(_local.month >= month_number(ask.since), _local.month < month_number(ask.until))
        .group_by(*columns)
    )
    if not scope.is_everywhere:
        asked = asked.where(_local.institution_id.in_(select(scope.institutions().c.id)))
    if ask.course:
        asked = asked.where(_local.course_id == course_id_of(ask))
    cells: Cells = {}
    for row in db.execute(asked):
        told = {
            kind: Cell(row[at], row[at + 1])
            for kind, at in zip(counted, range(len(columns), len(row), 2), strict=True)
            if row[at]
        }
        if told:
            cells[tuple(row[: len(columns)])] = told
    return cells
