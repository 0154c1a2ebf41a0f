"""Sign-ins: revocable rows behind the cookie, which holds a random token kept only as its hash."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Boolean, ForeignKey, String, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Model, Moment, Ref, index_of_some
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.devices import UNKNOWN, Device

LASTS = timedelta(days=30)
TOKEN_BYTES = 32


class SignIn(Model):
    """One browser where a person is signed in, until a moment or until revoked.

    `key` names it on its owner's page; `used_at` is right to a day; the device is two words.
    Where a provider vouched for the person, `provider` is its name in the operator's file,
    `is_two_steps` whether it saw two proofs, `proved_at` when it last saw one, and
    `provider_session` what it calls the person's session there, if it says so.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (index_of_some("sign_ins", "provider_session"),)

    token_hash: Mapped[Hash] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    browser: Mapped[str] = mapped_column(String(32))
    system: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[Moment]
    used_at: Mapped[Moment]
    until: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    provider: Mapped[str | None] = mapped_column(String(32))
    is_two_steps: Mapped[bool] = mapped_column(Boolean)
    proved_at: Mapped[Moment | None]
    provider_session: Mapped[str | None] = mapped_column(String(255))


class Way(NamedTuple):
    """How a person proved who they are where a provider vouched for it; empty for a way of ours."""

    provider: str = ""
    is_two_steps: bool = False
    proved_at: datetime | None = None
    session: str = ""

    def as_details(self) -> dict[str, Any]:
        """For the link to the next step, which `way_in` reads."""
        moment = self.proved_at.isoformat() if self.proved_at is not None else None
        return {**self._asdict(), "proved_at": moment} if self.provider else {}


OURS = Way()


def way_in(details: Mapping[str, Any]) -> Way:
    """The way that a link's details tell of."""
    moment = details.get("proved_at")
    return Way(
        details.get("provider", ""),
        details.get("is_two_steps", False),
        datetime.fromisoformat(moment) if moment else None,
        details.get("session", ""),
    )


class OwnSignIn(NamedTuple):
    """A standing sign-in, as its owner's page lists it."""

    key: UUID
    device: Device
    made_at: datetime
    used_at: datetime
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class SignedIn(Happening):
    """A person signed in in one more browser; `provider` says who vouched for them, if anyone."""

    kind: ClassVar[str] = "signed-in"
    provider: str = ""


@dataclass(frozen=True, kw_only=True)
class SignedOut(Happening):
    """A person signed out of one browser."""

    kind: ClassVar[str] = "signed-out"


@dataclass(frozen=True, kw_only=True)
class SignedOutElsewhere(Happening):
    """A person ended their sign-ins in other browsers; `count` says how many."""

    kind: ClassVar[str] = "signed-out-elsewhere"
    count: int


@dataclass(frozen=True, kw_only=True)
class SignedOutByProvider(Happening):
    """The provider that signed a person in signed them out; `count` says in how many browsers."""

    kind: ClassVar[str] = "signed-out-by-provider"
    provider: str
    count: int


class SignInUnknown(NotFound):
    """The person has no standing sign-in of this key."""

    says = N_("This sign-in has ended already.")
    mend = N_("Look at the list of your browsers again.")


def open_sign_in(db: Session, user_id: int, device: Device = UNKNOWN, way: Way = OURS) -> str:
    """Sign the person in; returns the token, which only their browser will know."""
    token, moment = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    db.add(
        SignIn(
            token_hash=hashlib.sha256(token.encode()).digest(),
            key=uuid4(),
            user_id=user_id,
            browser=device.browser,
            system=device.system,
            made_at=moment,
            used_at=moment,
            until=moment + LASTS,
            provider=way.provider or None,
            is_two_steps=way.is_two_steps,
            proved_at=way.proved_at,
            provider_session=way.session or None,
        )
    )
    db.flush()
    record(db, SignedIn(actor_id=user_id, person_id=user_id, provider=way.provider))
    return token


