"""Jobs: work promised in the same transaction as the change that asks for it (an outbox)."""

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Json, Model, Moment


class Job(Model):
    """One promised piece of work; done once `done_at` is set, given up never silently."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "done_at", "run_at"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(64))
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    payload: Mapped[Json]
    run_at: Mapped[Moment]
    locked_until: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[Moment | None]
