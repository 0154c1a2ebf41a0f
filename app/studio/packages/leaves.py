"""Leaves: the pages of a book as HTML that is XHTML too, for an e-book and for an offline site."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.i18n.catalogues import translations_for
from app.i18n.languages import comma_of
from app.i18n.phrases import phrases_of
from app.studio.packages.books import Book, Entry, Leaf
from app.web.templates import TEMPLATES

Form = Literal["epub", "site"]
ENDS: Mapping[Form, str] = {"epub": ".xhtml", "site": ".html"}
FRONT: Mapping[Form, str] = {"epub": "front", "site": "index"}

_VOID = re.compile(r"<(br|col|hr|img|input|source|track|wbr)\b((?:[^>\"]|\"[^\"]*\")*?)/?>")
_BARE = re.compile(r" (download|controls|default|hidden)(?==\"\"|[\s>])(?:=\"\")?")
_PLACE = re.compile(r'="(media|lesson):([a-z0-9][a-z0-9._-]*)"')
_SAVED = re.compile(r'<a href="media:([a-z0-9][a-z0-9._-]*)" download(?:="")?')
_SVG = re.compile(r"<svg(?=[ >])(?! xmlns)")
_MATH = re.compile(r"<math(?=[ >])(?![^>]* xmlns)")


class Sheet(NamedTuple):
    """A page of its own: the name of its file without its ending, its kind, title and text."""

    name: str
    kind: str
    role: str
    title: str
    text: Markup
    back: Leaf | None = None
    ahead: Leaf | None = None


class Writer:
    """Writes the pages of one book in one form."""

    def __init__(self, book: Book, form: Form) -> None:
        self.book, self.form, self.end = book, form, ENDS[form]
        self.environment = environment_of(book.language)
        self.named = {leaf.key: leaf for leaf in book.leaves}
        self.say = translations_for(book.language).gettext

    def sheets(self) -> list[Sheet]:
        """Every page in reading order, the title page first."""
        written = [self.front()]
        leaves = self.book.leaves
        for part in self.book.parts:
            if self.form == "epub":
                text = self.text("part", part=part)
                title = f"{part.number}. {part.words}"
                written.append(Sheet(f"part-{part.number}", "part", "doc-part", title, text))
            written += [self._leaf(leaves.index(leaf)) for leaf in part.leaves]
        if self.book.final:
            written.append(self._leaf(len(leaves) - 1))
        terms, sources = self.say("Terms of this course"), self.say("Sources of this course")
        if self.book.terms:
            written.append(self._entries("glossary", "doc-glossary", terms, self.book.terms))
        if self.book.sources:
            kind = "bibliography"
            written.append(self._entries(kind, "doc-bibliography", sources, self.book.sources))
        return written

    def front(self) -> Sheet:
        return Sheet(FRONT[self.form], "titlepage", "", self.book.words, self.text("front"))

    def page(self, sheet: Sheet) -> str:
        """The whole page of a sheet."""
        context = sheet._asdict() | {"form": self.form, "book": self.book}
        html = self.environment.get_template("studio/packages/page.html").render(context)
        return sound(html)

    def text(self, template: str, **context: Any) -> Markup:
        """A template's own text, as part of a page."""
        found = self.environment.get_template(f"studio/packages/{template}.html")
        context |= {"book": self.book, "form": self.form, "end": self.end, "shown": self.shown}
        context |= {"named": self.named, "cited": self.cited}
        return Markup(found.render(context))  # noqa: S704 - a template escapes what is not markup

    def shown(self, html: str) -> Markup:
        """The HTML with its addresses filled in; a file to save lies on the platform for e-books."""
        if self.form == "epub":
            html = _SAVED.sub(self._saved, html)

        def address(found: re.Match[str]) -> str:
            if found[1] == "media":
                return f'="media/{found[2]}"'
            return f'="lesson-{found[2]}{self.end}"'

        html = str(html).replace('<aside class="aside"', '<div class="aside" role="note"')
        html = html.replace("</aside>", "</div>")
        return Markup(_PLACE.sub(address, html))  # noqa: S704 - sanitised by the compiler

    def cited(self, html: str) -> Markup:
        """The HTML with the signs of its sources leading to the page that lists them."""
        led = str(html).replace('href="#', f'href="bibliography{self.end}#')
        return Markup(led)  # noqa: S704 - sanitised by the compiler

    def _saved(self, found: re.Match[str]) -> str:
        imprint = self.book.imprint
        return f'<a href="{imprint.address}/media/{imprint.version}/{found[1]}"'

    def _leaf(self, place: int) -> Sheet:
        leaves = self.book.leaves
        leaf = leaves[place]
        return Sheet(
            name=leaf.name,
            kind="chapter",
            role="doc-chapter",
            title=f"{leaf.number} {leaf.words}".strip(),
            text=self.text("leaf", leaf=leaf),
            back=leaves[place - 1] if place else None,
            ahead=leaves[place + 1] if place + 1 < len(leaves) else None,
        )

    def _entries(self, kind: str, role: str, title: str, entries: tuple[Entry, ...]) -> Sheet:
        text = self.text(
            "entries", title=title, entries=entries, are_sources=kind == "bibliography"
        )
        return Sheet(kind, kind, role, title, text)


def sound(html: str) -> str:
    """The HTML as XHTML has it: every element closed, every attribute filled, no named entity."""
    html = _VOID.sub(lambda found: f"<{found[1]}{found[2].rstrip()}/>", html)
    html = _BARE.sub(lambda found: f' {found[1]}="{found[1]}"', html)
    html = _SVG.sub('<svg xmlns="http://www.w3.org/2000/svg"', html)
    html = _MATH.sub('<math xmlns="http://www.w3.org/1998/Math/MathML"', html)
    return html.replace("&nbsp;", "\u00a0")


@lru_cache(maxsize=16)
def environment_of(language: str) -> Environment:
    """The templates with a language's words."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words, phrases = translations_for(language), phrases_of(language)
    install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]  # added by the extension
    install(words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext)
    environment.filters.update(minutes=phrases.minutes, day=phrases.day)
    environment.globals["comma"] = comma_of(language)
    return environment
