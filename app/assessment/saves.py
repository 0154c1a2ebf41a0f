"""Saves: answers kept on the server as they are given; an older page never undoes a newer one."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.assessment.sheets import read_sheet
from app.assessment.sittings import Answered, Sitting, answered_items
from app.catalogue.bank import Bank
from app.foundation import clock
from app.foundation.database import AnswerType, MomentType, table_of


class Saved(NamedTuple):
    """What a save did: the attempt's revision now, the positions that stand as sent, and the kept.

    `kept` are answers saved later than the page had seen them; they were not touched. `answers`
    are the whole attempt as it now stands.
    """

    revision: int
    saved: tuple[int, ...]
    kept: tuple[int, ...]
    answers: tuple[Answered, ...]


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_NEXT_REVISION = (
    update(table_of(Attempt))
    .where(_attempts.id == bindparam("attempt_id"))
    .values(revision=bindparam("new_revision"))
)
_SAVE = (
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


def save_sheet(
    db: Session, sitting: Sitting, bank: Bank, fields: Iterable[tuple[str, str]]
) -> Saved:
    """Save a page's answers as the attempt's next revision, but none over a newer one.

    An answer that already stands is saved, whichever page saved it: so a repeat after a lost reply
    is no conflict. The caller holds the attempt's row locked. Raises AttemptOver, EnrolmentOver,
    and the refusals of a sheet that cannot be read.
    """
    moment = clock.now()
    sitting.check_open(moment)
    items = answered_items(db, sitting.id)
    sheet = read_sheet(fields, items, bank.items, sitting.revision)
    changed = [
        sat
        for sat in items
        if sat.position in sheet.answers and sheet.answers[sat.position] != sat.answer
    ]
    kept = tuple(sat.position for sat in changed if sat.revision > sheet.seen[sat.position])
    saved = tuple(position for position in sheet.answers if position not in kept)
    written = {
        sat.position: sheet.answers[sat.position] for sat in changed if sat.position not in kept
    }
    if not written:
        return Saved(sitting.revision, saved, kept, tuple(items))
    revision = sitting.revision + 1
    db.execute(_NEXT_REVISION, {"attempt_id": sitting.id, "new_revision": revision})
    of_all = {"of_attempt": sitting.id, "new_revision": revision, "now": moment}
    db.execute(
        _SAVE,
        [of_all | {"at_position": at, "given": answer} for at, answer in written.items()],
    )
    return Saved(revision, saved, kept, tuple(_with_answers(items, written, revision)))


def _with_answers(
    items: Iterable[Answered], written: dict[int, object], revision: int
) -> Iterable[Answered]:
    for sat in items:
        if sat.position in written:
            yield sat._replace(answer=written[sat.position], revision=revision)
        else:
            yield sat
