"""Articles: lessons as they stand on a page, cut at their paragraphs, kept for all readers."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.catalogue.compiling.compiled import placed
from app.catalogue.editions import Edition, EditionActivity, LessonText
from app.catalogue.shelves import lesson_text_of
from app.foundation.errors import NotFound
from app.foundation.fragments import Element, tree_of
from app.foundation.keeping import Kept
from app.i18n.marking import N_
from app.web.pages import path_of

MOST_ARTICLES = 512
INNER = "\0"  # stands in an article's frame where its text will be

Written = Callable[[LessonText], str]
Beside = Callable[[str], str]


class ParagraphUnknown(NotFound):
    """The lesson has no paragraph of this name, in the version that the person reads."""

    says = N_("There is no such paragraph in this lesson.")
    mend = N_("Open the lesson again; its author may have rewritten it.")


class Paragraph(NamedTuple):
    """A block that a note can stand beside, with what it says and its language if not the page's."""

    block: str
    text: str
    language: str


class Article(NamedTuple):
    """A lesson's page above the pager: `frame` around `pieces`, each (block or "", HTML)."""

    frame: tuple[str, str]
    pieces: tuple[tuple[str, str], ...]
    whole: Markup

    def with_before(self, first: str, before: Mapping[str, str]) -> Markup:
        """The article with `first` on top and further HTML before the blocks that have some."""
        inner = (part for block, html in self.pieces for part in (before.get(block, ""), html))
        return _joined(self.frame[0], first, *inner, self.frame[1])


_articles: Kept[tuple[int, str, int, str, bool], Article] = Kept(MOST_ARTICLES)
_paragraphs: Kept[tuple[int, str, int, str], tuple[Paragraph, ...]] = Kept(MOST_ARTICLES)


def article_of(
    db: Session,
    edition: Edition,
    lesson: EditionActivity,
    compiler: int,
    written: Written,
    beside: Beside | None = None,
) -> Article:
    """A lesson as `written` frames it, the first time it is read in a process.

    `beside` gives what stands at the end of each block, for those who may keep notes.
    """
    key = (edition.version_id, edition.language, compiler, lesson.key, beside is not None)
    return _articles.get(
        db, key, lambda: _article(lesson_text_of(db, edition, lesson.key), written, beside)
    )


def _article(text: LessonText, written: Written, beside: Beside | None) -> Article:
    before, prose, after = written(text).split(INNER)
    pieces = tuple(_pieces(prose, beside))
    whole = _joined(before, *(html for _block, html in pieces), after)
    return Article((before, after), pieces, whole)


def _pieces(html: str, beside: Beside | None) -> Iterator[tuple[str, str]]:
    for element in tree_of(html).elements:
        block = block_of(element)
        if block and beside is not None:
            _end_of(element).children.append(beside(block))
        yield block, element.html()


def paragraphs_of(
    db: Session, edition: Edition, lesson: EditionActivity, compiler: int
) -> tuple[Paragraph, ...]:
    """The blocks of a lesson that notes can stand beside, in the order of the text."""
    key = (edition.version_id, edition.language, compiler, lesson.key)
    return _paragraphs.get(db, key, lambda: _found(lesson_text_of(db, edition, lesson.key).html))


def paragraph_in(paragraphs: tuple[Paragraph, ...], block: str) -> Paragraph:
    """The paragraph of this name; raises ParagraphUnknown."""
    for each in paragraphs:
        if each.block == block:
            return each
    raise ParagraphUnknown


def _found(html: str) -> tuple[Paragraph, ...]:
    elements = [(block_of(each), each) for each in tree_of(html).elements]
    return tuple(
        Paragraph(block, each.text(), each.marks.get("lang", ""))
        for block, each in elements
        if block
    )


def block_of(element: Element) -> str:
    """The name of a block that notes can stand beside: its own, or that of its first part."""
    is_box = "box" in element.classes and "recall" not in element.classes
    if element.tag not in _NOTED and not is_box:
        return ""
    names = (each.marks.get("id", "") for each in element.within())
    return next((name for name in names if name.startswith("b-")), "")


def _end_of(element: Element) -> Element:
    """Where in a block something small can stand last: in its last line of text."""
    inner = {"ul": "li", "ol": "li", "figure": "figcaption", "blockquote": "p"}.get(element.tag)
    parts = [each for each in element.elements if each.tag == inner]
    return parts[-1] if parts else element


def placing(request: Request, edition: Edition) -> Callable[[str], str]:
    """How compiled HTML gets the addresses of this course's media and lessons."""
    slug, version = edition.slug, edition.number
    media = path_of(request, "show_course_file", slug=slug, version=version, path="")
    lessons = path_of(request, "show_lesson", slug=slug, key="")
    return lambda html: placed(html, media=media, lessons=lessons)


def _joined(*pieces: str) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 - made safe by the compiler, framed by a template


_NOTED = {"p", "ul", "ol", "figure", "blockquote"}
