"""Uploads: what authors send for a library, known by its bytes, scanned, and made fit to be kept."""

import re
import zipfile
import zlib
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import IO, NamedTuple

from starlette.requests import Request

from app.catalogue.compiling.captions import caption_fault
from app.catalogue.compiling.figures import DrawingFaulty, drawing
from app.catalogue.compiling.folders import MEDIA_LIMIT, limit_of
from app.catalogue.compiling.media import Use, use_of
from app.catalogue.compiling.signatures import HEAD, kind_of
from app.catalogue.rasters import RasterFaulty, renewed
from app.foundation.errors import Refusal
from app.foundation.scanners import HarmFound, ScannerAway, refuse_harm
from app.foundation.zips import members_at_most
from app.i18n.marking import N_
from app.i18n.sayings import saying
from app.studio.filenames import file_name
from app.web.uploads import MEGABYTE, Upload

RASTERS = ("png", "jpg", "gif", "webp", "avif")
RECORDINGS = ("mp4", "webm", "mp3", "m4a", "ogg")
TEXTS = ("csv", "txt", "md")  # alike in their bytes, so that the name says which
TOLD_KINDS = (
    "JPEG, PNG, WebP, AVIF, GIF, SVG; MP4, WebM, MP3, M4A, OGG; VTT; "
    "PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, EPUB, CSV, TXT, MD"
)
MOST_MEMBERS = 5000
_BY_FOLDER = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_BY_TYPE = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/epub+zip": "epub",
}
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
    RuntimeError, OverflowError, KeyError, IndexError,
)  # fmt: skip
# What a comment took is never given back: else each of them would double the ways to try.
_BEGINS_AS_DRAWING = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*<svg[\s>]", re.DOTALL
)
# A picture of 50 million dots takes 200 MB while it is read: one at a time.
_decoding = BoundedSemaphore(1)


class Ready(NamedTuple):
    """A file made fit for the library, under the name that it would have there."""

    field: str
    sent_as: str
    name: str
    content: bytes

    @property
    def use(self) -> Use:
        return use_of(self.name) or "download"


class Refused(NamedTuple):
    """A file that is not taken, and why."""

    field: str
    sent_as: str
    because: Refusal


class FileNotTaken(Refusal):
    """The file cannot stand in a library."""

    status = 422


class FileHarmful(FileNotTaken):
    """The scanner knows the file as harmful."""

    says = N_("The scanner found harmful software in this file: %(signature)s.")
    mend = N_("Do not open the file. Get a clean one from where it came.")


class ScanImpossible(Refusal):
    """The scanner does not answer, so that nothing is let through."""

    status = 503
    says = N_("Files cannot be scanned for harmful software now, so none is taken.")
    mend = N_("Try again in a few minutes. Nothing was changed.")


class KindUnknown(FileNotTaken):
    says = N_("The bytes of this file are of no kind that a course holds.")
    mend = N_("Send one of these: %(kinds)s.")


class FileHeavy(FileNotTaken):
    says = N_("The file has %(size)s MB. A file of a course may have %(limit)s MB.")
    mend = N_("Make it smaller: a shorter film, a lower resolution.")


class TextHeavy(FileNotTaken):
    says = N_("The file has %(size)s KB. A file of this kind may have %(limit)s KB.")
    mend = N_("Simplify it, or send it as another kind.")


class FileEmpty(FileNotTaken):
    says = N_("The file is empty.")
    mend = N_("Save it anew, then send it again.")


class PictureFaulty(FileNotTaken):
    says = N_("The picture cannot be used. %(because)s")


class DrawingRefused(FileNotTaken):
    says = N_("The drawing holds what no figure may: %(what)s.")
    mend = N_("Save it as plain SVG, without scripts, styles and links to other places.")


class CaptionsFaulty(FileNotTaken):
    says = N_("Captions, line %(line)s: %(what)s.")
    mend = N_("Mend the line in a text editor, then send the file again.")


class ArchiveCrowded(FileNotTaken):
    says = N_("The file is an archive of over %(most)s parts.")
    mend = N_("Save it anew with fewer parts, or divide it.")


class MacrosFound(FileNotTaken):
    says = N_("The document holds macros, which could act on the computer of a learner.")
    mend = N_("Save it without macros, as DOCX, XLSX or PPTX.")


def prepared(request: Request) -> list[Ready | Refused]:
    """Every file of the form, ready or refused; raises ScanImpossible, and then none is taken."""
    scanner = request.app.state.settings.clamd
    return [prepared_from(each, scanner) for each in request.state.uploads]


