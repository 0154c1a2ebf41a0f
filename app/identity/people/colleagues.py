"""Colleagues: who holds a role on the institutions an administrator looks after, and who is asked."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.errors import NotAllowed, NotFound
from app.i18n.marking import N_
from app.identity.grants import ADMINISTRATOR, Grant, end_grant, may_give
from app.identity.institutions import NAMED, Institution
from app.identity.invitations import Invitation, RoleNotYours
from app.identity.users import User


class Colleague(NamedTuple):
    """A role somebody holds, as the page of colleagues lists it."""

    subject: UUID
    name: str
    role: str
    institution_key: str
    institution: str
    granted_at: datetime


class Holder(NamedTuple):
    """Somebody with all the roles that they hold on one institution."""

    name: str
    institution: str
    held: list[Colleague]


class Invited(NamedTuple):
    """An invitation, as the page of colleagues lists it."""

    key: UUID
    email: str
    roles: list[str]
    institution: str
    until: datetime
    state: str


class OwnRole(NotAllowed):
    """The role is the person's own; another administrator has to end it."""

    says = N_("You cannot take a role back from yourself.")
    mend = N_("Ask another administrator of the institution to do it.")


class RoleUnknown(NotFound):
    """Nobody of that name holds that role there, or holds it no longer."""

    says = N_("This person does not hold that role there.")


_named = NAMED.order_by(None).subquery()


def colleagues_in(db: Session, scope: Select[tuple[int]]) -> list[Colleague]:
    """Everyone who holds a role on an institution of the scope, by institution and name."""
    rows = db.execute(
        select(User.subject, User.name, Grant.role, _named.c.key, _named.c.name, Grant.granted_at)
        .join_from(Grant, User, User.id == Grant.user_id)
        .join(_named, _named.c.id == Grant.institution_id)
        .where(Grant.ended_at.is_(None), User.erased_at.is_(None), _named.c.id.in_(scope))
        .order_by(_named.c.name, User.name, User.id, Grant.role)
    )
    return [Colleague(*row) for row in rows]


def holders_of(colleagues: Iterable[Colleague]) -> list[Holder]:
    """The same roles in the same order, together by institution and person."""
    grouped = groupby(colleagues, key=lambda each: (each.institution_key, each.subject))
    found = [list(held) for _whose, held in grouped]
    return [Holder(held[0].name, held[0].institution, held) for held in found]


def invitations_in(db: Session, scope: Select[tuple[int]]) -> list[Invited]:
    """The invitations of the scope, latest first; those long over are deleted by the day's tidying."""
    rows = db.execute(
        select(Invitation, _named.c.name)
        .join(_named, _named.c.id == Invitation.institution_id)
        .where(_named.c.id.in_(scope))
        .order_by(Invitation.id.desc())
    )
    return [
        Invited(each.key, each.email, each.roles, name, each.until, each.state)
        for each, name in rows
    ]


def end_role(db: Session, ended_by: int, subject: UUID, role: str, institution_key: str) -> None:
    """Take a colleague's role back; raises RoleUnknown, OwnRole or RoleNotYours.

    It asks for what inviting to the role asks for.
    """
    held = db.scalars(
        select(Grant)
        .join(User, User.id == Grant.user_id)
        .join(Institution, Institution.id == Grant.institution_id)
        .where(User.subject == subject, Institution.key == institution_key)
        .where(Grant.role == role, Grant.ended_at.is_(None))
    ).one_or_none()
    if held is None or held.institution_id not in may_give(db, ended_by, ADMINISTRATOR):
        raise RoleUnknown
    if held.user_id == ended_by:
        raise OwnRole
    if held.institution_id not in may_give(db, ended_by, role):
        raise RoleNotYours
    end_grant(db, held, ended_by)
