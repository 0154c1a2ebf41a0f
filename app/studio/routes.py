"""Routes of the studio: a person's courses, a draft's outline, its findings and its files."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.deliveries import delivered, split_rendition
from app.catalogue.recommendations import recommendations_in
from app.i18n.catalogues import translations_for
from app.i18n.languages import UNITED_NATIONS
from app.identity.access import Visitor, Writer
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import written_for
from app.identity.grants import AUTHOR, PUBLISHER, WRITING_ROLES
from app.identity.institutions import institution_called
from app.studio.beginnings import Say, key_from, new_course
from app.studio.changes import Conflict, undo
from app.studio.drafts import (
    RESERVED,
    AuthorNeeded,
    SlugTaken,
    close_draft,
    draft_for,
    draft_from,
    open_draft,
    scope_of,
    texts_of,
)
from app.studio.forms import CourseForm, TemplateForm, UndoForm
from app.studio.histories import LATELY, history_of, writing_now
from app.studio.inspections import count_of, counted, findings_of
from app.studio.leads import lead_of
from app.studio.libraries import stored_in
from app.studio.outlines import outline_of
from app.studio.owned_courses import proposals_to
from app.studio.owners import speak_for_answering
from app.studio.skeletons.skeletons import (
    SKELETONS,
    Beginning,
    Begun,
    begun_from_draft,
    begun_from_skeleton,
    is_template,
    mark_template,
    templates_in,
)
from app.studio.upstreams import standing_of
from app.studio.works import may_write, standing_in, works_in
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
TEMPLATE = "draft:"
_KEPT = {"Cache-Control": "private, no-cache"}


@router.get("/studio")
def show_studio(request: Request, db: Db, visitor: Writer, done: str = "") -> Response:
    everywhere = scope_of(db, visitor.id)
    opens = standing_in(db, scope_of(db, visitor.id, WRITING_ROLES))
    return page(
        request,
        "studio/studio.html",
        works=works_in(db, everywhere),
        standing=standing_in(db, everywhere),
        openable={each.slug for each in opens},
        is_author=bool(scope_of(db, visitor.id, (AUTHOR,))),
        asked=proposals_to(db, scope_of(db, visitor.id, (PUBLISHER,))),
        done=done,
    )


@router.get("/studio/new")
def new_draft(request: Request, db: Db, visitor: Writer) -> Response:
    return _new_page(request, db, visitor, Filled(None))


@router.post("/studio/new")
def create_course(
    request: Request,
    db: Db,
    visitor: Writer,
    form: Annotated[Filled[CourseForm], form_of(CourseForm)],
) -> Response:
    form = settled(request, db, written_for(visitor.id), form)
    told = form.value
    if told is None:
        return _new_page(request, db, visitor, form, 422)
    institution = institution_called(db, told.institution)
    if institution is None:
        raise AuthorNeeded
    slug = told.slug or key_from(told.title, RESERVED, "course")
    begun = _begun(
        db,
        visitor,
        told,
        Beginning(
            slug, told.title, told.language, institution.key, visitor.name, told.recommendation
        ),
    )
    try:
        draft_from(db, visitor.id, begun.source, institution, begun.media)
    except SlugTaken:
        said = translations_for(request.scope["language"]).gettext(SlugTaken.mend)
        return _new_page(request, db, visitor, form.with_fault("slug", said), 422)
    return onward(request, "show_draft", slug=slug)


@router.post("/studio/{slug}/opening")
def create_draft(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """Open the draft of a published course."""
    speak_for_answering(db, visitor.id, open_draft(db, visitor.id, slug))
    return onward(request, "show_draft", slug=slug)


@router.get("/studio/{slug}")
def show_draft(
    request: Request, db: Db, visitor: Writer, slug: str, done: str = "", moved: str = ""
) -> Response:
    draft = draft_for(db, visitor.id, slug)
    outline = outline_of(texts_of(db, draft))
    return page(
        request,
        "studio/draft.html",
        draft=draft,
        outline=outline,
        titles={part.path: part.title for part in outline.parts},
        history=history_of(db, draft, LATELY),
        writing=writing_now(db, draft, visitor.id),
        is_template=is_template(db, draft),
        count=counted(db, draft),
        is_author=may_write(db, visitor.id, draft),
        origin=standing_of(db, visitor.id, draft),
        done=done,
        moved=moved,
    )


@router.get("/studio/{slug}/activity")
def show_history(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """Who did what to the draft, for those who may work on it."""
    draft = draft_for(db, visitor.id, slug)
    outline = outline_of(texts_of(db, draft))
    return page(
        request,
        "studio/history.html",
        draft=draft,
        outline=outline,
        titles={part.path: part.title for part in outline.parts},
        history=history_of(db, draft),
    )


@router.post("/studio/{slug}/template")
def update_template(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[TemplateForm], form_of(TemplateForm)],
) -> Response:
    """Offer the draft to colleagues to begin from, or no longer."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    if form.value is not None:
        mark_template(db, visitor.id, draft, is_offered=form.value.offered == "yes")
    return onward(request, "show_draft", "?done=template", slug=slug)


