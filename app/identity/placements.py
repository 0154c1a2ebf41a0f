"""Placements: where a person worked, and as what, at a moment; rows change only to end."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    bindparam,
    exists,
    false,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.foundation.errors import NotAllowed, Refusal
from app.i18n.marking import N_
from app.identity.domains import is_own_address
from app.identity.histories import day_begins
from app.identity.institutions import NAMED, Institution
from app.identity.users import User

# What is kept of a person beside the institution.
TOLD_BESIDE = ("grade", "job_family", "gender", "country", "place")


class Placement(Model):
    """A person's institution, grade, job family, gender, country and place from a moment on.

    It is a claim until `confirmed_at`, which `confirmed_by` said or, without one, the address did.
    Events point here, so a change writes a new row; a row changes only to be confirmed or to end.
    It is `on_trial` while the file that brought it may be undone: nothing is asked of anybody by it.
    """

    __tablename__ = "placements"
    __table_args__ = (
        index_where("uq_placements_standing", "ended_at IS NULL", "user_id", is_unique=True),
        Index("ix_placements_institution_id", "institution_id"),
        index_where(
            "ix_placements_unconfirmed",
            "institution_id IS NOT NULL AND confirmed_at IS NULL",
            "institution_id",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    grade: Mapped[str | None] = mapped_column(String(64))
    job_family: Mapped[str | None] = mapped_column(String(64))
    gender: Mapped[str | None] = mapped_column(String(16))
    country: Mapped[str | None] = mapped_column(String(2))
    place: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[Moment]
    recorded_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    confirmed_at: Mapped[Moment | None]
    confirmed_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    on_trial: Mapped[bool] = mapped_column(Boolean, server_default=false())


@dataclass(frozen=True, kw_only=True)
class Placed(Happening):
    """A person stands elsewhere from now on; `placement_id` says where."""

    kind: ClassVar[str] = "placed"
    institution_id: int | None
    confirmed: bool


class OwnTransfer(NotAllowed):
    """Nobody says of themselves that it is so; that is for a colleague."""

    says = N_("You cannot transfer yourself.")
    mend = N_("Say in your account where you work; a colleague confirms it.")


class TransferAhead(Refusal):
    """The day is still to come; a placement says where somebody stands, not where they will."""

    says = N_("This day is still to come.")
    mend = N_("Write today or an earlier day, and transfer the person when the day has come.")


class TransferTooEarly(Refusal):
    """The person came to where they stand on this day or after it."""

    says = N_("The person stands where they are since %(day)s only.")
    mend = N_("Write a later day.")


class Place(NamedTuple):
    """Where a person works, as their page shows it."""

    key: str
    name: str
    since: datetime
    confirmed_at: datetime | None


_placements = Placement.__table__.c
_named = NAMED.order_by(None).subquery()
_STANDING = select(Placement).where(
    Placement.user_id == bindparam("user_id"), Placement.ended_at.is_(None)
)
_STANDING_ID = select(_placements.id).where(
    _placements.user_id == bindparam("user_id"), _placements.ended_at.is_(None)
)
_PLACE = (
    select(_named.c.key, _named.c.name, _placements.valid_from, _placements.confirmed_at)
    .join_from(Placement.__table__, _named, _named.c.id == _placements.institution_id)
    .where(_placements.user_id == bindparam("user_id"), _placements.ended_at.is_(None))
)
_ADDRESS = select(User.email).where(User.id == bindparam("user_id"))
_PERSON = select(User.id).where(User.id == bindparam("user_id")).with_for_update()


def is_on_trial(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a person stands where they stand by a file that may still be undone."""
    return exists().where(
        _placements.user_id == person_id, _placements.ended_at.is_(None), _placements.on_trial
    )


def standing_placement(db: Session, user_id: int) -> Placement | None:
    """Where the person stands now."""
    return db.scalars(_STANDING, {"user_id": user_id}).one_or_none()


def standing_placement_id(db: Session, user_id: int) -> int | None:
    """The id of the person's standing placement, for the events of this moment."""
    return db.execute(_STANDING_ID, {"user_id": user_id}).scalar_one_or_none()


