"""Enrolments: who follows which course, in which round, since when, until when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, MomentType, Ref, index_where, table_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once, Prepared
from app.i18n.marking import N_
from app.learning.standings import standing_columns, standing_of, with_standing


class Enrolment(Model):
    """One round of one learner in one course; leaving ends it, nothing deletes it.

    `started_at` is when the first lesson was done or the first attempt opened. The days are fixed
    in the institution's time zone, as those of the events are.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("learner_id", "course_id", "round"),
        index_where(
            "uq_enrolments_standing", "ended_at IS NULL", "learner_id", "course_id", is_unique=True
        ),
        # By its reason a round that was not left is passed by without being read.
        Index("ix_enrolments_learner_id", "learner_id", "opened_at", "id", "end_reason"),
        Index("ix_enrolments_course_id", "course_id", "opened_at"),
        Index("ix_enrolments_version_id", "version_id", "started_day", "id"),
    )

    id: Mapped[Id]
    learner_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    round: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[Moment]
    opened_day: Mapped[date] = mapped_column(Date)
    started_at: Mapped[Moment | None]
    started_day: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))


class CourseNotOpen(Refusal):
    """The course has no published version that a learner could start."""

    says = N_("This course is not open: it has no published version.")
    mend = N_("Choose another course in the catalogue, or come back when it is published.")


class NotEnrolled(Refusal):
    """The person has no standing place in the course, so nothing of theirs can be kept there."""

    says = N_("You have not started this course, so nothing was marked.")
    mend = N_("Open the course, start it, and then mark its lessons.")


class EnrolmentOver(Refusal):
    """The round has ended; what comes after that does not count."""

    says = N_("You have left this course. What you do after that does not count.")
    mend = N_("Start the course again to open a new round.")


class EnrolmentUnknown(NotFound):
    """No enrolment has this id."""

    says = N_("There is no such place in a course.")


@dataclass(frozen=True, kw_only=True)
class Enrolled(Happening):
    """A learner was given a place; `day` (ISO 8601) is that of their institution."""

    kind: ClassVar[str] = "enrolled"

    round: int
    day: str


@dataclass(frozen=True, kw_only=True)
class Started(Happening):
    """A learner did a first lesson or opened a first attempt; once an enrolment."""

    kind: ClassVar[str] = "started"

    day: str


@dataclass(frozen=True, kw_only=True)
class Withdrew(Happening):
    """A learner left a course; what they did is kept."""

    kind: ClassVar[str] = "withdrew"

    day: str
    reason: str


