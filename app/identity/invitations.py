"""Invitations: an administrator asks a colleague, by e-mail, to hold a role beside them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Uuid, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Id, JsonType, Model, Moment, Ref
from app.foundation.errors import NotAllowed, NotFound, Refusal
from app.i18n.marking import N_
from app.identity.grants import ADMINISTRATOR, ROLES, grant, may_give
from app.identity.institutions import name_of_institution
from app.identity.one_time_links import hash_of_token
from app.identity.throttles import INVITATIONS, note_try
from app.identity.users import User, folded_address
from app.queue.mails import mail_later

LASTS = timedelta(days=7)
TOKEN_BYTES = 32
OPEN, ACCEPTED, WITHDRAWN, EXPIRED = "open", "accepted", "withdrawn", "expired"


class Invitation(Model):
    """An offer of roles on an institution to whoever reads the mail of an address, for a week."""

    __tablename__ = "invitations"

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    roles: Mapped[list[str]] = mapped_column(JsonType)
    invited_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[Moment]
    until: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    accepted_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[Moment | None]

    @property
    def state(self) -> str:
        """Whether it is open, accepted, withdrawn or expired at this moment."""
        if self.accepted_at is not None:
            return ACCEPTED
        if self.withdrawn_at is not None:
            return WITHDRAWN
        return OPEN if self.until > clock.now() else EXPIRED


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Happening):
    """An administrator offered roles on an institution."""

    kind: ClassVar[str] = "invitation-sent"
    invitation_id: int
    institution_id: int
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Happening):
    """A person took the roles an invitation offered."""

    kind: ClassVar[str] = "invitation-accepted"
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Happening):
    """An administrator took an offer back before it was accepted."""

    kind: ClassVar[str] = "invitation-withdrawn"
    invitation_id: int


class RoleNotYours(NotAllowed):
    """Nobody gives a role they do not hold themselves on that institution."""

    says = N_("You can invite only to roles that you hold, and only for your own institutions.")
    mend = N_("Choose another role or institution, or ask someone who holds the role.")


class InvitationOver(Refusal):
    """The invitation was accepted, withdrawn, or its week is over; or there never was one."""

    status = 410
    says = N_("This invitation is over: it was accepted or withdrawn, or its seven days are gone.")
    mend = N_("Ask the person who invited you to send a new one.")


class InvitationForAnother(NotAllowed):
    """The person who is signed in has another address than the one invited."""

    says = N_("This invitation was sent to another address than the one of your account.")
    mend = N_("Sign out, then open the link of the mail once more.")


class InvitationUnknown(NotFound):
    """No such invitation on an institution that the person administers."""

    says = N_("There is no such invitation.")


def invite(
    db: Session, inviter: User, email: str, roles: Iterable[str], institution_id: int
) -> Invitation:
    """Offer roles on an institution, by mail; raises RoleNotYours or TriedTooOften."""
    asked = tuple(role for role in ROLES if role in set(roles))
    for role in {ADMINISTRATOR, *asked}:
        if institution_id not in may_give(db, inviter.id, role):
            raise RoleNotYours
    note_try(db, INVITATIONS, str(inviter.id))
    token, moment = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    invitation = Invitation(
        key=uuid4(),
        token_hash=hash_of_token(token),
        institution_id=institution_id,
        email=email,
        roles=list(asked),
        invited_by=inviter.id,
        made_at=moment,
        until=moment + LASTS,
    )
    db.add(invitation)
    db.flush()
    mail_later(
        db,
        "invitation",
        to=email,
        language=inviter.language,
        token=token,
        inviter=inviter.name,
        institution=name_of_institution(db, institution_id),
    )
    record(
        db,
        InvitationSent(
            actor_id=inviter.id,
            invitation_id=invitation.id,
            institution_id=institution_id,
            roles=asked,
        ),
    )
    return invitation


def open_invitation(db: Session, token: str, *, to_use: bool = False) -> Invitation:
    """The invitation behind a mailed link, locked for whoever is to use it; raises InvitationOver."""
    asked = select(Invitation).where(Invitation.token_hash == hash_of_token(token))
    invitation = db.scalars(asked.with_for_update() if to_use else asked).one_or_none()
    if invitation is None or invitation.state != OPEN:
        raise InvitationOver
    return invitation


def accept(db: Session, invitation: Invitation, user: User) -> None:
    """Give the invited person the roles; raises InvitationForAnother.

    A role that the inviter has lost meanwhile is theirs to give no longer, and falls away.
    """
    if folded_address(invitation.email) != user.email_folded:
        raise InvitationForAnother
    invitation.accepted_at, invitation.accepted_by = clock.now(), user.id
    db.flush()
    for role in invitation.roles:
        if invitation.institution_id in may_give(db, invitation.invited_by, role):
            grant(db, user.id, role, invitation.institution_id, invitation.invited_by)
    record(
        db,
        InvitationAccepted(actor_id=user.id, person_id=user.id, invitation_id=invitation.id),
    )


def withdraw(db: Session, key: str, scope: Iterable[int], withdrawn_by: int) -> None:
    """Take an open invitation of one's institutions back; raises InvitationUnknown or -Over."""
    invitation = db.scalars(
        select(Invitation)
        .where(Invitation.key == _key_in(key), Invitation.institution_id.in_(scope))
        .with_for_update()
    ).one_or_none()
    if invitation is None:
        raise InvitationUnknown
    if invitation.state != OPEN:
        raise InvitationOver
    invitation.withdrawn_at = clock.now()
    db.flush()
    record(db, InvitationWithdrawn(actor_id=withdrawn_by, invitation_id=invitation.id))


def _key_in(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvitationUnknown from None


def forget_invitations(db: Session, before: datetime) -> None:
    """Delete the invitations, and so the addresses, whose week was over before a moment."""
    db.execute(delete(Invitation).where(Invitation.until < before))
