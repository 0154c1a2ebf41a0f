"""Grants: the roles a person holds on an institution and all that lies under it."""

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Model, Moment, Ref


class Grant(Model):
    """A role on an institution's tree, or on the whole platform when no institution is named."""

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "uq_grants_standing",
            "user_id",
            "role",
            "institution_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_grants_standing_everywhere",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND institution_id IS NULL"),
            postgresql_where=text("ended_at IS NULL AND institution_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(32))
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    granted_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
