"""Routes of voices: the questions at the end of a course, and the letters of a silent one."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.shelves import edition_of
from app.duties.mutes import DUTIES, KINDS, mute, muted_kinds, unmute
from app.identity.access import Anyone, SignedIn
from app.learning.follow_ups import asked_by, tell_use
from app.learning.opinions import QUESTIONS, asked_of, give
from app.learning.readers import SignedInReader
from app.learning.reminders import check_token, choose, is_muted, mute_by
from app.learning.voices.forms import OpinionForm, UseForm
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile, from_anywhere

router = Turnstile()


@router.get("/reminders/{token}")
def new_mute(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """Show a button: programs that look through mail follow links, but press nothing."""
    check_token(db, token)
    return page(request, "learning/mute.html", token=token)


@router.post("/reminders/{token}")
@from_anywhere
def create_mute(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """Mute, for whoever holds the letter: a person at the button, or their mail program for them."""
    mute_by(db, token)
    return page(request, "learning/mute.html", token="")


@router.get("/follow-up/{token}")
def new_use(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """The one question of a letter, for whoever holds it; nobody has to sign in."""
    return _use_page(request, db, token, Filled(None))


@router.post("/follow-up/{token}")
def create_use(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    form: Annotated[Filled[UseForm], form_of(UseForm)],
) -> Response:
    """Keep the answer; the link then opens nothing any more."""
    if form.value is None:
        return _use_page(request, db, token, form, 422)
    tell_use(db, token, form.value.used, request.scope["language"])
    return page(request, "learning/use.html", edition=None, token="", form=form)


def _use_page(
    request: Request, db: Session, token: str, form: Filled[UseForm], status: int = 200
) -> Response:
    asked = asked_by(db, token)
    edition = edition_of(db, asked.version_id, request.scope["language"], asked.compiler)
    return page(request, "learning/use.html", status, edition=edition, token=token, form=form)


@router.get("/account/reminders")
def edit_reminders(request: Request, db: Db, visitor: SignedIn, saved: str = "") -> Response:
    muted, mutes = is_muted(db, visitor.id), muted_kinds(db, visitor.id)
    return page(request, "learning/reminders.html", muted=muted, mutes=mutes, saved=bool(saved))


@router.post("/account/reminders")
def update_reminders(request: Request, db: Db, visitor: SignedIn) -> Response:
    wanted = bool(dict(request.state.fields).get("wanted"))
    choose(db, visitor.id, is_wanted=wanted)
    letters = {value for name, value in request.state.fields if name == "letters"}
    for kind in KINDS if visitor.may_see_duties else (DUTIES,):
        (unmute if kind in letters else mute)(db, visitor.id, kind)
    return onward(request, "edit_reminders", "?saved=1")


@router.get("/courses/{slug}/opinion")
def edit_opinion(
    request: Request, db: Db, reader: SignedInReader, slug: str, saved: str = ""
) -> Response:
    """The three questions, with what was answered before."""
    assert reader.visitor is not None
    asked = asked_of(db, reader.visitor.id, slug)
    given = {each: str(getattr(asked, each) or "") for each in QUESTIONS}
    form: Filled[OpinionForm] = Filled(None, given)
    edition = edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
    return page(
        request, "learning/opinion.html", edition=edition, asked=asked, form=form, saved=bool(saved)
    )


@router.post("/courses/{slug}/opinion")
def update_opinion(
    request: Request,
    db: Db,
    reader: SignedInReader,
    slug: str,
    form: Annotated[Filled[OpinionForm], form_of(OpinionForm)],
) -> Response:
    assert reader.visitor is not None
    asked = asked_of(db, reader.visitor.id, slug)
    if form.value is None:
        edition = edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
        return page(
            request,
            "learning/opinion.html",
            422,
            edition=edition,
            asked=asked,
            form=form,
            saved=False,
        )
    give(db, asked, form.value.model_dump(), request.scope["language"])
    return onward(request, "edit_opinion", "?saved=1", slug=slug)
