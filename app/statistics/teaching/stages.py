"""Stages: how far along a version's way the learners came who started it."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.learning.enrolments import Enrolment
from app.learning.progress import Progress
from app.statistics.opinions import FEWEST

_enrolments, _progress = Enrolment.__table__.c, Progress.__table__.c
_activities = Activity.__table__.c
_OF = bindparam("version_id", type_=_enrolments.version_id.type)
_FURTHEST = (
    select(_enrolments.id, func.coalesce(func.max(_activities.position), 0).label("furthest"))
    .select_from(Enrolment.__table__)
    .outerjoin(
        Progress.__table__,
        (_progress.enrolment_id == _enrolments.id) & _progress.done_at.is_not(None),
    )
    .outerjoin(
        Activity.__table__,
        (_activities.version_id == _enrolments.version_id)
        & (_activities.key == _progress.activity_key),
    )
    .where(_enrolments.version_id == _OF, _enrolments.started_at.is_not(None))
    .group_by(_enrolments.id)
    .subquery()
)
_COUNTED = select(_FURTHEST.c.furthest, func.count()).group_by(_FURTHEST.c.furthest)
_WAY = (
    select(_activities.key, _activities.position)
    .where(_activities.version_id == _OF, _activities.kind != "scenario")
    .order_by(_activities.position)
)


def stages_of(db: Session, version_id: int) -> list[tuple[str, int]]:
    """How many started, under an empty key; then how many came to each step by its key, in order.

    Who did a step or any later one came to it, so that nobody is lost who took another way round.
    """
    asked = {"version_id": version_id}
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
