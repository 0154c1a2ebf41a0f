"""Routes of sharing: the owners of a course, who is asked to be one, and what they answer."""

from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.ownerships import proposal_for
from app.identity.access import Visitor, Writer
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import every
from app.identity.grants import PUBLISHER
from app.identity.institutions import institution_called
from app.studio.drafts import scope_of
from app.studio.owned_courses import owned_by, owners_of, proposals_about, title_of
from app.studio.owners import InstitutionMissing, decide, leave, propose, withdraw
from app.studio.reviewing.routes import number_of
from app.studio.sharing.forms import AnswerForm, ProposalForm
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/studio/{slug}/owners")
def show_owners(request: Request, db: Db, visitor: Writer, slug: str, done: str = "") -> Response:
    return _owners_page(request, db, visitor, slug, Filled(None), done=done)


@router.post("/studio/{slug}/owners")
def create_proposal(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[ProposalForm], form_of(ProposalForm)],
) -> Response:
    """Ask an institution to own the course too, or an owner to answer for it."""
    owned = owned_by(db, visitor.id, slug, (PUBLISHER,))
    form = settled(request, db, every(), form)
    if form.value is None:
        return _owners_page(request, db, visitor, slug, form, 422)
    propose(db, visitor.id, owned, form.value.institution, answers=form.value.what == "answer")
    return onward(request, "show_owners", "?done=asked", slug=slug)


@router.post("/studio/{slug}/owners/{key}/end")
def delete_owner(request: Request, db: Db, visitor: Writer, slug: str, key: str) -> Response:
    """Let an institution leave, by one who publishes for it."""
    owned = owned_by(db, visitor.id, slug, (PUBLISHER,))
    institution = institution_called(db, key)
    if institution is None or institution.id not in scope_of(db, visitor.id, (PUBLISHER,)):
        raise InstitutionMissing
    leave(db, visitor.id, owned, institution.id)
    return onward(request, "show_studio", "?done=left")


@router.post("/studio/{slug}/proposals/{number}/end")
def delete_proposal(request: Request, db: Db, visitor: Writer, slug: str, number: str) -> Response:
    """Ask no longer."""
    owned = owned_by(db, visitor.id, slug, (PUBLISHER,))
    withdraw(db, visitor.id, owned, number_of(number))
    return onward(request, "show_owners", "?done=withdrawn", slug=slug)


@router.post("/studio/proposals/{number}/answer")
def update_proposal(
    request: Request,
    db: Db,
    visitor: Writer,
    number: str,
    form: Annotated[Filled[AnswerForm], form_of(AnswerForm)],
) -> Response:
    """Accept or refuse, by one who publishes for the institution that is asked."""
    proposal = proposal_for(db, number_of(number), scope_of(db, visitor.id, (PUBLISHER,)))
    if form.value is None:
        return onward(request, "show_studio")
    is_accepted = form.value.answer == "accept"
    decide(db, visitor.id, proposal.id, is_accepted=is_accepted)
    if not is_accepted:
        return onward(request, "show_studio", "?done=refused")
    return onward(request, "show_owners", "?done=accepted", slug=proposal.slug)


def _owners_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    slug: str,
    form: Filled[Any],
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    owned = owned_by(db, visitor.id, slug)
    owners = owners_of(db, owned)
    mine = scope_of(db, visitor.id, (PUBLISHER,))
    return page(
        request,
        "studio/sharing/owners.html",
        status,
        slug=slug,
        title=title_of(db, owned),
        has_draft=owned.draft is not None,
        owners=owners,
        answering_id=owned.answering_id,
        mine=mine,
        may_ask=any(each.id in mine for each in owners),
        asked=proposals_about(db, slug),
        pick=choice_of(db, every(), form.typed),
        form=form,
        done=done,
    )
