"""Results: everything that counts towards a completion, from any source, exactly once."""

from sqlalchemy import Boolean, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Key, Model, Moment, Ref


class Result(Model):
    """One result of one activity; (source, source_key) names it and makes it unique.

    `source` is lesson, quiz and later SCORM, LTI, coach, marker or paper; `score` of `out_of`.
    """

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index("ix_results_enrolment_id", "enrolment_id", "activity_key"),
    )

    id: Mapped[Id]
    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"))
    activity_key: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    source: Mapped[str] = mapped_column(String(16))
    source_key: Mapped[str] = mapped_column(String(140))
    score: Mapped[float] = mapped_column(Float)
    out_of: Mapped[float] = mapped_column(Float)
    passed: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[Moment]
