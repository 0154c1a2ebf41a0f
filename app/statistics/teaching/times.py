"""Times: how long a lesson is read until it is done, as median and quartiles beside what is planned.

Reading time is what progress keeps of it (app/learning/progress.py says how). Of n times in order, the share p is
the one at place ceil(p n), so that each figure is a time that somebody took.
"""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.learning.progress import Progress
from app.statistics.opinions import FEWEST
from app.statistics.teaching.crowds import CROWD, OF, Crowd

SLOW = 1.5  # times what is planned; a median above that is worth a look


class Timed(NamedTuple):
    """A lesson: its planned minutes, by how many it was timed, and quartiles in minutes.

    They are none where fewer than FEWEST were timed.
    """

    key: str
    planned: int
    timed: int
    quarter: float | None = None
    median: float | None = None
    three_quarters: float | None = None

    @property
    def is_slow(self) -> bool:
        """Whether it takes people much longer than is planned."""
        return self.median is not None and self.planned > 0 and self.median > SLOW * self.planned


_progress, _activities = Progress.__table__.c, Activity.__table__.c
_PLACES = (
    select(
        _progress.activity_key,
        _progress.spent,
        func.row_number()
        .over(partition_by=_progress.activity_key, order_by=_progress.spent)
        .label("place"),
        func.count().over(partition_by=_progress.activity_key).label("n"),
    )
    .join_from(CROWD, Progress.__table__, _progress.enrolment_id == CROWD.c.id)
    .where(_progress.spent.is_not(None), _progress.done_at.is_not(None))
    .subquery()
)
_QUARTILES = (
    select(_PLACES.c.activity_key, _PLACES.c.n, _PLACES.c.spent)
    .where(
        _PLACES.c.place.in_([(q * _PLACES.c.n + 3) // 4 for q in (1, 2, 3)])  # ceil(q n / 4)
    )
    .order_by(_PLACES.c.place)
)
_LESSONS = (
    select(_activities.key, _activities.minutes)
    .where(_activities.version_id == OF, _activities.kind == "lesson")
    .order_by(_activities.position)
)


def lessons_timed(db: Session, crowd: Crowd) -> list[Timed]:
    """Every lesson of a version, the slowest beside its plan first, those without figures last."""
    found: dict[str, tuple[int, list[float]]] = {}
    for key, n, spent in db.execute(_QUARTILES, crowd.asked()):
        found.setdefault(key, (n, []))[1].append(spent / 60)
    lessons = db.execute(_LESSONS, crowd.asked())
    return sorted(
        (_timed(key, minutes, *found.get(key, (0, []))) for key, minutes in lessons), key=_order
    )


def _timed(key: str, planned: int, n: int, quartiles: list[float]) -> Timed:
    return Timed(key, planned, n, *quartiles) if n >= FEWEST else Timed(key, planned, n)


def _order(lesson: Timed) -> float:
    """Python's sort keeps the way's order among equals."""
    return -lesson.median / max(lesson.planned, 1) if lesson.median is not None else 1
