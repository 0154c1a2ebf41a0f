"""Asides: what stands beside a course for one person: its owners, and whether it is required."""

from typing import Any, NamedTuple

from sqlalchemy import Date, String, Uuid, bindparam, cast, null, select, union_all
from sqlalchemy.orm import Session

from app.catalogue.courses import CourseOwner
from app.duties.boards import REQUIRED, Required
from app.duties.duties import Duty
from app.duties.requirements import Requirement
from app.foundation.database import BigId
from app.foundation.prepared import Prepared
from app.identity.institutions import InstitutionState, is_standing


class Aside(NamedTuple):
    """The standing names of the owners, and the standing duties, the first due first."""

    owners: list[str]
    required: list[Required]


_owners, _states = CourseOwner.__table__.c, InstitutionState.__table__.c
_duties, _requirements = Duty.__table__.c, Requirement.__table__.c
_nothing: list[Any] = [
    Uuid,
    BigId,
    String,
    BigId,
    BigId,
    String,
    String,
    Date,
    Date,
    Date,
    Date,
    String,
]


def _statement() -> Any:
    names = [column.name for column in REQUIRED.selected_columns]
    owners = select(
        _states.name.label("owner"),
        *(cast(null(), kind).label(name) for kind, name in zip(_nothing, names, strict=True)),
    ).join_from(
        CourseOwner.__table__,
        InstitutionState.__table__,
        (_states.institution_id == _owners.institution_id) & is_standing,
    )
    theirs = REQUIRED.where(
        _requirements.course_id == bindparam("course_id"),
        _duties.person_id == bindparam("person_id"),
        _duties.stands,
    )
    return union_all(
        owners.where(_owners.course_id == bindparam("course_id")),
        select(cast(null(), String), *theirs.subquery().c),
    ).order_by("owner")


_ASIDE = Prepared(_statement())


def aside_of(db: Session, course_id: int, person_id: int) -> Aside:
    """The owners of a course, and what of it is required of a person; one statement."""
    owners: list[str] = []
    required: list[Required] = []
    for row in _ASIDE.rows(db, {"course_id": course_id, "person_id": person_id}):
        if row[0] is None:
            required.append(Required(*row[1:]))
        else:
            owners.append(row[0])
    return Aside(owners, sorted(required, key=lambda each: each.due_on))
