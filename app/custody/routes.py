"""Routes of custody: what people ask about their data, who answers it, and how long what is kept."""

from collections.abc import Collection
from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.custody import answers, data_requests
from app.custody.data_requests import ERASURE, GRANTED, KINDS, OwnRequest, PersonUnknown
from app.custody.forms import (
    UNDERSTOOD,
    ClosingForm,
    DataRequestForm,
    EnteredRequestForm,
    ExtensionForm,
    RetentionForm,
)
from app.custody.guardians import wards_of
from app.custody.listings import PAGE, Kept, own_requests, request_in, requests_in
from app.custody.processings import record_of_processing
from app.custody.retentions import CLASSES, rules_in, set_rule
from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.identity.access import Anyone, KeepsData, SignedIn, Visitor
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import administered
from app.identity.institutions import institution_called
from app.identity.looks import DATA_REQUEST, note_look
from app.identity.placements import standing_placement
from app.identity.users import User, person_called, user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Db, leaves_trace
from app.web.pages import PUBLIC, answer, number_of_page, onward, page
from app.web.turn import Turnstile

router = Turnstile()
NO_EXTENSION: Filled[ExtensionForm] = Filled(None)
NO_CLOSING: Filled[ClosingForm] = Filled(None)


@router.get("/account/data-requests")
def show_own_data_requests(request: Request, db: Db, visitor: SignedIn, sent: str = "") -> Response:
    return _own_page(request, db, visitor, Filled(None), sent=bool(sent))


@router.post("/account/data-requests")
def create_data_request(
    request: Request,
    db: Db,
    visitor: SignedIn,
    form: Annotated[Filled[DataRequestForm], form_of(DataRequestForm)],
) -> Response:
    if form.value is None:
        return _own_page(request, db, visitor, form, 422)
    person = user_numbered(db, visitor.id)
    data_requests.ask(db, person, form.value.kind, form.value.said)
    return onward(request, "show_own_data_requests", "?sent=1")


@router.get("/data-requests")
def show_data_requests(request: Request, db: Db, visitor: KeepsData, done: str = "") -> Response:
    """What people of the visitor's institutions ask about their data, by the day it is owed."""
    at = number_of_page(request)
    kept = requests_in(db, wards_of(db, visitor.id), at)
    return page(
        request, "custody/data_requests.html", kept=kept[:PAGE], at=at, has_more=len(kept) > PAGE,
        done=done, today=clock.now().date(),
    )  # fmt: skip


@router.get("/data-requests/new")
def new_entered_request(request: Request, db: Db, visitor: KeepsData) -> Response:
    wards_of(db, visitor.id)
    form: Filled[EnteredRequestForm] = Filled(None, {"came_on": clock.now().date().isoformat()})
    return _entering_page(request, form)


@router.post("/data-requests")
def create_entered_request(
    request: Request,
    db: Db,
    visitor: KeepsData,
    form: Annotated[Filled[EnteredRequestForm], form_of(EnteredRequestForm)],
) -> Response:
    """Enter a request that came on paper, for a person of the visitor's institutions."""
    wards = wards_of(db, visitor.id)
    told = form.value
    if told is None:
        return _entering_page(request, form, 422)
    person = _ward_called(db, wards, told.email)
    if person.id == visitor.id:
        raise OwnRequest
    data_requests.ask(
        db, person, told.kind, told.said,
        came_on=min(told.came_on, clock.now().date()), entered_by=visitor.id,
    )  # fmt: skip
    return onward(request, "show_data_requests", "?done=entered")


@router.get("/data-requests/{key}")
@leaves_trace
def edit_data_request(request: Request, db: Db, visitor: KeepsData, key: str) -> Response:
    """One request with the person's words; whoever opens it leaves a trace that the person sees."""
    kept = request_in(db, wards_of(db, visitor.id), key)
    note_look(db, visitor.id, [kept.person_id], DATA_REQUEST)
    return _request_page(request, db, visitor, kept)


@router.post("/data-requests/{key}/extension")
def create_extension(
    request: Request,
    db: Db,
    visitor: KeepsData,
    key: str,
    form: Annotated[Filled[ExtensionForm], form_of(ExtensionForm)],
) -> Response:
    kept = request_in(db, wards_of(db, visitor.id), key)
    if form.value is None:
        return _request_page(request, db, visitor, kept, 422, extension=form)
    answers.extend(db, visitor.id, kept.id, form.value.reason)
    return onward(request, "edit_data_request", key=key)


