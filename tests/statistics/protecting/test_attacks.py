"""Attacks: all tables of a release at once give no small count away, and weaker methods do."""

from random import Random

import pytest

from app.statistics.protecting.cells import RULE, protected
from bench.disclosure.__main__ import attack
from bench.disclosure.attackers import narrowed, solved
from bench.disclosure.worlds import (
    MONTH,
    enrolments,
    merged,
    up_to_three,
    with_ranges,
    with_sets,
    world_of,
)

SIZES = (10, 4, 2, 6, 5)
RECOMMENDED = ({0, 1}, {1, 2}, {2, 3, 4}, {0, 4}, {1, 3}, {3})  # which courses answer each


@pytest.fixture(scope="module")
def world():
    return world_of(enrolments(1_000, SIZES), up_to_three)


def test_no_small_cell_is_certain_and_a_guess_is_right_little_more_than_every_other_time(world):
    """The attacker knows the method, all sizes, two releases, and which cells are empty.

    Tables by recommendation are there too: sets of courses that overlap.
    """
    outcome = attack(merged(with_sets(world, RECOMMENDED)), RULE, rounds=4)
    assert outcome.small > 400
    assert outcome.certain == 0
    assert outcome.right < 0.55
    assert outcome.held < outcome.small * 0.05


def test_the_same_attack_is_right_more_often_when_any_run_of_months_may_be_asked(world):
    """Why periods are added up from the shown figures of months: each run would be noise anew."""
    months = [(values, key) for values, key in enrolments(700, SIZES) if values[MONTH] < 6]
    plain = attack(merged(world_of(months)), RULE, rounds=4)
    ranged = attack(merged(with_ranges(world_of(months))), RULE, rounds=4)
    assert ranged.right > plain.right + 0.05
    assert ranged.held > 2 * plain.held


def test_leaving_out_small_cells_alone_gives_them_away(world):
    """Primary suppression: the linear system gives them back exactly, or the bounds do."""
    exact = {name: count for name, (count, _) in world.cells.items() if count >= RULE.threshold}
    known = {
        name: (exact.get(name, 1), exact.get(name, RULE.threshold - 1)) for name in world.cells
    }
    bounds = narrowed(world.sums, known)
    small = world.small(RULE.threshold)
    broken = [name for name in small if bounds[name][0] == bounds[name][1]]
    assert len(broken) > len(small) / 3
    assert all(bounds[name][0] == world.cells[name][0] for name in broken)
    few = world_of(enrolments(150, (3, 2, 2, 3, 2)))
    shown = {name: count for name, (count, _) in few.cells.items() if count >= RULE.threshold}
    found = solved(few.sums, shown)
    assert found
    assert all(count == few.cells[name][0] for name, count in found.items())


def test_noise_that_is_drawn_anew_for_each_question_is_averaged_away_and_ours_is_not():
    draw = Random(8)
    asked = range(1_500)
    for count in range(1, RULE.threshold):
        fresh = [protected(count, draw.getrandbits(40)) for _ in asked]
        assert round(sum(fresh) / len(fresh)) == count
        key_sum = draw.getrandbits(40)
        assert len({protected(count, key_sum) for _ in asked}) == 1
