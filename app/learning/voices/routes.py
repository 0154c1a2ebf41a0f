"""Routes of voices: the questions at the end of a course, and the letters of a silent one."""

from collections.abc import Mapping
from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.bank import bank_of
from app.catalogue.editions import Wording
from app.catalogue.shelves import edition_of
from app.duties.mutes import DUTIES, KINDS, mute, muted_kinds, unmute
from app.identity.access import Anyone, SignedIn
from app.learning.follow_ups import asked_by, tell_use
from app.learning.opinions import QUESTIONS, Asked, asked_of, give
from app.learning.readers import Reader, SignedInReader
from app.learning.reminders import choose, is_muted, mute_by, person_told
from app.learning.voices.forms import OpinionForm, UseForm
from app.web.forms import Filled, form_of
from app.web.marks import Db, from_anywhere
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/reminders/{token}")
def new_mute(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """Show a button: programs that look through mail follow links, but press nothing."""
    person_told(db, token)  # a link that nobody was sent is unknown
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
    asked = asked_by(db, token)
    outcomes = _outcomes(request, db, asked.version_id, asked.compiler)
    aims = [each for each in _aims_in(request) if each in outcomes]
    tell_use(db, token, form.value.used, request.scope["language"], aims)
    return page(
        request, "learning/use.html", edition=None, token="", form=form, outcomes={}, aims=set()
    )


def _use_page(
    request: Request, db: Session, token: str, form: Filled[UseForm], status: int = 200
) -> Response:
    asked = asked_by(db, token)
    edition = edition_of(db, asked.version_id, request.scope["language"], asked.compiler)
    return page(
        request,
        "learning/use.html",
        status,
        edition=edition,
        token=token,
        form=form,
        outcomes=_outcomes(request, db, asked.version_id, asked.compiler),
        aims=_aims_in(request),
    )


def _outcomes(
    request: Request, db: Session, version_id: int, compiler: int
) -> Mapping[str, Wording]:
    """What the version teaches, by key, in the reader's language."""
    return bank_of(db, version_id, request.scope["language"], compiler).outcomes


def _aims_in(request: Request) -> set[str]:
    """The outcomes that were ticked."""
    fields = getattr(request.state, "fields", ())
    return {value for name, value in fields if name == "aims"}


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
    given = {each: str(getattr(asked, each) or "") for each in (*QUESTIONS, "comment")}
    return _opinion_page(
        request, db, reader, asked, Filled(None, given), set(asked.aims or ()), saved=bool(saved)
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
    asked, aims = asked_of(db, reader.visitor.id, slug), _aims_in(request)
    if form.value is None:
        return _opinion_page(request, db, reader, asked, form, aims, 422)
    outcomes = _outcomes(request, db, asked.version_id, reader.compiler)
    answers = {each: getattr(form.value, each) for each in QUESTIONS}
    give(
        db,
        asked,
        answers,
        request.scope["language"],
        aims=[each for each in aims if each in outcomes],
        comment=form.value.comment,
    )
    return onward(request, "edit_opinion", "?saved=1", slug=slug)


def _opinion_page(
    request: Request,
    db: Session,
    reader: Reader,
    asked: Asked,
    form: Filled[OpinionForm],
    aims: set[str],
    status: int = 200,
    *,
    saved: bool = False,
) -> Response:
    return page(
        request,
        "learning/opinion.html",
        status,
        edition=edition_of(db, reader.version_id, request.scope["language"], reader.compiler),
        asked=asked,
        form=form,
        outcomes=_outcomes(request, db, asked.version_id, reader.compiler),
        aims=aims,
        saved=saved,
    )
