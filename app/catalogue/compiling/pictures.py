"""Pictures: the width and height in pixels that a file's own first bytes say."""

import struct

Size = tuple[int, int]

_MARK = 0xFF
# The sizes of every kind of WebP lie within its first bytes.
_WEBP_HEAD = 30
_JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def size_of(content: bytes) -> Size | None:
    """Width and height of a PNG, GIF, JPEG or WebP, or none when the bytes are none of these."""
    try:
        return _png(content) or _gif(content) or _webp(content) or _jpeg(content)
    except (struct.error, IndexError):
        return None


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
    place = 2
    while place < len(content) - 9:
        if content[place] != _MARK:
            return None
        mark = content[place + 1]
        if mark in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        if mark == _MARK:
            place += 1
        elif mark in _JPEG_ALONE:
            place += 2
        else:
            place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
    return None
