"""Media: the pictures, recordings and files of a course, known by what their bytes are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.pictures import size_of

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


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content


def _is_mp4(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


_is_zip = _begins(b"PK\x03\x04")
_ENDINGS: dict[str, tuple[Use, str, Callable[[bytes], object]]] = {
    "svg": ("drawing", "image/svg+xml", _is_text),
    "png": ("picture", "image/png", _begins(b"\x89PNG")),
    "jpg": ("picture", "image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": ("picture", "image/jpeg", _begins(b"\xff\xd8\xff")),
    "gif": ("picture", "image/gif", _begins(b"GIF8")),
    "webp": ("picture", "image/webp", _begins(b"RIFF")),
    "mp4": ("video", "video/mp4", _is_mp4),
    "webm": ("video", "video/webm", _begins(b"\x1aE\xdf\xa3")),
    "mp3": ("audio", "audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "m4a": ("audio", "audio/mp4", _is_mp4),
    "ogg": ("audio", "audio/ogg", _begins(b"OggS")),
    "opus": ("audio", "audio/ogg", _begins(b"OggS")),
    "vtt": ("captions", "text/vtt", _begins(b"WEBVTT", b"\xef\xbb\xbfWEBVTT")),
    "md": ("transcript", "text/markdown", _is_text),
    "pdf": ("download", "application/pdf", _begins(b"%PDF-")),
    "csv": ("download", "text/csv", _is_text),
    "txt": ("download", "text/plain", _is_text),
    "epub": ("download", "application/epub+zip", _is_zip),
    "odt": ("download", "application/vnd.oasis.opendocument.text", _is_zip),
    "ods": ("download", "application/vnd.oasis.opendocument.spreadsheet", _is_zip),
    "odp": ("download", "application/vnd.oasis.opendocument.presentation", _is_zip),
    "docx": (
        "download",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _is_zip,
    ),
    "xlsx": (
        "download",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _is_zip,
    ),
    "pptx": (
        "download",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _is_zip,
    ),
}


def media_type_of(name: str) -> str:
    """The media type that a known ending stands for."""
    return _ENDINGS[name.rpartition(".")[2]][1]


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
        faults.add(path, 1, f"`.{ending}` files are not used", f"use {', '.join(_ENDINGS)}")
        return None
    use, media_type, fits = _ENDINGS[ending]
    size = size_of(content) if use == "picture" else (0, 0)
    if not fits(content) or not size:
        faults.add(path, 1, f"is not what `.{ending}` says", "save it anew in that form")
        return None
    if use == "picture" and len(content) > PICTURE_BUDGET:
        faults.remark(
            path,
            1,
            f"weighs {len(content) / 1000:.0f} KB, and a picture should stay under 60 KB",
            "make it smaller, or save it as WebP",
        )
    return MediaFile(name, use, media_type, content, *size)
