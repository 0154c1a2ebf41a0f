"""Cubes: one question, measures by dimensions, answered from tallies where they hold it.

Screen, files and programs ask here and nowhere else, so that they never differ. Whoever may not see
names gets every month of a count under the protection of `statistics.protecting`, and sums of those.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.identity.institutions import Institution
from app.identity.placements import Placement
from app.statistics.attributions import THEN, View, attributed
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES, Measure
from app.statistics.facts import LONGEST_DAYS, WAITING, Fact
from app.statistics.protecting.cells import protected
from app.statistics.protecting.guards import ProtectedQuestion, refuses
from app.statistics.protecting.magnitudes import protected_sum
from app.statistics.scopes import Scope
from app.statistics.tallies import ALL, SUMS, UNIT, Tally, TallyRoot
from app.statistics.trees import EVERYWHERE, OWN, trees_now

MOST_DIMENSIONS = 3


class Ask(NamedTuple):
    """Measures by dimensions over whole months, perhaps of one course, or under one institution."""

    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    since: date
    until: date
    course: str = ""
    under: str = ""
    view: View = THEN


class Cell(NamedTuple):
    """What facts of one kind add up to: how many, their keys' sum, their minutes and days."""

    number: int = 0
    keys: int = 0
    minutes: int = 0
    days: int = 0

    def __add__(self, other: "Cell") -> "Cell":  # type: ignore[override]  # a sum, no longer row
        return Cell(*(one + another for one, another in zip(self, other, strict=True)))


class Shown(NamedTuple):
    """What is shown of a measure: how many, and the minutes or days of those."""

    number: int = 0
    total: float = 0

    def __add__(self, other: "Shown") -> "Shown":  # type: ignore[override]  # a sum, no longer row
        return Shown(self.number + other.number, self.total + other.total)


Figure = float | int | None
Row = tuple[tuple[Any, ...], tuple[Figure, ...]]


class Answer(NamedTuple):
    """Rows of dimension values and figures, and the figures of all together.

    Values are ids and codes. A protected 0 means fewer than the threshold in each of its months;
    none is a figure that is not shown, or of nobody.
    """

    rows: list[Row]
    totals: tuple[Figure, ...]
    is_protected: bool
    from_tallies: bool


_facts, _placements, _tallies = Fact.__table__.c, Placement.__table__.c, Tally.__table__.c
_courses, _institutions, _roots = Course.__table__.c, Institution.__table__.c, TallyRoot.__table__.c
# What the guards call a dimension.
THINGS = {"quarter": "month", "year": "month", "unit": "institution"}
_MINUTES = select(func.min(CourseVersion.minutes), func.max(CourseVersion.minutes))
Cells = dict[tuple[Any, ...], dict[str, Cell]]


def answer(db: Session, scope: Scope, ask: Ask, *, exact: bool) -> Answer:
    """The figures asked for within the scope, in the order of their dimensions' values.

    Without `exact` each month of a cell is protected, and a longer period is the sum of what its
    months show; raises what `protecting.guards.refuses` says of a question that is too narrow.
    """
    by = ask.dimensions
    if not exact:
        _check(ask)
        by = by if "month" in by else (*by, "month")
    found, told = _added_up(db, scope, ask._replace(dimensions=by))
    shown = _exactly if exact else _protecting(db)
    rows: dict[tuple[Any, ...], list[Shown]] = {}
    for values, kinds in found.items():
        known = rows.setdefault(values[: len(ask.dimensions)], [Shown()] * len(ask.measures))
        for at, measure in enumerate(ask.measures):
            known[at] += shown(measure, kinds)
    totals = [Shown()] * len(ask.measures)
    for figures in rows.values():
        totals = [one + another for one, another in zip(totals, figures, strict=True)]
    return Answer(
        [(values, _figures(ask, rows[values])) for values in sorted(rows, key=_in_order)],
        _figures(ask, totals),
        not exact,
        told,
    )


def _check(ask: Ask) -> None:
    """Refuse what protection cannot hold."""
    filters = {"course": ask.course, "institution": ask.under}
    question = ProtectedQuestion(
        {name for name, value in filters.items() if value},
        {THINGS.get(each, each) for each in ask.dimensions},
        ask.since,
        ask.until,
    )
    refusal = refuses(question, clock.now().date())
    if refusal is not None:
        raise refusal


def _added_up(db: Session, scope: Scope, ask: Ask) -> tuple[Cells, bool]:
    """What all facts asked for add up to, and whether tallies told it."""
    narrowed, root = _narrowed(db, scope, ask)
    told = root is not None and _is_told_by_tallies(db, root, ask)
    cells = _of_tallies(db, root, ask) if told and root is not None else {}
    for values, kinds in _of_facts(db, narrowed, ask, root, waiting=told).items():
        _add(cells, values, kinds)
    return cells, told


def _in_order(values: Iterable[Any]) -> tuple[tuple[bool, Any], ...]:
    return tuple((value is None, "" if value is None else value) for value in values)


def _figures(ask: Ask, shown: Sequence[Shown]) -> tuple[Figure, ...]:
    return tuple(
        MEASURES[measure].figure(each.number, each.total)
        for measure, each in zip(ask.measures, shown, strict=True)
    )


def _exactly(measure: str, kinds: Mapping[str, Cell]) -> Shown:
    what = MEASURES[measure]
    cell, away = _cells_of(what, kinds)
    if what.unit == "count":
        return Shown(cell.number - away.number)
    return Shown(cell.number, cell.minutes if what.unit == "hours" else cell.days)


