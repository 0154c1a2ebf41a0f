"""Enrolments: who follows which course, in which round, since when, until when."""

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Model, Moment, Ref


class Enrolment(Model):
    """One round of one learner in one course; leaving ends it, nothing deletes it."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("learner_id", "course_id", "round"),
        Index(
            "uq_enrolments_standing",
            "learner_id",
            "course_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_enrolments_course_id", "course_id", "opened_at"),
        Index("ix_enrolments_version_id", "version_id"),
    )

    id: Mapped[Id]
    learner_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    round: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))
