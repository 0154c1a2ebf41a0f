"""Scales: round ticks over the figures, places in percent, and labels that leave each other room."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from unicodedata import east_asian_width

NARROWEST = 300  # pixels of a drawing beside its ticks on a phone that is 390 wide
LETTER = 7.8  # pixels of an average letter in tiny type
GAP = 6
STEPS = (1, 2, 3, 4, 6, 12)  # as months are counted
_ROUND = (1, 2, 5, 10)


class Label(NamedTuple):
    """A word under the drawing: its place, and which end of it stands there (start, middle, end)."""

    x: str
    anchor: str
    text: str


class Tick(NamedTuple):
    """A line across the drawing, at a height in pixels, and the figure that it stands for."""

    y: float
    value: float


def round_steps(most: float, about: int = 4) -> tuple[int, ...]:
    """Whole ticks from 0 that cover the most, in steps of 1, 2 or 5 times a power of ten."""
    rough = max(most, 1) / about
    power = 10 ** math.floor(math.log10(rough)) if rough > 1 else 1
    step = int(next(times * power for times in _ROUND if times * power >= rough))
    return tuple(range(0, math.ceil(max(most, 1) / step) * step + 1, step))


def ticks_at(steps: Sequence[int], base: float, room: float) -> tuple[Tick, ...]:
    """The ticks from the base upwards, the last one as high as there is room."""
    return tuple(Tick(rounded(base - room * step / steps[-1]), step) for step in steps)


def place(share: float, *, mirrored: bool) -> str:
    """A share of the width as a percentage, counted from the side where reading begins."""
    return f"{rounded(100 * (1 - share if mirrored else share)):g}%"


def rounded(number: float) -> float:
    """A number to two decimals, which is finer than a pixel is."""
    return round(number, 2)


def width_of(text: str) -> float:
    """About how many pixels a word takes in tiny type; letters of Chinese take twice as many."""
    return sum(LETTER * (2 if east_asian_width(each) in "WF" else 1) for each in text)


def labels_at(
    names: Sequence[str], middles: Sequence[float], *, mirrored: bool
) -> tuple[Label, ...]:
    """As many of the names as fit side by side on a phone, in even steps from the first one.

    `middles` are shares of the width; a name that would stand out stands at the edge instead.
    """
    for step in (*STEPS, *range(24, len(names) + 24, 12)):
        chosen = list(zip(names, middles, strict=True))[::step]
        spans = [_span(name, middle) for name, middle in chosen]
        if all(left[1] + GAP <= right[0] for left, right in pairwise(spans)):
            return tuple(_label(*each, mirrored=mirrored) for each in chosen)
    return ()


def _span(name: str, middle: float) -> tuple[float, float]:
    """From where to where a name reaches, in pixels on a phone."""
    width = min(width_of(name), NARROWEST)
    start = min(max(middle * NARROWEST - width / 2, 0), NARROWEST - width)
    return start, start + width


def _label(name: str, middle: float, *, mirrored: bool) -> Label:
    half = min(width_of(name), NARROWEST) / 2
    if middle * NARROWEST < half:
        return Label(place(0, mirrored=mirrored), "start", name)
    if middle * NARROWEST > NARROWEST - half:
        return Label(place(1, mirrored=mirrored), "end", name)
    return Label(place(middle, mirrored=mirrored), "middle", name)
