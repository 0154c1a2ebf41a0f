"""Saves: answers kept on the server as they are given; an older page never undoes a newer one."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.assessment.sheets import read_sheet
from app.assessment.sittings import Answered, Sitting, answers_in
from app.catalogue.bank import Bank
from app.foundation import clock
from app.foundation.database import AnswerType, MomentType, table_of
from app.foundation.prepared import Prepared
from app.foundation.sessions import NeedsTransaction


class Decided(NamedTuple):
    """What a page's answers come to: the positions that stand as sent, the kept, and the written.

    `kept` are answers saved later than the page had seen them; they are not touched. `written` are
    the answers that change, `flags` the flags; `answers` is the whole attempt once they have.
    """

    saved: tuple[int, ...]
    kept: tuple[int, ...]
    written: Mapping[int, Any]
    answers: tuple[Answered, ...]
    flags: Mapping[int, bool]


class Saved(NamedTuple):
    """What a save did, and the attempt's revision now."""

    revision: int
    saved: tuple[int, ...]
    kept: tuple[int, ...]
    answers: tuple[Answered, ...]


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_NEXT_REVISION = Prepared(
    update(table_of(Attempt))
    .where(_attempts.id == bindparam("attempt_id"))
    .values(revision=bindparam("new_revision"))
)
_SAVE = Prepared(
    update(table_of(AttemptItem))
    .where(
        _items.attempt_id == bindparam("of_attempt"), _items.position == bindparam("at_position")
    )
    .values(
        answer=bindparam("given", type_=AnswerType),
        revision=bindparam("new_revision"),
        answered_at=bindparam("now", type_=MomentType()),
    )
)
_moved = (
    update(table_of(Attempt))
    .where(
        _attempts.id == bindparam("of_attempt"),
        _attempts.revision == bindparam("seen"),
        _attempts.submitted_at.is_(None),
    )
    .values(revision=bindparam("new_revision"))
    .returning(_attempts.id)
    .cte("moved")
)
_SAVE_ALONE = Prepared(
    update(table_of(AttemptItem))
    .where(_items.attempt_id == _moved.c.id, _items.position == bindparam("at_position"))
    .values(
        answer=bindparam("given", type_=AnswerType),
        revision=bindparam("new_revision"),
        answered_at=bindparam("now", type_=MomentType()),
    )
)
_FLAG = Prepared(
    update(table_of(AttemptItem))
    .where(
        _items.attempt_id == bindparam("of_attempt"), _items.position == bindparam("at_position")
    )
    .values(is_flagged=bindparam("flagged"))
)


def decide(db: Session, sitting: Sitting, bank: Bank, fields: Iterable[tuple[str, str]]) -> Decided:
    """Hold a page's answers against what stands, and write nothing yet.

    An answer that already stands is saved, whichever page saved it: so a repeat after a lost reply
    is no conflict. Raises AttemptOver, EnrolmentOver, and the refusals of a sheet that cannot be
    read.
    """
    sitting.check_open(clock.now())
    items = answers_in(db, sitting)
    sheet = read_sheet(fields, items, bank.items, sitting.revision)
    changed = [
        sat
        for sat in items
        if sat.position in sheet.answers and sheet.answers[sat.position] != sat.answer
    ]
    kept = tuple(sat.position for sat in changed if sat.revision > sheet.seen[sat.position])
    written = {
        sat.position: sheet.answers[sat.position] for sat in changed if sat.position not in kept
    }
    return Decided(
        saved=tuple(position for position in sheet.answers if position not in kept),
        kept=kept,
        written=written,
        answers=tuple(_saved(sat, written, sheet.flags, sitting.revision + 1) for sat in items),
        flags={
            sat.position: sheet.flags[sat.position]
            for sat in items
            if sheet.flags.get(sat.position, sat.is_flagged) != sat.is_flagged
        },
    )


def _saved(
    sat: Answered, written: Mapping[int, Any], flags: Mapping[int, bool], revision: int
) -> Answered:
    if sat.position in flags:
        sat = sat._replace(is_flagged=flags[sat.position])
    if sat.position in written:
        sat = sat._replace(answer=written[sat.position], revision=revision)
    return sat


def write(db: Session, sitting: Sitting, decided: Decided) -> Saved:
    """Write what was decided; where nothing changes, nothing is written.

    A flag alone makes no revision: no answer is older for it. Where the attempt's row is not held,
    one answer is written by itself if nobody wrote meanwhile; all else raises NeedsTransaction.
    """
    revision = sitting.revision
    if not sitting.is_held:
        if decided.written or decided.flags:
            _write_alone(db, sitting, decided)
        return Saved(revision + bool(decided.written), decided.saved, decided.kept, decided.answers)
    if decided.written:
        revision += 1
        _NEXT_REVISION.run(db, {"attempt_id": sitting.id, "new_revision": revision})
        of_all = {"of_attempt": sitting.id, "new_revision": revision, "now": clock.now()}
        _SAVE.run_each(
            db,
            [of_all | {"at_position": at, "given": each} for at, each in decided.written.items()],
        )
    if decided.flags:
        _FLAG.run_each(
            db,
            [
                {"of_attempt": sitting.id, "at_position": at, "flagged": each}
                for at, each in decided.flags.items()
            ],
        )
    return Saved(revision, decided.saved, decided.kept, decided.answers)


def _write_alone(db: Session, sitting: Sitting, decided: Decided) -> None:
    if decided.flags or len(decided.written) > 1:
        raise NeedsTransaction
    ((position, answer),) = decided.written.items()
    values = {
        "of_attempt": sitting.id,
        "seen": sitting.revision,
        "new_revision": sitting.revision + 1,
    }
    given = {"at_position": position, "given": answer, "now": clock.now()}
    if not _SAVE_ALONE.run(db, values | given):
        raise NeedsTransaction
