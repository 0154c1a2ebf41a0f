"""Attempts: one learner's try at one quiz, kept on the server answer by answer."""

from sqlalchemy import (
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Answer, Hash, Id, Json, Key, Model, Moment, Ref


class Attempt(Model):
    """A try at a quiz: its version, seed and revision; open until `submitted_at`."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "activity_key", "number"),
        Index(
            "uq_attempts_open",
            "enrolment_id",
            "activity_key",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"))
    activity_key: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    number: Mapped[int] = mapped_column(Integer)
    seed: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[Moment]
    due_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    graded_at: Mapped[Moment | None]


class AttemptItem(Model):
    """One drawn item of an attempt: by content hash, in the order shown, with the saved answer."""

    __tablename__ = "attempt_items"

    attempt_id: Mapped[Ref] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_key: Mapped[Key]
    item_hash: Mapped[Hash] = mapped_column(ForeignKey("items.hash"))
    shown: Mapped[Json]
    answer: Mapped[Answer | None]
    revision: Mapped[int] = mapped_column(Integer)
    answered_at: Mapped[Moment | None]
    score: Mapped[float | None] = mapped_column(Float)
