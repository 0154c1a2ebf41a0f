"""Routes of reading: a lesson with what its reader left beside it."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.articles import INNER, article_of, placing
from app.catalogue.editions import Edition, EditionActivity, LessonText
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
