"""Audiences: who may find a course; what is not for a person does not exist for them."""

from typing import NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, exists, select, union
from sqlalchemy.orm import Session

from app.catalogue.courses import Course, CourseOwner
from app.catalogue.versions import CourseVersion
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.grants import Grant
from app.identity.institutions import tree_above
from app.identity.placements import Placement

OPEN = "open"


class Found(NamedTuple):
    """A version by its id, with the numbers that grow when what is kept of it is to be read anew."""

    id: int
    compiler: int
    owners_revision: int


class CourseUnknown(NotFound):
    """No course has this slug, or none that this person may see."""

    says = N_("There is no such course.")
    mend = N_("Look for another one in the catalogue.")


_courses, _owners = Course.__table__.c, CourseOwner.__table__.c
_versions = CourseVersion.__table__.c
_placements, _grants = Placement.__table__.c, Grant.__table__.c
_person: BindParameter[int] = bindparam("person_id")


def _institutions_over() -> Select[tuple[int]]:
    """The institutions a person belongs to: where they hold a role or are confirmed, and all above."""
    own = union(
        select(_placements.institution_id.label("id")).where(
            _placements.user_id == _person,
            _placements.ended_at.is_(None),
            _placements.confirmed_at.is_not(None),
        ),
        select(_grants.institution_id).where(
            _grants.user_id == _person, _grants.ended_at.is_(None)
        ),
    ).subquery()
    return select(tree_above(select(own.c.id).where(own.c.id.is_not(None))).c.id)


_over = _institutions_over()
_is_owned = exists().where(_owners.course_id == _courses.id, _owners.institution_id.in_(_over))
# Which courses exist for a person, whose id is the statement's `person_id`.
is_found = (_courses.audience == OPEN) | _is_owned
_MAY_SEE = select(_courses.id).where(_courses.id == bindparam("course_id"), is_found)
_CURRENT = (
    select(_versions.id, _versions.compiler, _courses.owners_revision)
    .join_from(Course.__table__, CourseVersion.__table__, _versions.course_id == _courses.id)
    .where(_versions.is_current)
    .order_by(_courses.id)
)
_OPEN_COURSES = _CURRENT.where(_courses.audience == OPEN)
_COURSES_FOR = _CURRENT.where(is_found)


def may_see(db: Session, course_id: int, person_id: int) -> bool:
    """Whether a course exists for a person: it is open, or they are its owners' people."""
    asked = {"course_id": course_id, "person_id": person_id}
    return db.execute(_MAY_SEE, asked).one_or_none() is not None


def courses_for(db: Session, person_id: int | None) -> tuple[Found, ...]:
    """The current versions that a person, or anyone, may find."""
    if person_id is None:
        rows = db.execute(_OPEN_COURSES)
    else:
        rows = db.execute(_COURSES_FOR, {"person_id": person_id})
    return tuple(Found._make(row) for row in rows)
