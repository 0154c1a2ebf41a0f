"""Routes of exchanging: a language of a draft as PO or XLIFF, taken out, and brought in after a look."""

from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.compiling.translations import written
from app.identity.access import Writer, writer
from app.studio.drafts import Draft, texts_of
from app.studio.exchanging.fates import outlook_on, take
from app.studio.exchanging.forms import TakingForm
from app.studio.exchanging.parcels import (
    LIMIT,
    ParcelUnknown,
    parcel_called,
    read_contents,
    sent_content,
    store_parcel,
)
from app.studio.exchanging.xliffs import xliff_of
from app.studio.outlines import course_sheet, outline_of
from app.studio.translating.catalogues import entries_of, prepare
from app.studio.translating.shares import Languages, draft_to_translate, source_language
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db, takes_files
from app.web.pages import PRIVATE, onward, page
from app.web.turn import Turnstile
from app.web.uploads import MEGABYTE

router = Turnstile()

PO, XLIFF = "po", "xlf"
TYPES = {PO: "text/x-gettext-translation; charset=utf-8", XLIFF: "application/xliff+xml"}
MOST_SHOWN = 100


def _sent_before(request: Request) -> bytes:
    """The file of the form, once it can be read; nothing slow is left for the transaction."""
    content = sent_content(request)
    with request.app.state.engines.reading() as db:
        draft, language = _draft_before(request, db)
        read_contents(content, _languages(db, draft, language))
    return content


def _read_before(request: Request) -> None:
    """Know the blocks and the file before the transaction opens."""
    with request.app.state.engines.reading() as db:
        draft, language = _draft_before(request, db)
        prepare(db, draft, language)
        parcel_called(db, request.path_params["parcel"], _languages(db, draft, language))


def _draft_before(request: Request, db: Session) -> tuple[Draft, str]:
    slug, language = (request.path_params[name] for name in ("slug", "language"))
    return draft_to_translate(db, writer(request, db).id, slug, language), language


@router.get("/studio/{slug}/languages/{language}/files")
def show_exchange(
    request: Request, db: Db, visitor: Writer, slug: str, language: str, taken: int = -1
) -> Response:
    draft = draft_to_translate(db, visitor.id, slug, language)
    return page(
        request,
        "studio/exchanging/exchange.html",
        **_around(db, draft, language),
        limit=LIMIT // MEGABYTE,
        taken=taken,
    )


@router.get("/studio/{slug}/languages/{language}/files/all.{kind}")
def show_catalogue_file(db: Db, visitor: Writer, slug: str, language: str, kind: str) -> Response:
    """The whole language as one file; the same translations are the same bytes."""
    draft = draft_to_translate(db, visitor.id, slug, language)
    if kind not in TYPES:
        raise ParcelUnknown
    entries = entries_of(db, draft, language)
    if kind == PO:
        content = written(language, entries)
    else:
        content = xliff_of(slug, _languages(db, draft, language), entries)
    disposition = f'attachment; filename="{slug}-{language}.{kind}"'
    headers = PRIVATE | {"Content-Disposition": disposition}
    return Response(content.encode(), 200, headers, TYPES[kind])


@router.post("/studio/{slug}/languages/{language}/files")
@takes_files
def create_parcel(
    request: Request,
    content: Annotated[bytes, Before(_sent_before)],
    db: Db,
    visitor: Writer,
    slug: str,
    language: str,
) -> Response:
    """Keep the file and show what it would do; nothing of the draft changes."""
    draft_to_translate(db, visitor.id, slug, language)
    name = store_parcel(db, content)
    return onward(request, "show_parcel", slug=slug, language=language, parcel=name)


@router.get("/studio/{slug}/languages/{language}/files/{parcel}")
def show_parcel(
    request: Request, db: Db, visitor: Writer, slug: str, language: str, parcel: str
) -> Response:
    """What taking the file would do, before anything is taken."""
    draft = draft_to_translate(db, visitor.id, slug, language)
    return _parcel_page(request, db, draft, language, parcel)


@router.post("/studio/{slug}/languages/{language}/files/{parcel}")
def update_from_parcel(
    request: Request,
    _ready: Annotated[None, Before(_read_before)],
    db: Db,
    visitor: Writer,
    slug: str,
    language: str,
    parcel: str,
    form: Annotated[Filled[TakingForm], form_of(TakingForm)],
) -> Response:
    """Take what can be taken; who saw another state of the draft is shown what is there now."""
    draft = draft_to_translate(db, visitor.id, slug, language)
    contents = parcel_called(db, parcel, _languages(db, draft, language))
    seen = form.value.seen if form.value else ""
    outlook = take(db, visitor.id, draft, language, contents, seen)
    if outlook is None:
        return _parcel_page(request, db, draft, language, parcel, 409)
    counts = outlook.counts
    number = counts["new"] + counts["changed"] + counts["doubtful"]
    return onward(request, "show_exchange", f"?taken={number}", slug=slug, language=language)


def _parcel_page(
    request: Request, db: Session, draft: Draft, language: str, parcel: str, status: int = 200
) -> Response:
    contents = parcel_called(db, parcel, _languages(db, draft, language))
    return page(
        request,
        "studio/exchanging/parcel.html",
        status,
        **_around(db, draft, language),
        parcel=parcel,
        outlook=outlook_on(db, draft, language, contents),
        most=MOST_SHOWN,
        has_changed=status != 200,
    )


def _languages(db: Session, draft: Draft, language: str) -> Languages:
    return Languages(source_language(course_sheet(texts_of(db, draft))), language)


def _around(db: Session, draft: Draft, language: str) -> dict[str, Any]:
    return {"draft": draft, "outline": outline_of(texts_of(db, draft)), "into": language}
