"""Tables: an answer with words, the one form that screen, files and programs show."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.statistics.cubes.cubes import Ask, answer
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES
from app.statistics.cubes.names import Named, names_of
from app.statistics.protecting.cells import RULE
from app.statistics.scopes import Scope

KEYED = ("course", "outcome", "unit", "institution")
Figure = float | int | None


class Line(NamedTuple):
    """A row: key and name of each dimension's value, and the figures."""

    values: tuple[Named, ...]
    figures: tuple[Figure, ...]


class Table(NamedTuple):
    """What was asked, in the reader's language; `threshold` is what a protected 0 is fewer than."""

    ask: Ask
    dimensions: tuple[Named, ...]
    measures: tuple[Named, ...]
    lines: list[Line]
    totals: tuple[Figure, ...]
    threshold: int | None
    as_of: datetime

    def held(self, at: int) -> int | None:
        """What a 0 of a measure is fewer than, if it is; a mean may be 0."""
        return None if MEASURES[self.measures[at][0]].is_mean else self.threshold

    def heads(self) -> list[str]:
        """The file's columns, by key: what has a key and a name has two."""
        split = [name for key, _label in self.dimensions for name in _columns(key)]
        return [*split, *(key for key, _label in self.measures)]

    def cells(self) -> list[list[Any]]:
        """The file's rows in those columns; numbers are numbers."""
        return [
            [
                *(
                    cell
                    for (key, _label), value in zip(self.dimensions, line.values, strict=True)
                    for cell in (value if key in KEYED else value[:1])
                ),
                *line.figures,
            ]
            for line in self.lines
        ]


def table(db: Session, scope: Scope, ask: Ask, language: str, *, exact: bool) -> Table:
    """Ask the engine, and call everything by its name; rows stand in the order of their keys."""
    found = answer(db, scope, ask, exact=exact)
    say = translations_for(language).gettext
    month = f"{ask.until - timedelta(days=1):%Y-%m}"
    names = [
        names_of(db, each, {values[at] for values, _figures in found.rows}, month, language)
        for at, each in enumerate(ask.dimensions)
    ]
    lines = [
        Line(tuple(names[at][value] for at, value in enumerate(values)), figures)
        for values, figures in found.rows
    ]
    lines.sort(key=lambda line: [(not key, name, key) for key, name in line.values])
    return Table(
        ask,
        tuple((each, say(DIMENSIONS[each].label)) for each in ask.dimensions),
        tuple((each, say(MEASURES[each].label)) for each in ask.measures),
        lines,
        found.totals,
        RULE.threshold if found.is_protected else None,
        clock.now(),
    )


def _columns(key: str) -> tuple[str, ...]:
    return (key, f"{key}_name") if key in KEYED else (key,)
