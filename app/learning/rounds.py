"""Rounds: all that a learner follows, has completed and has left, as My learning shows it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation.prepared import Prepared
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.progress import NOTHING, STEPS, Progress, Steps, steps_of_each

ON_A_PAGE = 50


class Round(NamedTuple):
    """One round in one course, in the order of ROUNDS' columns; `code` is its certificate's."""

    id: int
    course_id: int
    slug: str
    version_id: int
    compiler: int
    number: int
    opened_at: datetime
    ended_at: datetime | None
    completed_on: date | None
    code: str | None = None


class Record(NamedTuple):
    """A learner's rounds: under way (the one touched last first), completed, and left."""

    under_way: tuple[Round, ...]
    completed: tuple[Round, ...]
    left: tuple[Round, ...]


_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_courses, _versions = Course.__table__.c, CourseVersion.__table__.c
_is_learners = _enrolments.learner_id == bindparam("learner_id")
_STEPS = Prepared(
    STEPS.join_from(
        Enrolment.__table__, Progress.__table__, Progress.enrolment_id == _enrolments.id
    )
    .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
    .where(_is_learners, _enrolments.ended_at.is_(None), _completions.enrolment_id.is_(None))
)
ROUNDS = (
    select(
        _enrolments.id, _courses.id.label("course_id"), _courses.slug, _enrolments.version_id,
        _versions.compiler, _enrolments.round, _enrolments.opened_at, _enrolments.ended_at,
        _completions.day,
    )
    .select_from(
        Enrolment.__table__.join(Course.__table__, _courses.id == _enrolments.course_id)
        .join(CourseVersion.__table__, _versions.id == _enrolments.version_id)
        .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
    )
    .where(_is_learners)
    .order_by(_enrolments.opened_at.desc(), _enrolments.id.desc())
)  # fmt: skip


def rounds_of(db: Session, learner_id: int) -> list[Round]:
    """A learner's rounds, the newest first, without their certificates."""
    return [Round(*row) for row in db.execute(ROUNDS, {"learner_id": learner_id})]


def rounds_page(db: Session, learner_id: int, number: int) -> list[Round]:
    """One page of a learner's rounds, the newest first, and one row more."""
    page = ROUNDS.limit(ON_A_PAGE + 1).offset((number - 1) * ON_A_PAGE)
    return [Round(*row) for row in db.execute(page, {"learner_id": learner_id})]


def steps_by(db: Session, learner_id: int) -> dict[int, Steps]:
    """What a learner has done, and where they stopped, in each round under way."""
    return steps_of_each(_STEPS.rows(db, {"learner_id": learner_id}))


def record_of(rounds: Sequence[Round], steps: Mapping[int, Steps]) -> Record:
    """Sort rounds, newest first as ROUNDS gives them; a left course counts by its last round."""
    latest = {each.course_id: each.id for each in reversed(rounds)}
    standing = [each for each in rounds if not each.ended_at and not each.completed_on]
    followed = {each.course_id for each in standing}
    standing.sort(key=lambda each: steps.get(each.id, NOTHING).last or each.opened_at, reverse=True)
    return Record(
        under_way=tuple(standing),
        completed=tuple(each for each in rounds if each.completed_on),
        left=tuple(
            each
            for each in rounds
            if each.ended_at
            and not each.completed_on
            and latest[each.course_id] == each.id
            and each.course_id not in followed
        ),
    )
