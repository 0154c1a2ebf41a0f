"""Passes: how often each quiz was tried by a crowd, and how many of its people passed."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt
from app.catalogue.activities import PRETEST
from app.learning.progress import Progress
from app.statistics.opinions import FEWEST
from app.statistics.teaching.crowds import CROWD, OF, Crowd


class Passed(NamedTuple):
    """A quiz: its graded attempts, who made them, and who passed; none where too few tried."""

    quiz: str
    attempts: int | None
    people: int | None
    passed: int | None


_attempts, _progress = Attempt.__table__.c, Progress.__table__.c
_TRIED = (
    select(_attempts.enrolment_id, _attempts.activity_key, func.count().label("attempts"))
    .join_from(CROWD, Attempt.__table__, _attempts.enrolment_id == CROWD.c.id)
    .where(_attempts.version_id == OF, _attempts.graded_at.is_not(None))
    .where(_attempts.activity_key != PRETEST)
    .group_by(_attempts.enrolment_id, _attempts.activity_key)
    .subquery()
)
_PASSES = (
    select(
        _TRIED.c.activity_key, func.sum(_TRIED.c.attempts), func.count(),
        func.count(_progress.done_at),
    )
    .select_from(_TRIED)
    .outerjoin(
        Progress.__table__,
        (_progress.enrolment_id == _TRIED.c.enrolment_id)
        & (_progress.activity_key == _TRIED.c.activity_key),
    )
    .group_by(_TRIED.c.activity_key)
    .order_by(_TRIED.c.activity_key)
)  # fmt: skip


def passes_of(db: Session, crowd: Crowd) -> list[Passed]:
    """How often each quiz was tried and by how many people it was passed."""
    return [
        Passed(quiz, *(map(int, figures) if figures[1] >= FEWEST else (None, None, None)))
        for quiz, *figures in db.execute(_PASSES, crowd.asked())
    ]
