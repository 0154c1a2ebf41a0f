"""Folders: the files of a course as a mapping from path to bytes, read from disk with care."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.catalogue.compiling.faults import Faults
from app.catalogue.wordings import KEY, KEY_LENGTH
from app.i18n.sayings import Saying, saying

MEGABYTE = 1_000_000
TEXT_LIMIT = MEGABYTE
# A lesson of ten minutes has about 10 KB; the longest hour of speech stays under this.
MARKDOWN_LIMIT = 100_000
MEDIA_LIMIT = 50 * MEGABYTE
FILES_LIMIT = 2000

_KEY = KEY.strip("^$")
_COURSE_FILE = re.compile(
    rf"{_KEY}\.yaml|{_KEY}/{_KEY}\.(?:md|yaml)|media/[a-z0-9][a-z0-9._-]{{0,99}}"
    r"|translations/[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\.po"
)
# What Windows and Office leave in a folder and hide from who looks into it.
_LITTER = re.compile(r"\..*|~\$.*|thumbs\.db|desktop\.ini", re.IGNORECASE)
_TEXT_ENDINGS = (".yaml", ".md", ".po", ".svg", ".vtt")


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """A course's source: its slug and its files by path relative to the course's folder."""

    slug: str
    files: Mapping[str, bytes]


def read_folder(folder: Path, faults: Faults) -> CourseFiles:
    """The course in the folder; links and files that are too large are faults and stay unread."""
    files: dict[str, bytes] = {}
    for path in _walked(folder, faults):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file():
            faults.add(name, 1, saying("is a link or no file"), saying("put the file itself there"))
        elif _is_too_large(name, path.stat().st_size, faults):
            continue
        else:
            files[name] = path.read_bytes()
    return CourseFiles(folder.resolve().name, files)


def checked_files(source: CourseFiles, faults: Faults) -> CourseFiles:
    """The source without the files that do not belong; each of those is a fault."""
    kept = {}
    if not re.fullmatch(_KEY, source.slug) or len(source.slug) > KEY_LENGTH:
        faults.add(
            "course.yaml",
            1,
            saying("the folder's name `%(slug)s` cannot be a course's key", slug=source.slug),
            saying("use lower-case letters, digits and single hyphens, at most 64 signs"),
        )
    for name, content in sorted(source.files.items())[:FILES_LIMIT]:
        if not belongs(name):
            faults.add(name, 1, saying("does not belong in a course"), _where_it_may_lie(name))
        elif not _is_too_large(name, len(content), faults):
            kept[name] = content
    if len(source.files) > FILES_LIMIT:
        faults.add(
            "course.yaml",
            1,
            saying("over %(files_limit)s files", files_limit=FILES_LIMIT),
            saying("split the course in two"),
        )
    return CourseFiles(source.slug, kept)


def belongs(name: str) -> bool:
    """Whether a course may hold a file of this name."""
    return _COURSE_FILE.fullmatch(name) is not None and ".." not in name


def limit_of(name: str) -> int:
    """How many bytes the file of this name may have."""
    if name.endswith(".md"):
        return MARKDOWN_LIMIT
    return TEXT_LIMIT if name.endswith(_TEXT_ENDINGS) else MEDIA_LIMIT


def file_hash(content: bytes) -> bytes:
    """SHA-256 of the bytes, as 32 bytes."""
    return hashlib.sha256(content).digest()


def source_hash(files: Mapping[str, bytes]) -> bytes:
    """The name of a whole source: SHA-256 over its paths and file hashes, in order of path."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(path.encode() + b"\0" + file_hash(files[path]))
    return whole.digest()


def _walked(folder: Path, faults: Faults) -> list[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=False):
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in links)
        found += [here / n for n in sorted([*links, *names]) if not _LITTER.fullmatch(n)]
        if len(found) > FILES_LIMIT:
            faults.add(
                "course.yaml",
                1,
                saying("over %(files_limit)s files", files_limit=FILES_LIMIT),
                saying("split the course in two"),
            )
            return found[:FILES_LIMIT]
    return found


def _is_too_large(name: str, size: int, faults: Faults) -> bool:
    limit = limit_of(name)
    if size <= limit:
        return False
    what = saying(
        "the file has %(size)s KB, over the %(limit)s KB that it may have",
        size=size // 1000,
        limit=limit // 1000,
    )
    faults.add(name, 1, what, saying("make it smaller, or split it"))
    return True


def _where_it_may_lie(name: str) -> Saying:
    if name.startswith("media/"):
        return saying(
            "name it in lower-case letters, digits, dots and hyphens, without a folder of its own"
        )
    return saying(
        "a course holds course.yaml, bibliography.yaml, glossary.yaml, one folder a module, "
        "media/ and translations/, all named in lower-case letters, digits and hyphens"
    )
