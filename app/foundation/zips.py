"""Zips: how many members an archive can have, known before its list is read into memory."""

from typing import IO

ENTRY = b"PK\x01\x02"  # with which each member begins in the list at the end of an archive
PIECE = 1 << 20


def members_at_most(stream: IO[bytes]) -> int:
    """How many members a zip can have at most, by its bytes; the stream is set back to its start.

    Its last record tells a number too, but that may be a lie: `zipfile` reads the list without it.
    """
    stream.seek(0)
    count, kept = 0, b""
    while read := stream.read(PIECE):
        piece = kept + read
        count += piece.count(ENTRY)
        kept = piece[1 - len(ENTRY) :]  # too short for a whole mark, so that none counts twice
    stream.seek(0)
    return count
