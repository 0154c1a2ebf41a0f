"""Magnitudes: shown by shown counts alone, and one record's value is never their difference."""

from random import Random

from app.statistics.cubes.measures import SPANS
from app.statistics.protecting.cells import RULE, protected
from app.statistics.protecting.magnitudes import protected_mean, protected_sum, shown_share


def test_a_mean_is_shown_by_the_shown_count_alone_and_never_of_fewer_than_the_threshold():
    draw, seen = Random(2), set()
    for _ in range(20_000):
        count, key_sum = draw.randint(1, 20), draw.getrandbits(40)
        mean = protected_mean(10.0 * count, 5, 20, count, key_sum)
        assert (mean is not None) == (protected(count, key_sum) >= RULE.sure)
        if mean is not None:
            seen.add(count)
            total = protected_sum(10.0 * count, 5, 20, count, key_sum)
            assert total == mean * protected(count, key_sum)
    assert min(seen) >= RULE.threshold
    assert 20 in seen


def test_means_are_unbiased_and_the_difference_of_two_cells_does_not_give_the_value_away():
    """Somebody took 90 days, the others 10: what two shown sums say of it misses by their span."""
    draw, means, misses = Random(3), [], []
    for _ in range(4_000):
        keys = draw.getrandbits(40)
        without = protected_mean(10 * 100, 10, 10, 100, keys)
        with_all = protected_mean(10 * 100 + 90, 10, 90, 101, keys + draw.getrandbits(31))
        assert without == 10
        means.append(with_all)
        misses.append(abs(with_all * 101 - without * 100 - 90))
    assert abs(sum(means) / len(means) - 1090 / 101) < 0.06
    assert sum(misses) / len(misses) > 0.8 * 80
    assert sum(miss < 8 for miss in misses) / len(misses) < 0.08


def test_who_knows_the_noise_of_one_value_knows_nothing_of_that_of_a_salted_one():
    """Hours of a course are known to everybody, and so is the noise of what was completed."""
    draw, salt, pairs = Random(4), SPANS["points"].salt, []
    assert salt
    for _ in range(4_000):
        key_sum = draw.getrandbits(40)
        plain = protected_mean(0, 0, 1, 40, key_sum)
        salted = protected_mean(0, 0, 1, 40, key_sum, salt=salt)
        assert plain == protected_mean(0, 0, 1, 40, key_sum, salt=0)
        pairs.append((40 * plain, 40 * salted))
    assert abs(sum(one * other for one, other in pairs) / len(pairs)) < 0.06
    assert abs(sum(other for _one, other in pairs) / len(pairs)) < 0.06
    assert abs(sum(other**2 for _one, other in pairs) / len(pairs) - 1) < 0.06


def test_a_share_is_worked_out_of_shown_figures_and_hidden_when_noise_would_be_most_of_it():
    assert shown_share(30, 40) == 0.75
    assert shown_share(42, 40) == 1
    assert shown_share(5, RULE.sure - 1) is None
    assert shown_share(0, RULE.sure) == 0
