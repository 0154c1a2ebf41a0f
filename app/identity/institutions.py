"""Institutions: who employs, teaches or oversees; their names and parents as they were in time."""

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Key, Model, Moment, Ref


class Institution(Model):
    """An institution that keeps its identity through every change of name or parent.

    `kind` is one of ministry, agency, department, office, school, association, audit, parliament;
    `time_zone` (IANA) decides which day an event belongs to.
    """

    __tablename__ = "institutions"

    id: Mapped[Id]
    key: Mapped[Key] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    time_zone: Mapped[str] = mapped_column(String(64))


class InstitutionState(Model):
    """What an institution was called and where it stood from a moment on; corrected, not edited."""

    __tablename__ = "institution_states"
    __table_args__ = (
        Index(
            "uq_institution_states_standing",
            "institution_id",
            "valid_from",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_institution_states_parent_id", "parent_id"),
    )

    id: Mapped[Id]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    name: Mapped[str] = mapped_column(String(300))
    parent_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    country: Mapped[str | None] = mapped_column(String(2))
    place: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]
    recorded_at: Mapped[Moment]
    replaced_at: Mapped[Moment | None]