def way_of(db: Session, token_hash: bytes | None) -> Way:
    """How the person of a standing sign-in came in."""
    row = db.execute(
        select(SignIn.provider, SignIn.is_two_steps, SignIn.proved_at).where(
            SignIn.token_hash == (token_hash or b""),
            SignIn.revoked_at.is_(None),
            SignIn.until > clock.now(),
        )
    ).one_or_none()
    return Way(row.provider, row.is_two_steps, row.proved_at) if row and row.provider else OURS


def sign_ins_of(db: Session, user_id: int, this: bytes | None) -> list[OwnSignIn]:
    """The person's standing sign-ins, the one of this browser first, then the last used first."""
    rows = db.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None), SignIn.until > clock.now())
        .order_by(SignIn.used_at.desc(), SignIn.made_at.desc())
    )
    listed = [
        OwnSignIn(
            row.key,
            Device(row.browser, row.system),
            row.made_at,
            row.used_at,
            is_this=row.token_hash == this,
        )
        for row in rows
    ]
    return sorted(listed, key=lambda each: not each.is_this)


def note_use(db: Session, token_hash: bytes) -> None:
    """Keep that a sign-in was used now; asked for once a day at most."""
    db.execute(update(SignIn).where(SignIn.token_hash == token_hash).values(used_at=clock.now()))


def close_sign_in(db: Session, token_hash: bytes) -> None:
    """Sign one browser out; a token that is unknown or over is no fault."""
    user_id = db.execute(
        update(SignIn)
        .where(SignIn.token_hash == token_hash, SignIn.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(SignIn.user_id)
    ).scalar_one_or_none()
    if user_id is not None:
        record(db, SignedOut(actor_id=user_id, person_id=user_id))


def close_own_sign_in(db: Session, user_id: int, key: str) -> None:
    """Sign one of the person's browsers out, by its key; raises SignInUnknown."""
    asked = select(SignIn.token_hash).where(
        SignIn.user_id == user_id, SignIn.key == _key_in(key), SignIn.revoked_at.is_(None)
    )
    token_hash = db.scalars(asked).one_or_none()
    if token_hash is None:
        raise SignInUnknown
    close_sign_in(db, token_hash)


def close_other_sign_ins(db: Session, user_id: int, this: bytes | None) -> None:
    """Sign the person out everywhere but in this browser."""
    closed = db.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .where(SignIn.token_hash != (this or b""))
        .values(revoked_at=clock.now())
        .returning(SignIn.key)
    ).all()
    if closed:
        record(db, SignedOutElsewhere(actor_id=user_id, person_id=user_id, count=len(closed)))


def close_all_sign_ins(db: Session, user_id: int) -> None:
    """Sign the person out everywhere, as a new password asks for."""
    close_other_sign_ins(db, user_id, None)


def close_provided_sign_ins(
    db: Session, provider: str, *, user_id: int | None, session: str
) -> int:
    """Sign a person out wherever a provider signed them in, or in one session of it alone.

    Returns in how many browsers; without a person it is whoever has that session.
    """
    closed = update(SignIn).where(SignIn.provider == provider, SignIn.revoked_at.is_(None))
    if session:
        closed = closed.where(SignIn.provider_session == session)
    if user_id is not None or not session:
        closed = closed.where(SignIn.user_id == (user_id or 0))
    rows = db.execute(closed.values(revoked_at=clock.now()).returning(SignIn.user_id)).all()
    for person, count in Counter(row.user_id for row in rows).items():
        record(db, SignedOutByProvider(person_id=person, provider=provider, count=count))
    return len(rows)


def forget_sign_ins(db: Session, before: datetime) -> None:
    """Delete the sign-ins that were over or revoked before a moment."""
    is_over = (SignIn.until < before) | (SignIn.revoked_at < before)
    db.execute(delete(SignIn).where(is_over))


def _key_in(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise SignInUnknown from None
