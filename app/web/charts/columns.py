"""Columns: upright bars by month or by class, side by side or on top of each other."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from app.web.charts.scales import (
    GAP,
    NARROWEST,
    Label,
    Tick,
    labels_at,
    place,
    round_steps,
    rounded,
    ticks_at,
    width_of,
)

Figures = Sequence[int | None]
HEIGHT, BASE, TOP = 224, 196, 26  # of the drawing, of its ground, and of the highest column's end
HELD = 18  # how high a column stands that is not shown, whatever it counts
FILLED = 0.72  # of its room


class Column(NamedTuple):
    """One bar: its edge and width in percent, top and height in pixels, and whose it is.

    `series` counts from 0; a column that is held back says nothing of its size.
    """

    x: str
    width: str
    middle: str
    top: float
    height: float
    series: int
    value: int | None

    @property
    def is_held(self) -> bool:
        return self.value is None


class Columns(NamedTuple):
    """Bars with ticks and labels; `says` tells that each bar has room for its own figure."""

    height: int
    base: int
    bars: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    says: bool
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[int | None, ...]], ...]
    has_held: bool

    def rows(self) -> list[tuple[str, tuple[int | None, ...]]]:
        """The figures as a table's rows: a name, and what each series says of it."""
        figures = zip(*(values for _name, values in self.series), strict=True)
        return list(zip(self.names, figures, strict=True))

    def known(self, number: int = 0) -> list[tuple[str, int]]:
        """Names and figures of one series, without what is held back."""
        pairs = zip(self.names, self.series[number][1], strict=True)
        return [(name, value) for name, value in pairs if value is not None]


def columns_of(
    names: Sequence[str],
    series: Sequence[tuple[str, Figures]],
    direction: str = "ltr",
    *,
    stacked: bool = False,
) -> Columns:
    """Draw a group of bars for each name, one of each series; none is a figure held back."""
    rows = list(zip(*(values for _name, values in series), strict=True))
    heights = [sum(_known(row)) if stacked else max(_known(row), default=0) for row in rows]
    steps = round_steps(max(heights, default=0))
    mirrored = direction == "rtl"
    room = 1 / max(len(rows), 1)
    scale = (BASE - TOP) / steps[-1]
    bars = [
        bar
        for number, row in enumerate(rows)
        for bar in _bars(row, number * room, room, scale, stacked=stacked, mirrored=mirrored)
    ]
    middles = [(number + 0.5) * room for number in range(len(rows))]
    return Columns(
        HEIGHT,
        BASE,
        tuple(bars),
        ticks_at(steps, BASE, BASE - TOP),
        labels_at(names, middles, mirrored=mirrored),
        not stacked and _fit(rows, room),
        tuple(names),
        tuple((name, tuple(values)) for name, values in series),
        any(value is None for row in rows for value in row),
    )


def _known(row: Figures) -> list[int]:
    return [value for value in row if value is not None]


def _fit(rows: Sequence[Figures], room: float) -> bool:
    """Whether every bar's figure has room over its bar on a phone."""
    widest = max((width_of(f"{value:,}") for row in rows for value in _known(row)), default=0)
    shares = max((len(row) for row in rows), default=1)
    return widest + GAP / 2 <= room * NARROWEST / shares


def _bars(
    row: Figures, start: float, room: float, scale: float, *, stacked: bool, mirrored: bool
) -> list[Column]:
    """The bars of one name: side by side in its room, or each on top of the one before."""
    share = 1 if stacked else max(len(row), 1)
    width = room * FILLED / share
    left = start + room * (1 - FILLED) / 2
    talls = [HELD if value is None else value * scale for value in row]
    grounds = [BASE - below for below in accumulate(talls, initial=0)]
    return [
        Column(
            place(edge + width if mirrored else edge, mirrored=mirrored),
            f"{rounded(100 * width):g}%",
            place(edge + width / 2, mirrored=mirrored),
            rounded((grounds[at] if stacked else BASE) - tall),
            rounded(tall),
            at,
            value,
        )
        for at, (tall, value) in enumerate(zip(talls, row, strict=True))
        for edge in (left if stacked else left + at * width,)
    ]
