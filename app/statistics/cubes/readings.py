"""Readings: what facts add up to for a question, from tallies where they hold it, else from facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, cast, func, select
from sqlalchemy.orm import Session

from app.identity.institutions import Institution
from app.identity.placements import Placement
from app.statistics.attributions import attributed
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cells import NOTHING, Cell, Cells, course_id_of, month_number
from app.statistics.cubes.dimensions import ANSWERING, DIMENSIONS, SHARED
from app.statistics.cubes.institutions import added_up_locally, is_told_locally
from app.statistics.cubes.measures import kinds_of
from app.statistics.facts import Fact, is_waiting
from app.statistics.scopes import Scope
from app.statistics.tallies import SUMMED, SUMS, UNIT, Tally, is_checked
from app.statistics.traits import ALL, PERSONAL
from app.statistics.trees import EVERYWHERE, OWN, tree_now

_facts, _placements, _tallies = Fact.__table__.c, Placement.__table__.c, Tally.__table__.c
_institutions = Institution.__table__.c


def added_up(db: Session, scope: Scope, ask: Ask) -> tuple[Cells, bool]:
    """What all facts asked for add up to, and whether tallies told it."""
    within, root = narrowed(db, scope, ask)
    told = root is not None and _is_told_by_tallies(db, root, ask)
    cells = _of_tallies(db, root, ask) if told and root is not None else {}
    if not told and is_told_locally(ask, kinds_of(ask.measures)):
        told, found = True, added_up_locally(db, within, ask, kinds_of(ask.measures))
        cells = _by_unit(db, found, ask, root) if UNIT in ask.dimensions else found
    for values, kinds in _of_facts(db, within, ask, root, waiting=told).items():
        _add(cells, values, kinds)
    return cells, told


def narrowed(db: Session, scope: Scope, ask: Ask) -> tuple[Scope, int | None]:
    """The scope that is left of a person's, and the one root whose tree that is, if it is one.

    An institution outside of the scope, or that does not exist, leaves nothing.
    """
    if not ask.under:
        return scope, scope.one_root(db)
    under = db.scalar(select(_institutions.id).where(_institutions.key == ask.under))
    if under is None or not scope.has(db, under):
        return scope.nothing(), None
    return scope.under(under).looked_up(db), under


def _is_told_by_tallies(db: Session, root: int, ask: Ask) -> bool:
    splits = [DIMENSIONS[each] for each in ask.dimensions]
    split = [each.tallied for each in splits if each.tallied]
    by_course = ask.course or {"course", *SHARED}.intersection(ask.dimensions)
    if (
        len(split) > 1
        or any(each.of_tally is None for each in splits)
        or (UNIT in split and by_course)
    ):
        return False
    return is_checked(db, root)


def _of_tallies(db: Session, root: int, ask: Ask) -> Cells:
    columns = [_column(DIMENSIONS[each].of_tally) for each in ask.dimensions]
    split = next((DIMENSIONS[d].tallied for d in ask.dimensions if DIMENSIONS[d].tallied), ALL)
    sums = [_sum(_tallies[name]) for name in SUMS]
    asked = (
        select(*columns, _tallies.measure, *sums)
        .select_from(_answering(Tally.__table__, ask))
        .where(_tallies.root_id == root, _tallies.dimension == split)
        .where(_tallies.measure.in_(kinds_of(ask.measures)))
        .where(_tallies.month >= month_number(ask.since), _tallies.month < month_number(ask.until))
        .group_by(*columns, _tallies.measure)
    )
    if ask.course:
        asked = asked.where(_tallies.course_id == course_id_of(ask))
    return _cells(db.execute(asked), len(columns))


def _of_facts(db: Session, scope: Scope, ask: Ask, root: int | None, *, waiting: bool) -> Cells:
    """What facts add up to, of those alone that are not folded yet if `waiting`."""
    placed: Any = Fact.__table__
    if not {*PERSONAL}.isdisjoint(ask.dimensions):
        placed = placed.outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
    columns = [_column(DIMENSIONS[each].of_fact) for each in ask.dimensions]
    if "institution" in ask.dimensions:
        placed, columns[ask.dimensions.index("institution")] = attributed(placed, ask.view)
    sums = [func.count(), *(_sum(_facts[name]) for name, _into in SUMMED)]
    asked = (
        select(*columns, _facts.measure, *sums)
        .select_from(_answering(placed, ask))
        .where(scope.covers(_facts.institution_id), _facts.day >= ask.since, _facts.day < ask.until)
        .where(_facts.measure.in_(kinds_of(ask.measures)))
        .group_by(*columns, _facts.measure)
    )
    if waiting:
        asked = asked.where(is_waiting)
    if ask.course:
        asked = asked.where(_facts.course_id == course_id_of(ask))
    cells = _cells(db.execute(asked), len(columns))
    return _by_unit(db, cells, ask, root) if cells and UNIT in ask.dimensions else cells


def _answering(counted: FromClause, ask: Ask) -> FromClause:
    """What is counted beside each recommendation that its course answers, where rows ask for them."""
    if "recommendation" not in ask.dimensions:
        return counted
    course_id = (_tallies if counted is Tally.__table__ else _facts).course_id
    return counted.outerjoin(ANSWERING, ANSWERING.c.course_id == course_id)


def _by_unit(db: Session, cells: Cells, ask: Ask, root: int | None) -> Cells:
    """The same with each institution's unit in its place: the institution directly under the root."""
    tree = tree_now(db, EVERYWHERE if root is None else root)
    at = ask.dimensions.index(UNIT)
    found: Cells = {}
    for values, kinds in cells.items():
        unit = tree.get(values[at], OWN) or None
        _add(found, (*values[:at], unit, *values[at + 1 :]), kinds)
    return found


def _add(cells: Cells, values: tuple[Any, ...], kinds: Mapping[str, Cell]) -> None:
    known = cells.setdefault(values, {})
    for kind, cell in kinds.items():
        known[kind] = known.get(kind, NOTHING) + cell


def _cells(rows: Iterable[Any], width: int) -> Cells:
    cells: Cells = {}
    for row in rows:
        kinds = cells.setdefault(tuple(row[:width]), {})
        kinds[row[width]] = Cell._make(row[width + 1 :])
    return cells


def _sum(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as a whole number: PostgreSQL's own of large ones is a decimal, slow to read."""
    return cast(func.sum(column), BigInteger)


def _column(column: ColumnElement[Any] | None) -> ColumnElement[Any]:
    assert column is not None
    return column
