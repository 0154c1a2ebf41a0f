"""Routes of adapting: published courses to make one's own of, and what their origins changed."""

from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n.catalogues import translations_for
from app.identity.access import Visitor, Writer
from app.identity.grants import AUTHOR
from app.identity.institutions import as_choices, institution_called
from app.identity.people.colleagues import institutions_of
from app.studio.adaptations import LicenceUnfit, Wanted, adapt, adaptable_course, adaptable_courses
from app.studio.adapting.forms import AdaptationForm
from app.studio.beginnings import key_from
from app.studio.drafts import RESERVED, AuthorNeeded, SlugTaken, scope_of
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import Pages, onward, page
from app.web.turn import Turnstile

router = Turnstile()


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
        form = form.with_fault("licence", say(refusal.says) % refusal.values)
        return _adaptation_page(request, db, visitor, slug, form, 422)
    return onward(request, "show_draft", "?done=adapted", slug=new_slug)


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
    scope = _author_scope(db, visitor)
    return page(
        request,
        "studio/adapting/adaptation.html",
        status,
        course=adaptable_course(db, visitor.id, slug),
        institutions=as_choices(institutions_of(db, scope)),
        form=form,
    )
