"""Routes of people: an administrator's colleagues, their invitations, and who says to work there."""

from typing import Annotated, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import KeepsPeople, RoleNeeded, Visitor
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import administered
from app.identity.demands import demand_step, demands_in, waive_step
from app.identity.forms import (
    ClaimForm,
    EndingForm,
    InvitationForm,
)
from app.identity.grants import (
    ADMINISTRATOR,
    administered_by,
    institutions_administered,
    roles_given_by,
)
from app.identity.institutions import institution_called
from app.identity.invitations import (
    RoleNotYours,
    invite,
    withdraw,
)
from app.identity.looks import CLAIM, note_look
from app.identity.people.claims import (
    MOST_SHOWN,
    ClaimUnknown,
    claims_in,
    confirm,
    decide_many,
    refuse,
)
from app.identity.people.colleagues import (
    PAGE,
    Place,
    RoleUnknown,
    colleagues_in,
    end_role,
    holders_of,
    invitations_in,
    place_in,
)
from app.identity.people.forms import ClaimsForm, DemandForm
from app.identity.users import user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Db, leaves_trace
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
NO_CLAIMS: Filled[ClaimsForm] = Filled(None)
NO_DEMAND: Filled[DemandForm] = Filled(None)


class Look(NamedTuple):
    """Which page of colleagues: those with words in their names, behind a place."""

    words: str = ""
    after: Place | None = None


ALL = Look()


@router.get("/people")
def show_people(
    request: Request,
    db: Db,
    visitor: KeepsPeople,
    done: str = "",
    words: str = "",
    after: str = "",
) -> Response:
    """A page of the roles held, by institution and name, and the last invitations."""
    look = Look(words.strip()[:200], place_in(after))
    return _people_page(request, db, visitor, form=Filled(None), done=done, look=look)


@router.post("/people/invitations")
def create_invitation(
    request: Request,
    db: Db,
    visitor: KeepsPeople,
    form: Annotated[Filled[InvitationForm], form_of(InvitationForm)],
) -> Response:
    scope_of(db, visitor)
    form = settled(request, db, administered(visitor.id), form)
    if form.value is None:
        return _people_page(request, db, visitor, 422, form=form)
    institution = institution_called(db, form.value.institution)
    if institution is None:
        raise RoleNotYours
    inviter = user_numbered(db, visitor.id)
    invite(db, inviter, form.value.email, form.value.roles, institution.id)
    return onward(request, "show_people", "?done=invited")


@router.post("/people/invitations/{key}/withdrawal")
def delete_invitation(request: Request, db: Db, visitor: KeepsPeople, key: str) -> Response:
    withdraw(db, key, scope_of(db, visitor), visitor.id)
    return onward(request, "show_people", "?done=withdrawn")


@router.post("/people/roles/ending")
def delete_role(
    request: Request,
    db: Db,
    visitor: KeepsPeople,
    form: Annotated[Filled[EndingForm], form_of(EndingForm)],
) -> Response:
    if form.value is None:
        raise RoleUnknown
    end_role(db, visitor.id, form.value.person, form.value.role, form.value.institution)
    if form.value.back:
        return onward(request, "show_powers", "?done=ended", key=form.value.back)
    return onward(request, "show_people", "?done=ended")


@router.post("/people/second-step")
def update_demand(
    request: Request,
    db: Db,
    visitor: KeepsPeople,
    form: Annotated[Filled[DemandForm], form_of(DemandForm)],
) -> Response:
    """Ask a second step of whoever holds a role on an institution, or ask it no longer."""
    form = settled(request, db, administered(visitor.id), form)
    if "institution" in form.faults and form.typed.get("demand") == "yes":
        return _people_page(request, db, visitor, 422, form=Filled(None), demand=form)
    told = form.value
    institution = institution_called(db, told.institution) if told else None
    if told is None or institution is None or institution.id not in scope_of(db, visitor):
        raise RoleNotYours
    decide = demand_step if told.demand == "yes" else waive_step
    decide(db, visitor.id, institution.id)
    return onward(request, "show_people", f"?done=demand-{told.demand}")


@router.get("/people/claims")
@leaves_trace
def show_claims(
    request: Request, db: Db, visitor: KeepsPeople, done: str = "", count: str = ""
) -> Response:
    return _claims_page(request, db, visitor, done=done, count=count)


@router.post("/people/claims/many")
def update_claims(
    request: Request,
    db: Db,
    visitor: KeepsPeople,
    form: Annotated[Filled[ClaimsForm], form_of(ClaimsForm)],
) -> Response:
    scope, told = scope_of(db, visitor), form.value
    if told is None:
        return _claims_page(request, db, visitor, 422, form=form)
    count = decide_many(db, scope, visitor.id, told.claims, told.verdict)
    return onward(request, "show_claims", f"?done=many-{told.verdict}&count={count}")


@router.post("/people/claims")
def update_claim(
    request: Request,
    db: Db,
    visitor: KeepsPeople,
    form: Annotated[Filled[ClaimForm], form_of(ClaimForm)],
) -> Response:
    scope, told = scope_of(db, visitor), form.value
    if told is None:
        raise ClaimUnknown
    decide = confirm if told.verdict == "confirmed" else refuse
    decide(db, scope, visitor.id, told.person, told.institution)
    return onward(request, "show_claims", f"?done={told.verdict}")


def scope_of(db: Session, visitor: Visitor) -> frozenset[int]:
    """The institutions on which the visitor may invite; raises RoleNeeded if there are none."""
    scope = institutions_administered(db, visitor.id, ADMINISTRATOR)
    if not scope:
        raise RoleNeeded
    return scope


def _claims_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    status: int = 200,
    *,
    form: Filled[ClaimsForm] = NO_CLAIMS,
    done: str = "",
    count: str = "",
) -> Response:
    claims = claims_in(db, administered_by(visitor.id), visitor.id)
    note_look(db, visitor.id, (each.person_id for each in claims), CLAIM)
    return page(
        request,
        "identity/claims.html",
        status,
        claims=claims,
        form=form,
        done=done,
        count=int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 0,
        most=MOST_SHOWN,
    )


def _people_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    status: int = 200,
    *,
    form: Filled[InvitationForm],
    demand: Filled[DemandForm] = NO_DEMAND,
    done: str = "",
    look: Look = ALL,
) -> Response:
    scope = administered_by(visitor.id)
    held = colleagues_in(db, scope, look.words, look.after)
    last = held[PAGE - 1] if len(held) > PAGE else None
    return page(
        request,
        "identity/people.html",
        status,
        form=form,
        done=done,
        pick=choice_of(db, administered(visitor.id), form.typed),
        demander=choice_of(db, administered(visitor.id), demand.typed),
        demand_fault=demand.faults.get("institution", ""),
        roles=roles_given_by(db, visitor.id),
        holders=holders_of(held[:PAGE]),
        words=look.words,
        is_first=look.after is None,
        next_after=f"{last.institution_key},{last.subject},{last.role}" if last else "",
        invitations=invitations_in(db, scope, look.words),
        demands=demands_in(db, scope),
    )
