"""Completions: the rule was met, once an enrolment, with the reason kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Date, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Json, Model, Moment, Ref
from app.foundation.prepared import Once
from app.learning.enrolments import Place, about
from app.learning.rules import Trace, evaluate, requirements_of


class Completion(Model):
    """An enrolment met its version's rule; `day` is fixed in the institution's time zone.

    `trace` holds each line of the rule and the result that met it; `score` is the percent of
    points over the quizzes among those results, none where nothing was graded.
    """

    __tablename__ = "completions"
    __table_args__ = (Index("ix_completions_completed_at", "completed_at"),)

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    placement_id: Mapped[Ref | None] = mapped_column(ForeignKey("placements.id"), index=True)
    completed_at: Mapped[Moment]
    day: Mapped[date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    trace: Mapped[Json]
    score: Mapped[float | None] = mapped_column(Numeric(5, 1, asdecimal=False))


@dataclass(frozen=True, kw_only=True)
class CourseCompleted(Happening):
    """A learner met the rule; `day` (ISO 8601) is their institution's, `minutes` the course's.

    `days` have passed since the enrolment was opened.
    """

    kind: ClassVar[str] = "course-completed"

    day: str
    minutes: int
    days: int


class Passing(NamedTuple):
    """The best passing result of an activity, with its points."""

    result_id: int
    score: float
    out_of: float


_once = Once(Completion)


def complete_if_met(
    db: Session, place: Place, passed: Mapping[str, Passing], language: str, mode: str
) -> bool:
    """Complete the enrolment if `passed` (by activity key) meets its rule; tells if it did now.

    The caller holds the lock on the enrolment's row, else two results may each miss the other.
    """
    required = requirements_of(db, place.version_id)
    trace = evaluate(required.rule, required.steps, passed)
    if not trace.is_met:
        return False
    moment = clock.now()
    day = place.day_of(moment)
    row = {
        "enrolment_id": place.id,
        "version_id": place.version_id,
        "placement_id": place.placement_id,
        "completed_at": moment,
        "day": day,
        "language": language,
        "mode": mode,
        "trace": _kept_trace(trace, required.rule, passed),
        "score": _score(trace, passed),
    }
    if not _once.add(db, row):
        return False
    record(
        db,
        CourseCompleted(
            **about(place),
            language=language,
            mode=mode,
            happened_at=moment,
            day=day.isoformat(),
            minutes=required.course_minutes,
            days=(day - place.day_of(place.opened_at)).days,
        ),
    )
    return True


def _score(trace: Trace, passed: Mapping[str, Passing]) -> float | None:
    graded = [passed[key] for line in trace.lines if line.part != "lessons" for key in line.met]
    out_of = sum(each.out_of for each in graded)
    return round(100 * sum(each.score for each in graded) / out_of, 1) if out_of else None


def _kept_trace(
    trace: Trace, rule: Mapping[str, str], passed: Mapping[str, Passing]
) -> dict[str, Any]:
    return {
        "rule": dict(rule),
        "lines": [
            {"part": line.part, "results": {key: passed[key].result_id for key in line.met}}
            for line in trace.lines
        ],
    }