@router.get("/studio/{slug}/findings")
def show_findings(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    draft = draft_for(db, visitor.id, slug)
    findings = findings_of(db, draft)
    texts = texts_of(db, draft)
    outline = outline_of(texts)
    parts = {part.path: part for part in outline.parts}
    titles = {each.path: each.title for each in outline.modules}
    titles |= {each.path: each.title for each in outline.parts}
    said = {path: each.text for path, each in texts.items()}
    return page(
        request,
        "studio/findings.html",
        draft=draft,
        outline=outline,
        findings=[
            (each, lead_of(each, parts.get(each.path), said.get(each.path, "")))
            for each in findings
        ],
        count=count_of(findings),
        parts=parts,
        titles=titles,
    )


@router.post("/studio/{slug}/undo")
def create_undo(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[UndoForm], form_of(UndoForm)],
) -> Response:
    """Take the last change of the outline back, unless somebody has written over it."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    answer = undo(db, visitor.id, draft, form.value.revision) if form.value else None
    is_late = answer is None or isinstance(answer, Conflict)
    return onward(request, "show_draft", "?done=late" if is_late else "?done=undone", slug=slug)


@router.post("/studio/{slug}/closing")
def delete_draft(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """Give a draft up."""
    close_draft(db, visitor.id, draft_for(db, visitor.id, slug, (AUTHOR,)))
    return onward(request, "show_studio", "?done=closed")


@router.get("/studio/{slug}/media/{path:path}")
def show_draft_file(request: Request, db: Db, visitor: Writer, slug: str, path: str) -> Response:
    """What a draft holds is shown to nobody but those who work on it."""
    draft = draft_for(db, visitor.id, slug)
    name, width = split_rendition(path)
    return delivered(request, db, stored_in(db, draft, name), width, _KEPT)


def _begun(db: Session, visitor: Visitor, told: CourseForm, beginning: Beginning) -> Begun:
    """What the course begins with, as its author has chosen."""
    if told.begin.startswith(TEMPLATE):
        scope = scope_of(db, visitor.id, (AUTHOR,))
        return begun_from_draft(db, scope, told.begin.removeprefix(TEMPLATE), beginning)
    if told.begin:
        return begun_from_skeleton(told.begin, beginning)
    source = new_course(
        beginning.slug,
        beginning.title,
        language=beginning.language,
        institution=beginning.institution,
        author=beginning.author,
        recommendation=beginning.recommendation,
        say=say_in(beginning.language),
    )
    return Begun(source, {})


def say_in(language: str) -> Say:
    """How sentences of ours are said in a language, as the beginning of a course."""
    return translations_for(language).gettext


def _new_page(
    request: Request, db: Session, visitor: Visitor, form: Filled[CourseForm], status: int = 200
) -> Response:
    scope = scope_of(db, visitor.id, (AUTHOR,))
    if not scope:
        raise AuthorNeeded
    languages = [(each.code, each.name) for each in UNITED_NATIONS]
    return page(
        request,
        "studio/new.html",
        status,
        form=form,
        pick=choice_of(db, written_for(visitor.id), form.typed),
        languages_offered=languages,
        skeletons=SKELETONS,
        templates=[(f"{TEMPLATE}{key}", title) for key, title in templates_in(db, scope)],
        recommendations=recommendations_in(db),
    )
