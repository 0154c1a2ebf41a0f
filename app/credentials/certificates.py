"""Certificates: rows that say what was earned; the PDF is made from the row, on demand."""

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Json, Model, Moment, Ref


class Certificate(Model):
    """One issue of a completion's certificate; a reissue replaces, a revocation is kept.

    `printed` holds all that stands on the paper but the holder's name, which erasure empties.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("completion_id", "issue"),
        Index(
            "uq_certificates_standing",
            "completion_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    completion_id: Mapped[Ref] = mapped_column(ForeignKey("completions.enrolment_id"))
    issue: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    holder_name: Mapped[str | None] = mapped_column(String(200))
    holder_language: Mapped[str] = mapped_column(String(16))
    printed: Mapped[Json]
    issued_at: Mapped[Moment]
    replaced_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    reason: Mapped[str | None] = mapped_column(String(64))
