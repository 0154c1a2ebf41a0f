"""Results: everything that counts towards a completion, from any source, exactly once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    Boolean,
    Float,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record_all
from app.catalogue.activities import PRETEST
from app.foundation import clock
from app.foundation.database import Id, Key, Model, Moment, Ref
from app.foundation.prepared import Once, Prepared
from app.learning.completions import Passing, complete_if_met
from app.learning.enrolments import EnrolmentOver, Place, about, locked, start
from app.learning.progress import mark_done
from app.learning.rules import requirements_of


class Result(Model):
    """One result of one activity; (source, source_key) names it and makes it unique.

    `source` is lesson, quiz and later SCORM, LTI, coach, marker or paper; `score` of `out_of`.
    """

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index("ix_results_enrolment_id", "enrolment_id", "activity_key"),
    )

    id: Mapped[Id]
    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"))
    activity_key: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    source: Mapped[str] = mapped_column(String(16))
    source_key: Mapped[str] = mapped_column(String(140))
    score: Mapped[float] = mapped_column(Float)
    out_of: Mapped[float] = mapped_column(Float)
    passed: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[Moment]


@dataclass(frozen=True, kw_only=True)
class Earned:
    """What a source hands in: (source, source_key) is its own name for this one result.

    `version_id` is the version it was earned in, when that is not the enrolment's own; `actor_id`
    is who gave it, when that is not the learner.
    """

    enrolment_id: int
    activity_key: str
    source: str
    source_key: str
    passed: bool
    language: str
    score: float = 1
    out_of: float = 1
    mode: str = "online"
    version_id: int | None = None
    actor_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ResultRecorded(Happening):
    """A result of any source came in and counts."""

    kind: ClassVar[str] = "result-recorded"

    result_id: int
    activity_key: str
    source: str
    score: float
    out_of: float
    passed: bool


@dataclass(frozen=True, kw_only=True)
class LessonDone(Happening):
    """A learner marked a lesson as read."""

    kind: ClassVar[str] = "lesson-done"

    activity_key: str


@dataclass(frozen=True, kw_only=True)
class FinalTried(Happening):
    """A result of a course's final assessment came in; `day` is that of the institution."""

    kind: ClassVar[str] = "final-tried"

    passed: bool
    day: str


@dataclass(frozen=True, kw_only=True)
class GainMeasured(Happening):
    """A course's final assessment was first graded for somebody who had taken it before the course.

    `before` and `after` are percent of the points, `day` is that of the institution.
    """

    kind: ClassVar[str] = "gain-measured"

    before: int
    after: int
    day: str


class Recorded(NamedTuple):
    """The result that stands under this name, and what this call brought about."""

    result_id: int
    is_new: bool
    has_completed: bool


_results = Result.__table__.c
_NAMED = select(_results.id).where(
    _results.source == bindparam("source"), _results.source_key == bindparam("source_key")
)
_PASSED = Prepared(
    select(_results.activity_key, _results.id, _results.score, _results.out_of)
    .where(_results.enrolment_id == bindparam("enrolment_id"), _results.passed)
    .order_by(_results.score / _results.out_of, _results.id.desc())
)
_EARLIER = Prepared(
    select(_results.activity_key, _results.score, _results.out_of)
    .where(_results.enrolment_id == bindparam("enrolment_id"), _results.id < bindparam("result_id"))
    .order_by(_results.id)
)
_once = Once(Result)


def record_result(
    db: Session, earned: Earned, held: Place | None = None, before: Sequence[Happening] = ()
) -> Recorded:
    """Count a result, the one way in: lock the enrolment, insert once, evaluate, complete once.

    `held` is the enrolment where the caller has locked it; `before` is what happened at the source
    and is told in the ledger with the result. A repeat of the same (source, source_key) returns the
    first without effect. Raises EnrolmentUnknown, and EnrolmentOver for a new result of a round
    that has ended.
    """
    place = held or locked(db, earned.enrolment_id)
    name = {"source": earned.source, "source_key": earned.source_key}
    moment = clock.now()
    if place.ended_at is not None:
        return _repeat_of(db, name)
    result_id = _once.add_named(db, _row(place, earned, moment))
    if result_id is None:
        return _repeat_of(db, name)
    record_all(db, [*before, *_happenings(db, place, earned, result_id, moment)])
    start(db, place, earned.language, earned.mode)
    if not earned.passed:
        return Recorded(result_id, is_new=True, has_completed=False)
    mark_done(db, place.id, earned.activity_key, moment)
    passed = passed_in(db, place.id)
    has_completed = complete_if_met(db, place, passed, earned.language, earned.mode)
    return Recorded(result_id, is_new=True, has_completed=has_completed)


def passed_in(db: Session, enrolment_id: int) -> Mapping[str, Passing]:
    """The best passing result of each activity, the earliest among equals."""
    rows = _PASSED.rows(db, {"enrolment_id": enrolment_id})
    return {key: Passing(*result) for key, *result in rows}


def _row(place: Place, earned: Earned, moment: datetime) -> dict[str, Any]:
    return {
        "enrolment_id": place.id,
        "activity_key": earned.activity_key,
        "version_id": earned.version_id or place.version_id,
        "source": earned.source,
        "source_key": earned.source_key,
        "score": earned.score,
        "out_of": earned.out_of,
        "passed": earned.passed,
        "language": earned.language,
        "mode": earned.mode,
        "recorded_at": moment,
    }


def _repeat_of(db: Session, name: Mapping[str, str]) -> Recorded:
    result_id = db.scalar(_NAMED, name)
    if result_id is None:
        raise EnrolmentOver
    return Recorded(result_id, is_new=False, has_completed=False)


def _happenings(
    db: Session, place: Place, earned: Earned, result_id: int, moment: datetime
) -> Iterator[Happening]:
    """What a new result is told as in the ledger."""
    said = about(place) | {
        "actor_id": earned.actor_id or place.learner_id,
        "version_id": earned.version_id or place.version_id,
        "language": earned.language,
        "mode": earned.mode,
        "happened_at": moment,
    }
    yield ResultRecorded(
        **said,
        result_id=result_id,
        activity_key=earned.activity_key,
        source=earned.source,
        score=earned.score,
        out_of=earned.out_of,
        passed=earned.passed,
    )
    if earned.source == "lesson":
        yield LessonDone(**said, activity_key=earned.activity_key)
    elif _is_final(db, place.version_id, earned.activity_key):
        said["day"] = place.day_of(moment).isoformat()
        yield FinalTried(**said, passed=earned.passed)
        if requirements_of(db, place.version_id).has_pretest:
            yield from _gain_measured(db, earned, result_id, said)


def _gain_measured(
    db: Session, earned: Earned, result_id: int, said: Mapping[str, Any]
) -> Iterator[GainMeasured]:
    """What a learner gained, at the first result of the final, if the pretest came before all.

    A second try measures practice, and a pretest handed in after a lesson what the lesson taught.
    """
    asked = {"enrolment_id": earned.enrolment_id, "result_id": result_id}
    earlier = _EARLIER.rows(db, asked)
    if not earlier or earlier[0].activity_key != PRETEST:
        return
    if any(each.activity_key == earned.activity_key for each in earlier):
        return
    before, after = (percent(each.score, each.out_of) for each in (earlier[0], earned))
    yield GainMeasured(**said, before=before, after=after)


def percent(score: float, out_of: float) -> int:
    """The share of the points in whole percent."""
    return round(100 * score / out_of)


def _is_final(db: Session, version_id: int, activity_key: str) -> bool:
    steps = requirements_of(db, version_id).steps
    return any(step.key == activity_key and step.part == "final" for step in steps)
