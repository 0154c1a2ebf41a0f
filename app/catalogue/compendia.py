"""Compendia: the lessons of a course as one text, with its terms, sources and answers once."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.compiling import phrases
from app.catalogue.editions import Edition, EditionActivity, marks_of
from app.catalogue.texts import CompiledText
from app.foundation.fragments import Element, tree_of
from app.foundation.keeping import Kept
from app.i18n.catalogues import translations_for

MOST_COMPENDIA = 32
DEEPER = {"h2": "h4", "h3": "h5", "h4": "h6"}  # under a course, a module and a lesson

_texts = CompiledText.__table__.c
_LESSONS = select(_texts.owner_key, _texts.language, _texts.html).where(
    _texts.version_id == bindparam("version_id"),
    _texts.owner_key.like("lesson/%"),
    _texts.language.in_([bindparam("language"), bindparam("source")]),
)
_INNER = re.compile(r'( (?:id|aria-labelledby|aria-describedby)="|="url\(#|href="#)([^")]+)')
_LESSON = re.compile(r'href="lesson:([a-z0-9._-]+)"')


class Answer(NamedTuple):
    """What a recall question asks for: its number in the lesson, and the answer as HTML."""

    number: int
    html: Markup


class Chapter(NamedTuple):
    """A lesson within the whole: its text under deeper headings, and the answers to its recall."""

    lesson: EditionActivity
    marks: Markup
    html: Markup
    answers: tuple[Answer, ...]


@dataclass(slots=True)
class Entry:
    """A term or a source: its name in addresses, its HTML, and the keys of lessons that use it."""

    id: str
    name: str
    html: Markup
    marks: Markup
    lessons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compendium:
    """The chapters by their lessons' keys; terms by name, sources in the order of their ids."""

    chapters: Mapping[str, Chapter]
    terms: tuple[Entry, ...]
    sources: tuple[Entry, ...]

    def used_in(self, entries: tuple[Entry, ...], keys: Collection[str]) -> list[Entry]:
        """Those of the terms or sources that one of the lessons uses."""
        return [each for each in entries if not set(keys).isdisjoint(each.lessons)]


_compendia: Kept[tuple[int, str, int], Compendium] = Kept(MOST_COMPENDIA)


def compendium_of(db: Session, edition: Edition, compiler: int) -> Compendium:
    """The whole text of an edition, read with one statement and then kept."""
    key = (edition.version_id, edition.language, compiler)
    return _compendia.get(db, key, lambda: _gathered(db, edition))


def linked(html: str, inside: Collection[str], placing: Callable[[str], str]) -> Markup:
    """The HTML with its links to lessons leading to `#lesson-…` for those inside, else outside."""

    def address(found: re.Match[str]) -> str:
        return f'href="#lesson-{found[1]}"' if found[1] in inside else found[0]

    return Markup(placing(_LESSON.sub(address, html)))  # noqa: S704 - made safe by the compiler


def cited_at(html: str, address: str) -> Markup:
    """The HTML with the signs of its sources leading to the page that lists them."""
    return Markup(str(html).replace('href="#', f'href="{address}#'))  # noqa: S704 - made safe by the compiler


def _gathered(db: Session, edition: Edition) -> Compendium:
    asked = {
        "version_id": edition.version_id,
        "language": edition.language,
        "source": edition.source_language,
    }
    texts: dict[str, tuple[str, str]] = {}
    for owner, language, html in db.execute(_LESSONS, asked):
        if language == edition.language or owner not in texts:
            texts[owner] = (language, html)
    gathering = _Gathering(edition)
    chapters = {
        each.key: gathering.chapter(each, *texts[f"lesson/{each.key}"])
        for each in edition.activities
        if each.kind == "lesson"
    }
    return Compendium(
        chapters,
        tuple(sorted(gathering.terms.values(), key=lambda each: each.name.casefold())),
        tuple(sorted(gathering.sources.values(), key=lambda each: _in_order(each.id))),
    )


def _in_order(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or 0)


class _Gathering:
    """An edition's lessons while they are taken apart."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.terms: dict[str, Entry] = {}
        self.sources: dict[str, Entry] = {}

    def chapter(self, lesson: EditionActivity, language: str, html: str) -> Chapter:
        root = tree_of(html)
        marks = marks_of(language, self.edition.language)
        right = translations_for(language).gettext(phrases.RIGHT)
        kept: list[Element | str] = []
        for each in root.elements:
            if "aside" in each.classes:
                self._note(self.terms, each.marks["id"], each, marks, lesson.key)
            elif "sources" in each.classes:
                self._note_sources(each, marks, lesson.key)
            else:
                kept.append(each)
        root.children = kept
        answers = tuple(answers_taken_from(root, right))
        for element in root.within():
            self._settle(element, lesson)
        written = Markup(root.html())  # noqa: S704 - made safe by the compiler
        return Chapter(lesson, marks, written, answers)

    def _note(
        self, entries: dict[str, Entry], name: str, shown: Element, marks: Markup, key: str
    ) -> None:
        words = next((each.text() for each in shown.elements if each.tag == "dfn"), name)
        html = Markup(shown.inner_html())  # noqa: S704 - made safe by the compiler
        entries.setdefault(name, Entry(name, words, html, marks)).lessons.append(key)

    def _note_sources(self, section: Element, marks: Markup, key: str) -> None:
        (listed,) = [each for each in section.elements if each.tag == "dl"]
        for name, said in zip(listed.elements[::2], listed.elements[1::2], strict=True):
            self._note(self.sources, name.marks["id"], said, marks, key)

    def _settle(self, element: Element, lesson: EditionActivity) -> None:
        """Give an element names that no other lesson has, and its place under deeper headings."""
        found = _LESSON.search(element.start)
        if found and found[1] in self.edition.places:
            other = self.edition.activity(found[1])
            element.children.append(f" ({other.module}.{other.number})")
        prefix = f"{lesson.module}-{lesson.number}-"

        def own(name: re.Match[str]) -> str:
            is_shared = "href" in name[1] and (
                name[2] in self.sources or name[2].startswith("term-")
            )
            return name[1] + ("" if is_shared else prefix) + name[2]

        element.start = _INNER.sub(own, element.start)
        if element.tag in DEEPER:
            element.start = element.start.replace(f"<{element.tag}", f"<{DEEPER[element.tag]}", 1)
        if element.tag == "details":
            element.start = element.start.replace("<details", '<details open=""', 1)
        if element.tag == "img":
            element.start = element.start.replace(' loading="lazy"', "")


def answers_taken_from(root: Element, right: str) -> Iterator[Answer]:
    """Number the recall questions and take their answers out; `right` is the verdict's word."""
    items = [each for each in root.within() if "recall__item" in each.classes]
    for number, item in enumerate(items, 1):
        first = next((each for each in item.elements if each.tag == "p"), item)
        first.children.insert(0, f"{number}. ")
        answer = "".join(_taken(item, right))
        yield Answer(number, Markup(answer))  # noqa: S704 - made safe by the compiler


def _taken(item: Element, right: str) -> Iterator[str]:
    for parent in list(item.within()):
        for opened in [each for each in parent.elements if each.tag == "details"]:
            summary, *rest = opened.elements
            if parent.tag != "li":
                parent.children.remove(opened)
                yield "".join(each.html() for each in rest)
                continue
            parent.children = summary.children
            if rest and rest[0].text() == right:
                reason = "".join(each.html() for each in rest[1:])
                yield f"<p><strong>{summary.inner_html()}</strong></p>{reason}"
