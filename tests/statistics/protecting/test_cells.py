"""Cells and rules: what is shown of a count, by key, is bounded, unbiased and always the same."""

import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column, select, text

from app.statistics.protecting.cells import (
    PRIME,
    RULE,
    SLOT_WIDTH,
    protected,
    protected_all,
)
from app.statistics.protecting.expressions import protecting
from app.statistics.protecting.rules import SLOTS, Rule

RULES = (RULE, Rule(threshold=3, variance=2, bound=6), Rule(threshold=10, variance=9, bound=20))
KEYS = st.integers(0, 2**63 - 1)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_mean_of_every_row_is_the_count_exactly(rule):
    for count, row in enumerate(rule.rows):
        assert len(row) == SLOTS
        assert sum(row) == 0, count
    assert set(rule.rows[0]) == {0}
    assert (
        abs(sum(each**2 for each in rule.rows[-1]) / SLOTS - rule.variance) < 0.15 * rule.variance
    )


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_what_is_shown_is_nothing_or_at_least_the_threshold_and_near(rule):
    for count in range(rule.whole + 3):
        for figure in rule.chances(count):
            assert figure == 0 or figure >= rule.threshold
            assert abs(figure - count) <= rule.bound
    assert max(map(max, map(rule.chances, range(rule.threshold)))) < rule.sure


def test_no_count_below_the_threshold_can_be_told_from_the_others_by_its_figure():
    shown = [set(RULE.chances(count)) for count in range(1, RULE.threshold)]
    assert all({0, 5, 6, 7, 8, 9} <= figures for figures in shown)
    assert all(chance > 0 for count in range(5, 8) for chance in [RULE.chances(count).get(0, 0)])


def test_the_table_is_the_same_on_every_machine_and_in_every_release():
    digest = hashlib.sha256(RULE.coded).hexdigest()
    assert digest == "9091b144148713c177a082db18c8498c9acae50deffffdb3ef2cd90342efc6a8"


@given(st.integers(0, 10**7), KEYS)
def test_one_by_one_and_all_at_once_are_the_same(count, key_sum):
    assert protected_all([(count, key_sum)]) == [protected(count, key_sum)]


def test_over_many_keys_figures_are_unbiased():
    """The standard error of the mean of 60,000 draws is 0.012 at most; four of them pass."""
    draw = Random(37)
    for count in (1, 2, 3, 4, 5, 9, 15, 400):
        keys = (sum(draw.getrandbits(31) for _ in range(min(count, 20))) for _ in range(60_000))
        figures = protected_all((count, key_sum) for key_sum in keys)
        assert abs(sum(figures) / len(figures) - count) < 0.05, count


def test_cubes_meet_every_slot_and_sums_of_keys_tell_nothing_of_the_noise_of_the_whole():
    """Without the cube, the slot of A and B together would be the sum of both slots."""
    assert PRIME % 3 == 2
    assert all(PRIME % each for each in range(2, int(PRIME**0.5) + 1))
    draw, same = Random(1), 0
    for _ in range(20_000):
        parts = draw.getrandbits(31), draw.getrandbits(31)
        slots = [pow(key, 3, PRIME) // SLOT_WIDTH for key in (*parts, sum(parts))]
        same += (slots[0] + slots[1] - slots[2]) % SLOTS < SLOTS // 16
    assert abs(same / 20_000 - 1 / 16) < 0.008


def test_a_rule_that_protects_nothing_is_refused():
    for wrong in ({"threshold": 2}, {"variance": 0}, {"bound": 4}, {"bound": 70}):
        with pytest.raises(ValueError, match="rule"):
            Rule(**wrong)


def test_the_database_shows_the_same_figures(db):
    draw = Random(5)
    cells = [(count, draw.getrandbits(45)) for count in [*range(20), *range(20), 10**6]]
    union = " UNION ALL ".join(
        f"SELECT {at} AS place, {count} AS n, {key} AS k" for at, (count, key) in enumerate(cells)
    )
    table = text(union).columns(column("place"), column("n"), column("k")).subquery()
    asked = select(protecting(table.c.n, table.c.k)).order_by(table.c.place)
    assert list(db.scalars(asked)) == protected_all(cells)
