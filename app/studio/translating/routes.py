"""Routes of translating: a course's languages, and one of them block by block."""

from typing import Annotated, Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Writer, writer
from app.identity.grants import AUTHOR
from app.studio.changes import Conflict, save
from app.studio.conflicts import conflict_page
from app.studio.drafts import Draft, draft_for, texts_of
from app.studio.outlines import COURSE, course_sheet, outline_of
from app.studio.translating.catalogues import entries_of, prepare
from app.studio.translating.forms import BlockForm, PolicyForm
from app.studio.translating.listings import SHOWN, Aids, listed, next_open, parts_of, work_of
from app.studio.translating.memories import Memory
from app.studio.translating.segments import (
    Collision,
    Segment,
    SegmentUnknown,
    save_segment,
    segment_called,
    segments_of,
)
from app.studio.translating.shares import (
    POLICIES,
    LanguageUnknown,
    draft_to_translate,
    offered_languages,
    put_policy,
    shares_of,
    source_language,
)
from app.studio.translating.terms import glossary_for
from app.studio.works import may_write
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()

GLOSSARY = "glossary.yaml"


def _make_ready(request: Request) -> None:
    """Know the blocks before the transaction opens: a changed course takes seconds to read."""
    with request.app.state.engines.reading() as db:
        slug, language = (request.path_params[name] for name in ("slug", "language"))
        prepare(db, draft_to_translate(db, writer(request, db).id, slug, language), language)


Ready = Annotated[None, Before(_make_ready)]


@router.get("/studio/{slug}/languages")
def show_languages(
    request: Request, db: Db, visitor: Writer, slug: str, done: str = ""
) -> Response:
    draft = draft_for(db, visitor.id, slug)
    texts = texts_of(db, draft)
    return page(
        request,
        "studio/translating/languages.html",
        draft=draft,
        outline=outline_of(texts),
        shares=shares_of(db, visitor.id, draft, texts),
        policies=POLICIES,
        revision=texts[COURSE].revision,
        is_author=may_write(db, visitor.id, draft),
        done=done,
    )


@router.post("/studio/{slug}/languages/{language}/policy")
def update_policy(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    language: str,
    form: Annotated[Filled[PolicyForm], form_of(PolicyForm)],
) -> Response:
    """Say how learners see the language while parts of it are open; for authors."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    texts = texts_of(db, draft)
    sheet = course_sheet(texts)
    if form.value is None or language not in offered_languages(db, draft, sheet):
        raise LanguageUnknown
    put_policy(sheet, language, form.value.policy)
    answer = save(db, visitor.id, draft, COURSE, sheet.text().encode(), form.value.revision)
    if isinstance(answer, Conflict):
        return conflict_page(request, db, draft, outline_of(texts), answer)
    return onward(request, "show_languages", "?done=policy", slug=slug)


@router.get("/studio/{slug}/languages/{language}")
def edit_translation(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    language: str,
    show: str = "open",
    part: str = "",
    number: int = 1,
    done: str = "",
) -> Response:
    draft = draft_to_translate(db, visitor.id, slug, language)
    segments = segments_of(db, draft, language)
    show = show if show in SHOWN else "open"
    return page(
        request,
        "studio/translating/translation.html",
        **_around(db, draft, language, segments),
        listing=listed(segments, _aids(db, draft, language), show=show, part=part, page=number),
        show=show,
        part=part,
        done=done,
    )


@router.get("/studio/{slug}/languages/{language}/blocks/{key}")
def edit_block(
    request: Request, db: Db, visitor: Writer, slug: str, language: str, key: str
) -> Response:
    """One block alone; what a script of ours reads after a save."""
    draft = draft_to_translate(db, visitor.id, slug, language)
    segments = segments_of(db, draft, language)
    return page(
        request,
        "studio/translating/block.html",
        **_around(db, draft, language, segments),
        work=work_of(segment_called(segments, key), _aids(db, draft, language)),
        show="open",
        part="",
    )


@router.post("/studio/{slug}/languages/{language}/blocks/{key}")
def update_block(
    request: Request,
    _ready: Ready,
    db: Db,
    visitor: Writer,
    slug: str,
    language: str,
    key: str,
    form: Annotated[Filled[BlockForm], form_of(BlockForm)],
) -> Response:
    """Save one block; a writer who saw another translation is shown both."""
    draft = draft_to_translate(db, visitor.id, slug, language)
    told = form.value
    if told is None:
        raise SegmentUnknown
    answer = save_segment(
        db,
        visitor.id,
        draft,
        language,
        key,
        text=told.exact or told.offer or told.text,
        is_doubtful=bool(told.doubtful or told.offer),
        seen=told.seen,
    )
    if isinstance(answer, Collision):
        return _collision_page(request, db, draft, language, answer, told)
    if told.alone:
        return onward(request, "edit_block", slug=slug, language=language, key=key)
    return onward(
        request,
        "edit_translation",
        _list_again(told, next_open(segments_of(db, draft, language), key)),
        slug=slug,
        language=language,
    )


def _list_again(told: BlockForm, following: Segment | None) -> str:
    asked = {"show": told.show, "part": told.part, "number": told.page, "done": "saved"}
    return f"?{urlencode(asked)}" + (f"#b-{following.key}" if following else "")


def _aids(db: Session, draft: Draft, language: str) -> Aids:
    texts = texts_of(db, draft)
    entries = entries_of(db, draft, language)
    course_terms = texts[GLOSSARY].text if GLOSSARY in texts else ""
    source = source_language(course_sheet(texts))
    return Aids(
        Memory(db, draft, language, entries),
        glossary_for(course_terms, entries, source, language),
    )


def _around(db: Session, draft: Draft, language: str, segments: list[Segment]) -> dict[str, Any]:
    """What every page of a language shows beside its blocks."""
    outline = outline_of(texts_of(db, draft))
    counts = {
        name: sum(each.state in states for each in segments) for name, states in SHOWN.items()
    }
    return {
        "draft": draft,
        "outline": outline,
        "into": language,
        "counts": counts,
        "parts": parts_of(segments, outline),
    }


def _collision_page(
    request: Request,
    db: Session,
    draft: Draft,
    language: str,
    collision: Collision,
    told: BlockForm,
) -> Response:
    segments = segments_of(db, draft, language)
    return page(
        request,
        "studio/translating/collision.html",
        409,
        **_around(db, draft, language, segments),
        work=work_of(collision.theirs, _aids(db, draft, language)),
        mine=collision.mine,
        told=told,
    )
