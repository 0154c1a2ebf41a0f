"""Routes of reading: a lesson with its margin; a course as one document; its terms and sources."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.articles import INNER, article_of, placing
from app.catalogue.attributions import attribution_for
from app.catalogue.compendia import cited_at, compendium_of, linked
from app.catalogue.editions import Edition, EditionActivity, EditionModule, LessonText
from app.catalogue.shelves import edition_of
from app.learning.margins import EMPTY, Margin, margin_of
from app.learning.outlines import outline_for, rail_of
from app.learning.readers import AnyReader, Reader
from app.learning.ways import way_through
from app.web.marks import Db
from app.web.pages import Pages, page, path_of
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/courses/{slug}/lessons/{key}")
def show_lesson(request: Request, db: Db, reader: AnyReader, key: str) -> Response:
    edition = _edition(request, db, reader)
    lesson = edition.lesson(key)
    margin = _margin(db, reader, key)
    way = way_through(edition, margin.done, lesson)
    return page(
        request,
        "catalogue/lesson.html",
        reader=reader,
        edition=edition,
        lesson=lesson,
        article=_article(request, db, reader, edition, lesson, margin),
        rail=rail_of(outline_for(request, db, edition, reader.compiler), way),
        way=way,
        is_done=key in margin.done,
        before=edition.before(key),
        after=edition.after(key),
        attribution=attribution_for(request, db, edition, reader.owners_revision),
    )


@router.get("/courses/{slug}/print")
def show_course_document(request: Request, db: Db, reader: AnyReader) -> Response:
    """The whole course as one document, to print or to keep."""
    edition = _edition(request, db, reader)
    return _document(request, db, reader, edition, edition.modules)


@router.get("/courses/{slug}/modules/{key}/print")
def show_module_document(request: Request, db: Db, reader: AnyReader, key: str) -> Response:
    """One module as a document."""
    edition = _edition(request, db, reader)
    return _document(request, db, reader, edition, (edition.module(key),))


@router.get("/courses/{slug}/glossary")
def show_glossary(request: Request, db: Db, reader: AnyReader) -> Response:
    edition = _edition(request, db, reader)
    compendium = compendium_of(db, edition, reader.compiler)
    sources = path_of(request, "show_bibliography", slug=edition.slug)
    return page(
        request,
        "catalogue/glossary.html",
        edition=edition,
        terms=[(each, cited_at(each.html, sources)) for each in compendium.terms],
        attribution=attribution_for(request, db, edition, reader.owners_revision),
    )


@router.get("/courses/{slug}/bibliography")
def show_bibliography(request: Request, db: Db, reader: AnyReader) -> Response:
    edition = _edition(request, db, reader)
    compendium = compendium_of(db, edition, reader.compiler)
    return page(
        request,
        "catalogue/bibliography.html",
        edition=edition,
        sources=compendium.sources,
        attribution=attribution_for(request, db, edition, reader.owners_revision),
    )


def _document(
    request: Request,
    db: Session,
    reader: Reader,
    edition: Edition,
    modules: tuple[EditionModule, ...],
) -> Response:
    compendium = compendium_of(db, edition, reader.compiler)
    place = placing(request, edition)
    keys = [each.key for module in modules for each in module.activities if each.kind == "lesson"]

    def shown(html: Markup) -> Markup:
        return linked(html, keys, place)

    return page(
        request,
        "catalogue/document.html",
        edition=edition,
        modules=modules,
        is_whole=modules == edition.modules,
        attribution=attribution_for(request, db, edition, reader.owners_revision),
        chapters=compendium.chapters,
        shown=shown,
        terms=compendium.used_in(compendium.terms, keys),
        sources=compendium.used_in(compendium.sources, keys),
    )


def _edition(request: Request, db: Session, reader: Reader) -> Edition:
    return edition_of(db, reader.version_id, request.scope["language"], reader.compiler)


def _margin(db: Session, reader: Reader, key: str) -> Margin:
    if reader.place_id is None or reader.visitor is None:
        return EMPTY
    return margin_of(db, reader.place_id, reader.visitor.id, reader.course_id, key)


def _article(
    request: Request,
    db: Session,
    reader: Reader,
    edition: Edition,
    lesson: EditionActivity,
    margin: Margin,
) -> Markup:
    """The lesson, with links to note something for learners, and with what they left there."""
    written = _writing(request, edition, lesson)
    if not reader.is_enrolled:
        return article_of(db, edition, lesson, reader.compiler, written).whole
    pages: Pages = request.app.state.pages
    pieces: Any = pages.template(edition.language, "learning/_margin.html").module
    notes = path_of(request, "edit_note", slug=edition.slug, key=lesson.key, block="")
    article = article_of(
        db, edition, lesson, reader.compiler, written, lambda block: pieces.beside(notes, block)
    )
    if not (margin.stopped or margin.notes):
        return article.whole
    return article.with_before(
        pieces.resume(margin.stopped) if margin.stopped else "",
        {block: pieces.note(notes, block, words) for block, words in margin.notes.items()},
    )


def _writing(
    request: Request, edition: Edition, lesson: EditionActivity
) -> Callable[[LessonText], str]:
    """How a lesson's prose gets its head and its addresses."""

    def written(text: LessonText) -> str:
        prose = placing(request, edition)(text.html)
        framed = text._replace(html=escape(INNER))
        pages: Pages = request.app.state.pages
        context = {"edition": edition, "lesson": lesson, "text": framed}
        frame = pages.render(edition.language, "catalogue/_article.html", context)
        return frame.replace(INNER, f"{INNER}{prose}{INNER}")

    return written
