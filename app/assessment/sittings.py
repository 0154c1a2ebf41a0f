"""Sittings: an open or past attempt as its learner meets it, and the saving of answers in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.activities import Activity
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import AnswerType, MomentType, table_of
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.learning.enrolments import Enrolment


class AttemptUnknown(NotFound):
    """No such attempt of this person."""

    says = N_("There is no such attempt of yours.")
    mend = N_("Open the quiz from the course page.")


class AttemptOver(Refusal):
    """The attempt was handed in or its time is up; nothing more is saved in it."""

    says = N_("This attempt is over. Answers sent after that are not counted.")
    mend = N_("Look at its result, or begin a new attempt from the quiz.")


class Sitting(NamedTuple):
    """An attempt as its learner meets it, with the course it belongs to."""

    id: int
    number: int
    version_id: int
    language: str
    revision: int
    opened_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None
    enrolment_id: int
    activity_key: str
    slug: str
    course_id: int
    round_ended_at: datetime | None
    compiler: int
    settings: dict[str, Any]

    def is_over(self, moment: datetime) -> bool:
        """Whether its time is up; what was saved before still counts."""
        return self.due_at is not None and moment > self.due_at


class SatItem(NamedTuple):
    """An item of an attempt as saved."""

    position: int
    item_key: str
    shown: dict[str, Any]
    answer: Any
    revision: int
    score: float | None


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_enrolments, _courses = Enrolment.__table__.c, Course.__table__.c
_versions, _activities = CourseVersion.__table__.c, Activity.__table__.c
_SITTING = (
    select(
        _attempts.id, _attempts.number, _attempts.version_id, _attempts.language,
        _attempts.revision, _attempts.opened_at, _attempts.due_at, _attempts.submitted_at,
        _enrolments.id, _attempts.activity_key, _courses.slug, _courses.id,
        _enrolments.ended_at, _versions.compiler, _activities.settings,
    )
    .join_from(Attempt.__table__, Enrolment.__table__, _enrolments.id == _attempts.enrolment_id)
    .join(Course.__table__, _courses.id == _enrolments.course_id)
    .join(CourseVersion.__table__, _versions.id == _attempts.version_id)
    .join(
        Activity.__table__,
        (_activities.version_id == _versions.id) & (_activities.key == _attempts.activity_key),
    )
    .where(
        _enrolments.learner_id == bindparam("learner_id"),
        _courses.slug == bindparam("slug"),
        _attempts.activity_key == bindparam("activity_key"),
        _attempts.number == bindparam("number"),
    )
    .order_by(_enrolments.round.desc())
    .limit(1)
)  # fmt: skip
_SAT_ITEMS = (
    select(
        _items.position, _items.item_key, _items.shown, _items.answer, _items.revision,
        _items.score,
    )
    .where(_items.attempt_id == bindparam("attempt_id"))
    .order_by(_items.position)
)  # fmt: skip


def sitting_of(db: Session, learner_id: int, slug: str, activity_key: str, number: int) -> Sitting:
    """The learner's attempt, of the latest round that has one; raises AttemptUnknown."""
    row = db.execute(
        _SITTING,
        {"learner_id": learner_id, "slug": slug, "activity_key": activity_key, "number": number},
    ).one_or_none()
    if row is None:
        raise AttemptUnknown
    return Sitting._make(row)


def sat_items(db: Session, attempt_id: int) -> list[SatItem]:
    """The attempt's items in the order shown."""
    return [SatItem._make(row) for row in db.execute(_SAT_ITEMS, {"attempt_id": attempt_id})]


class Saved(NamedTuple):
    """What a save did: the attempt's new revision, positions written, and positions kept.

    `kept` are answers that another page saved later than this one was shown; they were not touched.
    """

    revision: int
    written: tuple[int, ...]
    kept: tuple[int, ...]


_NEXT_REVISION = (
    update(table_of(Attempt))
    .where(
        _attempts.id == bindparam("attempt_id"),
        _attempts.submitted_at.is_(None),
        _attempts.due_at.is_(None) | (_attempts.due_at >= bindparam("now", type_=MomentType())),
    )
    .values(revision=_attempts.revision + 1)
    .returning(_attempts.revision)
)
_SAVE = (
    update(table_of(AttemptItem))
    .where(
        _items.attempt_id == bindparam("of_attempt"),
        _items.position == bindparam("at_position"),
        _items.revision <= bindparam("seen_revision"),
    )
    .values(
        answer=bindparam("given", type_=AnswerType),
        revision=bindparam("new_revision"),
        answered_at=bindparam("now", type_=MomentType()),
    )
)


def save_answers(
    db: Session, sitting: Sitting, answers: Mapping[int, Any], seen_revision: int
) -> Saved:
    """Save answers by position as the attempt's next revision, unless a newer one stands.

    `seen_revision` is the attempt's when the page was shown. Raises AttemptOver.
    """
    if not answers:
        return Saved(sitting.revision, (), ())
    moment = clock.now()
    revision = db.execute(
        _NEXT_REVISION, {"attempt_id": sitting.id, "now": moment}
    ).scalar_one_or_none()
    if revision is None:
        raise AttemptOver
    written: list[int] = []
    kept: list[int] = []
    for position, answer in answers.items():
        values = {
            "of_attempt": sitting.id,
            "at_position": position,
            "seen_revision": seen_revision,
            "new_revision": revision,
            "given": answer,
            "now": moment,
        }
        result = cast(CursorResult[Any], db.execute(_SAVE, values))
        (written if result.rowcount else kept).append(position)
    return Saved(revision, tuple(written), tuple(kept))
