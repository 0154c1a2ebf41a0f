"""Guardians: who answers for the people of an institution, and for whom one person answers."""

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.identity.access import RoleNeeded
from app.identity.grants import ADMINISTRATOR, Grant, institutions_administered
from app.identity.institutions import InstitutionState, is_standing
from app.identity.users import User

_grants, _users, _states = Grant.__table__.c, User.__table__.c, InstitutionState.__table__.c
_HOLDERS = (
    select(_users.id, _users.email, _users.language, _users.name)
    .join_from(Grant.__table__, User.__table__, _users.id == _grants.user_id)
    .where(_grants.role == ADMINISTRATOR, _grants.ended_at.is_(None), _users.email.is_not(None))
    .distinct()
    .order_by(_users.id)
)


def lineage_of(db: Session, institution_id: int | None) -> list[int]:
    """The institution and those above it, as they stand today, from below."""
    found: list[int] = []
    at = institution_id
    while at is not None and at not in found:
        found.append(at)
        above = select(_states.parent_id).where(_states.institution_id == at, is_standing)
        at = db.scalar(above)
    return found


def guardians_of(db: Session, institution_id: int | None) -> list[Row[int, str | None, str, str]]:
    """The administrators of the institution, or of the nearest above it that has some.

    Where there are none, or no institution, those of the whole platform.
    """
    for each in (*lineage_of(db, institution_id), None):
        held = list(db.execute(_HOLDERS.where(_grants.institution_id.is_not_distinct_from(each))))
        if held:
            return held
    return []


def seat_of(db: Session, person_id: int, institution_id: int | None) -> int | None:
    """The nearest institution, from one upwards, that the person administers; none for everywhere."""
    held = select(_grants.institution_id).where(
        _grants.user_id == person_id, _grants.role == ADMINISTRATOR, _grants.ended_at.is_(None)
    )
    seats = {*db.scalars(held)}
    return next((each for each in lineage_of(db, institution_id) if each in seats), None)


def wards_of(db: Session, person_id: int) -> frozenset[int | None]:
    """The institutions whose people the person answers for; None stands for people of none.

    Raises RoleNeeded for who is no administrator.
    """
    held = institutions_administered(db, person_id, ADMINISTRATOR)
    everywhere = db.scalar(
        select(_grants.id)
        .where(_grants.user_id == person_id, _grants.role == ADMINISTRATOR)
        .where(_grants.ended_at.is_(None), _grants.institution_id.is_(None))
    )
    if not held and everywhere is None:
        raise RoleNeeded
    return held | {None} if everywhere is not None else frozenset[int | None](held)
