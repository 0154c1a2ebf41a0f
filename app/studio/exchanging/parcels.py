"""Parcels: files of translations as they were sent, kept by their bytes until they are taken or not."""

from datetime import timedelta

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.requests import Request

from app.catalogue.versions import Source, VersionFile
from app.foundation import clock, keeping
from app.foundation.database import Hash, Model, Moment
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.studio.drafts import DraftFile, DraftState, stored
from app.studio.exchanging.contents import Contents, FileUnreadable, contents_of_po
from app.studio.exchanging.xliff_readings import contents_of_xliff
from app.studio.translating.shares import Languages
from app.studio.uploads import scan
from app.web.uploads import MEGABYTE

LIMIT = 8 * MEGABYTE
MOST_KEPT = 8
HEX = 64
KEPT_FOR = timedelta(days=30)

_contents: keeping.Kept[bytes, Contents] = keeping.Kept(MOST_KEPT)


class Parcel(Model):
    """Which stored bytes are a parcel, so that they can go when nobody works at it any more."""

    __tablename__ = "parcels"

    hash: Mapped[Hash] = mapped_column(ForeignKey("sources.hash"), primary_key=True)
    sent_at: Mapped[Moment]


_parcels = Once(Parcel)


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
    """The bytes of the one file of the form, scanned.

    Raises ParcelMissing, ParcelHeavy, FileHarmful and ScanImpossible.
    """
    uploads = request.state.uploads
    if not uploads or not uploads[0].size:
        raise ParcelMissing
    upload = uploads[0]
    if upload.size > LIMIT:
        raise ParcelHeavy(size=-(-upload.size // MEGABYTE), limit=LIMIT // MEGABYTE)
    if request.app.state.settings.clamd:
        scan(request.app.state.settings.clamd, upload.stream)
    upload.stream.seek(0)
    content: bytes = upload.stream.read()
    return content


def store_parcel(db: Session, content: bytes) -> str:
    """Keep a file as it was sent, for 30 days after it was sent last, and give its name."""
    name, now = stored(db, content), clock.now()
    if not _parcels.add(db, {"hash": name, "sent_at": now}):
        db.execute(update(Parcel).where(Parcel.hash == name).values(sent_at=now))
    return name.hex()


def forget_parcels(db: Session) -> int:
    """Drop the parcels whose days are over; bytes that a draft or version holds too stay."""
    old = list(db.scalars(select(Parcel.hash).where(Parcel.sent_at < clock.now() - KEPT_FOR)))
    db.execute(delete(Parcel).where(Parcel.hash.in_(old)))
    held = {
        name
        for column in (DraftFile.hash, DraftState.hash, VersionFile.hash)
        for name in db.scalars(select(column).where(column.in_(old)))
    }
    db.execute(delete(Source).where(Source.hash.in_(set(old) - held)))
    return len(old)


def parcel_called(db: Session, name: str, languages: Languages) -> Contents:
    """What the file of this name says; raises ParcelUnknown or FileUnreadable."""
    try:
        key = bytes.fromhex(name) if len(name) == HEX else b""
    except ValueError:
        raise ParcelUnknown from None

    def read() -> Contents:
        of_parcel = select(Source.bytes).join(Parcel, Parcel.hash == Source.hash)
        content = db.scalar(of_parcel.where(Parcel.hash == key))
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
