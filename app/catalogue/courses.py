"""Courses: what is taught, and which institutions own it; their content is in versions."""

from sqlalchemy import ForeignKey, Integer, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Id, Key, Model, Moment, Ref
from app.identity.institutions import InstitutionState, is_standing


class Course(Model):
    """A course through all its versions; `audience` is open or institution.

    `institution_id` answers for it, alone or with further owners. `owners_revision` grows by one
    whenever they change, so that what is kept of them in a process is read anew.
    """

    __tablename__ = "courses"

    id: Mapped[Id]
    slug: Mapped[Key] = mapped_column(unique=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    audience: Mapped[str] = mapped_column(String(16))
    owners_revision: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[Moment]


class CourseOwner(Model):
    """An institution that owns a course, alone or together with others."""

    __tablename__ = "course_owners"

    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), primary_key=True)


_owners, _states = CourseOwner.__table__.c, InstitutionState.__table__.c
OWNERS = (
    select(_states.name)
    .join_from(
        CourseOwner.__table__,
        InstitutionState.__table__,
        (_states.institution_id == _owners.institution_id) & is_standing,
    )
    .where(_owners.course_id == bindparam("course_id"))
)


def owners_of(db: Session, course_id: int) -> list[str]:
    """The standing names of the institutions that own a course."""
    return sorted(db.scalars(OWNERS, {"course_id": course_id}))
