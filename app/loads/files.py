"""Files: what somebody brought, piece by piece, and how large it may be."""

from collections.abc import Iterator

from app.web.uploads import MEGABYTE, Upload

MOST_BYTES = 32 * MEGABYTE
PIECE = 1 << 20


def pieces_of(upload: Upload) -> Iterator[bytes]:
    """The bytes of an upload from its beginning, a megabyte at a time."""
    upload.stream.seek(0)
    while piece := upload.stream.read(PIECE):
        yield piece
