"""Keyrings: a person's passkeys, added, used and taken off, and what their owner is told."""

from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.events import record
from app.foundation import clock
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.passkeys.ceremonies import Made, Stored, Used
from app.identity.passkeys.passkeys import (
    ADD,
    MOST,
    Passkey,
    PasskeyAdded,
    PasskeyDoubted,
    PasskeyRemoved,
    credential_ids_of,
    passkey_called,
)
from app.identity.recovery_codes import make_recovery_codes, recovery_codes_left
from app.identity.second_factors import drop_needless_codes, has_second_factor
from app.identity.users import User, user_numbered
from app.queue.mails import mail_later

ADDED, REMOVED, DOUBTED = "added", "removed", "doubted"


class PasskeyRefused(Refusal):
    """The browser's answer proves nothing: forged, spent, too late, or of a passkey we do not know."""

    status = 422
    says = N_("This passkey could not be checked.")
    mend = N_(
        "Go back and try again: each try counts once, for five minutes. Or use your password."
    )


class PasskeyKnown(Refusal):
    """That very passkey is on somebody's list already."""

    says = N_("This passkey is known here already.")
    mend = N_("Make another one, or look at the list of your passkeys.")


class TooManyPasskeys(Refusal):
    """Nobody has so many devices."""

    says = N_("You have %(most)s passkeys, which is as many as we keep.")
    mend = N_("Remove one that you no longer use, then add the new one.")


class Held(NamedTuple):
    """A passkey with whom it signs in, by number and by the name that the passkey knows."""

    user_id: int
    subject: UUID
    stored: Stored


def passkey_of(db: Session, credential_id: bytes) -> Held | None:
    """The passkey that a browser says it used."""
    row = db.execute(
        select(Passkey, User.subject)
        .join(User, User.id == Passkey.user_id)
        .where(Passkey.credential_id == credential_id, User.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    kept, subject = row
    stored = Stored(kept.credential_id, kept.public_key, kept.sign_count, kept.is_synced)
    return Held(kept.user_id, subject, stored)


def refuse_more(db: Session, user_id: int) -> None:
    """Raise TooManyPasskeys when the person has as many as we keep."""
    if len(credential_ids_of(db, user_id)) >= MOST:
        raise TooManyPasskeys(most=MOST)


def add_passkey(db: Session, user: User, name: str, made: Made) -> list[str]:
    """Let this passkey sign the person in; returns codes for paper, if they held none.

    Raises PasskeyKnown and TooManyPasskeys.
    """
    refuse_more(db, user.id)
    had = has_second_factor(db, user.id)
    values = {
        **made._asdict(),
        "key": uuid4(),
        "user_id": user.id,
        "name": name,
        "made_at": clock.now(),
        "used_at": None,
    }
    if not ADD.add(db, values):
        raise PasskeyKnown
    record(db, PasskeyAdded(actor_id=user.id, person_id=user.id))
    _tell(db, user, ADDED, name)
    if had and recovery_codes_left(db, user.id):
        return []
    return make_recovery_codes(db, user.id)


def note_passkey(db: Session, credential_id: bytes, used: Used) -> User:
    """Keep that a passkey was used, and whom it signs in; raises PasskeyRefused.

    Looked at again under a lock: of two answers with the same count one may be a copy's.
    """
    asked = select(Passkey).where(Passkey.credential_id == credential_id)
    kept = db.scalars(asked.with_for_update()).one_or_none()
    if kept is None or (used.sign_count and used.sign_count <= kept.sign_count):
        raise PasskeyRefused
    kept.sign_count, kept.is_backed_up = used.sign_count, used.is_backed_up
    kept.used_at = clock.now()
    db.flush()
    return user_numbered(db, kept.user_id)


def doubt_passkey(db: Session, credential_id: bytes) -> None:
    """Record that a passkey's count went back, and tell its owner that there may be a copy."""
    kept = db.get_one(Passkey, credential_id)
    user = user_numbered(db, kept.user_id)
    record(db, PasskeyDoubted(person_id=user.id))
    _tell(db, user, DOUBTED, kept.name)


def remove_passkey(db: Session, user: User, key: str) -> None:
    """Let this passkey sign nobody in, and tell its owner; raises PasskeyUnknown."""
    kept = passkey_called(db, user.id, key)
    name = kept.name
    db.delete(kept)
    db.flush()
    drop_needless_codes(db, user.id)
    record(db, PasskeyRemoved(actor_id=user.id, person_id=user.id))
    _tell(db, user, REMOVED, name)


def _tell(db: Session, user: User, what: str, passkey: str) -> None:
    if user.email is not None:
        mail_later(
            db, "passkey", to=user.email, language=user.language, name=user.name, what=what,
            passkey=passkey, alone=not has_second_factor(db, user.id),
        )  # fmt: skip
