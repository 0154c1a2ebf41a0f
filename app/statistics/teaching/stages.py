"""Stages: how far along a version's way the learners of a crowd came."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.learning.progress import Progress
from app.statistics.opinions import FEWEST
from app.statistics.teaching.crowds import CROWD, OF, Crowd

_progress, _activities = Progress.__table__.c, Activity.__table__.c
_FURTHEST = (
    select(CROWD.c.id, func.coalesce(func.max(_activities.position), 0).label("furthest"))
    .select_from(CROWD)
    .outerjoin(
        Progress.__table__,
        (_progress.enrolment_id == CROWD.c.id) & _progress.done_at.is_not(None),
    )
    .outerjoin(
        Activity.__table__,
        (_activities.version_id == OF) & (_activities.key == _progress.activity_key),
    )
    .group_by(CROWD.c.id)
    .subquery()
)
_COUNTED = select(_FURTHEST.c.furthest, func.count()).group_by(_FURTHEST.c.furthest)
_WAY = (
    select(_activities.key, _activities.position)
    .where(_activities.version_id == OF, _activities.kind != "scenario")
    .order_by(_activities.position)
)


def stages_of(db: Session, crowd: Crowd) -> list[tuple[str, int]]:
    """How many started, under an empty key; then how many came to each step by its key, in order.

    Who did a step or any later one came to it, so that nobody is lost who took another way round.
    """
    asked = crowd.asked()
    furthest = {int(position): count for position, count in db.execute(_COUNTED, asked)}
    steps = [("", 0), *((key, position) for key, position in db.execute(_WAY, asked))]
    return [
        (key, sum(count for reached, count in furthest.items() if reached >= position))
        for key, position in steps
    ]


def shown(stages: Sequence[tuple[str, int]]) -> list[tuple[str, int | None]]:
    """The same without what counts fewer than FEWEST people, and without what would tell it.

    A loss of fewer than FEWEST would tell of them as well: then the stage shows as the one before.
    """
    known, before = list[tuple[str, int | None]](), 0
    for key, count in stages:
        before = before if 0 < before - count < FEWEST else count
        known.append((key, before if before >= FEWEST else None))
    return known
