"""Moves: learners under way go on in a new version, with all they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, cast
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, exists, select, update
from sqlalchemy.orm import Session

from app.activity.events import Event, Happening, record
from app.catalogue.activities import activities_besides, activities_in
from app.catalogue.courses import Course
from app.catalogue.successions import VersionPublished
from app.learning.completions import Completion, complete_if_met
from app.learning.enrolments import Enrolment, about, locked
from app.learning.progress import Progress
from app.learning.results import Result, passed_in


@dataclass(frozen=True, kw_only=True)
class Moved(Happening):
    """A learner goes on in another version of the course."""

    kind: ClassVar[str] = "moved"

    from_version_id: int


class Way(NamedTuple):
    """From which version to which; whoever did something that is `gone` there stays."""

    from_version_id: int
    to_version_id: int
    gone: tuple[str, ...] = ()

    def asked(self, **more: Any) -> dict[str, Any]:
        """What statements about the learners on this way are asked with."""
        versions = {"from_version_id": self.from_version_id, "to_version_id": self.to_version_id}
        return versions | more | ({"gone": self.gone} if self.gone else {})


_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_results, _progress = Result.__table__.c, Progress.__table__.c
_events = Event.__table__.c
_is_under_way = (
    (_enrolments.version_id == bindparam("from_version_id"))
    & _enrolments.ended_at.is_(None)
    & ~exists().where(_completions.enrolment_id == _enrolments.id)
)
_UNDER_WAY = select(_enrolments.id).where(_is_under_way).order_by(_enrolments.id)
# Nothing that they did is gone in the version they go to.
_finds_all = ~exists().where(
    _progress.enrolment_id == _enrolments.id,
    _progress.done_at.is_not(None),
    _progress.activity_key.in_(bindparam("gone", expanding=True)),
)
_UNDER_WAY_WHOLE = _UNDER_WAY.where(_finds_all)
_MOVE = (
    update(Enrolment)
    .where(_enrolments.id == bindparam("place_id"), _is_under_way)
    .values(version_id=bindparam("to_version_id"))
)
_MOVE_WHOLE = _MOVE.where(_finds_all)
_SINCE = select(_events.id, _events.course_id).where(_events.key == bindparam("event_key"))
_HOLD = select(Course.id).where(Course.id == bindparam("course_id")).with_for_update(read=True)
_PUBLISHED = (
    select(_events.version_id, _events.payload)
    .where(
        _events.kind == VersionPublished.kind,
        _events.course_id == bindparam("course_id"),
        _events.id >= bindparam("since"),
    )
    .order_by(_events.id)
)
_LAST = (
    select(_results.language, _results.mode)
    .where(_results.enrolment_id == bindparam("enrolment_id"))
    .order_by(_results.id.desc())
    .limit(1)
)


def way_between(
    db: Session, course_id: int, from_version_id: int, to_version_id: int, *, whole_only: bool
) -> Way:
    """The way from a version of a course to another; `whole_only` lets those stay who would miss what they did."""
    gone: frozenset[str] = frozenset()
    if whole_only:
        gone = activities_besides(db, course_id, activities_in(db, to_version_id))
    return Way(from_version_id, to_version_id, tuple(sorted(gone)))


def under_way(db: Session, way: Way) -> Sequence[int]:
    """The rounds that a new version takes along, in their order."""
    return db.scalars(_UNDER_WAY_WHOLE if way.gone else _UNDER_WAY, way.asked()).all()


def move_on(db: Session, place_id: int, event_key: UUID) -> None:
    """Move a learner through the versions that were published since an event, each as it was said.

    So who was found under way long ago stands where all others stand. The course is held, lest a
    version be published between the look and the move, which then would find the learner in neither.
    """
    since, course_id = db.execute(_SINCE, {"event_key": event_key}).one()
    db.execute(_HOLD, {"course_id": course_id})
    for version_id, said in db.execute(_PUBLISHED, {"course_id": course_id, "since": since}):
        before = said["from_version_id"]
        if said["keeps_progress"] and before:
            whole_only = said["whole_only"]
            move(
                db, place_id, way_between(db, course_id, before, version_id, whole_only=whole_only)
            )


def move(db: Session, place_id: int, way: Way) -> bool:
    """Move a learner who is under way in one version to another; tells whether they were.

    Who has already done all that the new version asks for completes it in the same moment, since
    no further result would come. Completed and ended rounds stay where they are.
    """
    place, statement = locked(db, place_id), _MOVE_WHOLE if way.gone else _MOVE
    moving = cast(CursorResult[Any], db.execute(statement, way.asked(place_id=place_id)))
    if not moving.rowcount:
        return False
    moved = place._replace(version_id=way.to_version_id)
    said = about(moved) | {"actor_id": None}
    record(db, Moved(**said, from_version_id=place.version_id))
    last = db.execute(_LAST, {"enrolment_id": place_id}).one_or_none()
    if last is not None:
        complete_if_met(db, moved, passed_in(db, place_id), last.language, last.mode)
    return True
