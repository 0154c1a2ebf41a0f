"""Recommendations: the sentences of 2009 that each course, module and lesson answers."""

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Json, Key, Model


class Recommendation(Model):
    """A verbatim part of the seed text with the platform's stance today.

    `stance` is one of teaches, supports, performs, gap; `details` holds title, plain words,
    SDG targets, CEPA principles, whom it asks, and why it is a gap.
    """

    __tablename__ = "recommendations"

    key: Mapped[Key] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    sentence: Mapped[str] = mapped_column(Text)
    stance: Mapped[str] = mapped_column(String(16))
    performed_by: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[Json]