@router.post("/data-requests/{key}/closing")
def close_data_request(
    request: Request,
    db: Db,
    visitor: KeepsData,
    key: str,
    form: Annotated[Filled[ClosingForm], form_of(ClosingForm)],
) -> Response:
    kept = request_in(db, wards_of(db, visitor.id), key)
    form = _understood(request, kept, form)
    if form.value is None:
        return _request_page(request, db, visitor, kept, 422, closing=form)
    answers.close(db, visitor.id, kept.id, form.value.outcome, form.value.answer)
    return onward(request, "show_data_requests", "?done=closed")


@router.get("/retention")
def show_retention(request: Request, db: Db, visitor: KeepsData, saved: str = "") -> Response:
    return _retention_page(request, db, visitor, Filled(None), saved=bool(saved))


@router.post("/retention")
def update_retention(
    request: Request,
    db: Db,
    visitor: KeepsData,
    form: Annotated[Filled[RetentionForm], form_of(RetentionForm)],
) -> Response:
    form = settled(request, db, administered(visitor.id), form)
    wards, told = wards_of(db, visitor.id), form.value
    institution = institution_called(db, told.institution) if told else None
    if told is None or institution is None or institution.id not in wards:
        return _retention_page(request, db, visitor, form, 422)
    set_rule(db, visitor.id, institution.id, told.record_class, told.months, told.ground)
    return onward(request, "show_retention", "?saved=1")


@router.get("/privacy/record")
def show_record_of_processing(request: Request, _visitor: Anyone) -> Response:
    """Every processing of personal data, in words; the same as data lies beside it."""
    return page(request, "custody/record.html", record=record_of_processing(request))


@router.get("/privacy/record.json")
def show_record_as_data(request: Request, _visitor: Anyone) -> Response:
    """The record of processing as JSON-LD, in the words of the W3C's Data Privacy Vocabulary."""
    body = record_of_processing(request).as_json()
    return answer(request, body, "application/ld+json", 200, dict(PUBLIC))


def _own_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    form: Filled[DataRequestForm],
    status: int = 200,
    *,
    sent: bool = False,
) -> Response:
    return page(
        request,
        "custody/own_data_requests.html",
        status,
        kept=own_requests(db, visitor.id),
        kinds=KINDS,
        form=form,
        sent=sent,
    )


def _entering_page(
    request: Request, form: Filled[EnteredRequestForm], status: int = 200
) -> Response:
    return page(request, "custody/new_data_request.html", status, form=form, kinds=KINDS)


def _request_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    kept: Kept,
    status: int = 200,
    *,
    extension: Filled[ExtensionForm] = NO_EXTENSION,
    closing: Filled[ClosingForm] = NO_CLOSING,
) -> Response:
    return page(
        request,
        "custody/data_request.html",
        status,
        kept=kept,
        extension=extension,
        closing=closing,
        hurdles=answers.hurdles_before(db, visitor.id, kept.id),
        is_own=kept.person_id == visitor.id,
        today=clock.now().date(),
    )


def _understood(request: Request, kept: Kept, form: Filled[ClosingForm]) -> Filled[ClosingForm]:
    """With a fault if it would erase a person and the box that says so is not ticked."""
    would_erase = kept.kind == ERASURE and form.typed.get("outcome") == GRANTED
    if not would_erase or kept.closed_at or form.typed.get("understood"):
        return form
    gettext = translations_for(request.scope["language"]).gettext
    return form.with_fault("understood", gettext(UNDERSTOOD))


def _retention_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    form: Filled[RetentionForm],
    status: int = 200,
    *,
    saved: bool = False,
) -> Response:
    own = [each for each in wards_of(db, visitor.id) if each is not None]
    return page(
        request,
        "custody/retention.html",
        status,
        rules=rules_in(db, own),
        pick=choice_of(db, administered(visitor.id), form.typed),
        classes=CLASSES,
        form=form,
        saved=saved,
    )


def _ward_called(db: Session, wards: Collection[int | None], email: str) -> User:
    """The person of this address if the wards are theirs; raises PersonUnknown."""
    person = person_called(db, email)
    standing = standing_placement(db, person.id) if person else None
    if person is None or (standing.institution_id if standing else None) not in wards:
        raise PersonUnknown(email=email)
    return person
