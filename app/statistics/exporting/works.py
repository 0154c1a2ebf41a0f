"""Works: a long file is written piece by piece, each kept with the place in the list that it ends at.

A process that dies loses what it had read since the last piece; the next one goes on behind it.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import date

import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.database import Engines, table_of
from app.foundation.replicas import connected_for_long
from app.queue.jobs import later
from app.statistics.counts import total
from app.statistics.exporting.letters import tell_finished
from app.statistics.exporting.long_files import (
    KEPT,
    MAKE,
    MAKING,
    READY,
    STOPPED,
    LongFile,
    LongFilePiece,
    roots_of,
)
from app.statistics.exports import BLOCK, Block, Steps, blocks, head_of
from app.statistics.records import COLUMNS, in_steps, is_as_of, is_behind
from app.statistics.scopes import NAMES, Scope, scope_of

PIECE = 1 << 20  # bytes, of which about a fifth is left when they are compressed
TURN = 60  # seconds of writing after which other jobs have their turn

_KEEP = table_of(LongFilePiece).insert()


def begin(engines: Engines, file_id: int) -> int | None:
    """How many rows are expected, counted once; none where there is nothing to write."""
    with engines.reading() as db:
        file = db.get(LongFile, file_id)
        if file is None or file.state != MAKING:
            return None
        expected, asked = file.expected, file.question
        if expected is None:
            expected = total(db, _scope(db, file), asked.asked(), asked.measure)
    with engines.writing() as db:
        standing = _standing(db, file_id, file.pieces)
        if standing is None:
            return None
        standing.expected, standing.written_at = expected, clock.now()
    return expected


def write(engines: Engines, file_id: int, turn: float = TURN, size: int = PIECE) -> None:
    """Write what is left of a file, or as much of it as a turn takes, and promise the rest.

    A turn begins with its first row: the database may look for seconds before that, each time anew.
    A piece has at least `size` bytes, and ends with a row.
    Where another process has gone on meanwhile, this one leaves it alone.
    """
    end = None
    with engines.reading() as db:
        file = db.get_one(LongFile, file_id)
        rows = _left(db, file)
    number = file.pieces
    with connected_for_long(engines) as connection:
        head = b"" if number else head_of(COLUMNS)
        for piece in _pieces(blocks(connection, rows, min(size, BLOCK), tells=True), head, size):
            end = end or time.monotonic() + turn
            is_over = time.monotonic() >= end
            if not keep(engines, file_id, number, piece, hands_on=is_over) or is_over:
                return
            number += 1
    _finish(engines, file_id, number)


def _scope(db: Session, file: LongFile) -> Scope:
    return scope_of(db, file.person_id, NAMES)


def _left(db: Session, file: LongFile) -> Steps:
    """The rows of the list that are not written yet."""
    asked, conditions = file.question, [is_as_of(file.marker)]
    if file.day is not None and file.enrolment_id is not None:
        conditions.append(is_behind(file.day, file.enrolment_id))
    return in_steps(db, _scope(db, file), asked.asked(), asked.measure, *conditions)


def _pieces(written: Iterable[Block], head: bytes, most: int) -> Iterator[Block]:
    """The blocks joined to pieces, the head of the file before the first."""
    parts, count, size = [head], 0, len(head)
    keys: tuple[str, ...] = ()
    for block in written:
        parts.append(block.content)
        count, size, keys = count + block.rows, size + len(block.content), block.keys
        if size >= most:
            yield Block(b"".join(parts), count, keys)
            parts, count, size = [], 0, 0
    if size:
        yield Block(b"".join(parts), count, keys)


def _standing(db: Session, file_id: int, pieces: int) -> LongFile | None:
    """The file, its row locked, if it is still being made and nobody else has gone on with it.

    Who may see other names by now than when they asked is given no file of some of each.
    """
    file = db.scalars(
        select(LongFile).where(LongFile.id == file_id).with_for_update()
    ).one_or_none()
    if file is None or (file.state, file.pieces) != (MAKING, pieces):
        return None
    if roots_of(db, file.person_id) != file.roots:
        file.state = STOPPED
        return None
    return file


def keep(engines: Engines, file_id: int, number: int, piece: Block, *, hands_on: bool) -> bool:
    """Keep a piece and the place it ends at in one transaction; tells whether it was wanted."""
    packed = zstandard.compress(piece.content, 1)
    with engines.writing() as db:
        file = _standing(db, file_id, number)
        if file is None:
            return False
        size = len(piece.content)
        values = {"number": number, "start": file.size, "size": size, "content": packed}
        db.execute(_KEEP, {"file_id": file_id, **values})
        file.pieces, file.rows, file.size = number + 1, file.rows + piece.rows, file.size + size
        if piece.keys:
            file.day, file.enrolment_id = date.fromisoformat(piece.keys[0]), int(piece.keys[1])
        file.written_at = clock.now()
        if hands_on:
            later(db, MAKE, {"file": file_id})
    return True


def _finish(engines: Engines, file_id: int, pieces: int) -> None:
    with engines.writing() as db:
        file = _standing(db, file_id, pieces)
        if file is None:
            return
        file.state, file.expected = READY, file.rows
        file.written_at = clock.now()
        file.until = file.written_at + KEPT
        db.flush()
        tell_finished(db, file)