def place_of(db: Session, user_id: int) -> Place | None:
    """The institution where the person stands now, by name, and whether that is confirmed."""
    row = db.execute(_PLACE, {"user_id": user_id}).one_or_none()
    return Place(*row) if row is not None else None


def place(
    db: Session,
    user_id: int,
    institution_id: int | None,
    *,
    grade: str | None = None,
    job_family: str | None = None,
    gender: str | None = None,
    country: str | None = None,
    place: str | None = None,
    confirmed_by: int | None = None,
    refused_by: int | None = None,
    since: datetime | None = None,
) -> Placement:
    """Let the person stand here from now on, or since a moment, and end the standing placement.

    It is the person's claim unless someone confirms it or their address is the institution's own;
    what was confirmed of an institution stays so. Saying the same again keeps the row.
    """
    # The person's row is locked, so that two placements at once stand after each other.
    db.execute(_PERSON, {"user_id": user_id})
    standing = standing_placement(db, user_id)
    told = (institution_id, grade, job_family, gender, country, place)
    if standing is not None:
        if _told_by(standing) == told and confirmed_by is None:
            return standing
        standing.ended_at = clock.now()
        db.flush()
    moment = clock.now()
    confirmed_at: datetime | None = moment
    if confirmed_by is None:
        confirmed_at, confirmed_by = _confirmation(db, user_id, institution_id, standing)
    placement = Placement(
        user_id=user_id,
        institution_id=institution_id,
        grade=grade,
        job_family=job_family,
        gender=gender,
        country=country,
        place=place,
        valid_from=since or moment,
        recorded_at=moment,
        confirmed_at=confirmed_at,
        confirmed_by=confirmed_by,
    )
    db.add(placement)
    db.flush()
    record(
        db,
        Placed(
            actor_id=refused_by or confirmed_by or user_id,
            person_id=user_id,
            placement_id=placement.id,
            institution_id=institution_id,
            confirmed=confirmed_at is not None,
        ),
    )
    return placement


def transfer(
    db: Session,
    user_id: int,
    unit: Institution,
    by: int,
    day: date | None = None,
    **told: str | None,
) -> Placement:
    """Let a person stand at an institution since a day, or from now; who does it confirms it.

    What is not told of the grade and the like stays as it was; what happened before keeps the place
    where it happened. Raises OwnTransfer, TransferAhead and TransferTooEarly.
    """
    if user_id == by:
        raise OwnTransfer
    db.execute(_PERSON, {"user_id": user_id})
    standing = standing_placement(db, user_id)
    since = day_begins(day, unit.time_zone) if day is not None else None
    if since is not None and since > clock.now():
        raise TransferAhead
    if since is not None and standing is not None and since <= standing.valid_from:
        raise TransferTooEarly(day=clock.day_in(standing.valid_from, unit.time_zone))
    kept = {name: told.get(name) or getattr(standing, name, None) for name in TOLD_BESIDE}
    return place(
        db, user_id, unit.id, confirmed_by=by, since=since, grade=kept["grade"],
        job_family=kept["job_family"], gender=kept["gender"], country=kept["country"],
        place=kept["place"],
    )  # fmt: skip


def _confirmation(
    db: Session, user_id: int, institution_id: int | None, standing: Placement | None
) -> tuple[datetime | None, int | None]:
    """When and by whom the institution is confirmed; nobody stands for the address itself."""
    if institution_id is None:
        return None, None
    known = standing if standing is not None and standing.confirmed_at is not None else None
    if known is not None and known.institution_id == institution_id:
        return known.confirmed_at, known.confirmed_by
    email = db.scalar(_ADDRESS, {"user_id": user_id})
    return (clock.now() if is_own_address(db, institution_id, email or "") else None), None


def _told_by(placement: Placement) -> tuple[int | str | None, ...]:
    return (
        placement.institution_id,
        placement.grade,
        placement.job_family,
        placement.gender,
        placement.country,
        placement.place,
    )
