"""Saves: answers kept on the server as they are given; an older page never undoes a newer one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.assessment.sheets import read_sheet
from app.assessment.sittings import Answered, Sitting
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


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
AT_POSITION = _items.position == bindparam("at_position")
OF_ATTEMPT = _items.attempt_id == bindparam("of_attempt")
GIVEN = {
    "answer": bindparam("given", type_=AnswerType),
    "revision": bindparam("new_revision"),
    "answered_at": bindparam("now", type_=MomentType()),
}
_NEXT_REVISION = Prepared(
    update(table_of(Attempt))
    .where(_attempts.id == bindparam("of_attempt"))
    .values(revision=bindparam("new_revision"))
)
_SAVE = Prepared(update(table_of(AttemptItem)).where(OF_ATTEMPT, AT_POSITION).values(GIVEN))
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
    update(table_of(AttemptItem)).where(_items.attempt_id == _moved.c.id, AT_POSITION).values(GIVEN)
)
_FLAG = Prepared(
    update(table_of(AttemptItem))
    .where(OF_ATTEMPT, AT_POSITION)
    .values(is_flagged=bindparam("flagged"))
)


def decide(
    sitting: Sitting, items: Sequence[Answered], bank: Bank, fields: Iterable[tuple[str, str]]
) -> Decided:
    """Hold a page's answers against those that stand, and write nothing yet.

    An answer that already stands is saved, whichever page saved it: so a repeat after a lost reply
    is no conflict. Raises AttemptOver, EnrolmentOver, and the refusals of a sheet that cannot be
    read.
    """
    sitting.check_open(clock.now())
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
    revision = sitting.revision + bool(decided.written)
    if sitting.is_held:
        _write_held(db, sitting, revision, decided)
    elif decided.written or decided.flags:
        _write_alone(db, sitting, revision, decided)
    return Saved(revision, decided.saved, decided.kept)


def _write_held(db: Session, sitting: Sitting, revision: int, decided: Decided) -> None:
    of_all = {"of_attempt": sitting.id}
    if decided.written:
        moved = of_all | {"new_revision": revision}
        _NEXT_REVISION.run(db, moved)
        of_new = moved | {"now": clock.now()}
        answers = decided.written.items()
        _SAVE.run_each(db, [of_new | {"at_position": at, "given": each} for at, each in answers])
    flags = decided.flags.items()
    _FLAG.run_each(db, [of_all | {"at_position": at, "flagged": each} for at, each in flags])


def _write_alone(db: Session, sitting: Sitting, revision: int, decided: Decided) -> None:
    if decided.flags or len(decided.written) > 1:
        raise NeedsTransaction
    ((position, answer),) = decided.written.items()
    moved = {"of_attempt": sitting.id, "seen": sitting.revision, "new_revision": revision}
    given = {"at_position": position, "given": answer, "now": clock.now()}
    if not _SAVE_ALONE.run(db, moved | given):
        raise NeedsTransaction
