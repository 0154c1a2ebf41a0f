"""Rows: lying bars for names that are whole sentences, and the funnel from stage to stage."""

from collections.abc import Sequence
from typing import NamedTuple

from app.web.charts.scales import rounded


class Row(NamedTuple):
    """A lying bar: its length in percent of the scale, and what was lost since the row before.

    `lost` is a length too, drawn after the bar; `fall` is the same as a number of people.
    """

    name: str
    value: int | None
    length: str
    lost: str
    fall: int | None


class Rows(NamedTuple):
    """Lying bars on one scale, which begins at 0."""

    rows: tuple[Row, ...]
    most: int

    @property
    def has_held(self) -> bool:
        return any(row.value is None for row in self.rows)

    def known(self) -> list[tuple[str, int]]:
        """Names and figures, without what is held back."""
        return [(row.name, row.value) for row in self.rows if row.value is not None]

    def deepest(self) -> Row | None:
        """The stage before which most were lost; none where nobody was."""
        falls = [row for row in self.rows if row.fall]
        return max(falls, key=lambda row: row.fall or 0, default=None)


def rows_of(figures: Sequence[tuple[str, int | None]]) -> Rows:
    """Draw a bar for each name, the longest as long as there is room."""
    most = max((value for _name, value in figures if value is not None), default=0)
    rows = [Row(name, value, _length(value, most), "", None) for name, value in figures]
    return Rows(tuple(rows), most)


def funnel_of(stages: Sequence[tuple[str, int | None]], least: int = 0) -> Rows:
    """Draw how many came to each stage, and how many of those before it did not.

    Nothing is said of a loss beside a figure that is held back, or of one below `least`, which
    would look like a count of so few; a stage that more reached than the one before it lost nobody.
    """
    most = max((value for _name, value in stages if value is not None), default=0)
    before = [None, *(value for _name, value in stages)]
    rows = []
    for (name, value), earlier in zip(stages, before, strict=False):
        fall = None if value is None or earlier is None else max(earlier - value, 0)
        if fall and fall < least:
            fall = None
        lost = _length(fall, most) if fall else ""
        rows.append(Row(name, value, _length(value, most), lost, fall))
    return Rows(tuple(rows), most)


def _length(value: int | None, most: int) -> str:
    return f"{rounded(100 * (value or 0) / most):g}%" if most else "0%"
