"""Routes of inquiries: a question about a lesson, those of a person, and those to an institution."""

from secrets import token_hex
from typing import Annotated, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.articles import Paragraph, paragraph_in, paragraphs_of
from app.catalogue.editions import Edition
from app.catalogue.shelves import edition_of
from app.i18n.catalogues import translations_for
from app.i18n.refusals import said
from app.identity.access import AnswersInquiries, SignedIn
from app.identity.grants import administered_by
from app.learning.inquiries import (
    PAGE,
    About,
    Told,
    TooManyInquiries,
    ask,
    close,
    inquiries_to,
    inquiry_to,
    note_seen,
    own_inquiries,
)
from app.learning.readers import Reader, SignedInReader
from app.learning.voices.forms import NO_ANSWER, AnswerForm, InquiryForm
from app.web.forms import Filled, form_of
from app.web.marks import Db, leaves_trace
from app.web.pages import number_of_page, onward, page
from app.web.turn import Turnstile

router = Turnstile()


class Shown(NamedTuple):
    """An inquiry with the course and lesson that it is about, in the reader's language."""

    told: Told
    edition: Edition
    lesson: str


@router.get("/courses/{slug}/lessons/{key}/inquiry")
def new_inquiry(
    request: Request, db: Db, reader: SignedInReader, key: str, block: str = ""
) -> Response:
    form: Filled[InquiryForm] = Filled(None, {"block": block, "page": token_hex(8)})
    return _form_page(request, db, reader, key, form)


@router.post("/courses/{slug}/lessons/{key}/inquiry")
def create_inquiry(
    request: Request,
    db: Db,
    reader: SignedInReader,
    key: str,
    form: Annotated[Filled[InquiryForm], form_of(InquiryForm)],
) -> Response:
    edition, paragraphs = _lesson(request, db, reader, key)
    if form.value is None:
        return _form_page(request, db, reader, key, form, 422)
    if form.value.block:
        paragraph_in(paragraphs, form.value.block)
    assert reader.visitor is not None
    about = About(reader.course_id, edition.version_id, key, form.value.block)
    asked = form.value
    language = request.scope["language"]
    try:
        with db.begin_nested():
            ask(db, reader.visitor.id, about, asked.kind, asked.said, language, asked.page)
    except TooManyInquiries as refusal:
        form = form.with_fault("said", " ".join(said(refusal, language)))
        return _form_page(request, db, reader, key, form, refusal.status)
    return onward(request, "show_own_inquiries", "?sent=1")


@router.get("/my-learning/questions")
@leaves_trace
def show_own_inquiries(request: Request, db: Db, visitor: SignedIn, sent: str = "") -> Response:
    """What the person asked, with the answers; whoever sees them here has read them."""
    shown = _shown(request, db, own_inquiries(db, visitor.id))
    if any(each.told.closed_at and not each.told.seen_at for each in shown):
        note_seen(db, visitor.id)
    return page(request, "learning/own_inquiries.html", shown=shown, sent=bool(sent))


@router.get("/inquiries")
def show_inquiries(request: Request, db: Db, visitor: AnswersInquiries, done: str = "") -> Response:
    """What is asked about the courses of the person's institutions, open ones first."""
    at = number_of_page(request)
    told = inquiries_to(db, administered_by(visitor.id), at)
    shown = _shown(request, db, told[:PAGE])
    has_more = len(told) > PAGE
    return page(
        request, "learning/inquiries.html", shown=shown, at=at, has_more=has_more, done=done
    )


@router.get("/inquiries/{key}")
def edit_inquiry(request: Request, db: Db, visitor: AnswersInquiries, key: str) -> Response:
    (shown,) = _shown(request, db, [inquiry_to(db, administered_by(visitor.id), key)])
    return page(request, "learning/inquiry.html", shown=shown, form=Filled(None))


@router.post("/inquiries/{key}")
def update_inquiry(
    request: Request,
    db: Db,
    visitor: AnswersInquiries,
    key: str,
    form: Annotated[Filled[AnswerForm], form_of(AnswerForm)],
) -> Response:
    """Answer a question, or close it without words for who asked for just that."""
    told = inquiry_to(db, administered_by(visitor.id), key)
    is_answer = form.typed.get("do") != "close"
    if is_answer and form.value is not None and not form.value.answer:
        gettext = translations_for(request.scope["language"]).gettext
        form = form.with_fault("answer", gettext(NO_ANSWER))
    if form.value is None:
        (shown,) = _shown(request, db, [told])
        return page(request, "learning/inquiry.html", 422, shown=shown, form=form)
    close(db, visitor.id, told, form.value.answer if is_answer else "")
    return onward(request, "show_inquiries", "?done=answered" if is_answer else "?done=closed")


def _lesson(
    request: Request, db: Session, reader: Reader, key: str
) -> tuple[Edition, tuple[Paragraph, ...]]:
    edition = edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
    return edition, paragraphs_of(db, edition, edition.lesson(key), reader.compiler)


def _form_page(
    request: Request,
    db: Session,
    reader: Reader,
    key: str,
    form: Filled[InquiryForm],
    status: int = 200,
) -> Response:
    edition, paragraphs = _lesson(request, db, reader, key)
    return page(
        request,
        "learning/new_inquiry.html",
        status,
        edition=edition,
        lesson=edition.lesson(key),
        paragraphs=paragraphs,
        form=form,
    )


def _shown(request: Request, db: Session, told: list[Told]) -> list[Shown]:
    shown = []
    for each in told:
        edition = edition_of(db, each.version_id, request.scope["language"], each.compiler)
        name = edition.activity(each.lesson_key).title if each.lesson_key in edition.places else ""
        shown.append(Shown(each, edition, name))
    return shown
