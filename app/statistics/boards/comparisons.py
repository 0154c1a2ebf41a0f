"""Comparisons: a figure beside that of the period before, and what may be said of the difference.

A protected figure is a sum of months that each carry noise, so a difference within twice the
noise's deviation is said to be no clear change. The difference is that of two shown figures and
tells nothing that they do not.
"""

from math import sqrt
from typing import Literal, NamedTuple

from app.statistics.cubes.measures import MEASURES
from app.statistics.protecting.cells import RULE

Figure = float | int | None
Kind = Literal["more", "fewer", "same", "higher", "lower", "level", "unclear", "apart"]
OF_COUNTS: tuple[Kind, Kind, Kind] = ("more", "fewer", "same")
OF_AMOUNTS: tuple[Kind, Kind, Kind] = ("higher", "lower", "level")
CLEAR = 2  # standard deviations of the noise that a difference must pass to be said
LEAST_WHOLE = 10  # below it a percentage says less than the two numbers


class Change(NamedTuple):
    """How a figure stands to the one before: by how much, and as a share of it where that says something.

    What is counted becomes more or fewer; hours, days and shares become higher or lower.
    `apart` is two figures of which one is not shown or tells only "few": nothing is said of them.
    """

    kind: Kind
    before: Figure
    difference: float = 0
    share: float | None = None


def change_of(measure: str, now: Figure, before: Figure, months: int, *, exact: bool) -> Change:
    """What is said of two figures of so many months each."""
    counted = MEASURES[measure].unit == "count"
    if now is None or before is None or (not exact and not (counted and now and before)):
        return Change("apart", before)
    difference = round(now - before, 1)
    if not exact and abs(difference) < CLEAR * sqrt(2 * months * RULE.variance):
        return Change("unclear", before, difference)
    more, fewer, same = OF_COUNTS if counted else OF_AMOUNTS
    if not difference:
        return Change(same, before)
    least = LEAST_WHOLE if exact else RULE.sure
    share = abs(difference) / before if counted and before >= least else None
    return Change(more if difference > 0 else fewer, before, abs(difference), share)
