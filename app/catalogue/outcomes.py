"""Outcomes: what a learner can then do, and which recommendation each part of a course answers."""

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Key, Model, Ref


class Outcome(Model):
    """A measurable outcome of one version; `level` is Bloom's revised taxonomy in English."""

    __tablename__ = "outcomes"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[Id]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    key: Mapped[Key]
    position: Mapped[int] = mapped_column(Integer)
    level: Mapped[str] = mapped_column(String(16))


class Alignment(Model):
    """A course, module or lesson (by owner key) answers a recommendation."""

    __tablename__ = "alignments"

    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"), primary_key=True)
    owner_key: Mapped[str] = mapped_column(String(140), primary_key=True)
    recommendation_key: Mapped[Key] = mapped_column(
        ForeignKey("recommendations.key"), primary_key=True, index=True
    )
