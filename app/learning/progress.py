"""Progress: what of a course is done, on activity keys, so that it survives a new version."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Key, Model, Moment, Once, Ref


class Progress(Model):
    """An activity done in one enrolment; `place` is where the reader stopped."""

    __tablename__ = "progress"

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_key: Mapped[Key] = mapped_column(primary_key=True)
    done_at: Mapped[Moment | None]
    place: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[Moment]


_progress = Progress.__table__.c
_DONE = (
    select(_progress.activity_key)
    .where(_progress.enrolment_id == bindparam("enrolment_id"), _progress.done_at.is_not(None))
    .order_by(_progress.done_at)
)
_once = Once(Progress)


def mark_done(db: Session, enrolment_id: int, activity_key: str, moment: datetime) -> bool:
    """Mark an activity as done; what is done stays done since its first time."""
    row = {
        "enrolment_id": enrolment_id,
        "activity_key": activity_key,
        "done_at": moment,
        "updated_at": moment,
    }
    return _once.add(db, row)


def done_in(db: Session, enrolment_id: int) -> tuple[str, ...]:
    """The keys of the lessons done and quizzes passed in an enrolment, the latest one last."""
    return tuple(db.scalars(_DONE, {"enrolment_id": enrolment_id}))
