"""Parcels: files of translations as they were sent, kept by their bytes until they are taken or not."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.catalogue.versions import Source
from app.foundation import keeping
from app.foundation.errors import NotFound, Refusal
from app.foundation.scanners import refuse_harm
from app.i18n.marking import N_
from app.studio.drafts import stored
from app.studio.exchanging.contents import Contents, FileUnreadable, contents_of_po
from app.studio.exchanging.xliff_readings import contents_of_xliff
from app.studio.translating.shares import Languages
from app.web.uploads import MEGABYTE

LIMIT = 8 * MEGABYTE
MOST_KEPT = 8
HEX = 64

_contents: keeping.Kept[bytes, Contents] = keeping.Kept(MOST_KEPT)


class ParcelUnknown(NotFound):
    """No file of this name was sent."""

    says = N_("There is no such file of translations.")
    mend = N_("Send it again.")


class ParcelMissing(Refusal):
    """The form came without a file."""

    status = 422
    says = N_("No file was chosen.")
    mend = N_("Choose a PO or XLIFF file, then send it.")


class ParcelHeavy(Refusal):
    """A catalogue of the largest course has less than a tenth of what is allowed."""

    status = 413
    says = N_("The file has %(size)s MB. A file of translations may have %(limit)s MB.")
    mend = N_("Send the file of one course and one language.")


class ForAnotherLanguage(FileUnreadable):
    """The file says that it is from or into another language."""

    says = N_("This file is for another language: %(said)s. Here it is %(wanted)s.")
    mend = N_("Send it on the page of its own language.")


def sent_content(request: Request) -> bytes:
    """The bytes of the one file of the form, scanned; raises ParcelMissing or ParcelHeavy."""
    uploads = request.state.uploads
    if not uploads or not uploads[0].size:
        raise ParcelMissing
    upload = uploads[0]
    if upload.size > LIMIT:
        raise ParcelHeavy(size=-(-upload.size // MEGABYTE), limit=LIMIT // MEGABYTE)
    if request.app.state.settings.clamd:
        refuse_harm(request.app.state.settings.clamd, upload.stream)
    upload.stream.seek(0)
    content: bytes = upload.stream.read()
    return content


def store_parcel(db: Session, content: bytes) -> str:
    """Keep a file as it was sent, and give its name."""
    return stored(db, content).hex()


def parcel_called(db: Session, name: str, languages: Languages) -> Contents:
    """What the file of this name says; raises ParcelUnknown or FileUnreadable."""
    try:
        key = bytes.fromhex(name) if len(name) == HEX else b""
    except ValueError:
        raise ParcelUnknown from None

    def read() -> Contents:
        content = db.scalar(select(Source.bytes).where(Source.hash == key))
        if content is None:
            raise ParcelUnknown
        return read_contents(content, languages)

    return _of(_contents.get(db, key, read), languages)


def read_contents(content: bytes, languages: Languages) -> Contents:
    """What a file says, known by its first sign; raises FileUnreadable."""
    start = content[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    is_xml = start.startswith((b"<", b"\xff\xfe", b"\xfe\xff"))  # XML may be UTF-16
    return _of(contents_of_xliff(content) if is_xml else contents_of_po(content), languages)


def _of(contents: Contents, languages: Languages) -> Contents:
    for said, wanted in zip(contents[:2], languages, strict=True):
        if said and said.lower() != wanted.lower():
            raise ForAnotherLanguage(said=said[:35], wanted=wanted)
    return contents
