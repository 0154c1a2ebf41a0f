"""Facts: one row for each thing counted, made from events and placements alone."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    delete,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Event
from app.foundation.database import Model, Once, Ref
from app.learning.completions import CourseCompleted
from app.learning.enrolments import Enrolled, Started

MEASURES = ("enrolled", "started", "completed")


class Fact(Model):
    """A measure (enrolled, started, completed) counted once for an enrolment, on a fixed day.

    It can be rebuilt to the same bytes from the ledger, so it has no foreign keys.
    """

    __tablename__ = "facts"
    __table_args__ = (
        UniqueConstraint("measure", "enrolment_id"),
        Index("ix_facts_course_id", "course_id", "day"),
        Index("ix_facts_measure", "measure", "day", "enrolment_id"),
        Index("ix_facts_placement_id", "placement_id"),
    )

    event_key: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    measure: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    course_id: Mapped[Ref]
    version_id: Mapped[Ref]
    enrolment_id: Mapped[Ref]
    person_id: Mapped[Ref]
    placement_id: Mapped[Ref | None]
    language: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int] = mapped_column(Integer)
    folded: Mapped[bool] = mapped_column(Boolean, default=False)


_once = Once(Fact)
_events = Event.__table__.c
_COUNTED = {"enrolled": "enrolled", "started": "started", "course-completed": "completed"}
_LEDGER = select(
    _events.key, _events.kind, _events.course_id, _events.version_id, _events.enrolment_id,
    _events.person_id, _events.placement_id, _events.language, _events.mode, _events.payload,
).where(_events.kind.in_(_COUNTED)).order_by(_events.id)  # fmt: skip


def count(db: Session, happening: Enrolled | Started | CourseCompleted) -> bool:
    """Count an event once for its enrolment; a second one of its measure changes nothing.

    The day was fixed when the event was written, in the institution's time zone.
    """
    minutes = happening.minutes if isinstance(happening, CourseCompleted) else 0
    return _once.add(
        db,
        {
            "event_key": happening.key,
            "measure": _COUNTED[happening.kind],
            "day": date.fromisoformat(happening.day),
            "course_id": happening.course_id,
            "version_id": happening.version_id,
            "enrolment_id": happening.enrolment_id,
            "person_id": happening.person_id,
            "placement_id": happening.placement_id,
            "language": happening.language,
            "mode": happening.mode,
            "minutes": minutes,
            "folded": False,
        },
    )


def rebuild_facts(db: Session) -> int:
    """Make all facts anew from the ledger; returns how many. The same ledger gives the same rows."""
    db.execute(delete(Fact))
    counted = 0
    for row in db.execute(_LEDGER).mappings().all():
        payload = row["payload"]
        counted += _once.add(
            db,
            {
                "event_key": row["key"],
                "measure": _COUNTED[row["kind"]],
                "day": date.fromisoformat(payload["day"]),
                **{name: row[name] for name in _SAME},
                "minutes": payload.get("minutes", 0),
                "folded": False,
            },
        )
    return counted


_SAME = (
    "course_id", "version_id", "enrolment_id", "person_id", "placement_id", "language", "mode"
)  # fmt: skip
