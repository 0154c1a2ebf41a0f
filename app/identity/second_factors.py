"""Second factors: a code of a person's own device after the password (TOTP, RFC 6238), or a passkey."""

import hmac
from dataclasses import dataclass
from typing import ClassVar

import pyotp
from sqlalchemy import BigInteger, ForeignKey, String, delete, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Model, Moment, Ref
from app.foundation.prepared import Once
from app.foundation.typed import bare_code
from app.identity.passkeys.passkeys import Passkey, forget_passkeys
from app.identity.recovery_codes import (
    forget_recovery_codes,
    make_recovery_codes,
    use_recovery_code,
)
from app.identity.users import User
from app.queue.mails import mail_later

ISSUER = "Capacita"
STEP = 30  # seconds that a code stands for
NEAR = (-1, 0, 1)  # steps by which a device's clock may be off
ON, OFF, DEVICE_OFF, RECOVERED, RENEWED = "on", "off", "device-off", "recovered", "renewed"


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


@dataclass(frozen=True, kw_only=True)
class SecondFactorSet(Happening):
    """A person asks for a code of their device at each sign-in from now on."""

    kind: ClassVar[str] = "second-factor-set"


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnded(Happening):
    """No code of a device is asked for any more."""

    kind: ClassVar[str] = "second-factor-ended"


_once = Once(SecondFactor)


def has_device(db: Session, user_id: int) -> bool:
    """Whether the person has a device that shows codes."""
    asked = exists().where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return bool(db.scalar(select(asked)))


def has_second_factor(db: Session, user_id: int) -> bool:
    """Whether a second step is asked for after the password: a code of a device, or a passkey."""
    of_device = exists().where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    by_passkey = exists().where(Passkey.user_id == user_id)
    return bool(db.scalar(select(of_device | by_passkey)))


def begin(db: Session, user_id: int) -> None:
    """Make a secret for the person's device; until a code confirms it, nothing is asked for."""
    if has_device(db, user_id):
        return
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    values = {"user_id": user_id, "secret": pyotp.random_base32(), "made_at": clock.now()}
    _once.add(db, values | {"confirmed_at": None, "last_step": 0})


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
    codes = make_recovery_codes(db, user.id)
    record(db, SecondFactorSet(actor_id=user.id, person_id=user.id))
    _tell(db, user, ON)
    return codes


def proves(db: Session, user: User, code: str) -> bool:
    """Whether a code of the device or one on paper is right; neither works a second time."""
    factor = db.scalars(
        select(SecondFactor)
        .where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_not(None))
        .with_for_update()
    ).one_or_none()
    if factor is not None and _is_right(db, factor, code):
        return True
    left = use_recovery_code(db, user.id, code)
    if left is None:
        return False
    _tell(db, user, RECOVERED, left)
    return True


def renew_recovery_codes(db: Session, user: User) -> list[str]:
    """Ten new codes for paper in place of the earlier ones, and a mail; none without second step."""
    if not has_second_factor(db, user.id):
        return []
    _tell(db, user, RENEWED)
    return make_recovery_codes(db, user.id)


def end_device(db: Session, user: User) -> None:
    """Ask for no code of a device any more, and tell the person; ending it twice is no fault."""
    had = has_device(db, user.id)
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    drop_needless_codes(db, user.id)
    if had:
        record(db, SecondFactorEnded(actor_id=user.id, person_id=user.id))
        _tell(db, user, DEVICE_OFF if has_second_factor(db, user.id) else OFF)


def end_second_factor(db: Session, user: User, ended_by: int | None = None) -> None:
    """Let the password alone sign the person in, and tell them; ending it twice is no fault."""
    had = has_second_factor(db, user.id)
    forget_second_factor(db, user.id)
    if had:
        record(db, SecondFactorEnded(actor_id=ended_by, person_id=user.id))
        _tell(db, user, OFF)


def drop_needless_codes(db: Session, user_id: int) -> None:
    """Delete the codes on paper of who has neither device nor passkey left."""
    if not has_second_factor(db, user_id):
        forget_recovery_codes(db, user_id)


def forget_second_factor(db: Session, user_id: int) -> None:
    """Delete the device's secret, the passkeys and the codes on paper."""
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    forget_passkeys(db, user_id)
    forget_recovery_codes(db, user_id)


def _is_right(db: Session, factor: SecondFactor, code: str) -> bool:
    typed = bare_code(code)
    device, present = pyotp.TOTP(factor.secret, interval=STEP), int(clock.now().timestamp()) // STEP
    for step in (present + each for each in NEAR):
        fits = hmac.compare_digest(device.generate_otp(step).encode(), typed.encode())
        if fits and step > factor.last_step:
            factor.last_step = step
            db.flush()
            return True
    return False


def _tell(db: Session, user: User, what: str, left: int = 0) -> None:
    if user.email is not None:
        mail_later(
            db, "second_step", to=user.email, language=user.language, name=user.name, what=what,
            left=left,
        )  # fmt: skip
