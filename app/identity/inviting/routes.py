"""Routes of inviting: what an invited person is offered, and the ways to accept it."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone, SignedIn, Visitor
from app.identity.admissions import admit
from app.identity.agreements import agree
from app.identity.forms import Hashed, InvitedForm, hash_for_invited
from app.identity.institutions import name_of_institution
from app.identity.invitations import Invitation, accept, open_invitation
from app.identity.rights import Right, opened_by
from app.identity.users import person_called, sign_up, user_numbered
from app.web.forms import Filled
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
# Where a role is first put to use.
FIRST_DOORS = (
    (Right.ADMINISTRATION, "show_administration"),
    (Right.COUNTS, "show_statistics"),
    (Right.STUDIO, "show_studio"),
)


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
