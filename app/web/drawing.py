"""Drawings: where a line, a flow and a ruler put their marks, in percent of their width."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from markupsafe import Markup

# The flow is drawn on a grid of 100 by 72; a step narrows within 3 units at both sides of a border.
FLOW_HEIGHT = 72
FLOW_STEP = 3
FLOW_THINNEST = 1
HOUR = 60

AHEAD = Markup('<line class="line__ahead" x1="{}" x2="{}" y1="14" y2="14"/>')
BEHIND = Markup('<line class="line__behind" x1="{}" x2="{}" y1="14" y2="14"/>')
STATION = Markup('<circle class="line__stop{}" cx="{}" cy="14" r="{}"/>')
HERE = Markup(
    '<circle class="line__here" cx="{0}" cy="14" r="10"/>'
    '<circle class="line__dot" cx="{0}" cy="14" r="5"/>'
)


class Stop(NamedTuple):
    """A station: its place, such as "13.3%", its number from 1, and whether it is behind you."""

    x: str
    number: int
    done: bool


class Line(NamedTuple):
    """A course as a line: where it starts, what is behind, its stations, and where you are.

    `behind` and `here` are empty when there is nothing to draw; `module` is the station you are
    on the way to, 0 when all are behind; `left` and `total` are minutes. `marks` is all of it as
    SVG: the same courses are drawn on every catalogue page, so that is written once.
    """

    start: str
    end: str
    behind: str
    here: str
    stops: tuple[Stop, ...]
    done: bool
    module: int
    left: int
    total: int
    marks: Markup

    def width_on(self, scale: int) -> str:
        """The share of a scale in minutes that this line is long, such as "93.8%"."""
        return percent(self.total, scale)


class Flow(NamedTuple):
    """A band whose thickness is people: its outline, and the place of each stage's mark."""

    outline: str
    shift: int
    stops: tuple[str, ...]


class Mark(NamedTuple):
    """A mark of a ruler; only every second hour carries its number."""

    x: str
    hour: int
    numbered: bool


def line_of(
    stations: Sequence[int],
    done_minutes: int = 0,
    *,
    here: bool = False,
    direction: str = "ltr",
    done: Sequence[bool] | None = None,
) -> Line:
    """Draw a course to scale: `stations` are the minutes of each module, the end's own last.

    A station counts as done when the solid line covers it, unless `done` says which ones are.
    """
    marks = None if done is None else tuple(done)
    return _drawn(tuple(stations), done_minutes, here, direction == "rtl", marks)


@lru_cache(maxsize=2048)
def _drawn(
    stations: tuple[int, ...],
    done_minutes: int,
    here: bool,  # noqa: FBT001 - positional, since that is how a cache is asked fastest
    mirrored: bool,  # noqa: FBT001
    done: tuple[bool, ...] | None,
) -> Line:
    total = sum(stations)
    behind = min(max(done_minutes, 0), total)
    passed = list(accumulate(stations))
    are_done = done if done is not None else [0 < place <= behind for place in passed]
    stops = tuple(
        Stop(_at(place, total, mirrored=mirrored), number, is_done)
        for number, (place, is_done) in enumerate(zip(passed, are_done, strict=True), 1)
    )
    start, end = ("100%", "0%") if mirrored else ("0%", "100%")
    reached = _at(behind, total, mirrored=mirrored)
    return Line(
        start=start,
        end=end,
        behind=reached if behind else "",
        here=reached if here else "",
        stops=stops,
        done=bool(stops) and stops[-1].done,
        module=next((stop.number for stop in stops if not stop.done), 0),
        left=total - behind,
        total=total,
        marks=_marks(start, end, reached if behind else "", reached if here else "", stops),
    )


def _marks(start: str, end: str, behind: str, here: str, stops: tuple[Stop, ...]) -> Markup:
    """The SVG inside of a line: the way, the stations as rings, the end as a double ring."""
    done = " line__stop--done"
    parts = [AHEAD.format(start, end)]
    if behind:
        parts.append(BEHIND.format(start, behind))
    parts += [STATION.format(done if stop.done else "", stop.x, 6) for stop in stops[:-1]]
    parts.append(STATION.format("", end, 9))
    parts.append(STATION.format(done if stops and stops[-1].done else "", end, 4))
    if here:
        parts.append(HERE.format(here))
    return Markup("").join(parts)


def scale_of(lengths: Iterable[int]) -> int:
    """The minutes a shared scale is long: the longest course, up to the next even hour."""
    step = 2 * HOUR
    return max(step, -(-max(lengths, default=0) // step) * step)


def ruler_of(scale: int, direction: str = "ltr") -> tuple[Mark, ...]:
    """A mark for each hour of a scale in minutes."""
    mirrored = direction == "rtl"
    return tuple(
        Mark(_at(hour * HOUR, scale, mirrored=mirrored), hour, hour % 2 == 0)
        for hour in range(scale // HOUR + 1)
    )


def flow_of(counts: Sequence[int | None], direction: str = "ltr") -> Flow:
    """Draw how many came how far; nobody, or a figure that is not shown, is a thin line."""
    most = max([count or 0 for count in counts], default=0)
    halves = [_half_of(count or 0, most) for count in counts]
    width = 100 / len(halves) if halves else 100
    upper: list[tuple[float, float]] = []
    for stage, half in enumerate(halves):
        first, last = stage == 0, stage == len(halves) - 1
        upper.append((0 if first else stage * width + FLOW_STEP, half))
        upper.append((100 if last else (stage + 1) * width - FLOW_STEP, half))
    middle = FLOW_HEIGHT / 2
    edge = [(x, middle - half) for x, half in upper]
    edge += [(x, middle + half) for x, half in reversed(upper)]
    mirrored = direction == "rtl"
    points = [f"{_short(100 - x if mirrored else x)} {_short(y)}" for x, y in edge]
    places = [stage * width for stage in range(len(halves))]
    return Flow(
        outline=f"M{'L'.join(points)}Z" if points else "",
        shift=-22 if mirrored else 22,
        stops=tuple(f"{_short(100 - place if mirrored else place)}%" for place in places),
    )


def percent(part: int, whole: int) -> str:
    """A share to one decimal; what is begun is never 0%, what is unfinished never 100%."""
    if whole <= 0 or part <= 0:
        return "0%"
    if part >= whole:
        return "100%"
    return f"{_short(min(max(part * 100 / whole, 0.1), 99.9))}%"


def _at(place: int, total: int, *, mirrored: bool) -> str:
    return percent(total - place, total) if mirrored else percent(place, total)


def _half_of(count: int, most: int) -> float:
    thickness = FLOW_HEIGHT * count / most if most else 0
    return max(thickness, FLOW_THINNEST) / 2


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
