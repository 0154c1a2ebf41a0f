"""Submissions: handing an attempt in; it is graded once, however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.activity.events import Happening
from app.assessment.attempts import SOURCE, Attempt, AttemptItem
from app.assessment.grading import score_of
from app.assessment.saves import AT_POSITION, GIVEN, OF_ATTEMPT
from app.assessment.sittings import Answered, Sitting, answered_items
from app.catalogue.activities import PRETEST
from app.catalogue.bank import Bank
from app.foundation import clock
from app.foundation.database import MomentType, table_of
from app.foundation.prepared import Prepared
from app.learning.enrolments import EnrolmentOver, about
from app.learning.results import Earned, record_result

HAIR = 1e-6  # what rounding may take from a sum of shares


@dataclass(frozen=True, kw_only=True)
class AttemptGraded(Happening):
    """An attempt was handed in and graded; score and out_of are points."""

    kind: ClassVar[str] = "attempt-graded"

    attempt_id: int
    activity_key: str
    number: int
    score: float
    out_of: float
    passed: bool


_attempts = Attempt.__table__.c
_scored = (
    update(table_of(AttemptItem)).where(OF_ATTEMPT, AT_POSITION).values(score=bindparam("points"))
)
_SCORE = Prepared(_scored)
_SAVE_AND_SCORE = Prepared(_scored.values(GIVEN))
_SUBMIT = Prepared(
    update(table_of(Attempt))
    .where(_attempts.id == bindparam("attempt_id"))
    .values(
        submitted_at=bindparam("ended", type_=MomentType()),
        graded_at=bindparam("now", type_=MomentType()),
        revision=bindparam("new_revision"),
    )
)
NOTHING_NEW: Mapping[int, Any] = MappingProxyType({})


def submit_attempt(db: Session, sitting: Sitting, bank: Bank) -> None:
    """Grade what is saved, once, and record the result that counts; a repeat changes nothing.

    The caller holds the rows of the enrolment and the attempt locked. Raises EnrolmentOver.
    """
    if sitting.submitted_at is None:
        grade(db, sitting, bank, answered_items(db, sitting.id))


def grade(
    db: Session,
    sitting: Sitting,
    bank: Bank,
    answers: Sequence[Answered],
    written: Mapping[int, Any] = NOTHING_NEW,
) -> None:
    """Grade an open attempt whose rows the caller holds locked; raises EnrolmentOver.

    A pretest is graded like any quiz and never passed, since it counts for nothing.

    `written` are those of the answers, by position, that still have to be saved. What is handed in
    after the time is up was ended by the time.
    """
    if sitting.round_ended_at is not None:
        raise EnrolmentOver
    moment, revision = clock.now(), sitting.revision + bool(written)
    score = _score(db, sitting, bank, answers, written, moment)
    _SUBMIT.run(
        db,
        {
            "attempt_id": sitting.id,
            "ended": sitting.due_at if sitting.is_over(moment) else moment,
            "now": moment,
            "new_revision": revision,
        },
    )
    out_of = float(len(answers))
    passed = has_passed(score, out_of, bank.settings[sitting.activity_key]["pass_mark"])
    counts = sitting.activity_key != PRETEST
    _count(db, sitting, score, out_of, passed=passed and counts)


def _score(
    db: Session,
    sitting: Sitting,
    bank: Bank,
    answers: Sequence[Answered],
    written: Mapping[int, Any],
    moment: datetime,
) -> float:
    """Write the points of every answer, and the answers that are new; gives their sum."""
    of_all = {"of_attempt": sitting.id}
    of_new = {**of_all, "new_revision": sitting.revision + 1, "now": moment}
    scored, saved, score = [], [], 0.0
    for sat in answers:
        points = points_of(sat, bank)
        score += points
        row = {"at_position": sat.position, "points": points}
        if sat.position in written:
            saved.append(of_new | row | {"given": sat.answer})
        else:
            scored.append(of_all | row)
    for statement, rows in ((_SCORE, scored), (_SAVE_AND_SCORE, saved)):
        statement.run_each(db, rows)
    return score


def points_of(sat: Answered, bank: Bank) -> float:
    """What the saved answer to an item is worth, from 0 to 1."""
    item = bank.items[sat.item_key]
    return score_of(item.kind, item.definition, sat.answer, bank.accepted.get(item.key, ()))


def has_passed(score: float, out_of: float, pass_mark: int) -> bool:
    """Whether the points reach the pass mark (percent)."""
    return score * 100 >= pass_mark * out_of - HAIR


def _count(db: Session, sitting: Sitting, score: float, out_of: float, *, passed: bool) -> None:
    graded = AttemptGraded(
        **about(sitting.own_place) | {"version_id": sitting.version_id},
        language=sitting.language,
        mode="online",
        attempt_id=sitting.id,
        activity_key=sitting.activity_key,
        number=sitting.number,
        score=score,
        out_of=out_of,
        passed=passed,
    )
    earned = Earned(
        enrolment_id=sitting.enrolment_id,
        activity_key=sitting.activity_key,
        version_id=sitting.version_id,
        source=SOURCE,
        source_key=str(sitting.id),
        score=score,
        out_of=out_of,
        passed=passed,
        language=sitting.language,
    )
    record_result(db, earned, sitting.own_place, (graded,))
