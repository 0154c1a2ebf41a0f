"""Routes of duties: what is required of a person, what they ask about it, and their letters."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.shelves import edition_of
from app.duties.forms import PetitionForm
from app.duties.mutes import holder_of, mute
from app.duties.petitions import Plea, ask, petitions_about
from app.duties.reckonings import FOR_GOOD
from app.duties.requirements import Requirement, requirement_called
from app.duties.standing import DutyUnknown, duty_of, required_of, turns_of
from app.foundation.errors import Refusal
from app.identity.access import Anyone, SignedIn, Visitor
from app.web.forms import Filled, form_of
from app.web.marks import Db, from_anywhere
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/my-learning/required/{key}")
def show_duty(request: Request, db: Db, visitor: SignedIn, key: str, done: str = "") -> Response:
    """What is required of the person and why, what they did, and what they may ask."""
    return _duty_page(request, db, visitor, key, Filled(None), done=done)


@router.post("/my-learning/required/{key}")
def create_petition(
    request: Request,
    db: Db,
    visitor: SignedIn,
    key: str,
    form: Annotated[Filled[PetitionForm], form_of(PetitionForm)],
) -> Response:
    """Ask for an exemption or for more time."""
    told = form.value
    if told is None:
        return _duty_page(request, db, visitor, key, form, 422)
    required = required_of(db, key, visitor.id)
    duty = duty_of(db, _requirement(db, key).id, visitor.id)
    trial = db.begin_nested()
    try:
        ask(db, duty, visitor.id, Plea(told.kind, told.until, told.reason), required.today)
    except Refusal as refusal:
        trial.rollback()
        return _duty_page(request, db, visitor, key, form, refusal.status, refusal=refusal)
    trial.commit()
    return onward(request, "show_duty", "?done=asked", key=key)


@router.get("/reminders/{token}/{kind}")
def new_letter_mute(request: Request, db: Db, _visitor: Anyone, token: str, kind: str) -> Response:
    """Show a button: programs that look through mail follow links, but press nothing."""
    holder_of(db, token, kind)
    return page(request, "duties/mute.html", token=token, kind=kind)


@router.post("/reminders/{token}/{kind}")
@from_anywhere
def create_letter_mute(
    request: Request, db: Db, _visitor: Anyone, token: str, kind: str
) -> Response:
    """Mute a kind of letter, for whoever holds one: a person, or their mail program for them."""
    mute(db, holder_of(db, token, kind), kind)
    return page(request, "duties/mute.html", token="", kind=kind)


def _requirement(db: Session, key: str) -> Requirement:
    requirement = requirement_called(db, key)
    if requirement is None:
        raise DutyUnknown
    return requirement


def _duty_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    key: str,
    form: Filled[PetitionForm],
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    done: str = "",
) -> Response:
    required = required_of(db, key, visitor.id)
    requirement = _requirement(db, key)
    language = request.scope["language"]
    return page(
        request,
        "duties/duty.html",
        status,
        required=required,
        edition=edition_of(db, required.version_id, language, required.compiler),
        turns=turns_of(db, requirement.id, visitor.id),
        asked=petitions_about(db, requirement.id, visitor.id),
        for_good=FOR_GOOD,
        form=form,
        refusal=refusal,
        done=done,
    )
