"""Counts: enrolled, started, completed and certified, by course, institution and month.

Rows are read from a grid; the figures of everything asked for are an answer of the engine, so they
are those that boards show.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from app.foundation.snapshots import in_one_snapshot
from app.statistics.attributions import FORMER, THEN, names_then
from app.statistics.bearers import NOBODYS
from app.statistics.completions import Asked, Totals
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import Figure, answer
from app.statistics.grids import Grid, Place, Sums
from app.statistics.protecting.cells import protected
from app.statistics.protecting.guards import TooNarrow
from app.statistics.scopes import Scope

COLUMNS = ("course", "institution", "month", "enrolled", "started", "completed", "certified")
Way = Literal["after", "before"]


class Row(NamedTuple):
    """Where a page begins or ends: course, institution and month, as an address says them."""

    slug: str
    key: str
    month: str

    def said(self) -> str:
        """For an address, as `row_said` reads it."""
        return "~".join(self)


class Counted(NamedTuple):
    """The four counts of a course at an institution in a month ("2026-11")."""

    slug: str
    course: str
    institution_key: str
    institution: str
    month: str
    enrolled: int
    started: int
    completed: int
    certified: int

    @property
    def row(self) -> Row:
        return Row(self.slug, self.institution_key, self.month)

    def cells(self) -> tuple[str | int, ...]:
        """The row of the file, in the order of COLUMNS; the screen shows the same figures."""
        return (
            self.course, self.institution, self.month,
            self.enrolled, self.started, self.completed, self.certified,
        )  # fmt: skip


def row_said(text: str) -> Row | None:
    """The row that an address names; none where it names none."""
    parts = text.split("~")
    if len(parts) != len(Row._fields) or not _is_month(parts[2]):
        return None
    return Row(*parts)


@in_one_snapshot
def counts(
    db: Session,
    scope: Scope,
    asked: Asked,
    limit: int | None = None,
    *,
    after: Row | None = None,
    before: Row | None = None,
    former: str = FORMER,
    exact: bool = True,
    by_key: bool = False,
) -> list[Counted]:
    """The counts by course, institution and month, in that order; screen and file ask here.

    Without `exact` each is protected as `statistics.protecting` says. People count at the
    institution where they worked on the day it happened, or where its past counts now; `former` is
    the sentence that names one that has ended and has no successor. `limit` rows are those next
    `after` a row, or those just `before` one. Raises TooNarrow.
    """
    _check(asked, exact=exact)
    grid = Grid(db, scope, asked, by_key=by_key)
    start, end = _place(grid, after), _place(grid, before)
    found = [*islice(grid.cells(after=start, before=end), limit)]
    ids = {grid.at(place.pair)[1].id for place, _sums in found} - {NOBODYS.id}
    called = names_then(db, ids) if asked.view == THEN else None
    rows = [_counted(grid, place, sums, called, former, exact=exact) for place, sums in found]
    return rows[::-1] if end is not None else rows


def totals(db: Session, scope: Scope, asked: Asked, *, exact: bool = True) -> Totals:
    """The four counts over everything asked for.

    Exact rows add up to them. Protected ones are the sum of the months' own figures, which carry less noise than
    those of all rows together.
    """
    return total_of(by_month(db, scope, asked, exact=exact).values())


def total(db: Session, scope: Scope, asked: Asked, measure: str) -> int:
    """One of the four counts over everything asked for, exact: as many rows as its list has."""
    return int(getattr(totals(db, scope, asked), measure))


def total_of(months: Iterable[Totals]) -> Totals:
    """The sum of some months' counts."""
    return Totals(*map(sum, zip(Totals(0, 0, 0, 0), *months, strict=True)))


@in_one_snapshot
def by_month(
    db: Session, scope: Scope, asked: Asked, *, exact: bool = True
) -> Mapping[str, Totals]:
    """The four counts of each month ("2026-11") that has any, over everything asked for."""
    _check(asked, exact=exact)
    if _is_for_engine(scope, asked):
        ask = Ask(
            Totals._fields,
            ("month",),
            asked.since,
            asked.until,
            asked.course,
            asked.under,
            asked.view,
        )
        found = answer(db, scope, ask, exact=exact)
        return {_written(int(month)): _totals(figures) for (month,), figures in found.rows}
    sums: dict[int, Sums] = {}
    for place, more in Grid(db, scope, asked).cells():
        known = sums.get(place.month)
        sums[place.month] = (
            more if known is None else tuple(map(sum, zip(known, more, strict=True)))
        )
    return {_written(month): Totals(*_figures(sums[month], exact=exact)) for month in sorted(sums)}


def _totals(figures: Iterable[Figure]) -> Totals:
    return Totals(*(int(each or 0) for each in figures))


def completed_by_month(
    months: Mapping[str, Totals], *, exact: bool = True
) -> list[tuple[str, int | None]]:
    """Completed by month, for the chart: every month from the first to the last with any.

    A protected figure that tells only "fewer" is none.
    """
    counted = {month: each.completed or None for month, each in months.items()}
    if exact:
        counted = {month: number for month, number in counted.items() if number}
    if not counted:
        return []
    first, last = _place_of(min(counted)), _place_of(max(counted))
    names = [f"{place // 12:04}-{place % 12 + 1:02}" for place in range(first, last + 1)]
    return [(name, counted.get(name, 0)) for name in names]


def _check(asked: Asked, *, exact: bool) -> None:
    """Rows tell three things apart already; protection cannot hold for a fourth."""
    if asked.traits and not exact:
        raise TooNarrow


def _is_for_engine(scope: Scope, asked: Asked) -> bool:
    """Whether the engine can be asked: of whole months, and a whole scope or a tree within it."""
    is_whole = asked.since.day == asked.until.day == 1
    has_tree = scope.is_everywhere or not asked.under
    return is_whole and has_tree and not asked.institution and not asked.traits


def _place(grid: Grid, row: Row | None) -> Place | None:
    return row and grid.place_of(row.slug, row.key, int(row.month.replace("-", "")))


def _counted(
    grid: Grid,
    place: Place,
    sums: Sums,
    called: Callable[[int, str], str] | None,
    former: str,
    *,
    exact: bool,
) -> Counted:
    course, bearer = grid.at(place.pair)
    month, name = _written(place.month), bearer.name
    if called is not None and bearer is not NOBODYS:
        name = called(bearer.id, month)
    elif bearer.ending is not None:
        name = former % {"name": name}
    figures = _figures(sums, exact=exact)
    return Counted(course.slug, course.title, bearer.key, name, month, *figures)


def _figures(sums: Sums, *, exact: bool) -> Iterator[int]:
    """The four counts as they are, or as who may not see names is shown them."""
    for number, keys in zip(sums[::2], sums[1::2], strict=True):
        yield number if exact else protected(number, keys)


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[4] == "-" and text.replace("-", "").isdecimal()


def _place_of(month: str) -> int:
    """A month such as "2026-11" as a count of months."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _written(number: int) -> str:
    return f"{number // 100:04}-{number % 100:02}"
