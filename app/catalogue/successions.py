"""Successions: which version of a course is the current one, and how it follows the one before."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.catalogue.versions import CourseVersion


@dataclass(frozen=True, kw_only=True)
class VersionPublished(Happening):
    """A version became the current one; `keeps_progress` moves learners who are under way.

    `whole_only` moves only those who find all that they did in it; `matters` is for holders.
    """

    kind: ClassVar[str] = "version-published"

    from_version_id: int | None
    keeps_progress: bool
    whole_only: bool = False
    matters: bool = False


@dataclass(frozen=True)
class Succession:
    """How a version follows the one before it, for learners under way and for holders."""

    keeps_progress: bool
    whole_only: bool = False
    matters: bool = False


def current_version(db: Session, course_id: int) -> CourseVersion | None:
    """The version that learners are given now."""
    return db.scalar(
        select(CourseVersion)
        .where(CourseVersion.course_id == course_id, CourseVersion.is_current)
        .execution_options(populate_existing=True)
    )


def make_current(
    db: Session, version: CourseVersion, publisher_id: int | None, succession: Succession
) -> None:
    """Let a version be the current one of its course; lock the course before."""
    current = current_version(db, version.course_id)
    if current is not None:
        current.is_current = False
        db.flush()
    version.is_current = True
    db.flush()
    record(
        db,
        VersionPublished(
            actor_id=publisher_id,
            course_id=version.course_id,
            version_id=version.id,
            from_version_id=current.id if current is not None else None,
            keeps_progress=succession.keeps_progress,
            whole_only=succession.whole_only,
            matters=succession.matters,
        ),
    )
