"""Routes of people: an administrator's colleagues, their invitations, and who says to work there."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone, KeepsPeople, RoleNeeded, SignedIn, Visitor
from app.identity.admissions import admit
from app.identity.agreements import agree
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import administered
from app.identity.demands import demand_step, demands_in, waive_step
from app.identity.forms import (
    ClaimForm,
    EndingForm,
    Hashed,
    InvitationForm,
    InvitedForm,
    hash_for_invited,
)
from app.identity.grants import (
    ADMINISTRATOR,
    administered_by,
    institutions_administered,
    roles_given_by,
)
from app.identity.institutions import institution_called, name_of_institution
from app.identity.invitations import (
    Invitation,
    RoleNotYours,
    accept,
    invite,
    open_invitation,
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
    RoleUnknown,
    colleagues_in,
    end_role,
    holders_of,
    invitations_in,
)
from app.identity.people.forms import ClaimsForm, DemandForm
from app.identity.rights import Right, opened_by
from app.identity.users import person_called, sign_up, user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile, leaves_trace

router = Turnstile()
# Where a role is first put to use.
FIRST_DOORS = (
    (Right.ADMINISTRATION, "show_administration"),
    (Right.COUNTS, "show_statistics"),
    (Right.STUDIO, "show_studio"),
)
NO_CLAIMS: Filled[ClaimsForm] = Filled(None)
NO_DEMAND: Filled[DemandForm] = Filled(None)


@router.get("/people")
def show_people(request: Request, db: Db, visitor: KeepsPeople, done: str = "") -> Response:
    return _people_page(request, db, visitor, form=Filled(None), done=done)


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


@router.get("/invitations/{token}")
def show_invitation(request: Request, db: Db, visitor: Anyone, token: str) -> Response:
    """Show what is offered, and the way on: accept, sign in, or make an account."""
    invitation = open_invitation(db, token)
    return _invitation_page(request, db, visitor, invitation, token, form=Filled(None))


@router.post("/invitations/{token}/acceptance")
def create_acceptance(request: Request, db: Db, visitor: SignedIn, token: str) -> Response:
    invitation = open_invitation(db, token, to_use=True)
    accept(db, invitation, user_numbered(db, visitor.id))
    opened = opened_by(invitation.roles)
    return onward(request, next(door for right, door in FIRST_DOORS if right & opened))


@router.post("/invitations/{token}/account")
def create_invited_account(
    request: Request,
    db: Db,
    visitor: Anyone,
    token: str,
    hashed: Annotated[Hashed[InvitedForm], Before(hash_for_invited)],
) -> Response:
    """Make the account of an invited person, whose address the link has proved."""
    invitation, form = open_invitation(db, token, to_use=True), hashed.form
    if form.value is None or hashed.password_hash is None:
        return _invitation_page(request, db, visitor, invitation, token, 422, form=form)
    user = sign_up(
        db,
        name=form.value.name,
        email=invitation.email,
        language=request.scope["language"],
        password_hash=hashed.password_hash,
    )
    agree(db, user.id)
    accept(db, invitation, user)
    return admit(request, db, user)


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
) -> Response:
    scope = administered_by(visitor.id)
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
        holders=holders_of(colleagues_in(db, scope)),
        invitations=invitations_in(db, scope),
        demands=demands_in(db, scope),
    )


def _invitation_page(
    request: Request,
    db: Session,
    visitor: Visitor | None,
    invitation: Invitation,
    token: str,
    status: int = 200,
    *,
    form: Filled[InvitedForm],
) -> Response:
    owner = person_called(db, invitation.email)
    return page(
        request,
        "identity/invitation.html",
        status,
        form=form,
        token=token,
        email=invitation.email,
        roles=invitation.roles,
        until=invitation.until,
        institution=name_of_institution(db, invitation.institution_id),
        inviter=user_numbered(db, invitation.invited_by).name,
        owner=owner is not None,
        is_own=owner is not None and visitor is not None and owner.id == visitor.id,
    )
