"""E-books: a course as EPUB 3.3 with EPUB Accessibility 1.1, the same bytes from the same book."""

import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

from app.catalogue.compiling.media import media_type_of
from app.studio.packages.archives import put
from app.studio.packages.books import Book
from app.studio.packages.leaves import Sheet, Writer, sound
from app.studio.packages.presses import cover_picture

LOOKS = Path(__file__).parent / "looks"
MEDIA_TYPE = "application/epub+zip"
XHTML = "application/xhtml+xml"
CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
)
CONFORMS = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"
FEATURES = (
    "tableOfContents", "readingOrder", "structuralNavigation", "alternativeText",
    "displayTransformability", "unlocked",
)  # fmt: skip
# An e-reader has its own paper, light or dark: these are seen on both.
COLOURS = {
    "--paper": "transparent", "--surface": "transparent", "--sunken": "transparent",
    "--tint": "transparent", "--mark-tint": "transparent", "--ink": "currentColor",
    "--soft": "currentColor", "--hair": "#7d8c88", "--edge": "#7d8c88", "--way": "#1d7b82",
    "--mark": "#c98600", "--brick": "#c4553f", "--deep": "#1d7b82", "--on": "currentColor",
    "--mark-ink": "#a86f00", "--brick-tint": "transparent",
}  # fmt: skip
_ROOT = re.compile(r":root \{[^}]*\}\n")
_VARIABLE = re.compile(r"var\((--[a-z-]+)\)")


class Item(NamedTuple):
    """A file of the e-book, as its package document lists it."""

    id: str
    file: str
    type: str
    properties: str
    content: bytes


def epub_of(book: Book) -> bytes:
    """The whole e-book."""
    writer = Writer(book, "epub")
    items = list(_items(book, writer))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        # A reader knows an e-book by its first bytes, so that this file comes first and unpacked.
        put(archive, "mimetype", MEDIA_TYPE.encode(), is_packed=False)
        put(archive, "META-INF/container.xml", CONTAINER.encode())
        put(archive, "EPUB/package.opf", _package(book, writer, items).encode())
        for item in items:
            put(archive, f"EPUB/{item.file}", item.content)
    return whole.getvalue()


def _items(book: Book, writer: Writer) -> list[Item]:
    items = [
        Item("style", "course.css", "text/css", "", _plain(_ROOT.sub("", _style())).encode()),
        Item("nav", "nav.xhtml", XHTML, "nav", sound(writer.text("nav")).encode()),
        Item("cover-picture", "cover.png", "image/png", "cover-image", cover_picture(book)),
    ]
    for sheet in [_cover(writer), *writer.sheets()]:
        page = _plain(writer.page(sheet)).replace("<svg ", '<svg direction="ltr" ')
        items.append(
            Item(sheet.name, f"{sheet.name}.xhtml", XHTML, _properties(page), page.encode())
        )
    text = b"".join(item.content for item in items)
    for number, (name, content) in enumerate(sorted(book.media.items())):
        if f'"media/{name}"'.encode() in text:
            items.append(Item(f"media-{number}", f"media/{name}", media_type_of(name), "", content))
    return items


def _cover(writer: Writer) -> Sheet:
    text = writer.text("cover")
    return Sheet("cover", "cover", "", writer.say("Cover"), text)


def _style() -> str:
    return (LOOKS / "course.css").read_text(encoding="utf-8")


def _plain(text: str) -> str:
    """The text with its colours by their values, since few e-readers know variables."""
    return _VARIABLE.sub(lambda found: COLOURS[found[1]], text)


def _properties(page: str) -> str:
    found = {"svg": "<svg" in page, "mathml": "<math" in page}
    return " ".join(name for name, is_there in found.items() if is_there)


def _package(book: Book, writer: Writer, items: list[Item]) -> str:
    pages = [item for item in items if item.type == XHTML and item.id != "nav"]
    moment = datetime.combine(book.imprint.day, time(), UTC)
    template = writer.environment.get_template("studio/packages/package.xml")
    return template.render(
        book=book,
        identifier=identifier_of(book),
        modified=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        facts=list(_facts(items)),
        manifest=[(each.id, each.file, each.type, each.properties) for each in items],
        spine=[item.id for item in pages[:2]] + ["nav"] + [item.id for item in pages[2:]],
    )


def _facts(items: list[Item]) -> Iterator[tuple[str, str]]:
    """What a reader may want to know before they open it (EPUB Accessibility 1.1)."""
    has_sound = any(item.type.startswith(("audio/", "video/")) for item in items)
    has_formulae = any("mathml" in item.properties for item in items)
    for mode in ("textual", "visual", *(["auditory"] if has_sound else [])):
        yield "schema:accessMode", mode
    yield "schema:accessModeSufficient", "textual"
    for feature in (*FEATURES, *(["MathML"] if has_formulae else [])):
        yield "schema:accessibilityFeature", feature
    yield "schema:accessibilityHazard", "none"
    yield "dcterms:conformsTo", CONFORMS


def identifier_of(book: Book) -> str:
    """A name that is the same for the same course, version and language, wherever it is made."""
    told = f"{book.imprint.address or book.slug} {book.imprint.version} {book.language}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, told)}"
