"""Comparisons: a difference is said where it says something, and never where noise could be all of it."""

import pytest

from app.statistics.boards.comparisons import change_of


@pytest.mark.parametrize(
    ("now", "before", "kind", "difference", "share"),
    [
        (30, 20, "more", 10, 0.5),
        (5, 20, "fewer", 15, 0.75),
        (20, 20, "same", 0, None),
        (3, 1, "more", 2, None),  # 200 % of one person says less than 3 and 1
        (0, 12, "fewer", 12, 1),
        (None, 12, "apart", 0, None),
    ],
)
def test_exact_figures_are_compared_as_they_are(now, before, kind, difference, share):
    found = change_of("completed", now, before, 12, exact=True)
    assert (found.kind, found.difference, found.share) == (kind, difference, share)


@pytest.mark.parametrize(
    ("now", "before", "kind", "share"),
    [
        (100, 110, "unclear", None),  # twelve months' noise alone makes that
        (100, 150, "fewer", 50 / 150),
        (60, 14, "more", None),  # of fourteen, noise is most of a percentage
        (0, 60, "apart", None),  # 0 reads "few" in each month
        (60, 0, "apart", None),
    ],
)
def test_protected_figures_differ_only_beyond_their_noise(now, before, kind, share):
    found = change_of("completed", now, before, 12, exact=False)
    assert (found.kind, found.share) == (kind, share)


def test_a_gain_is_compared_below_nothing_too_and_never_as_a_share():
    risen = change_of("gain", -2.5, -12.0, 12, exact=True)
    assert risen == ("higher", -12.0, 9.5, None)
    assert change_of("gain", -2.5, 20.0, 12, exact=True)[::2] == ("lower", 22.5)
    assert change_of("gain", 30.0, 20.0, 12, exact=False).kind == "apart"


def test_protected_hours_and_days_are_not_compared_and_exact_ones_are_in_units():
    assert change_of("hours", 90.5, 60.0, 12, exact=False).kind == "apart"
    assert change_of("days", 31.6, 29.7, 12, exact=True)[::2] == ("higher", 1.9)
    assert change_of("days", 31.6, 31.6, 12, exact=True).kind == "level"
