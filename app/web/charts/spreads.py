"""Spreads: how a time in minutes is distributed, as columns of equal width with its middle marked."""

from collections.abc import Sequence
from typing import NamedTuple

from app.web.charts.columns import BASE, TOP, Columns, columns_of
from app.web.charts.scales import place


class Rule(NamedTuple):
    """An upright line at a time, such as the median, with the side its word stands on."""

    x: str
    anchor: str
    minutes: float


class Spread(NamedTuple):
    """The columns, and the rules of the median and of the ninth tenth, if they are known."""

    columns: Columns
    top: int
    base: int
    median: Rule | None
    ninth: Rule | None


def spread_of(
    counts: Sequence[int | None],
    width: int,
    direction: str = "ltr",
    *,
    median: float | None = None,
    ninth: float | None = None,
) -> Spread:
    """Draw classes of `width` minutes from 0; the last one holds all that took longer, too."""
    names = [f"{width * at}–{width * (at + 1)}" for at in range(len(counts))]
    if names:
        names[-1] = f"{width * (len(counts) - 1)}+"
    room = width * max(len(counts), 1)
    mirrored = direction == "rtl"
    return Spread(
        columns_of(names, [("", counts)], direction),
        TOP,
        BASE,
        _rule(median, room, mirrored=mirrored),
        _rule(ninth, room, mirrored=mirrored),
    )


def _rule(minutes: float | None, room: int, *, mirrored: bool) -> Rule | None:
    if minutes is None:
        return None
    share = min(max(minutes / room, 0), 1)
    return Rule(place(share, mirrored=mirrored), "end" if share > 0.5 else "start", minutes)
