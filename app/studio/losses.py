"""Losses: what learners who are under way would no longer find when a part is taken out."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.learning.enrolments import Enrolment
from app.learning.progress import Progress


class Loss(NamedTuple):
    """How many learners are under way in the course, and how many of them have done the part."""

    learners: int
    done: int


def loss_of(db: Session, slug: str, keys: Collection[str]) -> Loss:
    """The learners under way, and those who have done any of these activities."""
    under_way = (
        select(Enrolment.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Course.slug == slug, Enrolment.ended_at.is_(None))
    )
    learners = db.scalar(select(func.count()).select_from(under_way.subquery()))
    done = db.scalar(
        select(func.count(distinct(Progress.enrolment_id))).where(
            Progress.enrolment_id.in_(under_way),
            Progress.activity_key.in_(keys),
            Progress.done_at.is_not(None),
        )
    )
    return Loss(learners or 0, done or 0)
