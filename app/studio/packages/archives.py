"""Archives: a course's folder as one zip file, the same bytes each time, and back with distrust."""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import FILES_LIMIT, MEDIA_LIMIT, MEGABYTE
from app.foundation.zips import members_at_most
from app.i18n.sayings import Saying, saying

EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date that a zip can say
MODE = stat.S_IFREG | 0o644
# Documents that a course hands out are archives too, and lists of theirs are counted with its own.
PARTS_LIMIT = 5 * FILES_LIMIT
WHOLE_LIMIT = 200 * MEGABYTE
# Text packs three to ten times smaller; deflate cannot go beyond 1,032.
RATIO_LIMIT = 200
WORTH_ASKING = MEGABYTE
PIECE = 1 << 16
NAME_LIMIT = 200
PACKED_ALREADY = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".webm", ".mp3", ".m4a", ".ogg", ".opus",
    ".epub", ".odt", ".ods", ".odp", ".docx", ".xlsx", ".pptx", ".zip",
)  # fmt: skip
# What a zip program adds for itself; no course has it, and nobody misses it.
LITTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
    RuntimeError, struct.error, OverflowError, KeyError, IndexError,
)  # fmt: skip


def packed(files: Mapping[str, bytes], folder: str = "") -> bytes:
    """The files as a zip, below the folder if one is named; the same files give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path in sorted(files):
            put(archive, f"{folder}/{path}" if folder else path, files[path])
    return whole.getvalue()


def put(archive: zipfile.ZipFile, name: str, content: bytes, *, is_packed: bool = True) -> None:
    """One file, without the day and the machine on which it was put there."""
    member = zipfile.ZipInfo(name, EPOCH)
    member.create_system, member.external_attr = 3, MODE << 16
    worth = is_packed and not name.endswith(PACKED_ALREADY)
    member.compress_type = zipfile.ZIP_DEFLATED if worth else zipfile.ZIP_STORED
    archive.writestr(member, content, compresslevel=9)


def unpacked(content: bytes, name: str) -> dict[str, bytes]:
    """The files of an archive that somebody sent; `name` is the archive's own, for its faults.

    Raises CourseFaulty, which says all that is wrong with it; no member reaches a disk here, none
    is listed before they are counted, and none is read before all are found good by their heads.
    """
    faults = Faults()
    stream = io.BytesIO(content)
    _refuse_crowd(stream, name)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = list(_wanted(archive.infolist()))
            _refuse_heads(members, name, faults)
            files = {} if faults.are_grave else _read(archive, members, name, faults)
    except _UNREADABLE:
        _refuse_whole(name, faults)
        files = {}
    if faults.are_grave:
        raise CourseFaulty(faults.in_order())
    return files


def _refuse_crowd(stream: io.BytesIO, name: str) -> None:
    if members_at_most(stream) > PARTS_LIMIT:
        faults = Faults()
        what = saying("the archive has over %(parts_limit)s parts", parts_limit=PARTS_LIMIT)
        faults.add(name, 1, what, saying("send one course, without other files"))
        raise CourseFaulty(faults.in_order())


def _refuse_whole(name: str, faults: Faults) -> None:
    what = saying("the archive cannot be read")
    faults.add(name, 1, what, saying("pack the folder anew as a plain zip"))


def _wanted(members: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    for member in members:
        parts = member.orig_filename.split("/")
        is_folder = member.orig_filename.endswith("/") and not member.file_size
        if not any(part in LITTER for part in parts) and not (is_folder and _is_safe(parts[:-1])):
            yield member


def _is_safe(parts: list[str]) -> bool:
    return all(part not in ("", ".", "..") and not _fault_of_name(part) for part in parts)


def _refuse_heads(members: list[zipfile.ZipInfo], name: str, faults: Faults) -> None:
    """Add a fault for all that names, kinds and told sizes give away."""
    if not members:
        faults.add(
            name, 1, saying("the archive is empty"), saying("pack the course's folder into it")
        )
    if len(members) > FILES_LIMIT:
        what = saying(
            "the archive has %(count)s files, over %(files_limit)s",
            count=len(members),
            files_limit=FILES_LIMIT,
        )
        faults.add(name, 1, what, saying("send one course, without other files"))
        return
    total = sum(member.file_size for member in members)
    if total > WHOLE_LIMIT:
        what = saying(
            "the archive unpacks to %(size)s MB, over %(limit)s MB",
            size=total // MEGABYTE,
            limit=WHOLE_LIMIT // MEGABYTE,
        )
        faults.add(name, 1, what, saying("make films and pictures smaller"))
    seen: dict[str, str] = {}
    for member in members:
        path = member.orig_filename
        shown = _shown(path)
        fault = _fault_of_path(path) or _fault_of_kind(member) or _fault_of_size(member)
        if fault:
            faults.add(shown, 1, *fault)
        _refuse_collision(path, seen, faults)


def _refuse_collision(path: str, seen: dict[str, str], faults: Faults) -> None:
    """No two names that a disk takes for one, and no file where another has a folder."""
    folded = unicodedata.normalize("NFKC", path).casefold()
    other = seen.get(folded)
    if other is not None:
        again = (
            saying("stands twice")
            if other == path
            else saying("differs from `%(other)s` by case only", other=_shown(other))
        )
        faults.add(_shown(path), 1, again, saying("keep one of them"))
    seen[folded] = path
    parts = folded.split("/")
    for end in range(1, len(parts)):
        above = "/".join(parts[:end])
        if seen.get(above):
            faults.add(
                _shown(path),
                1,
                saying("lies in `%(above)s`, which is a file", above=_shown(above)),
                saying("rename one"),
            )
        seen.setdefault(above, "")


def _fault_of_path(path: str) -> tuple[Saying, Saying] | None:
    fault = _fault_of_name(path)
    if fault:
        return fault
    if path.startswith("/") or path[1:2] == ":":
        return saying("has an address of a whole disk"), saying(
            "pack the folder with names from its own top"
        )
    if any(part in ("", ".", "..") for part in path.split("/")):
        return saying("leads out of its folder"), saying(
            "pack the folder with names from its own top"
        )
    return None


def _fault_of_name(path: str) -> tuple[Saying, Saying] | None:
    mend = saying("name it in lower-case letters, digits, dots and hyphens")
    if "\\" in path:
        return saying("has a backslash in its name"), saying(
            "pack it anew; folders are told apart by `/`"
        )
    if any(unicodedata.category(sign)[0] == "C" for sign in path):
        return saying("has a sign in its name that nobody sees"), mend
    if unicodedata.normalize("NFKC", path) != path:
        return saying("has letters in its name that only look like others"), mend
    if len(path) > NAME_LIMIT:
        return saying("has a name of over %(limit)s signs", limit=NAME_LIMIT), saying("shorten it")
    return None


def _fault_of_kind(member: zipfile.ZipInfo) -> tuple[Saying, Saying] | None:
    mode = member.external_attr >> 16
    if member.flag_bits & 0x41:
        return saying("is encrypted"), saying("pack it without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return saying("is packed in a way that is not read here"), saying(
            "pack it as a plain zip (deflate)"
        )
    if stat.S_IFMT(mode) == stat.S_IFLNK:
        return saying("is a link"), saying("put the file itself there")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return saying("is no plain file"), saying("take it out")
    return None


def _fault_of_size(member: zipfile.ZipInfo) -> tuple[Saying, Saying] | None:
    if member.file_size > MEDIA_LIMIT:
        sizes = {"size": member.file_size // MEGABYTE, "limit": MEDIA_LIMIT // MEGABYTE}
        what = saying("unpacks to %(size)s MB, over %(limit)s MB", **sizes)
        return what, saying("make it smaller")
    is_dense = member.file_size > RATIO_LIMIT * max(member.compress_size, 1)
    if is_dense and member.file_size > WORTH_ASKING:
        what = saying("grows over %(limit)s times when unpacked", limit=RATIO_LIMIT)
        return what, saying("take it out")
    return None


def _read(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str, faults: Faults
) -> dict[str, bytes]:
    """Every member's bytes; one that holds more or less than it told is a fault."""
    files = {}
    for member in members:
        try:
            with archive.open(member) as stream:
                pieces = iter(lambda stream=stream: stream.read(PIECE), b"")  # type: ignore[misc]  # bound per member
                content = b"".join(pieces)
        except _UNREADABLE:
            what = saying("cannot be unpacked")
            faults.add(
                _shown(member.orig_filename), 1, what, saying("pack %(name)s anew", name=name)
            )
            continue
        if len(content) != member.file_size:
            faults.add(
                _shown(member.orig_filename),
                1,
                saying("is not as long as it says"),
                saying("pack it anew"),
            )
        files[member.orig_filename] = content
    return files


def _shown(path: str) -> str:
    return "".join(s if s.isprintable() else f"\\x{ord(s):02x}" for s in path)[:NAME_LIMIT]
