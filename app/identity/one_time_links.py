"""One-time links: mailed proofs that an address belongs to a person, kept only as their hash."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Hash, Json, Model, Moment, Ref, table_of
from app.foundation.errors import Refusal
from app.foundation.prepared import Once, Prepared
from app.i18n.marking import N_

CONFIRMATION, RESET, AGREEMENT = "confirmation", "reset", "agreement"
ADDRESS, ADDRESS_BACK = "address", "address-back"
SECOND_STEP = "second-step"
# The first way in of a person whom an administrator registered: by letter, or a printed code.
ARRIVAL = "arrival"
# Challenges to passkeys: the token is what is signed. To a new one, to one that signs in alone, and
# to one after the password.
PASSKEY_MADE, PASSKEY_ALONE, PASSKEY_SECOND = "passkey-made", "passkey-alone", "passkey-second"
# The state of a sign-in by a provider, kept while the person is there; then the new account of it.
FEDERATED, FEDERATED_ACCOUNT = "federated", "federated-account"
# The number of a provider's logout token, kept while the token could be sent again.
PROVIDED_LOGOUT = "provided-logout"
LASTS = {
    CONFIRMATION: timedelta(hours=24),
    RESET: timedelta(hours=1),
    AGREEMENT: timedelta(minutes=30),
    SECOND_STEP: timedelta(minutes=10),
    ARRIVAL: timedelta(days=60),
    PASSKEY_MADE: timedelta(minutes=5),
    PASSKEY_ALONE: timedelta(minutes=5),
    PASSKEY_SECOND: timedelta(minutes=5),
    FEDERATED: timedelta(minutes=10),
    FEDERATED_ACCOUNT: timedelta(minutes=30),
    PROVIDED_LOGOUT: timedelta(hours=1),
    ADDRESS: timedelta(hours=24),
    # Long enough for who reads their mail once a week to find out and take an account back.
    ADDRESS_BACK: timedelta(days=14),
}
# What lets somebody in, all or half of the way, or would move the account: over once a password is new.
WAYS_ON = (RESET, ARRIVAL, AGREEMENT, SECOND_STEP, ADDRESS)
TOKEN_BYTES = 32


class OneTimeLink(Model):
    """A link that works once, for one purpose, until a moment; used, it forgets its details."""

    __tablename__ = "one_time_links"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    details: Mapped[Json]
    made_at: Mapped[Moment]
    until: Mapped[Moment]
    used_at: Mapped[Moment | None]


_PROVED = (OneTimeLink.user_id, OneTimeLink.details, OneTimeLink.made_at)
_ONCE, _MAKE = Once(OneTimeLink), Prepared(insert(table_of(OneTimeLink)).inline())


class Linked(NamedTuple):
    """What a link proves: for whom it was made, what was asked for then, and when that was."""

    user_id: int | None
    details: dict[str, Any]
    made_at: datetime


class LinkOver(Refusal):
    """The link was used, voided by a later one, or its time is over; or it was never made."""

    status = 410
    says = N_("This link was used already, or its time is over.")
    mend = N_("Start again on the page that sent it, and you get a new one.")


def hash_of_token(token: str) -> bytes:
    """What is stored of a token; the token itself is in the mail alone."""
    return hashlib.sha256(token.encode()).digest()


def make_link(
    db: Session,
    purpose: str,
    *,
    user_id: int | None = None,
    details: dict[str, Any] | None = None,
    token: str = "",
) -> str:
    """Make a link for this purpose; returns its token, which is a code where one is given."""
    token = token or secrets.token_urlsafe(TOKEN_BYTES)
    _MAKE.run(db, _row(purpose, token, user_id, details))
    return token


def make_links(db: Session, purpose: str, user_ids: Iterable[int]) -> dict[int, str]:
    """Make a link for this purpose for each of some people; returns their tokens."""
    tokens = {user_id: secrets.token_urlsafe(TOKEN_BYTES) for user_id in user_ids}
    _MAKE.run_each(db, [_row(purpose, token, user_id) for user_id, token in tokens.items()])
    return tokens


def _row(
    purpose: str, token: str, user_id: int | None = None, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    moment = clock.now()
    return {
        "hash": hash_of_token(token),
        "user_id": user_id,
        "purpose": purpose,
        "details": details or {},
        "made_at": moment,
        "until": moment + LASTS[purpose],
    }


def is_first(db: Session, purpose: str, token: str) -> bool:
    """Whether nobody came with this token before; it is remembered as long as its links last."""
    row = _row(purpose, token)
    return _ONCE.add(db, row | {"used_at": row["made_at"]})


def link_of(db: Session, purpose: str, token: str) -> Linked:
    """What a link would prove, without using it up; raises LinkOver."""
    row = db.execute(select(*_PROVED).where(*_is_open(purpose, token))).one_or_none()
    if row is None:
        raise LinkOver
    return Linked(*row)


def person_of(linked: Linked) -> int:
    """The person whom a link was made for; raises LinkOver where it was made for nobody."""
    if linked.user_id is None:
        raise LinkOver
    return linked.user_id


def use_link(db: Session, purpose: str, token: str) -> Linked:
    """Use a link up and forget its details; of two at the same moment one raises LinkOver."""
    row = db.execute(
        update(OneTimeLink)
        .where(*_is_open(purpose, token))
        .values(used_at=clock.now())
        .returning(*_PROVED)
    ).one_or_none()
    if row is None:
        raise LinkOver
    db.execute(
        update(OneTimeLink).where(OneTimeLink.hash == hash_of_token(token)).values(details={})
    )
    return Linked(*row)


def void_links(db: Session, purpose: str, *user_ids: int) -> None:
    """Let no earlier link of this purpose work for a person, or for some people."""
    _void(db, OneTimeLink.user_id.in_(user_ids), OneTimeLink.purpose == purpose)


def void_links_since(db: Session, purpose: str, user_id: int, moment: datetime) -> None:
    """Let no link of this purpose work that was made for a person at this moment or later."""
    _void(
        db,
        OneTimeLink.user_id == user_id,
        OneTimeLink.purpose == purpose,
        OneTimeLink.made_at >= moment,
    )


def void_ways_on(db: Session, user_id: int) -> None:
    """Let nobody come in, or move the account, by a link that was made before the new password."""
    _void(db, OneTimeLink.user_id == user_id, OneTimeLink.purpose.in_(WAYS_ON))


def _void(db: Session, *which: ColumnElement[bool]) -> None:
    voided = update(OneTimeLink).where(*which, OneTimeLink.used_at.is_(None))
    db.execute(voided.values(used_at=clock.now(), details={}))


def forget_links(db: Session, before: datetime) -> None:
    """Delete the links whose time was over before a moment, and what was asked for in them."""
    db.execute(delete(OneTimeLink).where(OneTimeLink.until < before))


def _is_open(purpose: str, token: str) -> tuple[Any, ...]:
    return (
        OneTimeLink.hash == hash_of_token(token),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.until > clock.now(),
    )
