"""Magnitudes: means, sums and shares of protected cells, shown by what the cell itself shows.

Whether something is shown depends on shown figures alone, since a gap that depended on the true
count would tell it. What a cell's mean hides is one record: its sum is blurred by a noise with the
standard deviation of the whole span of values in the cell, so that two cells one record apart do
not give that record's value away.
"""

from app.statistics.protecting.cells import PRIME, RULE, SLOT_WIDTH, protected
from app.statistics.protecting.rules import Rule

_EVEN = 3.0**0.5  # even chances between -_EVEN and _EVEN have variance 1


def protected_mean(
    total: float,
    least: float,
    most: float,
    count: int,
    key_sum: int,
    rule: Rule = RULE,
    *,
    salt: int = 0,
) -> float | None:
    """The mean to show of values with this sum, smallest and largest value; else None.

    It is shown where the shown count is at least `rule.sure`, which no count below the threshold
    reaches. The sum is blurred by at most 1.74 spans (`most - least`), with a mean of 0. Round it
    to three digits, and bring it within what the measure allows (0 to 100 percent), never within
    `least` and `most`, which are persons' values. Without a `salt` of its own a value has the
    noise of every other of the same records, so whoever knows one of their sums knows the noise.
    """
    if protected(count, key_sum, rule) < rule.sure:
        return None
    return (total + (most - least) * _noise(key_sum + salt)) / count


def protected_sum(
    total: float,
    least: float,
    most: float,
    count: int,
    key_sum: int,
    rule: Rule = RULE,
    *,
    salt: int = 0,
) -> float | None:
    """The sum to show: shown mean times shown count, so that the three agree; else None."""
    mean = protected_mean(total, least, most, count, key_sum, rule, salt=salt)
    return None if mean is None else mean * protected(count, key_sum, rule)


def shown_share(part: int, whole: int, rule: Rule = RULE) -> float | None:
    """The share of two figures as they are shown, at most 1; None where `whole` is too small.

    Of a whole below `rule.sure` noise would be most of the share. It says nothing new, since it is
    worked out from what is shown. Over months and courses divide the shown totals, never average
    shares.
    """
    return None if whole < rule.sure else min(part / whole, 1.0)


def _noise(key_sum: int) -> float:
    """Even noise of variance 1 from the part of the mixed key that the count's noise leaves over."""
    rest = key_sum % PRIME
    left = (rest * rest % PRIME * rest % PRIME) % SLOT_WIDTH
    return (2 * left / SLOT_WIDTH - 1) * _EVEN
