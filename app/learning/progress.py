"""Progress: what of a course is done, on activity keys, so that it survives a new version."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Key, Model, Moment, Ref


class Progress(Model):
    """An activity seen or done in one enrolment; `place` is where the reader stopped."""

    __tablename__ = "progress"

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_key: Mapped[Key] = mapped_column(primary_key=True)
    done_at: Mapped[Moment | None]
    place: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[Moment]
