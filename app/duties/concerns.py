"""Concerns: which requirements a person, or a completion of theirs, may concern."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.duties.duties import Duty
from app.duties.requirements import Requirement
from app.duties.rolls import call_roll
from app.duties.terms import RequirementTerms
from app.foundation import clock
from app.identity.institutions import tree_above
from app.identity.placements import Placement

_duties, _requirements = Duty.__table__.c, Requirement.__table__.c
_terms, _placements = RequirementTerms.__table__.c, Placement.__table__.c


def _about_person() -> Any:
    """Requirements whose tree the person stands in now, and those they have a duty under."""
    stands_at = select(_placements.institution_id.label("id")).where(
        _placements.user_id == bindparam("person_id"),
        _placements.ended_at.is_(None),
        _placements.institution_id.is_not(None),
    )
    over = tree_above(stands_at)
    asked = select(_terms.requirement_id).where(
        _terms.replaced_at.is_(None), _terms.audience_id.in_(select(over.c.id))
    )
    owed = select(_duties.requirement_id).where(
        _duties.person_id == bindparam("person_id"), _duties.stands
    )
    return (
        select(_requirements.id)
        .where(
            (_requirements.ended_at.is_(None) & _requirements.id.in_(asked))
            | _requirements.id.in_(owed)
        )
        .order_by(_requirements.id)
    )


_ABOUT = _about_person()
_OWED = (
    select(_duties.requirement_id)
    .join_from(Duty.__table__, Requirement.__table__, _requirements.id == _duties.requirement_id)
    .where(
        _duties.person_id == bindparam("person_id"),
        _duties.stands,
        _requirements.course_id == bindparam("course_id"),
    )
    .order_by(_duties.requirement_id)
)


def requirements_about(db: Session, person_id: int) -> Sequence[int]:
    """The requirements that may concern a person: of institutions above them, or of old."""
    return db.scalars(_ABOUT, {"person_id": person_id}).all()


def note_completion(db: Session, person_id: int, course_id: int) -> None:
    """Count a completion for the person's duties at once, so that their next page says so."""
    for requirement_id in db.scalars(_OWED, {"person_id": person_id, "course_id": course_id}).all():
        call_roll(db, requirement_id, clock.now(), [person_id])
