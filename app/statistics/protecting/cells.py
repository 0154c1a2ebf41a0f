"""Cells: counts of a table, each with the sum of its records' keys, and what of them is shown.

The same records have the same sum of keys, and so the same figure, in every table and at every
time. Another set of records, if only by one, has another sum and a noise of its own.
"""

from collections.abc import Iterable

from app.statistics.protecting.rules import SLOTS, Rule

KEY_BITS = 31  # of the random key of the event that enrolled; a key fits the integers of both databases, and sums of 2**32 keys fit 64 bits
PRIME = 1_073_741_789  # below 2**30, and 2 modulo 3: cubes modulo it meet every number once
SLOT_WIDTH = (1 << 30) // SLOTS
RULE = Rule()  # what is shown of persons' counts; docs/decisions/0037 says why these numbers


def protected(count: int, key_sum: int, rule: Rule = RULE) -> int:
    """The figure to show for a count of records whose keys add up to `key_sum`.

    Nothing stays 0; else it is 0, to be read as "fewer than the threshold", or at least the
    threshold. Its mean over all keys is the count (to 1 in 10 million, as PRIME is no multiple of
    SLOTS), and it is never further than `rule.bound` from it.
    """
    if not count:
        return 0
    rest = key_sum % PRIME
    whole = rule.whole
    row = rule.rows[count if count < whole else whole]  # noqa: FURB136 - min() is slower
    return count + row[rest * rest % PRIME * rest % PRIME // SLOT_WIDTH]


def protected_all(cells: Iterable[tuple[int, int]], rule: Rule = RULE) -> list[int]:
    """The figures of many cells, each (count, key_sum), in their order; the same as one by one."""
    rows, whole, prime, width = rule.rows, rule.whole, PRIME, SLOT_WIDTH
    figures: list[int] = []
    show = figures.append
    for count, key_sum in cells:
        if count:
            rest = key_sum % prime
            row = rows[count if count < whole else whole]  # noqa: FURB136 - min() is slower
            show(count + row[rest * rest % prime * rest % prime // width])
        else:
            show(0)
    return figures
