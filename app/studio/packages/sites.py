"""Sites: a course as plain pages in one zip, read from a disk or a stick without a network."""

from pathlib import Path

from app.studio.packages.archives import packed
from app.studio.packages.books import Book
from app.studio.packages.leaves import Writer

LOOKS = Path(__file__).parent / "looks"


def site_of(book: Book) -> bytes:
    """The zip of a site that opens by its index.html; the same book gives the same bytes."""
    folder = f"{book.slug}-{book.language}"
    return packed(pages_of(book), folder)


def pages_of(book: Book) -> dict[str, bytes]:
    """The site's files by their names."""
    writer = Writer(book, "site")
    files = {f"{each.name}.html": writer.page(each).encode() for each in writer.sheets()}
    style = [(LOOKS / name).read_text(encoding="utf-8") for name in ("course.css", "site.css")]
    files["course.css"] = "\n".join(style).encode()
    return files | {f"media/{name}": each for name, each in shown_media(book, files).items()}


def shown_media(book: Book, pages: dict[str, bytes]) -> dict[str, bytes]:
    """The media that some page names; drawings stand in the pages themselves."""
    text = b"".join(pages.values())
    return {name: each for name, each in book.media.items() if f'"media/{name}"'.encode() in text}
