"""Standings: under which placement, and on which calendar day, something of a learner counts."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.foundation.clock import day_in
from app.foundation.prepared import Prepared
from app.identity.institutions import Institution
from app.identity.placements import Placement


class Standing(NamedTuple):
    """The placement of this moment, if any, and the time zone (IANA) that decides the day.

    The time zone is that of the learner's institution, else that of the course's owner.
    """

    placement_id: int | None
    time_zone: str

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment."""
        return day_in(moment, self.time_zone)


_courses, _placements = Course.__table__.c, Placement.__table__.c
_own = Institution.__table__.alias("own")
_owner = Institution.__table__.alias("owner")
_STANDING = Prepared(
    select(_placements.id, func.coalesce(_own.c.time_zone, _owner.c.time_zone))
    .select_from(
        Course.__table__.join(_owner, _owner.c.id == _courses.institution_id)
        .outerjoin(
            Placement.__table__,
            (_placements.user_id == bindparam("person_id")) & _placements.ended_at.is_(None),
        )
        .outerjoin(_own, _own.c.id == _placements.institution_id)
    )
    .where(_courses.id == bindparam("course_id"))
)


def standing_of(db: Session, person_id: int, course_id: int) -> Standing:
    """Where the person stands now, for an event about them in this course."""
    asked = {"person_id": person_id, "course_id": course_id}
    row = _STANDING.row(db, asked)
    if row is None:
        raise NoResultFound
    return Standing(*row)
