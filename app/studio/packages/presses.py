"""Presses: what Typst sets for a book: the picture on its cover, and its pages as PDF."""

from collections.abc import Mapping
from pathlib import Path

from app.credentials.fonts import Press
from app.i18n.catalogues import translations_for
from app.i18n.languages import comma_of
from app.i18n.phrases import phrases_of
from app.studio.packages.books import Book

LOOKS = Path(__file__).parent / "looks"
PIXELS_AN_INCH = 192
_PRESS = Press(LOOKS, "ua-1", with_formulae=True)


def cover_picture(book: Book) -> bytes:
    """The cover as a PNG of 1,200 by 1,600 pixels."""
    return _PRESS.png("cover.typ", cover_of(book), PIXELS_AN_INCH)


def handbook_pages(sheet: Mapping[str, object]) -> bytes:
    """A PDF/UA-1 of the sheet; raises GlyphsMissing when a character has no glyph here."""
    return _PRESS.pdf("handbook.typ", sheet)


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
