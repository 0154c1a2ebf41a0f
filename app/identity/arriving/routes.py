"""Routes of arrivals: a printed code or a letter's link, and the password."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import Anyone
from app.identity.admissions import admit
from app.identity.arrivals import arrive, has_come_in, token_in, who_arrives
from app.identity.arriving.forms import ArrivalForm, CodeForm, hash_for_arrival, note_code
from app.identity.forms import Hashed
from app.identity.one_time_links import LinkOver
from app.identity.placements import place_of
from app.identity.throttles import Try, take_back
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
WRONG_CODE = N_(
    "This code is not open: look at each sign, or ask your administrator for a new slip."
)


@router.get("/arrivals")
def new_code(request: Request, _visitor: Anyone) -> Response:
    """Ask for the code of a printed slip."""
    return page(request, "identity/arriving/code.html", form=Filled(None))


@router.post("/arrivals")
def create_code(
    request: Request,
    db: Db,
    _visitor: Anyone,
    form: Annotated[Filled[CodeForm], form_of(CodeForm)],
    tries: Annotated[tuple[Try, ...], Before(note_code)],
) -> Response:
    """Go on with a code that is open; it counts as no try, or a room full of slips would be paused."""
    if form.value is not None:
        token = token_in(form.value.code)
        try:
            who_arrives(db, token)
        except LinkOver:
            gettext = translations_for(request.scope["language"]).gettext
            form = form.with_fault("code", gettext(WRONG_CODE))
        else:
            take_back(db, tries)
            return onward(request, "new_arrival", token=token)
    return page(request, "identity/arriving/code.html", 422, form=form)


@router.get("/arrivals/{token}")
def new_arrival(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    return _arrival_page(request, db, token, Filled(None))


@router.post("/arrivals/{token}")
def create_arrival(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    hashed: Annotated[Hashed[ArrivalForm], Before(hash_for_arrival)],
) -> Response:
    """Keep the password and let the person in; the documents are agreed to on the way."""
    if hashed.password_hash is None:
        return _arrival_page(request, db, token, hashed.form, 422)
    return admit(request, db, arrive(db, token_in(token), hashed.password_hash))


def _arrival_page(
    request: Request, db: Session, token: str, form: Filled[ArrivalForm], status: int = 200
) -> Response:
    user = who_arrives(db, token_in(token))
    place = place_of(db, user.id)
    return page(
        request,
        "identity/arriving/arrival.html",
        status,
        form=form,
        token=token,
        name=user.name,
        sign_in_name=user.email or user.number or "",
        institution=place.name if place is not None else "",
        is_back=has_come_in(user),
    )
