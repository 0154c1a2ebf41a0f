"""Routes of releasing: what has changed, an approved draft published, an earlier version again."""

from datetime import UTC, datetime, time
from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.activities import activities_in
from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.identity.access import Writer, writer
from app.identity.grants import PUBLISHER
from app.studio.drafts import Draft, draft_for, texts_of
from app.studio.outlines import outline_of
from app.studio.outlooks import changes_since, outlook_of
from app.studio.readings import reading_of
from app.studio.releases import (
    ChangedSince,
    Ready,
    VersionUnknown,
    call_off,
    carry_out,
    plan,
    promise,
    ready,
    roll_back,
    versions_of,
    waiting_release,
)
from app.studio.releasing.forms import MOVE, ReleaseForm, ReturnForm
from app.studio.reviewing.routes import number_of
from app.studio.submissions import open_submission
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


def _compile_now(request: Request) -> Ready | None:
    """The draft compiled, for a publisher who publishes now: it takes longer than a turn may."""
    if dict(request.state.fields).get("when", "now") != "now":
        return None
    with request.app.state.engines.reading() as db:
        visitor = writer(request, db)
        draft = draft_for(db, visitor.id, request.path_params["slug"], (PUBLISHER,))
        return ready(db, draft) if open_submission(db, draft) else None


@router.get("/studio/{slug}/changes")
def show_changes(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    draft = draft_for(db, visitor.id, slug)
    reading = reading_of(db, draft)
    return page(
        request,
        "studio/reviewing/changes.html",
        draft=draft,
        reading=reading,
        titles={each.path: each.title for each in reading.leaves},
        changes=changes_since(db, draft),
        version=_current_number(db, slug),
    )


@router.get("/studio/{slug}/release")
def new_release(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    draft = draft_for(db, visitor.id, slug, (PUBLISHER,))
    return _release_page(request, db, draft, Filled(None))


@router.post("/studio/{slug}/release")
def create_release(
    request: Request,
    made: Annotated[Ready | None, Before(_compile_now)],
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[ReleaseForm], form_of(ReleaseForm)],
) -> Response:
    """Publish what was approved now, or promise it for a day."""
    draft = draft_for(db, visitor.id, slug, (PUBLISHER,))
    told = form.value
    due_at = _due_at(told) if told is not None else None
    if told is not None and due_at is None:
        no_day = ReleaseForm.words["day"]
        said = translations_for(request.scope["language"]).gettext(no_day)
        form = form.with_fault("day", said)
    if told is None or due_at is None:
        return _release_page(request, db, draft, form, 422)
    release = plan(
        db,
        visitor.id,
        draft,
        due_at,
        whole_only=told.learners == MOVE,
        matters=told.matters == "yes",
    )
    if told.when == "day":
        promise(db, release)
        return onward(request, "show_review", "?done=planned", slug=slug)
    if made is None:
        raise ChangedSince(revision=draft.revision)
    carry_out(db, release, draft, made)
    return onward(request, "show_review", "?done=published", slug=slug)


@router.post("/studio/{slug}/release/end")
def delete_release(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """Call a release off that waits for its day."""
    call_off(db, visitor.id, draft_for(db, visitor.id, slug, (PUBLISHER,)))
    return onward(request, "show_review", "?done=called-off", slug=slug)


@router.get("/studio/{slug}/versions/{number}/return")
def new_return(request: Request, db: Db, visitor: Writer, slug: str, number: str) -> Response:
    """What it means for learners to make an earlier version the current one."""
    draft = draft_for(db, visitor.id, slug, (PUBLISHER,))
    version = next((v for v in versions_of(db, slug) if v.number == number_of(number)), None)
    if version is None:
        raise VersionUnknown
    return page(
        request,
        "studio/reviewing/return.html",
        draft=draft,
        reading=reading_of(db, draft),
        version=version,
        outlook=outlook_of(db, slug, activities_in(db, version.id)),
    )


@router.post("/studio/{slug}/versions/{number}/return")
def create_return(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    number: str,
    form: Annotated[Filled[ReturnForm], form_of(ReturnForm)],
) -> Response:
    """Make an earlier version the current one again."""
    draft = draft_for(db, visitor.id, slug, (PUBLISHER,))
    if form.value is None:
        return onward(request, "new_return", slug=slug, number=number)
    moves = form.value.learners == MOVE
    roll_back(db, visitor.id, draft, number_of(number), whole_only=moves)
    return onward(request, "show_review", "?done=returned", slug=slug)


def _due_at(told: ReleaseForm) -> datetime | None:
    """The moment of a release: now, or the beginning of a day to come (UTC); none for no day."""
    now = clock.now()
    if told.when == "now":
        return now
    if not told.day or told.day <= now.date():
        return None
    return datetime.combine(told.day, time(), UTC)


def _current_number(db: Session, slug: str) -> int | None:
    return next((each.number for each in versions_of(db, slug) if each.is_current), None)


def _release_page(
    request: Request, db: Session, draft: Draft, form: Filled[Any], status: int = 200
) -> Response:
    keys = {part.key for part in outline_of(texts_of(db, draft)).parts}
    return page(
        request,
        "studio/reviewing/release.html",
        status,
        draft=draft,
        reading=reading_of(db, draft),
        submission=open_submission(db, draft),
        outlook=outlook_of(db, draft.slug, keys),
        changes=changes_since(db, draft),
        version=_current_number(db, draft.slug),
        waiting=waiting_release(db, draft),
        form=form,
    )
