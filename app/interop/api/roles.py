"""Roles as the API gives and takes them: who holds which, who is invited, ended and withdrawn."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.i18n.marking import N_
from app.identity.invitations import withdraw
from app.identity.people.colleagues import Place, colleagues_in, end_role, invitations_in
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.cursors import SUBJECT, key_in, number, text
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.api.people import Role
from app.interop.api.units import Key
from app.interop.scopes import ROLES_READ, ROLES_WRITE


class HeldRole(BaseModel):
    """A role that a person holds on an institution and all under it."""

    person: UUID
    name: str
    role: str
    institution: str
    since: datetime


class RoleList(BaseModel):
    """A page of the roles on institutions of the tree, by institution and name."""

    roles: list[HeldRole]


class SentInvitation(BaseModel):
    """An invitation, and what became of it: open, accepted, withdrawn or expired."""

    id: UUID
    email: str
    institution: str
    roles: list[str]
    until: datetime
    state: str


class InvitationList(BaseModel):
    """A page of the invitations to institutions of the tree, latest first."""

    invitations: list[SentInvitation]


class RoleEnding(Sent):
    """Whose role on which institution is to end."""

    person: UUID
    role: Role
    institution: Key


@operation("GET", "/roles", ROLES_READ, N_("List roles"), answer=RoleList, query=Paging)
def list_roles(call: Call) -> Told:
    """Who holds a role on an institution of the tree."""
    after = key_in(call.query.cursor, (text, SUBJECT, text))
    found = colleagues_in(
        call.db, call.within, after=Place(*after) if after else None, most=call.query.limit + 1
    )
    page, cursor = page_of(
        call, found, lambda each: (each.institution_key, each.subject, each.role)
    )
    shown = [
        HeldRole(
            person=each.subject, name=each.name, role=each.role,
            institution=each.institution_key, since=each.granted_at,
        )
        for each in page
    ]  # fmt: skip
    return Told(RoleList(roles=shown), next_cursor=cursor)


@operation("POST", "/roles/endings", ROLES_WRITE, N_("End a role"), answer=None, status=204,
           body=RoleEnding)  # fmt: skip
def end_one_role(call: Call) -> Told:
    """Take a role back, as far as the token's maker may give it; nobody's own."""
    told: RoleEnding = call.body
    call.unit(told.institution)  # it stands in the tree
    end_role(call.db, call.by, told.person, told.role, told.institution)
    return Told(None, 204)


@operation(
    "GET", "/invitations", ROLES_READ, N_("List invitations"), answer=InvitationList, query=Paging
)
def list_invitations(call: Call) -> Told:
    """The invitations of the last weeks, with what became of each."""
    after = key_in(call.query.cursor, (number,))
    found = invitations_in(
        call.db, call.within, before=after[0] if after else None, most=call.query.limit + 1
    )
    page, cursor = page_of(call, found, lambda each: (each.id,))
    shown = [
        SentInvitation(
            id=each.key, email=each.email, institution=each.institution_key, roles=each.roles,
            until=each.until, state=each.state,
        )
        for each in page
    ]  # fmt: skip
    return Told(InvitationList(invitations=shown), next_cursor=cursor)


@operation(
    "POST", "/invitations/{invitation}/withdrawal", ROLES_WRITE, N_("Withdraw an invitation"),
    answer=None, status=204, refuses=(410,),
)  # fmt: skip
def withdraw_invitation(call: Call) -> Told:
    """Let the link of an open invitation work no longer."""
    withdraw(call.db, call.part("invitation"), call.tree(), call.by)
    return Told(None, 204)
