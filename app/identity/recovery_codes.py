"""Recovery codes: on paper, for who lost their device; each stands in for it once."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Model, Moment, Ref
from app.foundation.typed import bare_code

CODES, CODE_BYTES = 10, 10


class RecoveryCode(Model):
    """A code on paper that stands in for a lost device, once; 80 random bits, kept as their hash."""

    __tablename__ = "recovery_codes"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Happening):
    """A person holds ten new codes on paper; earlier ones work no longer."""

    kind: ClassVar[str] = "recovery-codes-made"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Happening):
    """A person signed in with a code on paper; `left` says how many still work."""

    kind: ClassVar[str] = "recovery-code-used"
    left: int


def recovery_codes_left(db: Session, user_id: int) -> int:
    """How many codes on paper still work."""
    asked = select(func.count()).select_from(RecoveryCode)
    left = asked.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.scalar(left) or 0


def make_recovery_codes(db: Session, user_id: int) -> list[str]:
    """Ten codes in place of all earlier ones, shown once, in groups of five letters."""
    codes = [secrets.token_hex(CODE_BYTES) for _each in range(CODES)]
    forget_recovery_codes(db, user_id)
    db.add_all(RecoveryCode(hash=_hash_of(each), user_id=user_id) for each in codes)
    db.flush()
    record(db, RecoveryCodesMade(actor_id=user_id, person_id=user_id))
    return ["-".join(each[at : at + 5] for at in range(0, len(each), 5)) for each in codes]


def use_recovery_code(db: Session, user_id: int, code: str) -> int | None:
    """Take a code for good; how many are left, or None when it is wrong or was taken before."""
    used = db.execute(
        update(RecoveryCode)
        .where(RecoveryCode.hash == _hash_of(code), RecoveryCode.user_id == user_id)
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RecoveryCode.hash)
    ).one_or_none()
    if used is None:
        return None
    left = recovery_codes_left(db, user_id)
    record(db, RecoveryCodeUsed(actor_id=user_id, person_id=user_id, left=left))
    return left


def forget_recovery_codes(db: Session, user_id: int) -> None:
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _hash_of(code: str) -> bytes:
    return hashlib.sha256(bare_code(code).lower().encode()).digest()