def prepared_from(upload: Upload, scanner: str = "") -> Ready | Refused:
    """One file, scanned before anything looks into it, then read by what it is."""
    try:
        if scanner:
            scan(scanner, upload.stream)
        name, content = _read(upload)
        _refuse_weight(name, len(content))
    except FileNotTaken as refusal:
        return Refused(upload.field, upload.name[-100:], refusal)
    return Ready(upload.field, upload.name[-100:], name, content)


def scan(scanner: str, stream: IO[bytes]) -> None:
    """Have a file looked at before anything looks into it; raises FileHarmful or ScanImpossible."""
    try:
        refuse_harm(scanner, stream)
    except HarmFound as found:
        raise FileHarmful(signature=str(found)) from found
    except ScannerAway as stop:
        raise ScanImpossible from stop


def _read(upload: Upload) -> tuple[str, bytes]:
    """The file's name in the library, and its bytes there; raises FileNotTaken."""
    if not upload.size:
        raise FileEmpty
    if upload.size > MEDIA_LIMIT:
        raise FileHeavy(size=upload.size // MEGABYTE, limit=MEDIA_LIMIT // MEGABYTE)
    stream = upload.stream
    stream.seek(0)
    kind = kind_of(stream.read(HEAD))
    stream.seek(0)
    if kind in RASTERS:
        ending, content = _raster(stream)
        return file_name(upload.name, ending), content
    readers: dict[str, Callable[[IO[bytes]], str]] = {"zip": _office_kind, "vtt": _captions_kind}
    ending = readers[kind](stream) if kind in readers else kind
    if kind == "ogg" and upload.name.lower().endswith(".opus"):
        ending = "opus"
    ending = ending or _text_kind(stream, upload.name)
    stream.seek(0)
    return file_name(upload.name, ending), stream.read()


def _raster(stream: IO[bytes]) -> tuple[str, bytes]:
    try:
        with _decoding:
            raster = renewed(stream)
    except RasterFaulty as stop:
        raise PictureFaulty(because=saying(str(stop))) from stop
    return raster.ending, raster.content


def _office_kind(stream: IO[bytes]) -> str:
    """Which document an archive is, by the names in its list alone; nothing in it is unpacked."""
    if members_at_most(stream) > MOST_MEMBERS:
        raise ArchiveCrowded(most=MOST_MEMBERS)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            names = archive.namelist()
            first = members[0] if members else None
            is_typed = (
                first is not None and first.filename == "mimetype" and not first.compress_type
            )
            said = (
                archive.read(first).strip() if first and is_typed and first.file_size < 200 else b""
            )
    except _UNREADABLE:
        raise KindUnknown(kinds=TOLD_KINDS) from None
    if any(name.endswith("vbaProject.bin") for name in names):
        raise MacrosFound
    if said in _BY_TYPE:
        return _BY_TYPE[said]
    if "[Content_Types].xml" in names:
        for folder, ending in _BY_FOLDER.items():
            if any(name.startswith(folder) for name in names):
                return ending
    raise KindUnknown(kinds=TOLD_KINDS)


def _captions_kind(stream: IO[bytes]) -> str:
    _refuse_weight("a.vtt", stream.seek(0, 2))
    stream.seek(0)
    found = caption_fault(stream.read())
    if found:
        raise CaptionsFaulty(line=found.line, what=found.what)
    return "vtt"


def _text_kind(stream: IO[bytes], name: str) -> str:
    """A drawing, or a text whose kind the name says; captions without their first line are said."""
    claimed = name.rpartition(".")[2].lower()
    head = stream.read(2000)
    stream.seek(0)
    if _BEGINS_AS_DRAWING.match(head):
        return _drawing_kind(stream)
    if claimed == "vtt":
        return _captions_kind(stream)
    if claimed not in TEXTS or not _is_text(stream):
        raise KindUnknown(kinds=TOLD_KINDS)
    return claimed


def _drawing_kind(stream: IO[bytes]) -> str:
    _refuse_weight("a.svg", stream.seek(0, 2))
    stream.seek(0)
    try:
        drawing(stream.read(), "", "", lambda text: text)
    except DrawingFaulty as stop:
        raise DrawingRefused(what=stop.what) from stop
    return "svg"


def _is_text(stream: IO[bytes]) -> bool:
    stream.seek(0)
    try:
        return "\0" not in stream.read().decode()
    except UnicodeDecodeError:
        return False


def _refuse_weight(name: str, size: int) -> None:
    limit = limit_of(f"media/{name}")
    if size > limit:
        raise TextHeavy(size=size // 1000, limit=limit // 1000)
