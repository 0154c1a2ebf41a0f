"""Routes of adapting: published courses to make one's own of, and what their origins changed."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any
from urllib.parse import quote_plus

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.licences import licence_called
from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.i18n.refusals import said
from app.identity.access import Visitor, Writer
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import written_for
from app.identity.grants import AUTHOR
from app.identity.institutions import institution_called
from app.studio.adaptations import LicenceUnfit, Wanted, adapt, adaptable_course, adaptable_courses
from app.studio.adapting.forms import AdaptationForm, TakingForm
from app.studio.beginnings import key_from
from app.studio.changes import FileTooLarge
from app.studio.comparisons import Side, compared
from app.studio.differences import MEDIA, kind_of
from app.studio.drafts import (
    RESERVED,
    AuthorNeeded,
    Draft,
    SlugTaken,
    draft_for,
    scope_of,
    texts_of,
)
from app.studio.outlines import outline_of
from app.studio.sheets import SheetUnreadable
from app.studio.takings import BOTH, MERGED, MINE, THEIRS
from app.studio.upstreams import (
    ChangedMeanwhile,
    ChoicesMissing,
    News,
    news_of,
    standing_of,
    take_in,
)
from app.studio.works import may_write
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import Pages, onward, page
from app.web.turn import Turnstile

router = Turnstile()

ROOM = 150_000  # bytes of a form for texts made of both sides


@router.get("/studio/origins")
def show_origins(request: Request, db: Db, visitor: Writer) -> Response:
    """Every course that the author finds, and what its licence lets them do."""
    _author_scope(db, visitor)
    courses = adaptable_courses(db, visitor.id)
    return page(request, "studio/adapting/origins.html", courses=courses)


@router.get("/studio/origins/{slug}/adaptation")
def new_adaptation(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    return _adaptation_page(request, db, visitor, slug, Filled(None))


@router.post("/studio/origins/{slug}/adaptation")
def create_adaptation(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[AdaptationForm], form_of(AdaptationForm)],
) -> Response:
    """Make a draft from the course's current version."""
    form = settled(request, db, written_for(visitor.id), form)
    told = form.value
    if told is None:
        return _adaptation_page(request, db, visitor, slug, form, 422)
    institution = institution_called(db, told.institution)
    if institution is None:
        raise AuthorNeeded
    new_slug = told.slug or key_from(told.title, {*RESERVED, slug}, "course")
    wanted = Wanted(new_slug, told.title, institution, told.licence)
    say = translations_for(request.scope["language"]).gettext
    try:
        adapt(db, visitor.id, visitor.name, slug, wanted, address_of(request, slug))
    except SlugTaken:
        form = form.with_fault("slug", say(SlugTaken.mend))
        return _adaptation_page(request, db, visitor, slug, form, 422)
    except LicenceUnfit as refusal:
        form = form.with_fault("licence", said(refusal, request.scope["language"]).says)
        return _adaptation_page(request, db, visitor, slug, form, 422)
    return onward(request, "show_draft", "?done=adapted", slug=new_slug)


@router.get("/studio/{slug}/upstream")
def show_upstream(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """What the origin changed since, and a choice for each file."""
    return _upstream_page(request, db, visitor, draft_for(db, visitor.id, slug))


@router.post("/studio/{slug}/upstream")
def create_taking(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[TakingForm], form_of(TakingForm)],
) -> Response:
    """Take in what was chosen, as one revision."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    told, choices, texts = form.value, _choices(request), _texts(request)
    merged = {path: f"{text.strip()}\n".encode() for path, text in texts.items()}
    if told is None:
        raise ChangedMeanwhile
    standing = standing_of(db, visitor.id, draft)
    address = address_of(request, standing.course.slug if standing else slug)
    try:
        take_in(db, visitor.id, draft, (told.revision, told.version), choices, address, merged)
    except ChoicesMissing as refusal:
        return _upstream_page(request, db, visitor, draft, 422, choices, texts, refusal.paths)
    except (SheetUnreadable, FileTooLarge) as refusal:
        # What was typed must not be lost with the page.
        return _upstream_page(request, db, visitor, draft, 422, choices, texts, refusal=refusal)
    return onward(request, "show_draft", "?done=taken", slug=slug)


def address_of(request: Request, slug: str) -> str:
    """Where the course stands, for everybody and in every language."""
    pages: Pages = request.app.state.pages
    root: str = request.app.state.settings.public_url
    return f"{root}{pages.addresses.path('show_course', slug=slug)}"


def _author_scope(db: Session, visitor: Visitor) -> frozenset[int]:
    scope = scope_of(db, visitor.id, (AUTHOR,))
    if not scope:
        raise AuthorNeeded
    return scope


def _adaptation_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    slug: str,
    form: Filled[Any],
    status: int = 200,
) -> Response:
    _author_scope(db, visitor)
    return page(
        request,
        "studio/adapting/adaptation.html",
        status,
        course=adaptable_course(db, visitor.id, slug),
        pick=choice_of(db, written_for(visitor.id), form.typed),
        form=form,
    )


def _choices(request: Request) -> dict[str, str]:
    fields: list[tuple[str, str]] = request.state.fields
    return {
        name.removeprefix("file:"): said
        for name, said in fields
        if name.startswith("file:") and said in (THEIRS, MINE, MERGED)
    }


def _texts(request: Request) -> dict[str, str]:
    """What was typed as the text of both, by path."""
    fields: list[tuple[str, str]] = request.state.fields
    return {
        name.removeprefix("text:"): said.replace("\r\n", "\n")
        for name, said in fields
        if name.startswith("text:")
    }


def _offered(news: News, sides: Collection[str]) -> dict[str, str]:
    """A text of both for each file with two texts, as long as one form can bring them all back."""
    offered, room = {}, ROOM
    for each in news.takings:
        size = len(quote_plus(each.offered))
        if each.path in sides and size <= room:
            offered[each.path], room = each.offered, room - size
    return offered


def _upstream_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    draft: Draft,
    status: int = 200,
    choices: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
    missing: Collection[str] = (),
    refusal: Refusal | None = None,
) -> Response:
    news = news_of(db, visitor.id, draft)
    sides = _sides(news)
    outline = outline_of(texts_of(db, draft))
    return page(
        request,
        "studio/adapting/upstream.html",
        status,
        draft=draft,
        outline=outline,
        titles={part.path: part.title for part in outline.parts},
        news=news,
        licence=licence_called(news.standing.current.licence),
        sides=sides,
        offered=_offered(news, sides) | dict(texts or {}),
        refusal=refusal,
        choices=choices or {},
        missing=missing,
        is_author=may_write(db, visitor.id, draft),
    )


def _sides(news: News) -> dict[str, tuple[list[Side], list[Side]]]:
    """Both texts of each file that both sides changed and hold."""
    both = {each.path: each.content for each in news.takings if each.state == BOTH}
    return {
        path: compared(news.mine[path].decode(errors="replace"), theirs.decode(errors="replace"))
        for path, theirs in both.items()
        if theirs is not None and path in news.mine and kind_of(path) != MEDIA
    }
