"""Items: how hard each question is and how well it tells apart, from first attempts.

Classical test theory as in Crocker and Algina, Introduction to Classical and Modern Test Theory
(1986), chapter 14: facility is the mean score of an item, p = sum(x) / n, for x from 0 to 1.
Discrimination is the point-biserial correlation, corrected for overlap: Pearson's r of the item's
score x with the mean score y of the same person's other items in the attempt,

    r = (n sum(xy) - sum(x) sum(y)) / sqrt((n sum(xx) - sum(x)^2) (n sum(yy) - sum(y)^2)),

a mean and not a sum, since attempts at a drawn quiz hold different items. First attempts alone
count, since a second one has seen the reasons; of these the latest LATEST of a version.
"""

from math import sqrt
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.learning.progress import Progress
from app.statistics.opinions import FEWEST

LATEST = 3_000  # attempts; more would cost time and hardly change a figure
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


class Passed(NamedTuple):
    """A quiz: its graded attempts, who made them, and who passed; none where too few tried."""

    quiz: str
    attempts: int | None
    people: int | None
    passed: int | None


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_progress = Progress.__table__.c
_OF = bindparam("version_id", type_=_attempts.version_id.type)
_FIRST = (
    select(_attempts.id, _attempts.activity_key)
    .where(_attempts.version_id == _OF, _attempts.number == 1, _attempts.graded_at.is_not(None))
    .order_by(_attempts.id.desc())
    .limit(LATEST)
    .cte("first_attempts")
)
_WHOLE = (
    select(
        _FIRST.c.id, _FIRST.c.activity_key,
        func.sum(_items.score).label("score"), func.count().label("count"),
    )
    .join(AttemptItem.__table__, _items.attempt_id == _FIRST.c.id)
    .where(_items.score.is_not(None))
    .group_by(_FIRST.c.id, _FIRST.c.activity_key)
    .cte("wholes")
)  # fmt: skip
_x = _items.score
_y = (_WHOLE.c.score - _x) / func.nullif(_WHOLE.c.count - 1, 0)
_SUMS = (
    select(
        _WHOLE.c.activity_key, _items.item_key, func.count(),
        func.sum(_x), func.sum(_x * _x), func.sum(_y), func.sum(_y * _y), func.sum(_x * _y),
    )
    .join(AttemptItem.__table__, _items.attempt_id == _WHOLE.c.id)
    .where(_x.is_not(None))
    .group_by(_WHOLE.c.activity_key, _items.item_key)
)  # fmt: skip
_PASSES = (
    select(
        _attempts.activity_key, func.count(), func.count(_attempts.enrolment_id.distinct()),
        func.count(_progress.enrolment_id.distinct()),
    )
    .select_from(Attempt.__table__)
    .outerjoin(
        Progress.__table__,
        (_progress.enrolment_id == _attempts.enrolment_id)
        & (_progress.activity_key == _attempts.activity_key)
        & _progress.done_at.is_not(None),
    )
    .where(_attempts.version_id == _OF, _attempts.graded_at.is_not(None))
    .group_by(_attempts.activity_key)
    .order_by(_attempts.activity_key)
)  # fmt: skip


def items_measured(db: Session, version_id: int) -> list[Measured]:
    """Every question that was asked in a version, those worth a look first, then the hardest."""
    rows = db.execute(_SUMS, {"version_id": version_id})
    return sorted((_measured(*row) for row in rows), key=_order)


def _measured(
    quiz: str, key: str, n: int, x: float, xx: float, y: float | None, yy: float, xy: float
) -> Measured:
    if n < FEWEST:
        return Measured(quiz, key, n, None, None)
    apart = correlation(n, x, xx, y, yy, xy) if y is not None else None
    return Measured(quiz, key, n, x / n, apart)


def correlation(n: int, x: float, xx: float, y: float, yy: float, xy: float) -> float | None:
    """Pearson's r from sums; none where one of the two does not vary."""
    spread_x, spread_y = n * xx - x * x, n * yy - y * y
    if min(spread_x, spread_y) <= 1e-9 * n * n:
        return None
    return (n * xy - x * y) / sqrt(spread_x * spread_y)


def _order(item: Measured) -> tuple[bool, float, str, str]:
    return not item.is_weak, 2 if item.facility is None else item.facility, item.quiz, item.key


def passes_of(db: Session, version_id: int) -> list[Passed]:
    """How often each quiz was tried and by how many people it was passed."""
    return [
        Passed(quiz, *(figures if figures[1] >= FEWEST else (None, None, None)))
        for quiz, *figures in db.execute(_PASSES, {"version_id": version_id})
    ]
