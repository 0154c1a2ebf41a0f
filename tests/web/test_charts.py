"""Charts stand where their figures say: to scale, inside of the drawing, and no word on another."""

import gzip
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from app.i18n.languages import BY_CODE
from app.web.addresses import Addresses
from app.web.assets import Assets
from app.web.charts.columns import BASE, HELD, TOP, columns_of
from app.web.charts.rows import funnel_of, rows_of
from app.web.charts.scales import GAP, LETTER, NARROWEST, round_steps, width_of
from app.web.charts.spreads import spread_of
from app.web.charts.trends import small_trends_of, sparkline_of, trend_of
from app.web.pages import Pages
from tests.web.test_assets import STATIC

FIGURE = st.one_of(st.none(), st.integers(0, 2_000_000))
NAME = st.text(min_size=1, max_size=30)
few = settings(max_examples=30, deadline=None)
DIRECTION = st.sampled_from(["ltr", "rtl"])


@st.composite
def series(draw):
    """Names, and up to four series over them."""
    names = draw(st.lists(NAME, max_size=26))
    values = st.lists(FIGURE, min_size=len(names), max_size=len(names))
    return names, [(name, draw(values)) for name in "abcd"[: draw(st.integers(1, 4))]]


def share(percent: str) -> float:
    assert percent.endswith("%")
    return float(percent[:-1]) / 100


@few
@given(most=st.floats(0, 1e9))
def test_ticks_are_few_whole_round_and_cover_the_most(most):
    steps = round_steps(most)
    assert steps[0] == 0
    assert steps[-1] >= most
    assert 2 <= len(steps) <= 6
    [step] = {after - before for before, after in pairwise(steps)}
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert most < 1 or steps[-1] - step < most


@few
@given(drawn=series(), direction=DIRECTION, stacked=st.booleans())
def test_columns_are_as_tall_as_their_figures_and_stay_inside(drawn, direction, stacked):
    names, figures = drawn
    drawing = columns_of(names, figures, direction, stacked=stacked)
    most = max((tick.value for tick in drawing.ticks), default=1)
    assert len(drawing.bars) == len(names) * len(figures)
    for bar in drawing.bars:
        wanted = HELD if bar.is_held else bar.value * (BASE - TOP) / most
        assert bar.height == pytest.approx(wanted, abs=0.02)
        assert 0 <= share(bar.x) <= share(bar.x) + share(bar.width) <= 1.0002
        assert share(bar.x) <= share(bar.middle) <= share(bar.x) + share(bar.width) + 0.0002
        assert bar.top + bar.height <= BASE + 0.02
        # A stack may hold a mark for each of its series that is not shown.
        assert bar.top >= TOP - HELD * (len(figures) if stacked else 0) - 0.02
    if not stacked:
        for before, after in pairwise(sorted(drawing.bars, key=lambda bar: share(bar.x))):
            assert share(before.x) + share(before.width) <= share(after.x) + 0.0003


@few
@given(drawn=series(), direction=DIRECTION)
def test_no_word_stands_on_another_or_outside_on_a_phone(drawn, direction):
    names, figures = drawn
    for drawing in (columns_of(names, figures, direction), trend_of(names, figures, direction)):
        spans = sorted(_span(label, direction) for label in drawing.labels)
        assert all(start >= -0.1 and end <= NARROWEST + 0.1 for start, end in spans)
        assert all(left[1] <= right[0] for left, right in pairwise(spans))
        assert not names or drawing.labels[0].text == names[0]
    drawing = columns_of(names, figures, direction)
    if drawing.says:
        room = NARROWEST / max(len(drawing.bars), 1)
        assert all(width_of(f"{bar.value:,}") <= room for bar in drawing.bars if not bar.is_held)


