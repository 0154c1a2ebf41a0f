"""Colleagues: who holds a role on the institutions an administrator looks after, and who is asked."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

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

    id: int
    key: UUID
    email: str
    roles: list[str]
    institution_key: str
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


PAGE, MOST_INVITED = 100, 100
_named, _passed = NAMED.order_by(None).subquery(), NAMED.order_by(None).subquery()
_users, _others = User.__table__.c, aliased(User.__table__)


class Place(NamedTuple):
    """Where a page of roles ended: at which institution, with whom, in which role."""

    institution: str
    subject: UUID
    role: str


def colleagues_in(
    db: Session, scope: Select[tuple[int]], words: str = "", after: Place | None = None,
    most: int = PAGE + 1,
) -> list[Colleague]:  # fmt: skip
    """So many of the roles held on institutions of a scope, by institution and name, behind one.

    With words, only those of people who have them in their name, or on institutions that do.
    """
    asked = (
        select(_users.subject, _users.name, Grant.role, _named.c.key, _named.c.name, Grant.granted_at)
        .join_from(Grant, User.__table__, _users.id == Grant.user_id)
        .join(_named, _named.c.id == Grant.institution_id)
        .where(Grant.ended_at.is_(None), _users.erased_at.is_(None), _named.c.id.in_(scope))
        .order_by(_named.c.name, _named.c.key, _users.name, _users.subject, Grant.role)
    )  # fmt: skip
    sought = " ".join(words.split())
    if sought:
        alike = (_users.name, _named.c.name)
        asked = asked.where(or_(*(each.icontains(sought, autoescape=True) for each in alike)))
    if after is not None:
        asked = asked.where(
            tuple_(_named.c.name, _named.c.key, _users.name, _users.subject, Grant.role)
            > tuple_(
                select(_passed.c.name).where(_passed.c.key == after.institution).scalar_subquery(),
                after.institution,
                select(_others.c.name).where(_others.c.subject == after.subject).scalar_subquery(),
                after.subject,
                after.role,
            )
        )
    return [Colleague(*row) for row in db.execute(asked.limit(most))]


def holders_of(colleagues: Iterable[Colleague]) -> list[Holder]:
    """The same roles in the same order, together by institution and person."""
    grouped = groupby(colleagues, key=lambda each: (each.institution_key, each.subject))
    found = [list(held) for _whose, held in grouped]
    return [Holder(held[0].name, held[0].institution, held) for held in found]


def invitations_in(
    db: Session, scope: Select[tuple[int]], words: str = "", *, before: int | None = None,
    most: int = MOST_INVITED,
) -> list[Invited]:  # fmt: skip
    """So many invitations of the scope, latest first; those long over are deleted by the day's tidying.

    With words, only those to addresses that hold them; with a number, only those before it.
    """
    asked = (
        select(Invitation, _named.c.key, _named.c.name)
        .join(_named, _named.c.id == Invitation.institution_id)
        .where(_named.c.id.in_(scope))
        .order_by(Invitation.id.desc())
        .limit(most)
    )
    sought = "".join(words.split())
    if sought:
        asked = asked.where(Invitation.email.icontains(sought, autoescape=True))
    if before is not None:
        asked = asked.where(Invitation.id < before)
    return [
        Invited(each.id, each.key, each.email, each.roles, key, name, each.until, each.state)
        for each, key, name in db.execute(asked)
    ]


def place_in(text: str) -> Place | None:
    """The place that an address tells, as "institution,subject,role"; none for what is no place."""
    try:
        institution, subject, role = text.split(",")
        return Place(institution, UUID(subject), role)
    except ValueError:
        return None


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
