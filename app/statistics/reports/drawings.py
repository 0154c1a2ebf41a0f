"""Drawings: charts of a report, in the places that charts of pages have (decision 0036).

Widths are percent of the drawing and heights are pixels, as `web.charts` reckons them; the press
draws them. The map alone is a picture of its own.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from app.i18n.phrases import Phrases
from app.web.charts.columns import columns_of
from app.web.charts.maps import world_of
from app.web.charts.rows import rows_of

Figures = Sequence[int | None]
LAND, EDGE = "#e3e9e6", "#ffffff"
LOOKS = ("url(#held)", "#a9cfca", "#3f8f8c", "#0b4f55")  # held back, then from few to many


def columns_drawn(
    names: Sequence[str], series: Sequence[tuple[str, Figures]], direction: str, phrases: Phrases
) -> dict[str, Any]:
    """Columns by month: bars, ticks and labels with their places as numbers."""
    drawn = columns_of(names, series, direction)
    return {
        "height": drawn.height,
        "base": drawn.base,
        "series": [name for name, _figures in drawn.series],
        "bars": [
            {
                "x": _number(bar.x), "width": _number(bar.width), "top": bar.top,
                "middle": _number(bar.middle), "height": bar.height, "look": bar.series,
                "held": bar.is_held,
                "says": phrases.number(bar.value) if drawn.says and bar.value else "",
            }
            for bar in drawn.bars
        ],
        "ticks": [{"y": each.y, "text": phrases.brief(each.value)} for each in drawn.ticks],
        "labels": [
            {"x": _number(each.x), "anchor": each.anchor, "text": each.text}
            for each in drawn.labels
        ],
        "says": drawn.says,
    }  # fmt: skip


def lengths_of(figures: Sequence[tuple[str, int | None]]) -> list[float | None]:
    """How long each row's bar is, in percent of the longest; none is held back."""
    return [
        None if row.value is None else _number(row.length) for row in rows_of(figures).rows
    ]  # fmt: skip


def map_drawn(
    figures: Sequence[tuple[str, str, int | None]], phrases: Phrases
) -> dict[str, Any] | None:
    """The countries as an SVG, and what its shades mean; none where no country can be drawn."""
    drawn = world_of(figures)
    if not drawn.areas:
        return None
    shapes = [
        f'<path d="{each.path}" fill="{LOOKS[each.look]}"/>'
        if each.path
        else f'<circle cx="{(each.dot or (0, 0))[0]}" cy="{(each.dot or (0, 0))[1]}" r="5"'
        f' fill="{LOOKS[each.look]}"/>'
        for each in sorted(drawn.areas, key=lambda area: area.code)
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.wide} {drawn.high}"'
        f' width="{drawn.wide}" height="{drawn.high}">'
        '<pattern id="held" width="5" height="5" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(-45)"><path d="M1 0V5" stroke="#485956"/></pattern>'
        f'<g stroke="{EDGE}" stroke-width=".6"><path d="{escape(drawn.land)}" fill="{LAND}"/>'
        f"{''.join(shapes)}</g></svg>"
    )
    # One class alone is the darkest on a map as on a page: shades count from the last.
    classes = [
        {"look": LOOKS[at], "least": phrases.number(least), "most": phrases.number(most or 0)}
        for at, (least, most) in enumerate(drawn.classes, 1)
    ]
    return {"svg": svg, "classes": classes, "has_held": drawn.has_held}


def heights_of(figures: Figures) -> list[float]:
    """The figures as shares of the highest, for the cover; what is held back stands low."""
    most = max((each for each in figures if each), default=0)
    return [round((each or 0) / most, 4) if most else 0 for each in figures]


def _number(percent: str) -> float:
    return float(percent.removesuffix("%"))