def _span(label, direction) -> tuple[float, float]:
    width, at = min(width_of(label.text), NARROWEST), share(label.x) * NARROWEST
    back = {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    start = at - back if direction == "ltr" else at - (width - back)
    return start, start + width


@few
@given(drawn=series(), direction=DIRECTION)
def test_lines_pass_through_their_figures_and_break_where_one_is_held(drawn, direction):
    names, figures = drawn
    trend = trend_of(names, figures, direction)
    for stroke, (_name, values) in zip(trend.strokes, figures, strict=True):
        for dot, value in zip(stroke.dots, values, strict=True):
            assert 0 <= share(dot.x) <= 1
            wanted = BASE - (BASE - TOP) * (value or 0) / trend.most
            assert dot.y == pytest.approx(wanted, abs=0.02)
        shown = [value is not None for value in values]
        begins = sum(now and not before for before, now in pairwise([False, *shown]))
        assert (stroke.path.count("M"), stroke.path.count("L")) == (begins, sum(shown) - begins)
    for small in small_trends_of(names, figures, direction):
        assert all(0 <= dot.y <= small.height for dot in small.strokes[0].dots)
    assert all(0 <= dot.y <= 24 for dot in sparkline_of(figures[0][1], direction).dots)


@few
@given(drawn=series())
def test_from_right_to_left_every_place_is_mirrored(drawn):
    names, figures = drawn
    for draw in (columns_of, trend_of):
        left, right = draw(names, figures), draw(names, figures, "rtl")
        for here, there in zip(left.labels, right.labels, strict=True):
            assert share(here.x) + share(there.x) == pytest.approx(1, abs=0.0002)
            assert here.anchor == there.anchor
    for here, there in zip(
        columns_of(names, figures).bars, columns_of(names, figures, "rtl").bars, strict=True
    ):
        assert share(here.x) + share(here.width) + share(there.x) == pytest.approx(1, abs=0.0004)


@few
@given(stages=st.lists(st.tuples(NAME, FIGURE), max_size=30))
def test_a_funnel_adds_up_to_the_stage_before(stages):
    drawing = funnel_of(stages)
    assert not any(0 < (each.fall or 0) < 5 for each in funnel_of(stages, 5).rows)
    for row in drawing.rows:
        assert share(row.length) + (share(row.lost) if row.lost else 0) <= 1.0002
    for before, after in pairwise(drawing.rows):
        if before.value is None or after.value is None:
            assert after.fall is None
            assert after.lost == ""
        elif after.value <= before.value:
            together = share(after.length) + (share(after.lost) if after.lost else 0)
            assert after.value + after.fall == before.value
            assert together == pytest.approx(share(before.length), abs=0.0002)
    for row in rows_of(stages).rows:
        assert (
            row.value is None
            or drawing.most == 0
            or share(row.length) == pytest.approx(row.value / drawing.most, abs=0.0001)
        )


@few
@given(
    counts=st.lists(FIGURE, min_size=1, max_size=12), width=st.integers(1, 30),
    median=st.floats(0, 1000), direction=DIRECTION,
)  # fmt: skip
def test_the_median_stands_in_the_class_that_holds_it(counts, width, median, direction):
    drawing = spread_of(counts, width, direction, median=median)
    at = share(drawing.median.x) if direction == "ltr" else 1 - share(drawing.median.x)
    assert at == pytest.approx(min(median / (width * len(counts)), 1), abs=0.0001)
    assert drawing.ninth is None


DRAWN = """{% from "components/charts/columns.html" import columns %}
{% set names = months|map("month")|list %}
{{ columns("by-month", "Completed", columns_of(names, [("Completed", values)], language.dir), "Month") }}"""
MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
VALUES = [62, 71, 118, 94, 127, 116, None, 88, 140, 152, 131, 97] * 2


@pytest.fixture(params=["en", "ar"])
def drawn(request) -> str:
    pages = Pages(
        Addresses({}), Assets.gather(STATIC), (request.param,), "https://capacita.example"
    )
    environment = pages.template(request.param, "layouts/base.html").environment
    assert environment.globals["language"] is BY_CODE[request.param]
    return environment.from_string(DRAWN).render(months=MONTHS, values=VALUES)


def test_a_chart_says_what_is_to_be_seen_and_weighs_little(drawn):
    [figure] = html.fromstring(f"<div>{drawn}</div>").xpath("//figure")
    [image] = figure.xpath(".//svg[@role='img']")
    named = {each.get("id"): each.text_content() for each in image.xpath("./title|./desc")}
    said = named[image.get("aria-describedby")]
    assert named[image.get("aria-labelledby")] == "Completed"
    assert "62" in said
    assert "152" in said
    assert said in figure.xpath("./figcaption")[0].text_content()
    cells = [row.xpath("string(td)") for row in figure.xpath(".//tbody/tr")]
    held = figure.xpath(".//td[contains(@class, 'held')]")
    assert [cell for cell in cells if cell.isdigit()] == [str(each) for each in VALUES if each]
    assert len(held) == len(image.xpath(".//rect[@class='chart__held']")) == VALUES.count(None)
    assert len(image.xpath(".//g[contains(@class, 'chart__bars')]/rect")) == 22
    assert "style=" not in drawn
    assert len(gzip.compress(drawn.encode(), 9)) <= 2048


def test_letters_are_reckoned_wide_enough():
    assert width_of("127") == 3 * LETTER
    assert width_of("年") == 2 * LETTER
    assert GAP > 0
