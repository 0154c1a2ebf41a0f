"""Trends: a line through a period, perhaps beside the period before it; sparklines; many small ones."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.web.charts.columns import Figures
from app.web.charts.scales import Label, Tick, labels_at, place, round_steps, rounded, ticks_at

HEIGHT, BASE, TOP = 224, 196, 26
SMALL, LOW, HIGH = 56, 50, 8  # of a small drawing: its height, its ground, its ceiling
FINE, FLOOR, CEILING = 24, 21, 3  # of a sparkline
MOST_DOTS = 24


class Dot(NamedTuple):
    """A point of a line: its place in percent, its height in pixels, and its figure if shown."""

    x: str
    y: float
    value: int | None


class Stroke(NamedTuple):
    """A line on a grid of 100 by the drawing's height; it breaks where a figure is held back."""

    name: str
    path: str
    dots: tuple[Dot, ...]
    values: tuple[int | None, ...]

    @property
    def held(self) -> tuple[Dot, ...]:
        """Where a figure is held back, on the ground."""
        return tuple(dot for dot in self.dots if dot.value is None)

    @property
    def last(self) -> Dot | None:
        """The last point that is shown."""
        return next((dot for dot in reversed(self.dots) if dot.value is not None), None)


class Trend(NamedTuple):
    """One line, or two of which the second is the period before; with ticks and labels."""

    height: int
    base: int
    strokes: tuple[Stroke, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    has_dots: bool
    names: tuple[str, ...]
    most: float

    @property
    def has_held(self) -> bool:
        return any(stroke.held for stroke in self.strokes)

    def rows(self) -> list[tuple[str, tuple[int | None, ...]]]:
        """The figures as a table's rows: a name, and what each line says of it."""
        figures = zip(*(stroke.values for stroke in self.strokes), strict=True)
        return list(zip(self.names, figures, strict=True))

    def known(self) -> list[tuple[str, int]]:
        """Names and figures of the first line, without what is held back."""
        pairs = zip(self.names, self.strokes[0].values, strict=True)
        return [(name, value) for name, value in pairs if value is not None]


def trend_of(
    names: Sequence[str], series: Sequence[tuple[str, Figures]], direction: str = "ltr"
) -> Trend:
    """Draw a line for each series over the same names; none is a figure held back."""
    mirrored = direction == "rtl"
    steps = round_steps(_most(values for _name, values in series))
    strokes = [
        _stroke(name, each, steps[-1], BASE, TOP, mirrored=mirrored) for name, each in series
    ]
    return Trend(
        HEIGHT,
        BASE,
        tuple(strokes),
        ticks_at(steps, BASE, BASE - TOP),
        labels_at(names, shares_of(len(names)), mirrored=mirrored),
        len(names) <= MOST_DOTS,
        tuple(names),
        steps[-1],
    )


def small_trends_of(
    names: Sequence[str], series: Sequence[tuple[str, Figures]], direction: str = "ltr"
) -> tuple[Trend, ...]:
    """Draw each series by itself, all on the scale of the highest figure among them."""
    mirrored = direction == "rtl"
    most = max(_most(values for _name, values in series), 1)
    return tuple(
        Trend(
            SMALL,
            LOW,
            (_stroke(name, values, most, LOW, HIGH, mirrored=mirrored),),
            (),
            (),
            len(names) == 1,
            tuple(names),
            most,
        )
        for name, values in series
    )


def sparkline_of(values: Figures, direction: str = "ltr") -> Stroke:
    """Draw a line as high as a line of text."""
    most, mirrored = max(_most([values]), 1), direction == "rtl"
    return _stroke("", values, most, FLOOR, CEILING, mirrored=mirrored)


def shares_of(count: int) -> list[float]:
    """The places of so many points from edge to edge; a single one stands in the middle."""
    return [at / (count - 1) for at in range(count)] if count > 1 else [0.5] * count


def _most(series: Iterable[Figures]) -> int:
    return max((each for figures in series for each in figures if each is not None), default=0)


def _stroke(
    name: str, values: Figures, most: float, base: float, top: float, *, mirrored: bool
) -> Stroke:
    dots, parts, is_drawn = [], [], False
    for share, value in zip(shares_of(len(values)), values, strict=True):
        y = rounded(base - (base - top) * (value or 0) / most)
        dots.append(Dot(place(share, mirrored=mirrored), y, value))
        if value is not None:
            parts.append(f"{'L' if is_drawn else 'M'}{dots[-1].x.removesuffix('%')} {y:g}")
        is_drawn = value is not None
    return Stroke(name, "".join(parts), tuple(dots), tuple(values))
