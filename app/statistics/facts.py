"""Facts: one row for each thing counted, made from events and placements alone."""

from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, Date, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Model, Ref


class Fact(Model):
    """A measure (enrolled, started, completed) counted once for an enrolment, on a fixed day.

    It can be rebuilt to the same bytes from the ledger, so it has no foreign keys.
    """

    __tablename__ = "facts"
    __table_args__ = (
        UniqueConstraint("measure", "enrolment_id"),
        Index("ix_facts_course_id", "course_id", "day"),
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
