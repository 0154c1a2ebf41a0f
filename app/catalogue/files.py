"""Files: the media of a version, as browsers fetch them: whole, or a part for a player to seek."""

import re
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalogue.compiling.signatures import HEAD, is_what_it_says
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.foundation.errors import NotFound
from app.i18n.marking import N_

MEDIA_FOLDER = "media"
TRANSLATIONS_FOLDER = "translations"
MOST_VERSIONS = 2**31
ATTACHMENT = "application/octet-stream"
# What a browser may show in its own page; everything else is saved, never opened here.
SHOWN = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "vtt": "text/vtt; charset=utf-8",
}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def catalogue_path(language: str) -> str:
    """Where a course holds its translations into the language."""
    return f"{TRANSLATIONS_FOLDER}/{language}.po"


def is_catalogue(path: str) -> bool:
    return path.startswith(f"{TRANSLATIONS_FOLDER}/")


def catalogue_language(path: str) -> str:
    """The language of a catalogue's path."""
    return path.removeprefix(f"{TRANSLATIONS_FOLDER}/").removesuffix(".po")


class FileUnknown(NotFound):
    """The version holds no media file at this path."""

    says = N_("There is no such file in this course.")
    mend = N_("Open the lesson again and follow its link.")


class StoredFile(NamedTuple):
    """A file as it is stored: `hash` names its bytes, `size` counts them, `head` are the first."""

    path: str
    hash: bytes
    size: int
    head: bytes

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def shown_as(self) -> str | None:
        """Its media type when a browser may show it in place, and it is what its name says."""
        known = SHOWN.get(self.path.rpartition(".")[2].lower())
        return known if known and is_what_it_says(self.path, bytes(self.head)) else None


class Part(NamedTuple):
    """Bytes of a file from `first` to `last`, both included."""

    first: int
    last: int


_versions, _files, _sources = CourseVersion.__table__.c, VersionFile.__table__.c, Source.__table__.c
STORED = (
    func.length(_sources.bytes),
    func.substr(_sources.bytes, 1, HEAD, type_=_sources.bytes.type),
)
_FILE = (
    select(_files.path, _files.hash, *STORED)
    .join_from(CourseVersion.__table__, VersionFile.__table__, _files.version_id == _versions.id)
    .join(Source.__table__, _sources.hash == _files.hash)
    .where(
        _versions.course_id == bindparam("course_id"),
        _versions.number == bindparam("number"),
        _files.path == bindparam("path"),
    )
)
_WHOLE = select(_sources.bytes).where(_sources.hash == bindparam("hash"))
_PART = select(
    func.substr(_sources.bytes, bindparam("start"), bindparam("length"), type_=_sources.bytes.type)
).where(_sources.hash == bindparam("hash"))


def file_in(db: Session, course_id: int, number: int, name: str) -> StoredFile:
    """A media file of a course's version by the version's number; raises FileUnknown."""
    asked = {"course_id": course_id, "number": number, "path": f"{MEDIA_FOLDER}/{name}"}
    row = db.execute(_FILE, asked).one_or_none() if number < MOST_VERSIONS else None
    if row is None:
        raise FileUnknown
    return StoredFile(*row)


def bytes_of(db: Session, file: StoredFile, part: Part | None = None) -> bytes:
    """The bytes of a file, or those of a part of it."""
    if part is None:
        return bytes(db.execute(_WHOLE, {"hash": file.hash}).scalar_one())
    asked = {"hash": file.hash, "start": part.first + 1, "length": part.last - part.first + 1}
    return bytes(db.execute(_PART, asked).scalar_one())


def part_asked(header: str, size: int) -> Part | None:
    """The one range a Range header asks for (RFC 9110), or None to send the whole file.

    Several ranges, or none that can be read, ask for the whole; one beyond the end is empty:
    its `last` lies before its `first`.
    """
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return Part(max(size - int(found[2]), 0), size - 1) if int(found[2]) else Part(size, -1)
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    return Part(first, last)
