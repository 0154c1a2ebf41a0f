"""Passkeys: keys on a person's own devices that sign a challenge of ours (WebAuthn)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, LargeBinary, String, Uuid, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening
from app.foundation.database import Model, Moment, Ref
from app.foundation.errors import NotFound
from app.foundation.prepared import Once
from app.i18n.marking import N_

MOST = 20  # passkeys of one person
LONGEST_ID = 1023  # bytes, as the standard has it
LONGEST_NAME = 64


class Passkey(Model):
    """The public half of a key whose other half never leaves its device or its owner's keeping.

    `key` names it on its owner's page; the device counts its signatures, unless the key travels
    between devices (`is_synced` says that it may, `is_backed_up` that it does).
    """

    __tablename__ = "passkeys"

    credential_id: Mapped[bytes] = mapped_column(LargeBinary(LONGEST_ID), primary_key=True)
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    is_synced: Mapped[bool] = mapped_column(Boolean)
    is_backed_up: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    made_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class OwnPasskey(NamedTuple):
    """A passkey as its owner's page lists it."""

    key: UUID
    name: str
    made_at: datetime
    used_at: datetime | None
    is_backed_up: bool


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Happening):
    """A person can sign in with one more passkey."""

    kind: ClassVar[str] = "passkey-added"


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(Happening):
    """One of a person's passkeys signs nobody in any more."""

    kind: ClassVar[str] = "passkey-removed"


@dataclass(frozen=True, kw_only=True)
class PasskeyDoubted(Happening):
    """A passkey's count of signatures went back, as that of a copy would; it was not let in."""

    kind: ClassVar[str] = "passkey-doubted"


class PasskeyUnknown(NotFound):
    """The person has no passkey of this key."""

    says = N_("This passkey was removed already.")
    mend = N_("Look at the list of your passkeys again.")


ADD = Once(Passkey)


def passkeys_of(db: Session, user_id: int) -> list[OwnPasskey]:
    """The person's passkeys, the last made first."""
    rows = db.execute(
        select(Passkey.key, Passkey.name, Passkey.made_at, Passkey.used_at, Passkey.is_backed_up)
        .where(Passkey.user_id == user_id)
        .order_by(Passkey.made_at.desc())
    )
    return [OwnPasskey(*row) for row in rows]


def credential_ids_of(db: Session, user_id: int) -> list[bytes]:
    """What a browser needs to find one of the person's passkeys, or not to make a second one."""
    return list(db.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id)))


def passkey_called(db: Session, user_id: int, key: str) -> Passkey:
    """One of the person's own passkeys; raises PasskeyUnknown."""
    try:
        wanted = UUID(key)
    except ValueError:
        raise PasskeyUnknown from None
    asked = select(Passkey).where(Passkey.user_id == user_id, Passkey.key == wanted)
    found = db.scalars(asked).one_or_none()
    if found is None:
        raise PasskeyUnknown
    return found


def forget_passkeys(db: Session, user_id: int) -> None:
    """Delete all passkeys of the person."""
    db.execute(delete(Passkey).where(Passkey.user_id == user_id))
