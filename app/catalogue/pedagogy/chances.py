"""Chances: how likely a pattern of answer keys is when nobody meant it."""

from collections.abc import Sequence


def at_least(times: int, chances: Sequence[float]) -> float:
    """The probability that so many or more of independent events happen, each with its own chance.

    The exact Poisson-binomial tail; the chances are those of the items, 1/3 with three options.
    """
    spread = [1.0]
    for chance in chances:
        spread = [
            (spread[count] if count < len(spread) else 0.0) * (1 - chance)
            + (spread[count - 1] * chance if count else 0.0)
            for count in range(len(spread) + 1)
        ]
    return sum(spread[times:])
