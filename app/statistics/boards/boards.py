"""Boards: the figures of an institution with all under it, beside those of the period before.

Every figure is an answer of the engine; nothing is counted here.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.foundation.snapshots import in_one_snapshot
from app.statistics.attributions import NOW
from app.statistics.boards.comparisons import Change, change_of
from app.statistics.cubes.asks import refusal_of
from app.statistics.cubes.measures import MEASURES
from app.statistics.cubes.questions import Put
from app.statistics.cubes.tables import Line, Table, table
from app.statistics.questions import first_day, month_after
from app.statistics.scopes import Scope

KEY = tuple(MEASURES)
STAGES = ("enrolled", "started", "completed", "certified")
SPLIT = ("enrolled", "completed", "certified")
FEW_ROWS = 12


class Key(NamedTuple):
    """A key figure: its measure, its word, the figure, and how it stands to the one before."""

    measure: str
    label: str
    definition: str
    figure: float | int | None
    change: Change


class Split(NamedTuple):
    """Figures by one thing, those with most completions first; `more` rows are left out.

    A table that would be too narrow to protect people has none, and says so.
    """

    by: str
    table: Table | None
    lines: Sequence[Line]
    more: int


class Board(NamedTuple):
    """All figures of a board; months are names such as "2026-11", and a held one is none."""

    put: Put
    before: tuple[str, str]
    keys: tuple[Key, ...]
    months: tuple[str, ...]
    completed: tuple[int | None, ...]
    completed_before: tuple[int | None, ...]
    stages: tuple[tuple[str, int | None], ...]
    splits: tuple[Split, ...]
    now: Table

    @property
    def is_empty(self) -> bool:
        return not self.now.lines


@in_one_snapshot
def board_of(
    db: Session, scope: Scope, put: Put, language: str, *, exact: bool, splits: Sequence[str] = ()
) -> Board:
    """Ask for a period by month, the same before it, and the period by each thing it is split by."""
    months = months_in(put.since, put.until)
    earlier = _before(put, len(months))
    now, before = (
        table(db, scope, each._replace(measures=KEY, by=("month",)).ask(), language, exact=exact)
        for each in (put, earlier)
    )
    keys = tuple(
        Key(
            key, label, MEASURES[key].definition, figure,
            change_of(key, figure, earlier_figure, len(months), exact=exact),
        )
        for (key, label), figure, earlier_figure in zip(
            now.measures, now.totals, before.totals, strict=True
        )
    )  # fmt: skip
    return Board(
        put,
        (earlier.since, earlier.until),
        keys,
        months,
        _by_month(now, months, "completed"),
        _by_month(before, months_in(earlier.since, earlier.until), "completed"),
        tuple((each.label, _held(now, each.figure)) for each in keys if each.measure in STAGES),
        tuple(_split(db, scope, put, by, language, exact=exact) for by in splits),
        now,
    )


def parts_of(put: Put) -> tuple[str, ...]:
    """By what a board is split: institutions as they were each for itself, else the level below."""
    return ("unit" if put.view == NOW else "institution", "course", "mode", "language")


def months_in(since: str, until: str) -> tuple[str, ...]:
    """All months of a period, the first and the last included."""
    first, last = first_day(since), first_day(until)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(f"{each:%Y-%m}" for each in (month_after(first, at) for at in range(count)))


def is_running(put: Put, today: date) -> bool:
    """Whether the period holds a month that is not over, and so less than the one before.

    `today` is the day that has begun everywhere (`clock.day_everywhere`).
    """
    return put.until >= f"{today:%Y-%m}"


def _before(put: Put, months: int) -> Put:
    """The same question of as many months directly before."""
    since = month_after(first_day(put.since), -months)
    until = month_after(first_day(put.since), -1)
    return put._replace(since=f"{since:%Y-%m}", until=f"{until:%Y-%m}")


def _by_month(found: Table, months: Sequence[str], measure: str) -> tuple[int | None, ...]:
    """The figures of every month; one without anybody is 0, and a protected "few" is held back."""
    at = [key for key, _label in found.measures].index(measure)
    known = {line.values[0][0]: _held(found, line.figures[at]) for line in found.lines}
    return tuple(known.get(month, 0) for month in months)


def by_country(found: Table) -> list[tuple[str, str, int | None]]:
    """Code, name and first figure of each country of a table by country, what is held back as none."""
    return [(*line.values[0], _held(found, line.figures[0])) for line in found.lines]


def _held(found: Table, figure: float | None) -> int | None:
    return None if figure is None or (found.threshold and not figure) else int(figure)


def _split(db: Session, scope: Scope, put: Put, by: str, language: str, *, exact: bool) -> Split:
    ask = put._replace(measures=SPLIT, by=(by,)).ask()
    if not exact and refusal_of(ask) is not None:
        return Split(by, None, (), 0)
    found = table(db, scope, ask, language, exact=exact)
    completed = SPLIT.index("completed")
    lines = sorted(found.lines, key=lambda line: -(line.figures[completed] or 0))
    return Split(by, found, lines[:FEW_ROWS], max(len(lines) - FEW_ROWS, 0))
