"""Sign-ins: revocable rows behind the cookie, which holds a random token kept only as its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ForeignKey, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Model, Moment, Ref

LASTS = timedelta(days=30)
TOKEN_BYTES = 32


class SignIn(Model):
    """One browser where a person is signed in, until a moment or until revoked."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[Moment]
    until: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class SignedIn(Happening):
    """A person signed in in one more browser."""

    kind: ClassVar[str] = "signed-in"


@dataclass(frozen=True, kw_only=True)
class SignedOut(Happening):
    """A person signed out of one browser."""

    kind: ClassVar[str] = "signed-out"


def open_sign_in(db: Session, user_id: int) -> str:
    """Sign the person in; returns the token, which only their browser will know."""
    token, moment = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    db.add(
        SignIn(
            token_hash=hashlib.sha256(token.encode()).digest(),
            user_id=user_id,
            made_at=moment,
            until=moment + LASTS,
        )
    )
    db.flush()
    record(db, SignedIn(actor_id=user_id, person_id=user_id))
    return token


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


def close_all_sign_ins(db: Session, user_id: int) -> None:
    """Sign the person out everywhere, as a new password asks for."""
    db.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def forget_sign_ins(db: Session, before: datetime) -> None:
    """Delete the sign-ins that were over or revoked before a moment."""
    is_over = (SignIn.until < before) | (SignIn.revoked_at < before)
    db.execute(delete(SignIn).where(is_over))
