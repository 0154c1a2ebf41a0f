"""Guests: reviewers from outside, who read and comment on one draft by a link until it is over."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Id, Model, Moment, Ref, table_of
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.one_time_links import TOKEN_BYTES, hash_of_token
from app.studio.drafts import Draft

MOST_DAYS = 60


class Guest(Model):
    """A reviewer without an account, under the name that the inviter gave; only a hash opens it."""

    __tablename__ = "guests"

    id: Mapped[Id]
    hash: Mapped[Hash] = mapped_column(unique=True)
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    invited_at: Mapped[Moment]
    invited_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    until: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class GuestInvited(Happening):
    """Somebody from outside may read and comment on a draft."""

    kind: ClassVar[str] = "guest-invited"
    draft_id: int
    guest_id: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class GuestRevoked(Happening):
    """A link from outside opens a draft no longer."""

    kind: ClassVar[str] = "guest-revoked"
    draft_id: int
    guest_id: int


class LinkUnknown(NotFound):
    """The link was never made, was taken back, or its time is over."""

    says = N_("This link opens no review, or not any more.")
    mend = N_("Ask whoever sent it to you for a new one.")


class Invited(NamedTuple):
    """A guest and the token that is shown once."""

    guest: Guest
    token: str


def invite(db: Session, inviter_id: int, draft: Draft, name: str, days: int) -> Invited:
    """Make a link for one reviewer from outside that works for some days."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    guest = Guest(
        hash=hash_of_token(token),
        draft_id=draft.id,
        name=name,
        invited_at=now,
        invited_by=inviter_id,
        until=now + timedelta(days=min(days, MOST_DAYS)),
    )
    db.add(guest)
    db.flush()
    record(
        db,
        GuestInvited(actor_id=inviter_id, draft_id=draft.id, guest_id=guest.id, until=guest.until),
    )
    return Invited(guest, token)


def revoke_guest(db: Session, person_id: int, draft: Draft, guest_id: int) -> None:
    """Take a link of this draft back at once; twice is no fault. Raises LinkUnknown."""
    guest = db.scalar(select(Guest).where(Guest.id == guest_id, Guest.draft_id == draft.id))
    if guest is None:
        raise LinkUnknown
    if guest.revoked_at is None:
        guest.revoked_at = clock.now()
        db.flush()
        record(db, GuestRevoked(actor_id=person_id, draft_id=draft.id, guest_id=guest.id))


def forget_guests(db: Session, before: datetime) -> None:
    """Empty the names of guests whose link ended before a moment; what they said stays."""
    ended = func.coalesce(Guest.revoked_at, Guest.until)
    db.execute(update(table_of(Guest)).where(ended < before, Guest.name != "").values(name=""))


def guests_of(db: Session, draft: Draft) -> Sequence[Guest]:
    """Whoever may still read the draft by a link, latest invited first."""
    return db.scalars(
        select(Guest)
        .where(Guest.draft_id == draft.id, Guest.revoked_at.is_(None), Guest.until > clock.now())
        .order_by(Guest.id.desc())
    ).all()


def opened_by(db: Session, token: str) -> tuple[Guest, Draft]:
    """Whom a token lets in and to which draft; raises LinkUnknown."""
    row = db.execute(
        select(Guest, Draft)
        .join(Draft, Draft.id == Guest.draft_id)
        .where(Guest.hash == hash_of_token(token))
        .where(Guest.revoked_at.is_(None), Guest.until > clock.now(), Draft.closed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise LinkUnknown
    guest, draft = row
    return guest, draft
