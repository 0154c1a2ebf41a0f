"""Routes of writing: the lesson's page with its preview, and the text of any file."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.compiling.folders import belongs
from app.catalogue.files import FileUnknown
from app.catalogue.recommendations import recommendations_in
from app.identity.access import Visitor, Writer
from app.identity.grants import AUTHOR, STUDIO_ROLES
from app.studio.changes import NOT_THERE, Conflict, save
from app.studio.conflicts import conflict_page
from app.studio.drafts import Draft, DraftText, draft_for, text_in, texts_of
from app.studio.insertions import SIGNS, tools_for
from app.studio.inspections import findings_of
from app.studio.lessons import composed, fields_of
from app.studio.libraries import library_of
from app.studio.outlines import LESSON, Outline, Part, course_sheet, outline_of
from app.studio.previews import Preview, preview_of
from app.studio.showings import with_box
from app.studio.uploads import Ready, Refused, prepared
from app.studio.works import may_write
from app.studio.writing.forms import LessonForm, ShowingForm, SourceForm
from app.studio.writing.insertions import NOTHING_SHOWN, shown_by
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db, takes_files
from app.web.pages import onward, page, path_of
from app.web.turn import Turnstile

router = Turnstile()

LessonFilled = Annotated[Filled[LessonForm], form_of(LessonForm)]


class Place(NamedTuple):
    """A lesson of a draft with what stands around it."""

    draft: Draft
    outline: Outline
    texts: dict[str, DraftText]
    part: Part
    text: DraftText


@router.get("/studio/{slug}/lessons/{key}")
def edit_lesson(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, done: str = ""
) -> Response:
    place = _place(db, visitor, slug, key)
    return _lesson_page(request, db, visitor, place, place.text.text, done=done)


@router.post("/studio/{slug}/lessons/{key}")
def update_lesson(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, form: LessonFilled
) -> Response:
    """Save; a script of ours that follows the redirect finds revision, preview and findings there."""
    place = _place(db, visitor, slug, key, (AUTHOR,))
    told = form.value
    if told is None:
        return _lesson_page(request, db, visitor, place, place.text.text, form=form, status=422)
    mine = _composed(place, told)
    answer = save(db, visitor.id, place.draft, place.part.path, mine.encode(), told.revision)
    if isinstance(answer, Conflict):
        return conflict_page(request, db, place.draft, place.outline, answer)
    return onward(request, "edit_lesson", "?done=saved", slug=slug, key=key)


@router.post("/studio/{slug}/lessons/{key}/preview")
def create_preview(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, form: LessonFilled
) -> Response:
    """The page with what was typed rendered beside it; nothing is saved."""
    place = _place(db, visitor, slug, key)
    if form.value is None:
        return _lesson_page(request, db, visitor, place, place.text.text, form=form, status=422)
    text = _composed(place, form.value)
    revision = form.value.revision
    return _lesson_page(request, db, visitor, place, text, revision=revision, done="preview")


@router.post("/studio/{slug}/lessons/{key}/showing")
@takes_files
def create_showing(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    key: str,
    sent: Annotated[list[Ready | Refused], Before(prepared)],
    form: Annotated[Filled[ShowingForm], form_of(ShowingForm)],
) -> Response:
    """Keep the files that came, and show one in what was typed, of which nothing is saved yet."""
    place = _place(db, visitor, slug, key, (AUTHOR,))
    told = form.value
    if told is None:
        return _lesson_page(request, db, visitor, place, place.text.text, form=form, status=422)
    asked = told.model_dump(exclude=set(LessonForm.model_fields))
    shown = shown_by(db, visitor.id, place.draft, place.texts, place.outline, sent, asked)
    done, status = ("inserted", 200) if shown.box else ("", 422)
    text = _composed(place, told, with_box(told.body, shown.box) if shown.box else told.body)
    said = shown.said(request.scope["language"])
    return _lesson_page(
        request, db, visitor, place, text,
        revision=told.revision, done=done, status=status, showing=said,
    )  # fmt: skip


@router.get("/studio/{slug}/source/{path:path}")
def edit_source(
    request: Request, db: Db, visitor: Writer, slug: str, path: str, done: str = ""
) -> Response:
    draft = draft_for(db, visitor.id, slug)
    if not belongs(path) or path.startswith("media/"):
        raise FileUnknown
    there = text_in(db, draft, path)
    return page(
        request,
        "studio/source.html",
        draft=draft,
        outline=outline_of(texts_of(db, draft)),
        path=path,
        text=there.text if there else "",
        revision=there.revision if there else NOT_THERE,
        findings=[each for each in findings_of(db, draft) if each.path == path],
        is_author=may_write(db, visitor.id, draft),
        done=done,
    )


@router.post("/studio/{slug}/source/{path:path}")
def update_source(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    path: str,
    form: Annotated[Filled[SourceForm], form_of(SourceForm)],
) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    if form.value is None or path.startswith("media/"):
        raise FileUnknown
    told = form.value
    text = told.text.replace("\r\n", "\n").strip("\n") + "\n"
    answer = save(db, visitor.id, draft, path, text.encode(), told.revision)
    if isinstance(answer, Conflict):
        return conflict_page(request, db, draft, outline_of(texts_of(db, draft)), answer)
    return onward(request, "edit_source", "?done=saved", slug=slug, path=path)


def _place(
    db: Session, visitor: Visitor, slug: str, key: str, roles: tuple[str, ...] = STUDIO_ROLES
) -> Place:
    draft = draft_for(db, visitor.id, slug, roles)
    texts = texts_of(db, draft)
    outline = outline_of(texts)
    part = outline.part(key, LESSON)
    if part.path not in texts:
        raise FileUnknown
    return Place(draft, outline, texts, part, texts[part.path])


def _composed(place: Place, told: LessonForm, body: str | None = None) -> str:
    return composed(
        place.part.path,
        place.text.text,
        title=told.title,
        recommendation=told.recommendation,
        outcomes=told.outcomes,
        body=told.body if body is None else body,
    )


def _lesson_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    place: Place,
    text: str,
    *,
    form: Filled[Any] | None = None,
    revision: int | None = None,
    done: str = "",
    status: int = 200,
    showing: Mapping[str, Any] = NOTHING_SHOWN,
) -> Response:
    draft, part = place.draft, place.part
    course = course_sheet(place.texts)
    fields = fields_of(part.path, text)
    context: dict[str, Any] = {
        "draft": draft,
        "outline": place.outline,
        "part": part,
        "module": place.outline.module_of(part),
        "fields": fields,
        "form": form or Filled(None),
        "revision": place.text.revision if revision is None else revision,
        "preview": _preview(request, db, draft, part.path, text),
        "saved_at": place.text.changed_at,
        "recommendations": _named(db, course.keys("recommendations")),
        "outcomes": [
            (str(each["key"]), str(each.get("text") or each["key"]))
            for each in course.value("outcomes", [])
            if isinstance(each, dict) and each.get("key")
        ],
        "sources_language": place.outline.language,
        "tools": tools_for(part.key, place.outline.language),
        "signs_of_text": SIGNS,
        "is_author": may_write(db, visitor.id, draft),
        "done": done,
        "files": library_of(db, draft, place.texts, place.outline),
        "showing": showing,
    }
    return page(request, "studio/lesson.html", status, **context)


def _preview(request: Request, db: Session, draft: Draft, path: str, text: str) -> Preview:
    return preview_of(
        db,
        draft,
        path,
        text,
        media=path_of(request, "show_draft_file", slug=draft.slug, path=""),
        lessons=path_of(request, "edit_lesson", slug=draft.slug, key=""),
    )


def _named(db: Session, keys: list[str]) -> list[tuple[str, str]]:
    titles = {each.key: each.title for each in recommendations_in(db)}
    return [(key, f"{key} · {titles[key]}" if key in titles else key) for key in keys]
