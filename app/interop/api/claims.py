"""Claims as the API gives and takes them: where people say they work, confirmed or refused in bulk."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.i18n.marking import N_
from app.identity.looks import CLAIM, note_look
from app.identity.people.claims import ClaimUnknown, claims_in, confirm, refuse
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in, moment, number
from app.interop.api.operations import MOST_LISTED, Paging, Sent, operation, page_of
from app.interop.api.units import Key
from app.interop.scopes import CLAIMS_WRITE


class ClaimOfPerson(BaseModel):
    """That a person says to work at an institution of the tree, since a moment."""

    person: UUID
    name: str
    email: str | None
    institution: str
    since: datetime


class ClaimList(BaseModel):
    """A page of the open claims, oldest first."""

    claims: list[ClaimOfPerson]


class ClaimMeant(Sent):
    """A claim by its person and institution."""

    person: UUID
    institution: Key


class Verdict(Sent):
    """One verdict on many claims."""

    verdict: Literal["confirmed", "refused"]
    claims: Annotated[list[ClaimMeant], Field(min_length=1, max_length=MOST_LISTED)]


class ClaimKey(BaseModel):
    """A claim as it was sent."""

    person: UUID
    institution: str


class Decided(BaseModel):
    """How many were decided, and those that were none any more, or never."""

    decided: int
    unknown: list[ClaimKey]


@operation("GET", "/claims", CLAIMS_WRITE, N_("List open claims"), answer=ClaimList, query=Paging)
def list_claims(call: Call) -> Told:
    """The open claims of the tree; the maker's own is for a colleague."""
    after: Any = key_in(call.query.cursor, (moment, number))
    found = claims_in(call.db, call.within, call.by, after, call.query.limit + 1)
    page, cursor = page_of(call, found, lambda each: (each.since, each.id))
    note_look(call.db, call.by, [each.person_id for each in page], CLAIM)
    shown = [
        ClaimOfPerson(
            person=each.subject, name=each.name, email=each.email,
            institution=each.institution_key, since=each.since,
        )
        for each in page
    ]  # fmt: skip
    return Told(ClaimList(claims=shown), next_cursor=cursor)


@operation(
    "POST", "/claims/decisions", CLAIMS_WRITE, N_("Confirm or refuse claims"), answer=Decided,
    body=Verdict,
)  # fmt: skip
def decide_claims(call: Call) -> Told:
    """Confirm or refuse each; what is no open claim is told, and keeps no other from its verdict.

    Raises ClaimUnknown where none of them is open.
    """
    told: Verdict = call.body
    decide = confirm if told.verdict == "confirmed" else refuse
    scope, unknown, count = call.tree(), [], 0
    for person, institution in dict.fromkeys((c.person, c.institution) for c in told.claims):
        try:
            decide(call.db, scope, call.by, person, institution)
        except ClaimUnknown:
            unknown.append(ClaimKey(person=person, institution=institution))
        else:
            count += 1
    if not count:
        raise ClaimUnknown
    return Told(Decided(decided=count, unknown=unknown))
