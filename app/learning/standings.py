"""Standings: under which placement, and on which calendar day, something of a learner counts."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, bindparam, func, select
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
standing_columns = (
    _placements.id.label("placement_id"),
    func.coalesce(_own.c.time_zone, _owner.c.time_zone).label("time_zone"),
)


def with_standing(rows: FromClause, person_id: ColumnElement[int]) -> FromClause:
    """Rows that hold courses, joined with what `standing_columns` are read from for a person."""
    return (
        rows.join(_owner, _owner.c.id == _courses.institution_id)
        .outerjoin(
            Placement.__table__,
            (_placements.user_id == person_id) & _placements.ended_at.is_(None),
        )
        .outerjoin(_own, _own.c.id == _placements.institution_id)
    )


_STANDING = Prepared(
    select(*standing_columns)
    .select_from(with_standing(Course.__table__, bindparam("person_id", type_=_placements.id.type)))
    .where(_courses.id == bindparam("course_id"))
)


def standing_of(db: Session, person_id: int, course_id: int) -> Standing:
    """Where the person stands now, for an event about them in this course."""
    asked = {"person_id": person_id, "course_id": course_id}
    row = _STANDING.row(db, asked)
    if row is None:
        raise NoResultFound
    return Standing(*row)
