"""Second factors: a code of a person's own device after the password (TOTP, RFC 6238)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import ClassVar

import pyotp
from sqlalchemy import BigInteger, ForeignKey, String, delete, exists, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Model, Moment, Ref
from app.identity.users import User
from app.queue.mails import mail_later

ISSUER = "Capacita"
STEP = 30  # seconds that a code stands for
NEAR = (-1, 0, 1)  # steps by which a device's clock may be off
CODES, CODE_BYTES = 10, 10
ON, OFF, RECOVERED = "on", "off", "recovered"


class SecondFactor(Model):
    """The secret that a person's device shares with us; it counts once a code confirmed it.

    `last_step` is the time step of the last code taken, so that none is taken twice.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Model):
    """A code on paper that stands in for a lost device, once; 80 random bits, kept as their hash."""

    __tablename__ = "recovery_codes"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class SecondFactorSet(Happening):
    """A person asks for a code of their device at each sign-in from now on."""

    kind: ClassVar[str] = "second-factor-set"


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnded(Happening):
    """The password alone signs a person in again."""

    kind: ClassVar[str] = "second-factor-ended"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Happening):
    """A person signed in with a code on paper; `left` says how many still work."""

    kind: ClassVar[str] = "recovery-code-used"
    left: int


def has_second_factor(db: Session, user_id: int) -> bool:
    """Whether a code is asked for after the password."""
    asked = exists().where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return bool(db.scalar(select(asked)))


def recovery_codes_left(db: Session, user_id: int) -> int:
    """How many codes on paper still work."""
    asked = select(func.count()).select_from(RecoveryCode)
    left = asked.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.scalar(left) or 0


def begin(db: Session, user_id: int) -> None:
    """Make a secret for the person's device; until a code confirms it, nothing is asked for."""
    if has_second_factor(db, user_id):
        return
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    made = SecondFactor(
        user_id=user_id, secret=pyotp.random_base32(), made_at=clock.now(), last_step=0
    )
    db.add(made)
    db.flush()


def begun(db: Session, user_id: int) -> SecondFactor | None:
    """The secret that waits for its first code."""
    return db.scalars(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_(None)
        )
    ).one_or_none()


def address_of(factor: SecondFactor, user: User) -> str:
    """What the device reads from the drawing: an otpauth address with the secret."""
    return pyotp.TOTP(factor.secret, interval=STEP).provisioning_uri(
        name=user.email or user.name, issuer_name=ISSUER
    )


def confirm(db: Session, factor: SecondFactor, user: User, code: str) -> list[str]:
    """Ask for codes from now on; returns ten codes for paper, shown once, or none if it is wrong."""
    if not _is_right(db, factor, code):
        return []
    factor.confirmed_at = clock.now()
    codes = [secrets.token_hex(CODE_BYTES) for _each in range(CODES)]
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.add_all(RecoveryCode(hash=_hash_of(each), user_id=user.id) for each in codes)
    db.flush()
    record(db, SecondFactorSet(actor_id=user.id, person_id=user.id))
    _tell(db, user, ON)
    return ["-".join(each[at : at + 5] for at in range(0, len(each), 5)) for each in codes]


def proves(db: Session, user: User, code: str) -> bool:
    """Whether a code of the device or one on paper is right; neither works a second time."""
    factor = db.scalars(
        select(SecondFactor)
        .where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_not(None))
        .with_for_update()
    ).one_or_none()
    if factor is None:
        return False
    return _is_right(db, factor, code) or _recovers(db, user, code)


def end_second_factor(db: Session, user: User, ended_by: int | None = None) -> None:
    """Let the password alone sign the person in, and tell them; ending it twice is no fault."""
    had = has_second_factor(db, user.id)
    forget_second_factor(db, user.id)
    if had:
        record(db, SecondFactorEnded(actor_id=ended_by, person_id=user.id))
        _tell(db, user, OFF)


def forget_second_factor(db: Session, user_id: int) -> None:
    """Delete the secret and the codes on paper."""
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _is_right(db: Session, factor: SecondFactor, code: str) -> bool:
    typed = "".join(code.split())
    device, present = pyotp.TOTP(factor.secret, interval=STEP), int(clock.now().timestamp()) // STEP
    for step in (present + each for each in NEAR):
        fits = hmac.compare_digest(device.generate_otp(step).encode(), typed.encode())
        if fits and step > factor.last_step:
            factor.last_step = step
            db.flush()
            return True
    return False


def _recovers(db: Session, user: User, code: str) -> bool:
    used = db.execute(
        update(RecoveryCode)
        .where(RecoveryCode.hash == _hash_of(code), RecoveryCode.user_id == user.id)
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RecoveryCode.hash)
    ).one_or_none()
    if used is None:
        return False
    left = recovery_codes_left(db, user.id)
    record(db, RecoveryCodeUsed(actor_id=user.id, person_id=user.id, left=left))
    _tell(db, user, RECOVERED, left)
    return True


def _hash_of(code: str) -> bytes:
    plain = "".join(letter for letter in code[:100].lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def _tell(db: Session, user: User, what: str, left: int = 0) -> None:
    if user.email is not None:
        mail_later(
            db, "second_step", to=user.email, language=user.language, name=user.name, what=what,
            left=left,
        )  # fmt: skip
