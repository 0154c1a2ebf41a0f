"""Listings: an administrator's institutions a page at a time, and what a reform of one affects."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.errors import NotFound
from app.i18n.foldings import folded_name
from app.i18n.marking import N_
from app.identity.choosing.matches import is_called
from app.identity.grants import ADMINISTERED, ADMINISTRATOR, Grant
from app.identity.histories import UNITS, Unit
from app.identity.institutions import Institution, InstitutionState
from app.identity.placements import Placement

PAGE = 100
_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_placements, _grants = Placement.__table__.c, Grant.__table__.c
_IS_MINE = _institutions.id.in_(ADMINISTERED)


class Affected(NamedTuple):
    """Whom a reform of an institution concerns: who works there, who holds roles, what is below."""

    people: int
    roles: int
    parts: int


class UnitUnknown(NotFound):
    """No institution of the person's own has this key or name, or several have the name."""

    says = N_("None of your institutions is called “%(name)s”, or several are.")
    mend = N_("Look it up in the list of institutions and write its key.")


def units_under(db: Session, person_id: int, parent_id: int | None, page: int) -> list[Unit]:
    """One page, and one more, of what stands under an institution, or of the person's highest."""
    if parent_id is not None:
        return _page(db, person_id, UNITS.where(_states.parent_id == parent_id), page)
    inner = select(InstitutionState.institution_id).where(
        InstitutionState.institution_id.in_(ADMINISTERED)
    )
    highest = _states.parent_id.is_(None) | _states.parent_id.not_in(inner)
    return _page(db, person_id, UNITS.where(highest), page)


def units_called(db: Session, person_id: int, words: str, page: int) -> list[Unit]:
    """One page, and one more, of the person's institutions with these words in name or key."""
    return _page(db, person_id, UNITS.where(is_called(words)), page)


def unit_of(db: Session, person_id: int, key: str) -> Institution:
    """The institution of this key in the person's trees; raises UnitUnknown."""
    asked = select(Institution).where(Institution.key == key, _IS_MINE)
    unit = db.scalars(asked, {"user_id": person_id, "role": ADMINISTRATOR}).one_or_none()
    if unit is None:
        raise UnitUnknown(name=key)
    return unit


def unit_meant(db: Session, person_id: int, words: str) -> Institution:
    """The institution of the person's trees with this key or this very name; raises UnitUnknown."""
    is_meant = (_institutions.key == words) | (_states.folded == folded_name(words))
    values = {"user_id": person_id, "role": ADMINISTRATOR, "moment": clock.now()}
    rows = db.execute(UNITS.where(is_meant, _IS_MINE), values)
    found = [Unit(*row) for row in rows]
    by_key = [each for each in found if each.key == words]
    meant = by_key or [each for each in found if each.ending is None]
    if len(meant) != 1:
        raise UnitUnknown(name=words)
    return unit_of(db, person_id, meant[0].key)


def affected_by(db: Session, institution_id: int) -> Affected:
    """Whom a reform of this institution concerns now."""
    alone = InstitutionState.ending.is_(None) & InstitutionState.valid_to.is_(None)
    return Affected(
        _count(db, _placements.institution_id == institution_id, _placements.ended_at.is_(None)),
        _count(db, _grants.institution_id == institution_id, _grants.ended_at.is_(None)),
        _count(
            db,
            InstitutionState.parent_id == institution_id,
            alone,
            InstitutionState.replaced_at.is_(None),
        ),
    )


def _count(db: Session, *conditions: Any) -> int:
    return db.scalar(select(func.count()).where(*conditions)) or 0


def _page(db: Session, person_id: int, asked: Select[Any], page: int) -> list[Unit]:
    moment: datetime = clock.now()
    values = {"user_id": person_id, "role": ADMINISTRATOR, "moment": moment}
    statement = asked.where(_IS_MINE).limit(PAGE + 1).offset((page - 1) * PAGE)
    return [Unit(*row) for row in db.execute(statement, values)]
