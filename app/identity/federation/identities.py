"""Federated identities: whom a provider knows by issuer and subject, and which account that is."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint, Uuid, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.passkeys.passkeys import credential_ids_of
from app.identity.users import User
from app.queue.mails import mail_later
from app.settings.providers import Provider

MOST = 10  # identities of one account
LINKED, UNLINKED = "linked", "unlinked"


class FederatedIdentity(Model):
    """A person as a provider knows them; it signs in to one account. `key` names it on its page."""

    __tablename__ = "federated_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class OwnIdentity(NamedTuple):
    """A linked sign-in, as its owner's page lists it."""

    key: UUID
    issuer: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(Happening):
    """A person signs in by a provider from now on, which the operator calls by this name."""

    kind: ClassVar[str] = "identity-linked"
    provider: str


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(Happening):
    """A person signs in by this provider no longer."""

    kind: ClassVar[str] = "identity-unlinked"


class IdentityTaken(Refusal):
    """The provider's person signs in to another account here."""

    says = N_("This sign-in belongs to another account here already.")
    mend = N_("Sign in by it and unlink it there, or ask your administrator to merge your two accounts.")  # fmt: skip


class IdentityUnknown(NotFound):
    """The person has no linked sign-in of this key."""

    says = N_("This sign-in was unlinked already.")
    mend = N_("Look at the list of your linked sign-ins again.")


class TooManyIdentities(Refusal):
    """Nobody works for so many."""

    says = N_("You have %(most)s linked sign-ins, which is as many as we keep.")
    mend = N_("Unlink one that you no longer use, then link the new one.")


class LastWayIn(Refusal):
    """Without this identity nothing would let the person in."""

    says = N_("This is your only way in, so it stays.")
    mend = N_("Set a password or add a passkey first, then unlink it.")


_ADD = Once(FederatedIdentity)
_CALLED = select(FederatedIdentity).where(
    FederatedIdentity.issuer == bindparam("issuer"),
    FederatedIdentity.subject == bindparam("subject"),
)


def identity_called(db: Session, issuer: str, subject: str) -> FederatedIdentity | None:
    """What is known of a provider's person: by issuer and subject together, and nothing else."""
    return db.scalars(_CALLED, {"issuer": issuer, "subject": subject}).one_or_none()


def identities_of(db: Session, user_id: int) -> list[OwnIdentity]:
    """The person's linked sign-ins, the last linked first."""
    rows = db.execute(
        select(
            FederatedIdentity.key,
            FederatedIdentity.issuer,
            FederatedIdentity.made_at,
            FederatedIdentity.used_at,
        )
        .where(FederatedIdentity.user_id == user_id)
        .order_by(FederatedIdentity.made_at.desc(), FederatedIdentity.id.desc())
    )
    return [OwnIdentity(*row) for row in rows]


def link(db: Session, user: User, provider: Provider, subject: str) -> None:
    """Let the provider's person sign in to this account, and tell its owner; twice is no fault.

    Raises IdentityTaken and TooManyIdentities.
    """
    known = identity_called(db, provider.issuer, subject)
    if known is not None and known.user_id == user.id:
        return
    if known is not None and _merged_into(db, known.user_id) == user.id:
        # Its account was merged into this one, whose owner has just proved to be them too.
        known.user_id = user.id
        db.flush()
    else:
        _add(db, user, provider.issuer, subject)
    record(db, IdentityLinked(actor_id=user.id, person_id=user.id, provider=provider.key))
    _tell(db, user, LINKED, provider.label)


def _add(db: Session, user: User, issuer: str, subject: str) -> None:
    if len(identities_of(db, user.id)) >= MOST:
        raise TooManyIdentities(most=MOST)
    values = {
        "key": uuid4(),
        "user_id": user.id,
        "issuer": issuer,
        "subject": subject,
        "made_at": clock.now(),
        "used_at": None,
    }
    if not _ADD.add(db, values):
        raise IdentityTaken


def _merged_into(db: Session, user_id: int) -> int | None:
    return db.scalar(select(User.merged_into).where(User.id == user_id))


def note_identity(db: Session, identity: FederatedIdentity) -> None:
    """Keep that it signs somebody in now."""
    db.execute(
        update(FederatedIdentity)
        .where(FederatedIdentity.id == identity.id)
        .values(used_at=clock.now())
    )


def identity_of(db: Session, user_id: int, key: str) -> FederatedIdentity:
    """One of the person's own linked sign-ins; raises IdentityUnknown."""
    try:
        wanted = UUID(key)
    except ValueError:
        raise IdentityUnknown from None
    found = db.scalars(
        select(FederatedIdentity).where(
            FederatedIdentity.user_id == user_id, FederatedIdentity.key == wanted
        )
    ).one_or_none()
    if found is None:
        raise IdentityUnknown
    return found


def unlink(db: Session, user: User, key: str, called: str) -> None:
    """Let it sign nobody in any more, and tell the owner; raises IdentityUnknown and LastWayIn.

    `called` is the provider as the owner knows it.
    """
    known = identity_of(db, user.id, key)
    others = len(identities_of(db, user.id)) - 1
    if user.password_hash is None and not others and not credential_ids_of(db, user.id):
        raise LastWayIn
    db.delete(known)
    db.flush()
    record(db, IdentityUnlinked(actor_id=user.id, person_id=user.id))
    _tell(db, user, UNLINKED, called)


def forget_identities(db: Session, user_id: int) -> None:
    """Delete all linked sign-ins of the person."""
    db.execute(delete(FederatedIdentity).where(FederatedIdentity.user_id == user_id))


def _tell(db: Session, user: User, what: str, provider: str) -> None:
    if user.email is not None:
        mail_later(
            db, "identity", to=user.email, language=user.language, name=user.name, what=what,
            provider=provider,
        )  # fmt: skip
