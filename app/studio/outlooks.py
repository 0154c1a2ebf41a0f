"""Outlooks: what a change of version would mean for the learners who are under way."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.catalogue.activities import activities_besides
from app.catalogue.courses import Course
from app.catalogue.editions import asks_for_something
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.progress import Progress
from app.studio.differences import MEDIA, FileChange, differences, kind_of
from app.studio.drafts import Draft, DraftFile


class Missing(NamedTuple):
    """An activity that the new version does not have, and how many under way have done it."""

    key: str
    learners: int


class Outlook(NamedTuple):
    """Learners under way in the current version, and those who would find all that they did.

    `earlier` are under way in versions before it: they stay there, whatever is published.
    `certifies` says whether any version gives certificates, so that somebody may hold one.
    """

    under_way: int
    whole: int
    earlier: int
    missing: tuple[Missing, ...]
    certifies: bool

    @property
    def lacking(self) -> int:
        return self.under_way - self.whole


def outlook_of(db: Session, slug: str, keys: Collection[str]) -> Outlook:
    """What becomes of learners when a version with these activities follows the current one."""
    course_id = db.scalar(select(Course.id).where(Course.slug == slug))
    counts = dict(
        db.execute(
            select(CourseVersion.is_current, func.count(Enrolment.id))
            .join_from(Enrolment, CourseVersion, CourseVersion.id == Enrolment.version_id)
            .where(Enrolment.course_id == course_id, *_is_under_way())
            .group_by(CourseVersion.is_current)
        ).all()
    )
    under_way = counts.get(True, 0)
    gone = activities_besides(db, course_id, keys) if course_id is not None else frozenset()
    lacking, missing = _lost(db, course_id, gone) if gone else (0, ())
    return Outlook(
        under_way, under_way - lacking, counts.get(False, 0), missing, _certifies(db, slug)
    )


def _lost(
    db: Session, course_id: int | None, gone: Collection[str]
) -> tuple[int, tuple[Missing, ...]]:
    """How many under way did something of what is gone, and how many did each."""
    lost = (
        select(Progress.enrolment_id, Progress.activity_key)
        .join(Enrolment, Enrolment.id == Progress.enrolment_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .where(Enrolment.course_id == course_id, CourseVersion.is_current, *_is_under_way())
        .where(Progress.done_at.is_not(None), Progress.activity_key.in_(gone))
    ).subquery()
    lacking = db.scalar(select(func.count(func.distinct(lost.c.enrolment_id)))) or 0
    missing = db.execute(
        select(lost.c.activity_key, func.count())
        .group_by(lost.c.activity_key)
        .order_by(lost.c.activity_key)
    )
    return lacking, tuple(Missing(*row) for row in missing)


def _certifies(db: Session, slug: str) -> bool:
    asked = select(CourseVersion.rule).join(Course, Course.id == CourseVersion.course_id)
    return any(map(asks_for_something, db.scalars(asked.where(Course.slug == slug))))


def changes_since(db: Session, draft: Draft) -> tuple[FileChange, ...]:
    """What has changed in the draft since the current version; before the first, all is new."""
    standing = db.execute(
        select(VersionFile.path, VersionFile.hash)
        .join(CourseVersion, CourseVersion.id == VersionFile.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == draft.slug, CourseVersion.is_current)
    )
    before: dict[str, bytes] = dict(standing.all())
    drafted = select(DraftFile.path, DraftFile.hash).where(DraftFile.draft_id == draft.id)
    after: dict[str, bytes] = dict(db.execute(drafted).all())
    is_text = {path for path in {*before, *after} if kind_of(path) != MEDIA}
    wanted = {
        each.get(path)
        for path in is_text
        for each in (before, after)
        if before.get(path) != after.get(path)
    }
    texts = dict(
        db.execute(select(Source.hash, Source.bytes).where(Source.hash.in_(wanted - {None}))).all()
    )

    def read(files: dict[str, bytes]) -> dict[str, bytes]:
        """Texts by what they say, media by the hash of what they are."""
        return {p: texts.get(h, h) if p in is_text else h for p, h in files.items()}

    return differences(read(before), read(after))


def _is_under_way() -> tuple[ColumnElement[bool], ...]:
    return (
        Enrolment.ended_at.is_(None),
        ~exists().where(Completion.enrolment_id == Enrolment.id),
    )
