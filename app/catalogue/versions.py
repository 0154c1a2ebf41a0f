"""Versions: immutable editions of a course, named by the hash of their canonical source."""

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Hash, Id, Json, Model, Moment, Ref, index_where


class CourseVersion(Model):
    """One published edition; all it says was compiled from its source, by `compiler`.

    `rule` is the completion rule as data; `facts` names authors, reviewers, languages and when the
    facts were last checked; `minutes` and `bytes` are those of the whole course. A version that
    `matters` changes so much that holders of earlier certificates are offered to take it again.
    """

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        UniqueConstraint("course_id", "source_hash"),
        index_where("uq_course_versions_current", "is_current", "course_id", is_unique=True),
    )

    id: Mapped[Id]
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int] = mapped_column(Integer)
    source_hash: Mapped[Hash]
    source_language: Mapped[str] = mapped_column(String(16))
    rule: Mapped[Json]
    facts: Mapped[Json]
    licence: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[Moment]
    published_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    is_current: Mapped[bool] = mapped_column(Boolean)
    keeps_progress_from: Mapped[int | None] = mapped_column(Integer)
    matters: Mapped[bool] = mapped_column(Boolean, default=False)
    compiler: Mapped[int] = mapped_column(Integer)


class Source(Model):
    """The bytes of one source file, stored once under their SHA-256."""

    __tablename__ = "sources"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    bytes: Mapped[bytes] = mapped_column(LargeBinary)


class VersionFile(Model):
    """Which source file stands at which path in a version."""

    __tablename__ = "version_files"

    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    hash: Mapped[Hash] = mapped_column(ForeignKey("sources.hash"))
