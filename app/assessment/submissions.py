"""Submissions: handing an attempt in; it is graded once, however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.assessment.attempts import Attempt, AttemptItem
from app.assessment.grading import score_of
from app.assessment.sittings import SatItem, Sitting, sat_items
from app.catalogue.bank import Bank, BankItem
from app.foundation import clock
from app.foundation.database import MomentType, table_of
from app.learning.enrolments import Place, about, locked
from app.learning.results import Earned, record_result
from app.learning.standings import standing_of


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


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_LOCK = (
    select(_attempts.submitted_at).where(_attempts.id == bindparam("attempt_id")).with_for_update()
)
_SCORE = (
    update(table_of(AttemptItem))
    .where(
        _items.attempt_id == bindparam("of_attempt"), _items.position == bindparam("at_position")
    )
    .values(score=bindparam("points"))
)
_SUBMIT = (
    update(table_of(Attempt))
    .where(_attempts.id == bindparam("attempt_id"))
    .values(
        submitted_at=bindparam("now", type_=MomentType()),
        graded_at=bindparam("now", type_=MomentType()),
    )
)


def submit_attempt(db: Session, sitting: Sitting, bank: Bank) -> None:
    """Grade what is saved, once, and record the result that counts; a repeat changes nothing.

    Locks the enrolment first, then the attempt. Raises EnrolmentOver for a round that has ended.
    """
    place = locked(db, sitting.enrolment_id)
    if db.execute(_LOCK, {"attempt_id": sitting.id}).scalar_one() is not None:
        return
    moment = clock.now()
    items = sat_items(db, sitting.id)
    scores = graded(items, bank, sitting.activity_key)
    db.execute(
        _SCORE,
        [
            {"of_attempt": sitting.id, "at_position": position, "points": points}
            for position, points in scores.items()
        ],
    )
    db.execute(_SUBMIT, {"attempt_id": sitting.id, "now": moment})
    _count(db, place, sitting, sum(scores.values()), float(len(items)))


def graded(items: list[SatItem], bank: Bank, activity_key: str) -> dict[int, float]:
    """Points by position for an attempt's saved answers."""
    by_key: Mapping[str, BankItem] = {item.key: item for item in bank.quizzes[activity_key]}
    scores = {}
    for sat in items:
        item = by_key[sat.item_key]
        accepted: list[Any] = list(bank.texts[item.key].get("accept") or ())
        scores[sat.position] = score_of(item.kind, item.definition, sat.answer, accepted)
    return scores


def has_passed(score: float, out_of: float, pass_mark: int) -> bool:
    """Whether the points reach the pass mark (percent); a hair of rounding never fails anyone."""
    return score * 100 >= pass_mark * out_of - 1e-6


def _count(db: Session, place: Place, sitting: Sitting, score: float, out_of: float) -> None:
    passed = has_passed(score, out_of, sitting.settings["pass_mark"])
    record(
        db,
        AttemptGraded(
            **(about(place) | {"version_id": sitting.version_id}),
            placement_id=standing_of(db, place.learner_id, place.course_id).placement_id,
            language=sitting.language,
            mode="online",
            attempt_id=sitting.id,
            activity_key=sitting.activity_key,
            number=sitting.number,
            score=score,
            out_of=out_of,
            passed=passed,
        ),
    )
    record_result(
        db,
        Earned(
            enrolment_id=place.id,
            activity_key=sitting.activity_key,
            version_id=sitting.version_id,
            source="quiz",
            source_key=str(sitting.id),
            score=score,
            out_of=out_of,
            passed=passed,
            language=sitting.language,
        ),
    )
