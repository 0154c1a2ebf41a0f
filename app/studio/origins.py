"""Origins: the published versions that a course was made from, and took changes from since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Boolean, ForeignKey, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.compiling.declarations import CourseDeclaration
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref
from app.studio.drafts import Draft, text_in
from app.studio.sheets import Sheet, SheetUnreadable

COURSE = "course.yaml"
STAMP = "adapted_from"


class Origin(Model):
    """A version of another course that a draft took in at one of its revisions; rows stay.

    Which of them a draft stands on, its course.yaml says, so that taking a revision back takes
    that back as well. `is_own` says that an owner duplicated its own course.
    """

    __tablename__ = "origins"

    id: Mapped[Id]
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), index=True)
    revision: Mapped[int] = mapped_column(Integer)
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"), index=True)
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    is_own: Mapped[bool] = mapped_column(Boolean)
    taken_at: Mapped[Moment]
    taken_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))


@dataclass(frozen=True, kw_only=True)
class CourseAdapted(Happening):
    """A draft was made from a published version of another course, named by course and version."""

    kind: ClassVar[str] = "course-adapted"
    draft_id: int
    revision: int


@dataclass(frozen=True, kw_only=True)
class OriginTaken(Happening):
    """A draft took in what a newer version of its origin changed."""

    kind: ClassVar[str] = "origin-taken"
    draft_id: int
    revision: int


class Standing(NamedTuple):
    """The course that a draft was made from: the version it stands on, and the one of today."""

    course: Course
    base: CourseVersion
    current: CourseVersion
    is_own: bool

    @property
    def has_news(self) -> bool:
        return self.current.number > self.base.number


def remember(
    db: Session, person_id: int, draft: Draft, version: CourseVersion, *, is_own: bool, is_new: bool
) -> None:
    """Note that the draft took this version in at its revision of now, for the first time or anew."""
    db.add(
        Origin(
            draft_id=draft.id,
            revision=draft.revision,
            course_id=version.course_id,
            version_id=version.id,
            is_own=is_own,
            taken_at=clock.now(),
            taken_by=person_id,
        )
    )
    db.flush()
    kind = CourseAdapted if is_new else OriginTaken
    noted = kind(
        actor_id=person_id,
        course_id=version.course_id,
        version_id=version.id,
        draft_id=draft.id,
        revision=draft.revision,
    )
    record(db, noted)


def origin_of(db: Session, draft: Draft) -> Standing | None:
    """What the draft was made from, if it was; a draft before it counts once it was published."""
    rows = db.execute(
        select(Origin.is_own, Course, CourseVersion)
        .join(Draft, Draft.id == Origin.draft_id)
        .join(CourseVersion, CourseVersion.id == Origin.version_id)
        .join(Course, Course.id == Origin.course_id)
        .where(Draft.slug == draft.slug, (Draft.id == draft.id) | Draft.based_on.is_not(None))
        .order_by(Origin.id.desc())
    ).all()
    if not rows:
        return None
    there = text_in(db, draft, COURSE)
    named = next(iter(named_in(there.text if there else "")), {})
    said = (named.get("course"), named.get("version"))
    stood_on = [row for row in rows if said == (row[1].slug, str(row[2].number))]
    is_own, course, base = (stood_on or rows)[0]
    current = db.scalars(
        select(CourseVersion).where(CourseVersion.course_id == course.id, CourseVersion.is_current)
    ).one()
    return Standing(course, base, current, is_own)


def named_in(text: str) -> Sequence[Mapping[str, Any]]:
    """The courses that a course.yaml says it was made from, the nearest first."""
    try:
        earlier = Sheet(COURSE, text, CourseDeclaration).value(STAMP, [])
    except SheetUnreadable:
        return []
    listed = earlier if isinstance(earlier, list) else []
    return [each for each in listed if isinstance(each, dict)]


def licence_in(text: str) -> str:
    """The short name of the licence that a course.yaml gives, said or by the format's default."""
    fields = CourseDeclaration.model_fields
    try:
        said = Sheet(COURSE, text, CourseDeclaration).value("licence")
    except SheetUnreadable:
        said = None
    return str(said or fields["licence"].default)
