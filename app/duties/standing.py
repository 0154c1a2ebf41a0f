"""Standing: one person's duty under one requirement, as its own page shows it, with its rounds."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.duties.boards import REQUIRED, Required
from app.duties.duties import Duty
from app.duties.requirements import Requirement
from app.foundation.errors import NotFound
from app.i18n.marking import N_


class Turn(NamedTuple):
    """One round of a duty, as it stands or went."""

    round: int
    since: date
    due_on: date
    done_on: date | None
    valid_until: date | None
    missed_on: date | None
    ended_on: date | None


class DutyUnknown(NotFound):
    """Nothing is required of the person under this key."""

    says = N_("Nothing of that kind is required of you.")
    mend = N_("Look at My learning for what is.")


_duties, _requirements = Duty.__table__.c, Requirement.__table__.c
_ONE = REQUIRED.where(
    _requirements.key == bindparam("key"),
    _duties.person_id == bindparam("person_id"),
    _duties.stands,
)
_BY_DUTY = REQUIRED.with_only_columns(_duties.id, *REQUIRED.selected_columns).where(
    _duties.id.in_(bindparam("duties", expanding=True)), _duties.stands
)
_TURNS = (
    select(*(_duties[name] for name in Turn._fields))
    .where(
        _duties.requirement_id == bindparam("requirement_id"),
        _duties.person_id == bindparam("person_id"),
    )
    .order_by(_duties.round.desc())
)
_DUTY = select(Duty).where(
    Duty.requirement_id == bindparam("requirement_id"),
    Duty.person_id == bindparam("person_id"),
    Duty.stands,
)


def required_of(db: Session, key: str, person_id: int) -> Required:
    """What a person is required under a key; raises DutyUnknown."""
    try:
        row = db.execute(_ONE, {"key": UUID(key), "person_id": person_id}).one_or_none()
    except ValueError:
        row = None
    if row is None:
        raise DutyUnknown
    return Required._make(row)


def required_by(db: Session, duties: Collection[int]) -> dict[int, Required]:
    """What these duties require, by their numbers; one that stands no more is not among them."""
    rows = db.execute(_BY_DUTY, {"duties": list(duties)})
    return {number: Required(*row) for number, *row in rows}


def duty_of(db: Session, requirement_id: int, person_id: int) -> Duty:
    """The standing duty itself; raises DutyUnknown."""
    asked = {"requirement_id": requirement_id, "person_id": person_id}
    duty = db.scalars(_DUTY, asked).one_or_none()
    if duty is None:
        raise DutyUnknown
    return duty


def turns_of(db: Session, requirement_id: int, person_id: int) -> list[Turn]:
    """All rounds of a person's duty, the latest first."""
    asked = {"requirement_id": requirement_id, "person_id": person_id}
    return [Turn(*row) for row in db.execute(_TURNS, asked)]
