"""Maps: every country has its place inside of the drawing, and each figure one class."""

import re

import pytest

from app.identity.profiles.countries import countries_in
from app.web.charts.maps import world_of

# Outlying parts of a country that Natural Earth draws with it, or not at all.
ELSEWHERE = {
    "AQ", "BQ", "BV", "CC", "CX", "GF", "GI", "GP", "MQ", "RE", "SJ", "TF", "TK", "TV", "UM", "YT",
}  # fmt: skip


def test_every_country_that_people_can_say_is_drawn_within_the_picture():
    codes = {code for code, _name in countries_in("en")}
    drawn = world_of([(code, code, 1) for code in codes])
    assert {name for name, _value in drawn.unplaced} == ELSEWHERE
    for area in drawn.areas:
        for part in re.findall(r"M[^M]+", area.path):
            x, y, *steps = map(int, re.findall(r"-?\d+", part))
            for dx, dy in [(0, 0), *zip(steps[::2], steps[1::2], strict=True)]:
                x, y = x + dx, y + dy
                assert 0 <= x <= drawn.wide, area.code
                assert 0 <= y <= drawn.high, area.code
        if area.dot:
            assert 0 < area.dot[0] < drawn.wide
            assert 0 < area.dot[1] < drawn.high


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([14, 20, 25, 33, 45], ((1, 19), (20, 29), (30, None))),
        ([7], ((1, 5), (6, None))),
        ([3, 3, 3], ((1, 2), (3, None))),
        ([], ((1, None),)),
    ],
)  # fmt: skip
def test_classes_are_round_and_hold_each_figure_once(values, classes):
    figures = [(code, code, value) for code, value in zip(["FR", "DE", "IT", "ES", "PT"], values)]  # noqa: B905 - as many as there are
    drawn = world_of([*figures, ("XX", "nowhere", 9), ("SN", "Senegal", None)])
    assert drawn.classes == classes
    for area in drawn.areas:
        held = [
            at
            for at, (least, most) in enumerate(classes, 1)
            if area.value and least <= area.value <= (most or 1e9)
        ]
        assert [area.look] == (held or [0])
    assert drawn.unplaced == (("nowhere", 9),)
    assert drawn.has_held
