"""Presses: what Typst sets for a book: the picture on its cover, and its pages as PDF."""

import functools
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import typst

from app.credentials.fonts import GlyphsMissing, press_in, refused_in
from app.i18n.catalogues import translations_for
from app.i18n.languages import comma_of
from app.i18n.phrases import phrases_of
from app.studio.packages.books import Book

Form = Literal["pdf", "png"]
LOOKS = Path(__file__).parent / "looks"
PIXELS_AN_INCH = 192
# The press refuses to be shared; a certificate has its own, and never waits for a handbook.
ONE_AT_A_TIME = threading.Lock()


def cover_picture(book: Book) -> bytes:
    """The cover as a PNG of 1,200 by 1,600 pixels."""
    return _pressed("cover.typ", "cover", cover_of(book), "png")


def handbook_pages(sheet: Mapping[str, object]) -> bytes:
    """A PDF/UA-1 of the sheet; raises GlyphsMissing when a character has no glyph here."""
    return _pressed("handbook.typ", "sheet", sheet, "pdf")


def cover_of(book: Book) -> dict[str, object]:
    """What stands on the cover."""
    say, phrases = translations_for(book.language).gettext, phrases_of(book.language)
    minutes = [part.minutes for part in book.parts]
    about = translations_for(book.language).ngettext(
        "%(num)d module, %(time)s", "%(num)d modules, %(time)s", len(book.parts)
    ) % {"num": len(book.parts), "time": phrases.minutes(book.minutes)}
    version = say("Version %(number)s, of %(day)s") % {
        "number": book.imprint.version,
        "day": phrases.day(book.imprint.day),
    }
    return {
        "title": book.words,
        "kind": say("Course"),
        "owners": comma_of(book.language).join(book.imprint.owners or book.authors),
        "minutes": [*minutes, book.final.minutes] if book.final else minutes,
        "about": about,
        "foot": f"{version} · {book.licensed.name}",
        "lang": book.language.partition("-")[0],
        "direction": book.direction,
    }


def _pressed(template: str, name: str, given: Mapping[str, object], form: Form) -> bytes:
    with ONE_AT_A_TIME:
        press, han = _press()
        try:
            made = press.compile(
                input=LOOKS / template,
                format=form,
                ppi=PIXELS_AN_INCH,
                sys_inputs={name: json.dumps({**given, "han": han}, ensure_ascii=False)},
                pdf_standards=["ua-1"] if form == "pdf" else [],
            )
        except typst.TypstError as error:
            if refused := refused_in(error.diagnostic):
                raise GlyphsMissing(refused) from error
            raise
    if isinstance(made, bytes):
        return made
    raise ValueError(f"{template} has more than one page")


@functools.cache
def _press() -> tuple[typst.Compiler, str | None]:
    return press_in(LOOKS, with_formulae=True)
