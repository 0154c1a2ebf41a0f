"""One-time links: mailed proofs that an address belongs to a person, kept only as their hash."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Hash, Json, Model, Moment, Ref


class OneTimeLink(Model):
    """A link that works once, for one purpose, until a moment."""

    __tablename__ = "one_time_links"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    details: Mapped[Json]
    made_at: Mapped[Moment]
    until: Mapped[Moment]
    used_at: Mapped[Moment | None]
