"""Erasures: a person asks to be forgotten; what was counted stays, and is nobody's any more."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.foundation import clock
from app.identity.federation.identities import forget_identities
from app.identity.grants import Grant, end_grant
from app.identity.invitations import Invitation
from app.identity.one_time_links import OneTimeLink
from app.identity.placements import standing_placement
from app.identity.second_factors import forget_second_factor
from app.identity.sign_ins import SignIn
from app.identity.users import User


@dataclass(frozen=True, kw_only=True)
class PersonErased(Happening):
    """A person's name and address are gone; later slices empty what they hold of them."""

    kind: ClassVar[str] = "person-erased"


def erase(db: Session, user: User, erased_by: int | None = None) -> None:
    """Empty the person's row, end their roles and placement, and delete their ways in.

    The row keeps its id: events and placements stay, so the counts of the past do not change. What
    was merged into the account is emptied with it.
    """
    for merged in db.scalars(select(User).where(User.merged_into == user.id)):
        erase(db, merged, erased_by)
    moment = clock.now()
    for held in db.scalars(select(Grant).where(Grant.user_id == user.id, Grant.ended_at.is_(None))):
        end_grant(db, held, erased_by)
    standing = standing_placement(db, user.id)
    if standing is not None:
        standing.ended_at = moment
    db.execute(delete(SignIn).where(SignIn.user_id == user.id))
    db.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))
    forget_second_factor(db, user.id)
    forget_identities(db, user.id)
    of_theirs = (Invitation.invited_by == user.id) | (Invitation.accepted_by == user.id)
    db.execute(delete(Invitation).where(of_theirs))
    user.name, user.other_name, user.name_language = "", None, None
    user.email = user.email_folded = user.number = user.password_hash = None
    user.erased_at = moment
    db.flush()
    record(db, PersonErased(actor_id=erased_by, person_id=user.id))