class Place(NamedTuple):
    """An enrolment as verbs need it: whose, of what, in which version and round, standing where."""

    id: int
    learner_id: int
    course_id: int
    version_id: int
    round: int
    opened_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    placement_id: int | None
    time_zone: str

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment where the learner stands."""
        return clock.day_in(moment, self.time_zone)


_enrolments, _courses = Enrolment.__table__.c, Course.__table__.c
_versions = CourseVersion.__table__.c
# Read from rows that hold enrolments and courses, once they are `with_standing`.
place_columns = (*(_enrolments[name] for name in Place._fields[:-2]), *standing_columns)
_PLACE = select(*place_columns).select_from(
    with_standing(
        Enrolment.__table__.join(Course.__table__, _courses.id == _enrolments.course_id),
        _enrolments.learner_id,
    )
)
_LOCKED = Prepared(
    _PLACE.where(_enrolments.id == bindparam("id")).with_for_update(of=Enrolment.__table__)
)
_STANDING = Prepared(
    _PLACE.where(
        _enrolments.learner_id == bindparam("learner_id"),
        _enrolments.course_id == bindparam("course_id"),
        _enrolments.ended_at.is_(None),
    )
)
_LAST_ROUND = select(func.coalesce(func.max(_enrolments.round), 0)).where(
    _enrolments.learner_id == bindparam("learner_id"),
    _enrolments.course_id == bindparam("course_id"),
)
_CURRENT = select(_versions.id).where(
    _versions.course_id == bindparam("course_id"), _versions.is_current
)
_START = Prepared(
    update(table_of(Enrolment))
    .where(_enrolments.id == bindparam("place_id"), _enrolments.started_at.is_(None))
    .values(
        started_at=bindparam("moment", type_=MomentType()),
        started_day=bindparam("day", type_=Date()),
    )
)
_END = Prepared(
    update(table_of(Enrolment))
    .where(_enrolments.id == bindparam("place_id"), _enrolments.ended_at.is_(None))
    .values(ended_at=bindparam("moment", type_=MomentType()), end_reason=bindparam("reason"))
)
_once = Once(Enrolment)


def enrol(
    db: Session, learner_id: int, course_id: int, language: str, by: int | None = None
) -> Place:
    """Give the learner a place in the current version; one who already has a place keeps it.

    After leaving, it opens the next round; `by` is who does it for them. Raises CourseNotOpen.
    """
    version_id = db.scalar(_CURRENT, {"course_id": course_id})
    if version_id is None:
        raise CourseNotOpen
    place = standing_place(db, learner_id, course_id)
    while place is None:
        is_new = _open_round(db, learner_id, course_id, version_id)
        place = standing_place(db, learner_id, course_id)
        if is_new and place is not None:
            _record_enrolled(db, place, language, by)
    return place


def _open_round(db: Session, learner_id: int, course_id: int, version_id: int) -> bool:
    asked = {"learner_id": learner_id, "course_id": course_id}
    moment = clock.now()
    row = asked | {
        "version_id": version_id,
        "round": (db.scalar(_LAST_ROUND, asked) or 0) + 1,
        "opened_at": moment,
        "opened_day": standing_of(db, learner_id, course_id).day_of(moment),
    }
    return _once.add(db, row)


def _record_enrolled(db: Session, place: Place, language: str, by: int | None) -> None:
    record(
        db,
        Enrolled(
            **about(place, by),
            language=language,
            mode="online",
            happened_at=place.opened_at,
            round=place.round,
            day=place.day_of(place.opened_at).isoformat(),
        ),
    )


def withdraw(
    db: Session, place_id: int, language: str, reason: str = "left", by: int | None = None
) -> None:
    """End the round; what was done in it is kept. Leaving twice leaves once."""
    place = locked(db, place_id)
    moment = clock.now()
    values = {"place_id": place_id, "moment": moment, "reason": reason}
    if not _END.run(db, values):
        return
    record(
        db,
        Withdrew(
            **about(place, by),
            language=language,
            mode="online",
            happened_at=moment,
            day=place.day_of(moment).isoformat(),
            reason=reason,
        ),
    )


def start(db: Session, place: Place, language: str, mode: str = "online") -> None:
    """Note the first lesson done or attempt opened; every later call changes nothing."""
    if place.started_at:
        return
    moment = clock.now()
    day = place.day_of(moment)
    if not _START.run(db, {"place_id": place.id, "moment": moment, "day": day}):
        return
    record(
        db,
        Started(
            **about(place),
            language=language,
            mode=mode,
            happened_at=moment,
            day=day.isoformat(),
        ),
    )


def locked(db: Session, place_id: int) -> Place:
    """The enrolment, its row locked until the transaction ends; raises EnrolmentUnknown.

    Whatever counts locks it first, then an attempt, then the rest.
    """
    row = _LOCKED.row(db, {"id": place_id})
    if row is None:
        raise EnrolmentUnknown
    return Place(*row)


def standing_place(db: Session, learner_id: int, course_id: int) -> Place | None:
    """The learner's place in the round that has not ended, if there is one."""
    asked = {"learner_id": learner_id, "course_id": course_id}
    row = _STANDING.row(db, asked)
    return Place(*row) if row is not None else None


def about(place: Place, by: int | None = None) -> dict[str, Any]:
    """What every event of learning says: the learner, who acts unless `by` does, and the place."""
    return {
        "actor_id": by or place.learner_id,
        "person_id": place.learner_id,
        "placement_id": place.placement_id,
        "course_id": place.course_id,
        "version_id": place.version_id,
        "enrolment_id": place.id,
    }
