"""Media: the pictures, recordings and files of a course, known by what their bytes are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.catalogue.compiling.captions import caption_fault
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.pictures import MOST_PIXELS, Size, is_whole, size_of
from app.catalogue.compiling.signatures import is_what_it_says, kind_of
from app.i18n.sayings import quoted, saying

PICTURE_BUDGET = 60_000

Use = Literal["drawing", "picture", "video", "audio", "captions", "transcript", "download"]


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of the media folder; width and height are those of a raster picture."""

    name: str
    use: Use
    media_type: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        return f"media/{self.name}"


def _is_text(_name: str, content: bytes) -> bool:
    return b"\0" not in content


def _is_zip(_name: str, content: bytes) -> bool:
    return kind_of(content) == "zip"


Fits = Callable[[str, bytes], object]
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_ENDINGS: dict[str, tuple[Use, str, Fits]] = {
    "svg": ("drawing", "image/svg+xml", _is_text),
    "png": ("picture", "image/png", is_what_it_says),
    "jpg": ("picture", "image/jpeg", is_what_it_says),
    "jpeg": ("picture", "image/jpeg", is_what_it_says),
    "gif": ("picture", "image/gif", is_what_it_says),
    "webp": ("picture", "image/webp", is_what_it_says),
    "mp4": ("video", "video/mp4", is_what_it_says),
    "webm": ("video", "video/webm", is_what_it_says),
    "mp3": ("audio", "audio/mpeg", is_what_it_says),
    "m4a": ("audio", "audio/mp4", is_what_it_says),
    "ogg": ("audio", "audio/ogg", is_what_it_says),
    "opus": ("audio", "audio/ogg", is_what_it_says),
    "vtt": ("captions", "text/vtt", is_what_it_says),
    "md": ("transcript", "text/markdown", _is_text),
    "pdf": ("download", "application/pdf", is_what_it_says),
    "csv": ("download", "text/csv", _is_text),
    "txt": ("download", "text/plain", _is_text),
    "epub": ("download", "application/epub+zip", _is_zip),
    "odt": ("download", f"{_OPEN}.text", _is_zip),
    "ods": ("download", f"{_OPEN}.spreadsheet", _is_zip),
    "odp": ("download", f"{_OPEN}.presentation", _is_zip),
    "docx": ("download", f"{_OFFICE}.wordprocessingml.document", _is_zip),
    "xlsx": ("download", f"{_OFFICE}.spreadsheetml.sheet", _is_zip),
    "pptx": ("download", f"{_OFFICE}.presentationml.presentation", _is_zip),
}
ENDINGS = tuple(_ENDINGS)


def media_type_of(name: str) -> str:
    """The media type that a known ending stands for."""
    return _ENDINGS[name.rpartition(".")[2]][1]


def use_of(name: str) -> Use | None:
    """What the ending of a name says that the file is for, or none for an ending not used."""
    known = _ENDINGS.get(name.rpartition(".")[2])
    return known and known[0]


def read_media(files: Mapping[str, bytes], faults: Faults) -> dict[str, MediaFile]:
    """The files under media/ by their path, without those that are not what their name says."""
    found = {}
    for path, content in files.items():
        if not path.startswith("media/"):
            continue
        read = _read(path, content, faults)
        if read:
            found[path] = read
    return found


def _read(path: str, content: bytes, faults: Faults) -> MediaFile | None:
    name = path.removeprefix("media/")
    ending = name.rpartition(".")[2]
    if ending not in _ENDINGS:
        faults.add(
            path,
            1,
            saying("`.%(ending)s` files are not used", ending=ending),
            saying("use %(endings)s", endings=quoted(_ENDINGS)),
        )
        return None
    use, media_type, fits = _ENDINGS[ending]
    size = size_of(content) if use == "picture" else (0, 0)
    if not fits(name, content) or not size or (use == "picture" and not all(size)):
        faults.add(
            path,
            1,
            saying("is not what `.%(ending)s` says", ending=ending),
            saying("save it anew in that form"),
        )
        return None
    if use == "picture":
        _refuse_picture(path, content, size, faults)
    if use == "captions":
        _refuse_captions(path, content, faults)
    if media_type == "image/gif" and len(content) > PICTURE_BUDGET:
        faults.remark(
            path,
            1,
            saying(
                "weighs %(size)s KB, and a picture should stay under 60 KB",
                size=f"{len(content) / 1000:.0f}",
            ),
            saying("save it as WebP or PNG, which readers get in fitting sizes"),
        )
    return MediaFile(name, use, media_type, content, *size)


def _refuse_picture(path: str, content: bytes, size: Size, faults: Faults) -> None:
    """A picture that could not be made smaller would be a gap on every page that shows it."""
    if not is_whole(content):
        faults.add(path, 1, saying("the picture ends before its end"), saying("copy it anew"))
    if size[0] * size[1] > MOST_PIXELS:
        what = saying("the picture has over 50 million dots")
        faults.add(path, 1, what, saying("make it smaller first"))


def _refuse_captions(path: str, content: bytes, faults: Faults) -> None:
    found = caption_fault(content)
    if found:
        faults.add(path, found.line, found.what, saying("mend the line as WebVTT has it"))