def _protecting(db: Session) -> Callable[[str, Mapping[str, Cell]], Shown]:
    least, most = db.execute(_MINUTES).one()

    def show(measure: str, kinds: Mapping[str, Cell]) -> Shown:
        what = MEASURES[measure]
        cell, away = _cells_of(what, kinds)
        if what.unit == "count":
            return Shown(protected(cell.number - away.number, cell.keys - away.keys))
        if what.unit == "hours":
            of = cell.minutes, least or 0, most or 0
        else:
            of = cell.days, 0, LONGEST_DAYS
        total = protected_sum(*of, cell.number, cell.keys)
        # A month whose sum is not shown counts neither above nor below the line of a mean.
        return Shown() if total is None else Shown(protected(cell.number, cell.keys), total)

    return show


def _cells_of(what: Measure, kinds: Mapping[str, Cell]) -> tuple[Cell, Cell]:
    return kinds.get(what.adds, Cell()), kinds.get(what.takes or "", Cell())


def _narrowed(db: Session, scope: Scope, ask: Ask) -> tuple[Scope, int | None]:
    """The scope that is left of a person's, and the one root whose tree that is, if it is one.

    An institution outside of the scope, or that does not exist, leaves nothing.
    """
    if not ask.under:
        return scope, scope.one_root(db)
    under = db.scalar(select(_institutions.id).where(_institutions.key == ask.under))
    if under is None or not scope.has(db, under):
        return scope.nothing(), None
    return scope._replace(is_everywhere=False, root_id=under), under


def _is_told_by_tallies(db: Session, root: int, ask: Ask) -> bool:
    splits = [DIMENSIONS[each] for each in ask.dimensions]
    split = [each.tallied for each in splits if each.tallied]
    by_course = ask.course or "course" in ask.dimensions
    if (
        len(split) > 1
        or any(each.of_tally is None for each in splits)
        or (UNIT in split and by_course)
    ):
        return False
    return bool(db.scalar(select(_roots.is_checked).where(_roots.root_id == root)))


def _of_tallies(db: Session, root: int, ask: Ask) -> Cells:
    columns = [_column(DIMENSIONS[each].of_tally) for each in ask.dimensions]
    split = next((DIMENSIONS[d].tallied for d in ask.dimensions if DIMENSIONS[d].tallied), ALL)
    sums = [func.sum(_tallies[name]) for name in SUMS]
    asked = (
        select(*columns, _tallies.measure, *sums)
        .where(_tallies.root_id == root, _tallies.dimension == split)
        .where(_tallies.month >= _month(ask.since), _tallies.month < _month(ask.until))
        .group_by(*columns, _tallies.measure)
    )
    if ask.course:
        asked = asked.where(_tallies.course_id == _course(ask))
    return _cells(db.execute(asked), len(columns))


def _of_facts(db: Session, scope: Scope, ask: Ask, root: int | None, *, waiting: bool) -> Cells:
    """What facts add up to, of those alone that are not folded yet if `waiting`."""
    placed: Any = Fact.__table__.outerjoin(
        Placement.__table__, _placements.id == _facts.placement_id
    )
    columns = [_column(DIMENSIONS[each].of_fact) for each in ask.dimensions]
    if "institution" in ask.dimensions:
        placed, columns[ask.dimensions.index("institution")] = attributed(placed, ask.view)
    sums = [
        func.count(), func.sum(_facts.record_key), func.sum(_facts.minutes), func.sum(_facts.days)
    ]  # fmt: skip
    asked = (
        select(*columns, _facts.measure, *sums)
        .select_from(placed)
        .where(scope.covers(_facts.placement_id), _facts.day >= ask.since, _facts.day < ask.until)
        .group_by(*columns, _facts.measure)
    )
    if waiting:
        asked = asked.where(_facts.stage == WAITING)
    if ask.course:
        asked = asked.where(_facts.course_id == _course(ask))
    cells = _cells(db.execute(asked), len(columns))
    return _by_unit(db, cells, ask, root) if cells and UNIT in ask.dimensions else cells


def _by_unit(db: Session, cells: Cells, ask: Ask, root: int | None) -> Cells:
    """The same with each institution's unit in its place: the institution directly under the root."""
    tree = trees_now(db).get(EVERYWHERE if root is None else root, {})
    at = ask.dimensions.index(UNIT)
    found: Cells = {}
    for values, kinds in cells.items():
        unit = tree.get(values[at], OWN) or None
        _add(found, (*values[:at], unit, *values[at + 1 :]), kinds)
    return found


def _add(cells: Cells, values: tuple[Any, ...], kinds: Mapping[str, Cell]) -> None:
    known = cells.setdefault(values, {})
    for kind, cell in kinds.items():
        known[kind] = known.get(kind, Cell()) + cell


def _cells(rows: Iterable[Any], width: int) -> Cells:
    cells: Cells = {}
    for row in rows:
        kinds = cells.setdefault(tuple(row[:width]), {})
        kinds[row[width]] = Cell(*(int(each) for each in row[width + 1 :]))
    return cells


def _column(column: ColumnElement[Any] | None) -> ColumnElement[Any]:
    assert column is not None
    return column


def _course(ask: Ask) -> Any:
    return select(_courses.id).where(_courses.slug == ask.course).scalar_subquery()


def _month(day: date) -> int:
    return day.year * 100 + day.month
