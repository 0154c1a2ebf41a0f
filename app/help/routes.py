"""Routes of help: its pages, the accessibility statement, and a letter to the operator."""

from typing import Annotated
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.help.forms import LetterForm, note_letter
from app.help.guides import ORDER, guide_called, guides_for
from app.help.letters import LONGEST, TOPICS, Letter, send_to_operator
from app.help.statements import STATEMENT
from app.identity.access import Anyone, Visitor
from app.identity.users import user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page, path_of
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/help")
def show_help(request: Request, _visitor: Anyone) -> Response:
    language = request.scope["language"]
    return page(
        request, "help/help.html", kinds={kind: guides_for(kind, language) for kind in ORDER}
    )


@router.get("/help/{key}")
def show_guide(request: Request, _visitor: Anyone, key: str) -> Response:
    guide = guide_called(key, request.scope["language"])
    html = guide.html(
        lambda name: path_of(request, name), lambda other: path_of(request, "show_guide", key=other)
    )
    others = [each for each in guides_for(guide.kind, guide.language) if each.key != key]
    return page(request, "help/guide.html", guide=guide, guide_html=html, others=others)


@router.get("/accessibility")
def show_accessibility(request: Request, _visitor: Anyone) -> Response:
    settings = request.app.state.settings
    return page(request, "help/accessibility.html", statement=STATEMENT, settings=settings)


@router.get("/contact")
def new_letter(
    request: Request, db: Db, visitor: Anyone, topic: str = "", incident: str = ""
) -> Response:
    typed = {"topic": topic, "incident": incident, "sender": _address_of(db, visitor)}
    return _contact_page(request, Filled(None, typed))


@router.post("/contact")
def create_letter(
    request: Request,
    db: Db,
    _visitor: Anyone,
    form: Annotated[Filled[LetterForm], form_of(LetterForm)],
    _noted: Annotated[None, Before(note_letter)],
) -> Response:
    """Promise the letter to the operator's mailbox; nothing of it is kept once it has left."""
    if form.value is None:
        return _contact_page(request, form, 422)
    written = form.value
    letter = Letter(written.sender, written.topic, written.said, written.incident)
    mailbox = request.app.state.settings.mailbox
    send_to_operator(db, mailbox, letter, request.scope["language"])
    return onward(request, "show_letter_sent")


@router.get("/contact/sent")
def show_letter_sent(request: Request, _visitor: Anyone) -> Response:
    return page(request, "help/letter_sent.html", settings=request.app.state.settings)


def _contact_page(request: Request, form: Filled[LetterForm], status: int = 200) -> Response:
    settings = request.app.state.settings
    return page(
        request,
        "help/contact.html",
        status,
        form=form,
        topics=TOPICS,
        longest=LONGEST,
        settings=settings,
        host=urlsplit(settings.public_url).netloc,
    )


def _address_of(db: Db, visitor: Visitor | None) -> str:
    return (user_numbered(db, visitor.id).email or "") if visitor is not None else ""
