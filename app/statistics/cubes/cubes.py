"""Cubes: one question, measures by dimensions, answered from tallies where they hold it.

Screen, files and programs ask here and nowhere else, so that they never differ. Whoever may not see
names gets every month of a count under the protection of `statistics.protecting`, and sums of those.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.versions import CourseVersion
from app.foundation.snapshots import in_one_snapshot
from app.statistics.cubes.asks import Ask, refusal_of
from app.statistics.cubes.cells import NOTHING, Cell
from app.statistics.cubes.dimensions import SHARED
from app.statistics.cubes.measures import MEASURES, SPANS, Measure, Span
from app.statistics.cubes.outcomes import OUTCOME, outcomes_of, spread
from app.statistics.cubes.readings import added_up
from app.statistics.protecting.cells import protected
from app.statistics.protecting.magnitudes import protected_sum
from app.statistics.scopes import Scope

__all__ = ["Answer", "Ask", "Cell", "Figure", "Row", "Shown", "answer", "showing"]


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

    There is a row for each combination of values that any of the measures counts. Values are ids and codes. A protected 0 means fewer than the threshold in each of its months;
    none is a figure that is not shown, or of nobody.
    """

    rows: list[Row]
    totals: tuple[Figure, ...]
    is_protected: bool
    from_tallies: bool


_MINUTES = select(func.min(CourseVersion.minutes), func.max(CourseVersion.minutes))


@in_one_snapshot
def answer(db: Session, scope: Scope, ask: Ask, *, exact: bool) -> Answer:
    """The figures asked for within the scope, in the order of their dimensions' values.

    What is folded and what waits are asked of one moment, so that each fact is counted once.
    Without `exact` each month of a cell is protected, and a longer period is the sum of what its
    months show; raises what `protecting.guards.refuses` says of a question that is too narrow.
    """
    by = ask.dimensions
    if not exact:
        refusal = refusal_of(ask)
        if refusal is not None:
            raise refusal
        by = by if "month" in by else (*by, "month")
    found, told = added_up(db, scope, ask._replace(dimensions=by))
    shown = _exactly if exact else showing(db)
    rows: dict[tuple[Any, ...], list[Shown]] = {}
    for values, kinds in found.items():
        known = rows.setdefault(values[: len(ask.dimensions)], [Shown()] * len(ask.measures))
        for at, measure in enumerate(ask.measures):
            known[at] += shown(measure, kinds)
    figures: Iterable[Row] = ((values, _figures(ask, each)) for values, each in rows.items())
    if OUTCOME in ask.dimensions:
        figures = spread(figures, ask.dimensions.index(OUTCOME), outcomes_of(db))
    return Answer(
        sorted(figures, key=lambda row: _in_order(row[0])),
        _totals(db, scope, ask, rows, exact=exact),
        not exact,
        told,
    )


def _totals(
    db: Session,
    scope: Scope,
    ask: Ask,
    rows: Mapping[tuple[Any, ...], Sequence[Shown]],
    *,
    exact: bool,
) -> tuple[Figure, ...]:
    """What the rows add up to; where one round stands in several, the same without that split."""
    if SHARED.intersection(ask.dimensions):
        whole = ask._replace(dimensions=tuple(d for d in ask.dimensions if d not in SHARED))
        return answer(db, scope, whole, exact=exact).totals
    totals = [Shown()] * len(ask.measures)
    for figures in rows.values():
        totals = [one + another for one, another in zip(totals, figures, strict=True)]
    return _figures(ask, totals)


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


def showing(db: Session) -> Callable[[str, Mapping[str, Cell]], Shown]:
    """What is shown of a measure by one month's facts of each kind, protected."""
    least, most = db.execute(_MINUTES).one()

    def show(measure: str, kinds: Mapping[str, Cell]) -> Shown:
        what = MEASURES[measure]
        cell, away = _cells_of(what, kinds)
        if what.unit == "count":
            return Shown(protected(cell.number - away.number, cell.keys - away.keys))
        in_minutes = what.unit == "hours"
        span = Span(least or 0, most or 0, salt=0) if in_minutes else SPANS[what.unit]
        told = cell.minutes if in_minutes else cell.days
        total = protected_sum(told, span.least, span.most, cell.number, cell.keys, salt=span.salt)
        # A month whose sum is not shown counts neither above nor below the line of a mean.
        return Shown() if total is None else Shown(protected(cell.number, cell.keys), total)

    return show


def _cells_of(what: Measure, kinds: Mapping[str, Cell]) -> tuple[Cell, Cell]:
    return kinds.get(what.adds, NOTHING), kinds.get(what.takes or "", NOTHING)
