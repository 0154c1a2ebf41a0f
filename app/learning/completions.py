"""Completions: the rule was met, once an enrolment, with the reason kept."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Json, Model, Moment, Ref


class Completion(Model):
    """An enrolment met its version's rule; `day` is fixed in the institution's time zone.

    `trace` holds each line of the rule and the result that met it.
    """

    __tablename__ = "completions"
    __table_args__ = (Index("ix_completions_completed_at", "completed_at"),)

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    placement_id: Mapped[Ref | None] = mapped_column(ForeignKey("placements.id"))
    completed_at: Mapped[Moment]
    day: Mapped[date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    trace: Mapped[Json]
