"""Requirements: an institution requires a course of its people, on terms that change in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Uuid,
    bindparam,
    exists,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.courses import Course
from app.duties.audiences import Unreachable, is_reachable
from app.duties.terms import Wanted, takes_time, terms_of, write_terms
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Prepared
from app.i18n.marking import N_
from app.identity.institutions import Institution
from app.queue.jobs import later

ROLL = "call-roll"


class Requirement(Model):
    """That an institution requires a course from a day on, until it is ended; nothing deletes it."""

    __tablename__ = "requirements"
    __table_args__ = (
        Index("ix_requirements_institution_id", "institution_id"),
        Index("ix_requirements_course_id", "course_id"),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    begins_on: Mapped[date] = mapped_column(Date)
    made_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))


@dataclass(frozen=True, kw_only=True)
class RequirementSet(Happening):
    """An institution requires a course of its people from a day on."""

    kind: ClassVar[str] = "requirement-set"
    requirement_id: int
    institution_id: int
    begins_on: str


@dataclass(frozen=True, kw_only=True)
class RequirementChanged(Happening):
    """A requirement has other terms from now on; the former ones are kept."""

    kind: ClassVar[str] = "requirement-changed"
    requirement_id: int
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class RequirementEnded(Happening):
    """A requirement asks for nothing more; what was done under it is kept."""

    kind: ClassVar[str] = "requirement-ended"
    requirement_id: int
    institution_id: int


class RequirementUnknown(NotFound):
    """No requirement of the person's institutions has this key."""

    says = N_("There is no such requirement of your institutions.")
    mend = N_("Look at the list of requirements again.")


class RequirementOver(Refusal):
    """The requirement has ended, so its terms cannot be changed any more."""

    says = N_("This requirement has ended, so it cannot be changed.")
    mend = N_("Set a new one for the same course.")


_requirements = Requirement.__table__.c
_ONE = select(Requirement).where(Requirement.key == bindparam("key"))
_BY_ID = select(Requirement).where(Requirement.id == bindparam("requirement_id"))
_STANDING = select(_requirements.id).where(_requirements.ended_at.is_(None))
_ANY = Prepared(select(exists().where(_requirements.ended_at.is_(None))))
_ZONE = select(Institution.time_zone).where(Institution.id == bindparam("institution_id"))


def require(
    db: Session, by: int, institution: Institution, course: Course, begins_on: date, wanted: Wanted
) -> Requirement:
    """Require a course from a day on; whom it concerns is found after the commit.

    Raises Unreachable when the course is not for the people it is required of.
    """
    if not is_reachable(db, course.id, wanted.audience_id):
        raise Unreachable
    requirement = Requirement(
        key=uuid4(),
        institution_id=institution.id,
        course_id=course.id,
        begins_on=begins_on,
        made_by=by,
        made_at=clock.now(),
    )
    db.add(requirement)
    db.flush()
    write_terms(db, by, requirement.id, wanted, begins_on)
    record(
        db,
        RequirementSet(
            actor_id=by,
            course_id=course.id,
            requirement_id=requirement.id,
            institution_id=institution.id,
            begins_on=begins_on.isoformat(),
        ),
    )
    call_roll_later(db, requirement.id)
    return requirement


def change_terms(db: Session, by: int, requirement: Requirement, wanted: Wanted) -> None:
    """Put other terms in place of the standing ones; saying the same again changes nothing.

    Who was overdue stays so, unless completions run out sooner than before. Raises RequirementOver and Unreachable.
    """
    if _locked(db, requirement).ended_at is not None:
        raise RequirementOver
    if not is_reachable(db, requirement.course_id, wanted.audience_id):
        raise Unreachable
    standing = terms_of(db, requirement.id)
    if Wanted(*(getattr(standing, name) for name in Wanted._fields)) == wanted:
        return
    standing.replaced_at = clock.now()
    db.flush()
    since = standing.since
    if takes_time(standing, wanted):
        since = today_at(db, requirement.institution_id)
    write_terms(db, by, requirement.id, wanted, since)
    record(
        db,
        RequirementChanged(
            actor_id=by,
            course_id=requirement.course_id,
            requirement_id=requirement.id,
            institution_id=requirement.institution_id,
        ),
    )
    call_roll_later(db, requirement.id)


def end_requirement(db: Session, by: int, requirement: Requirement) -> None:
    """Ask for it no more; what was done and missed is kept. Ending twice ends once."""
    if _locked(db, requirement).ended_at is not None:
        return
    requirement.ended_at, requirement.ended_by = clock.now(), by
    db.flush()
    record(
        db,
        RequirementEnded(
            actor_id=by,
            course_id=requirement.course_id,
            requirement_id=requirement.id,
            institution_id=requirement.institution_id,
        ),
    )
    call_roll_later(db, requirement.id)


def _locked(db: Session, requirement: Requirement) -> Requirement:
    """The requirement as it is now, held, so that of two changes at once each sees the one before."""
    asked = {"requirement_id": requirement.id}
    held = _BY_ID.with_for_update().execution_options(populate_existing=True)
    return db.scalars(held, asked).one()


def call_roll_later(db: Session, requirement_id: int, after: int = 0, key: str = "") -> None:
    """Promise to find whom the requirement concerns; `after` goes on behind a person's id."""
    payload = {"requirement": requirement_id, "after": after}
    later(db, ROLL, payload, unique_key=key or None)


def requirement_called(db: Session, key: str) -> Requirement | None:
    """The requirement with this key, if there is one."""
    try:
        return db.scalars(_ONE, {"key": UUID(key)}).one_or_none()
    except ValueError:
        return None


def requirement_numbered(db: Session, requirement_id: int) -> Requirement:
    """The requirement behind a number kept in a row of ours."""
    return db.scalars(_BY_ID, {"requirement_id": requirement_id}).one()


def is_any_course_required(db: Session) -> bool:
    """Whether any requirement stands at all, so that nothing is promised in vain."""
    (row,) = _ANY.rows(db, {})
    return bool(row[0])


def standing_requirements(db: Session) -> Sequence[int]:
    """The ids of all that have not ended."""
    return db.scalars(_STANDING).all()


def zone_of(db: Session, institution_id: int) -> str:
    """The time zone in which an institution counts its days."""
    return str(db.scalar(_ZONE, {"institution_id": institution_id}))


def today_at(db: Session, institution_id: int, moment: datetime | None = None) -> date:
    """The calendar day of a moment, or of now, at an institution."""
    return clock.day_in(moment or clock.now(), zone_of(db, institution_id))
