"""Placements: where a person worked, and as what, at a moment; rows change only to end."""

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Model, Moment, Ref


class Placement(Model):
    """A person's institution, grade, gender, country and place from a moment on.

    It is a claim until `confirmed_at`. Events point here, so a change writes a new row.
    """

    __tablename__ = "placements"
    __table_args__ = (
        Index(
            "uq_placements_standing",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_placements_institution_id", "institution_id"),
    )

    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    grade: Mapped[str | None] = mapped_column(String(64))
    gender: Mapped[str | None] = mapped_column(String(16))
    country: Mapped[str | None] = mapped_column(String(2))
    place: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[Moment]
    recorded_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    confirmed_at: Mapped[Moment | None]
    confirmed_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
