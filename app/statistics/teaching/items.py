"""Items: how hard each question is and how well it tells apart, from first attempts.

Classical test theory as in Crocker and Algina, Introduction to Classical and Modern Test Theory
(1986), chapter 14: facility is the mean score of an item, p = sum(x) / n, for x from 0 to 1.
Discrimination is the point-biserial correlation, corrected for overlap: Pearson's r of the item's
score x with the mean score y of the same person's other items in the attempt,

    r = (n sum(xy) - sum(x) sum(y)) / sqrt((n sum(xx) - sum(x)^2) (n sum(yy) - sum(y)^2)),

a mean and not a sum, since attempts at a drawn quiz hold different items.
"""

from collections.abc import Iterable
from itertools import groupby
from math import sqrt
from operator import itemgetter
from typing import NamedTuple

from app.statistics.opinions import FEWEST
from app.statistics.teaching.answers import Alike

HARD, BLUNT = 0.3, 0.1  # a facility and a discrimination below these are worth a look


class Measured(NamedTuple):
    """A question in its quiz: how many answered it, and its two figures where enough did.

    There is no discrimination where everybody did alike, in the item or in the rest.
    """

    quiz: str
    key: str
    asked: int
    facility: float | None
    discrimination: float | None

    @property
    def is_hard(self) -> bool:
        return self.facility is not None and self.facility < HARD

    @property
    def is_blunt(self) -> bool:
        return self.discrimination is not None and self.discrimination < BLUNT

    @property
    def is_weak(self) -> bool:
        """Whether somebody should look at the question."""
        return self.is_hard or self.is_blunt


def by_question(answers: Iterable[Alike]) -> list[tuple[str, str, list[Alike]]]:
    """The answers to each question: its quiz, its key, and what was answered."""
    of_question = itemgetter(0, 1)
    ordered = sorted(answers, key=of_question)
    return [(*question, list(alike)) for question, alike in groupby(ordered, of_question)]


def items_measured(answers: Iterable[Alike]) -> list[Measured]:
    """Every question that was asked, those worth a look first, then the hardest."""
    return sorted((_measured(*each) for each in by_question(answers)), key=_order)


def _measured(quiz: str, key: str, answers: list[Alike]) -> Measured:
    n = sum(each.people for each in answers)
    if n < FEWEST:
        return Measured(quiz, key, n, None, None)
    facility = sum(each.score * each.people for each in answers) / n
    apart = correlation(
        sum(each.paired for each in answers),
        sum(each.score * each.paired for each in answers),
        sum(each.score**2 * each.paired for each in answers),
        sum(each.rest for each in answers),
        sum(each.squares for each in answers),
        sum(each.score * each.rest for each in answers),
    )
    return Measured(quiz, key, n, facility, apart)


def correlation(n: int, x: float, xx: float, y: float, yy: float, xy: float) -> float | None:
    """Pearson's r from sums; none where one of the two does not vary."""
    spread_x, spread_y = n * xx - x * x, n * yy - y * y
    if min(spread_x, spread_y) <= 1e-9 * n * n:
        return None
    return (n * xy - x * y) / sqrt(spread_x * spread_y)


def _order(item: Measured) -> tuple[bool, float, str, str]:
    return not item.is_weak, 2 if item.facility is None else item.facility, item.quiz, item.key
