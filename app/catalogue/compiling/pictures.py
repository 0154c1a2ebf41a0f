"""Pictures: the width and height in pixels that a file's own first bytes say."""

import struct
from collections.abc import Iterator

Size = tuple[int, int]

MOST_PIXELS = 50_000_000

_MARK = 0xFF
# The sizes of every kind of WebP lie within its first bytes.
_WEBP_HEAD = 30
_JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_APP1, _ORIENTATION = 0xE1, 0x0112
_TURNED = {5, 6, 7, 8}  # orientations in which browsers swap the sides (Exif 2.32)


def size_of(content: bytes) -> Size | None:
    """Width and height of a PNG, GIF, JPEG or WebP, or none when the bytes are none of these."""
    try:
        return _png(content) or _gif(content) or _webp(content) or _jpeg(content)
    except (struct.error, IndexError):
        return None


def is_whole(content: bytes) -> bool:
    """Whether the picture goes on to its own end, which a copy that was broken off lacks."""
    if content.startswith(b"\x89PNG"):
        return b"IEND" in content
    if content.startswith(b"RIFF"):
        return len(content) >= int.from_bytes(content[4:8], "little") + 8
    # What a camera hides in the head, a small picture with an end of its own, is passed over.
    return not content.startswith(b"\xff\xd8") or b"\xff\xd9" in content[_frame_of(content) :]


def is_still(content: bytes) -> bool:
    """Whether a PNG or WebP holds one picture and no film; others are taken as still."""
    if content.startswith(b"RIFF") and content[12:16] == b"VP8X":
        return not content[20] & 0x02
    return b"acTL" not in content[: content.find(b"IDAT")] if content[:4] == b"\x89PNG" else True


def _png(content: bytes) -> Size | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif(content: bytes) -> Size | None:
    if content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _webp(content: bytes) -> Size | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < _WEBP_HEAD:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(content[24:27], "little"),
            1 + int.from_bytes(content[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(content: bytes) -> Size | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    is_turned = False
    for mark, place, length in _segments(content):
        if mark in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return (height, width) if is_turned else (width, height)
        if mark == _APP1:
            is_turned = _is_turned(content[place + 4 : place + length])
    return None


def _frame_of(content: bytes) -> int:
    """Where the frame of a JPEG begins, behind all that its head holds."""
    frames = (place for mark, place, _length in _segments(content) if mark in _JPEG_FRAMES)
    return next(frames, 0)


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG's head: mark, place and length of each."""
    place = 2
    while place < len(content) - 9 and content[place] == _MARK:
        mark = content[place + 1]
        if mark == _MARK:
            place += 1
        elif mark in _JPEG_ALONE:
            place += 2
        else:
            length = 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
            yield mark, place, length
            place += length


def _is_turned(exif: bytes) -> bool:
    """Whether what a camera wrote says that the picture lies on its side."""
    if exif[:6] != b"Exif\0\0" or exif[6:8] not in (b"II", b"MM"):
        return False
    order = "<" if exif[6:8] == b"II" else ">"
    tiff = exif[6:]
    try:
        (first,) = struct.unpack(f"{order}I", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[first : first + 2])
        for number in range(min(count, 100)):
            entry = tiff[first + 2 + 12 * number :][:12]
            tag, _kind, _count, value = struct.unpack(f"{order}HHIH", entry[:10])
            if tag == _ORIENTATION:
                return value in _TURNED
    except struct.error:
        return False
    return False
