"""Works: what is done with a load after the page has answered, in turns that hold nobody up.

Each turn is a short transaction; what was done is noted with it, so a work that was cut off goes on
where it stood. On PostgreSQL applying and undoing are one transaction, as nobody waits for it there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.foundation.batches import leave_to_the_next, study
from app.foundation.database import Engines, table_of
from app.identity.reforms import hold_the_tree
from app.loads import loads
from app.loads.accounts import keys_known
from app.loads.columns import Told, layout_of, read_row
from app.loads.faults import Fault, FileFaulty
from app.loads.kinds import Kind, kind_called
from app.loads.loads import Load, piece_of, settle, standing_load
from app.loads.rows import (
    Decision,
    LoadRow,
    Overtaken,
    applied_rows,
    counts_of,
    forget_rows,
    note_applied,
    note_told,
    note_undone,
    refuse_rows,
    stage,
    staged_rows,
)
from app.loads.sheets import rows_of
from app.loads.surroundings import Surroundings, surroundings_of

LOOKED_AT_ONCE, MOVED_AT_ONCE, TOLD_AT_ONCE = 125, 50, 50
# The work gives way to others, but its database does not, and a page that it stands in the way of
# waits until a statement ends, or for three milliseconds: so many rows take PostgreSQL half of one.
IN_A_STATEMENT = 40
IN_ONE = 1_000
STUDIED = 1_000  # rows after which the database is told to look at its tables anew
# What is left to others after a turn that writes and, on PostgreSQL, after a look, beside what it took.
REST, REST_OF_LOOKS = 0.5, 1.6
Turn = Callable[[Session, Load, int, int | None], int | None]
Each = TypeVar("Each")


def work_on(engines: Engines, load_id: int) -> None:
    """Do what the load waits for; one that waits for nothing is left alone."""
    with engines.reading() as db:
        state = db.scalar(select(Load.state).where(Load.id == load_id))
    works = {loads.LOOKING: _look, loads.APPLYING: _apply, loads.UNDOING: _undo,
             loads.CONFIRMING: _confirm}  # fmt: skip
    if state in works:
        works[state](engines, load_id)


def _look(engines: Engines, load_id: int) -> None:
    """Decide on each row of the file and keep that; begun again, it begins anew."""
    while _forget(engines, load_id):
        pass
    with engines.reading() as db:
        load = db.get_one(Load, load_id)
        kind, around = kind_called(load.kind), surroundings_of(db, load)
        encoding = load.encoding
        if load.is_large and not kind.is_whole:
            around.keys = keys_known(db)
    try:
        rows = rows_of(_pieces(engines, load_id), encoding)
        head = next(rows)
        layout = layout_of(head.cells, kind.columns, head.line)
        done = 0
        for chunk in _chunks(rows, None if kind.is_whole else LOOKED_AT_ONCE):
            began = time.monotonic()
            told = [read_row(row.line, row.cells, layout) for row in chunk]
            some = [told] if kind.is_whole else _chunks(iter(told), IN_A_STATEMENT)
            with engines.reading() as db:
                decisions = [made for each in some for made in kind.decide(db, around, each)]
            done += len(told)
            _stage(engines, load_id, decisions, told, done)
            if not engines.is_sqlite:
                _rest(began, REST_OF_LOOKS)
    except (FileFaulty, StopIteration) as fault:
        faulty = fault if isinstance(fault, FileFaulty) else FileFaulty("empty")
        while _forget(engines, load_id):
            pass
        with engines.writing() as db:
            load = standing_load(db, load_id)
            load.fault = {"code": faulty.code, "values": faulty.values}
            settle(db, load, loads.UNREADABLE, 0)
        return
    with engines.writing() as db:
        load = standing_load(db, load_id)
        load.head, load.counts = head.cells, counts_of(db, load_id)
        settle(db, load, loads.LOOKED, 0)
    if done >= STUDIED:
        study(engines, table_of(LoadRow))


def _forget(engines: Engines, load_id: int) -> bool:
    with engines.writing() as db:
        leave_to_the_next(db)
        return forget_rows(db, load_id, IN_ONE)


def _pieces(engines: Engines, load_id: int) -> Iterator[bytes]:
    """The file, each piece by a look of its own, so that no connection is held."""
    number = 0
    while True:
        with engines.reading() as db:
            piece = piece_of(db, load_id, number)
        if piece is None:
            return
        yield piece
        number += 1


def _chunks(rows: Iterator[Each], most: int | None) -> Iterator[list[Each]]:
    while chunk := list(islice(rows, most)):
        yield chunk


def _stage(
    engines: Engines, load_id: int, decisions: Sequence[Decision], told: Sequence[Told], done: int
) -> None:
    cells = {row.number: row.cells for row in told}
    at_once = IN_A_STATEMENT if engines.is_sqlite else LOOKED_AT_ONCE
    for turn in _chunks(iter(decisions), at_once):
        began = time.monotonic()
        with engines.writing() as db:
            leave_to_the_next(db)
            standing_load(db, load_id).done = done
            for each in _chunks(iter(turn), IN_A_STATEMENT):
                stage(db, load_id, each, cells)
        if engines.is_sqlite:
            _rest(began)


def _apply(engines: Engines, load_id: int) -> None:
    """Apply the rows that were agreed to; one that would do another thing by now is refused."""
    kind, around = _equipped(engines, load_id)

    def turn(db: Session, load: Load, after: int, most: int | None) -> int | None:
        if not load.marker:
            load.marker = db.scalar(select(func.max(Event.id))) or 1
        staged = staged_rows(db, load_id, after, most)
        if not staged:
            return None
        if (
            kind.is_whole
        ):  # one turn, in which nobody reshapes the tree that the rows are looked at with
            hold_the_tree(db)
            _move(db, kind, surroundings_of(db, load), staged)
        else:
            _move(db, kind, around, staged)
        load.done += len(staged)
        return staged[-1].number

    _in_turns(engines, load_id, kind, loads.APPLYING, turn, loads.APPLIED)
    with engines.reading() as db:
        is_large = db.get_one(Load, load_id).done >= STUDIED
    if is_large:
        study(engines, *(table_of(each) for each in kind.fills), table_of(LoadRow))


def _move(db: Session, kind: Kind, around: Surroundings, staged: Sequence[Decision]) -> None:
    """Apply rows of which a second look says the same as the first."""
    names = {column.key for column in kind.columns}
    around.seen.clear()
    told = [
        Told(
            row.number, [], {k: v for k, v in row.told.items() if k in names and v is not None}, []
        )
        for row in staged
    ]
    first = {row.number: (row.fate, row.subject_id) for row in staged}
    again = kind.decide(db, around, told)
    same = [each for each in again if (each.fate, each.subject_id) == first[each.number]]
    others = {each.number for each in again} - {each.number for each in same}
    note_applied(
        db, around.load.id, kind.apply(db, around, same, around.load.brought_by) if same else []
    )
    refuse_rows(db, around.load.id, ((each, [Fault("", "meanwhile", {})]) for each in others))


def _undo(engines: Engines, load_id: int) -> None:
    """Undo all that was applied, or nothing of it if something new hangs on a row."""
    kind, _around = _equipped(engines, load_id)
    with engines.reading() as db:
        load = db.get_one(Load, load_id)
        # Cut off in the midst, it goes on: what is half undone cannot stay.
        count = 0 if load.done else kind.overtaken(db, load)
    if count:
        _stand(engines, load_id, count)
        return

    def turn(db: Session, load: Load, after: int, most: int | None) -> int | None:
        applied = applied_rows(db, load_id, after, most)
        if not applied:
            return None
        kind.undo(db, applied)
        note_undone(db, load_id, applied)
        load.done += len(applied)
        load.marker = 0
        return applied[-1].number

    try:
        _in_turns(engines, load_id, kind, loads.UNDOING, turn, loads.UNDONE)
    except (IntegrityError, Overtaken):
        # What no look before it knew hangs on a row; the turn was rolled back whole.
        _stand(engines, load_id, 1)


def _stand(engines: Engines, load_id: int, count: int) -> None:
    """Leave the load applied, and say of how many rows something new came of."""
    with engines.writing() as db:
        load = standing_load(db, load_id)
        load.fault = {"code": "overtaken", "values": {"count": count}}
        load.state = loads.APPLIED


def _confirm(engines: Engines, load_id: int) -> None:
    """Tell the ledger, row by row, what stands from now on; the letters go with it."""
    kind, around = _equipped(engines, load_id)

    def turn(db: Session, load: Load, after: int, _most: int | None) -> int | None:
        applied = applied_rows(db, load_id, after, TOLD_AT_ONCE)
        if not applied:
            return None
        kind.tell(db, around, applied)
        note_told(db, load_id, applied)
        load.done += len(applied)
        return applied[-1].number

    _in_turns(engines, load_id, kind, loads.CONFIRMING, turn, loads.CONFIRMED)


def _equipped(engines: Engines, load_id: int) -> tuple[Kind, Surroundings]:
    with engines.reading() as db:
        load = db.get_one(Load, load_id)
        return kind_called(load.kind), surroundings_of(db, load)


def _in_turns(
    engines: Engines, load_id: int, kind: Kind, state: str, turn: Turn, settled: str
) -> None:
    """Take turns until none is left, then settle; another worker's turns are not disturbed.

    In one transaction on PostgreSQL, unless it is the telling, which cannot be taken back anyhow.
    """
    is_one = kind.is_whole or not (engines.is_sqlite or state == loads.CONFIRMING)
    most = None if kind.is_whole else IN_ONE if is_one else MOVED_AT_ONCE
    after: int | None = 0
    while after is not None:
        began = time.monotonic()
        with engines.writing() as db:
            load = standing_load(db, load_id)
            if load.state != state:
                return
            while after is not None:
                after = turn(db, load, after, most)
                db.flush()
                if not is_one:
                    break
            if after is None:
                load.counts = counts_of(db, load_id)
                settle(db, load, settled, load.done)
        if after is not None:
            _rest(began)


def _rest(began: float, part: float = REST) -> None:
    """Leave some time to others, in proportion to what the turn took."""
    time.sleep((time.monotonic() - began) * part)
