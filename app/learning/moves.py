"""Moves: learners under way go on in a new version, with all they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from sqlalchemy import CursorResult, bindparam, exists, select, update
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.catalogue.activities import Activity
from app.learning.completions import Completion, complete_if_met
from app.learning.enrolments import Enrolment, about, locked
from app.learning.progress import Progress
from app.learning.results import Result, passed_in


@dataclass(frozen=True, kw_only=True)
class Moved(Happening):
    """A learner goes on in another version of the course."""

    kind: ClassVar[str] = "moved"

    from_version_id: int


_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_results, _progress = Result.__table__.c, Progress.__table__.c
_activities = Activity.__table__.c
_is_under_way = (
    (_enrolments.version_id == bindparam("from_version_id"))
    & _enrolments.ended_at.is_(None)
    & ~exists().where(_completions.enrolment_id == _enrolments.id)
)
_UNDER_WAY = select(_enrolments.id).where(_is_under_way).order_by(_enrolments.id)
# Nothing that they did is missing from the version they go to.
_finds_all = ~exists().where(
    _progress.enrolment_id == _enrolments.id,
    _progress.done_at.is_not(None),
    ~exists().where(
        _activities.version_id == bindparam("to_version_id"),
        _activities.key == _progress.activity_key,
    ),
)
_UNDER_WAY_WHOLE = _UNDER_WAY.where(_finds_all)
_MOVE = (
    update(Enrolment)
    .where(_enrolments.id == bindparam("place_id"), _is_under_way)
    .values(version_id=bindparam("to_version_id"))
)
_LAST = (
    select(_results.language, _results.mode)
    .where(_results.enrolment_id == bindparam("enrolment_id"))
    .order_by(_results.id.desc())
    .limit(1)
)


def move_learners(
    db: Session, from_version_id: int, to_version_id: int, *, whole_only: bool = False
) -> int:
    """Move everyone who is under way in one version to another; gives how many.

    `whole_only` lets those stay who did something that the new version does not have.
    Who has already done all that the new version asks for completes it in the same moment, since
    no further result would come. Completed and ended rounds stay where they are.
    """
    versions = {"from_version_id": from_version_id, "to_version_id": to_version_id}
    asked = _UNDER_WAY_WHOLE if whole_only else _UNDER_WAY
    under_way = db.scalars(asked, versions).all()
    return sum(_move(db, place_id, versions) for place_id in under_way)


def _move(db: Session, place_id: int, versions: Mapping[str, int]) -> bool:
    place = locked(db, place_id)
    moving = cast(CursorResult[Any], db.execute(_MOVE, {"place_id": place_id, **versions}))
    if not moving.rowcount:
        return False
    moved = place._replace(version_id=versions["to_version_id"])
    said = about(moved) | {"actor_id": None}
    record(db, Moved(**said, from_version_id=place.version_id))
    last = db.execute(_LAST, {"enrolment_id": place_id}).one_or_none()
    if last is not None:
        complete_if_met(db, moved, passed_in(db, place_id), last.language, last.mode)
    return True
