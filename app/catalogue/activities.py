"""Activities: the modules of a version, and the lessons, scenarios and quizzes in them."""

from collections.abc import Collection

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalogue.versions import CourseVersion
from app.foundation.database import Id, Json, Key, Model, Ref

# The key of the final assessment where it is asked before the course; no activity may have it.
PRETEST = "pretest"


class Module(Model):
    """A module of one version; its key stays the same from version to version."""

    __tablename__ = "modules"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[Id]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    key: Mapped[Key]
    position: Mapped[int] = mapped_column(Integer)


class Activity(Model):
    """A lesson, scenario or quiz of one version; progress and results hang on its key.

    `kind` is lesson, scenario or quiz; a final assessment is a quiz without a module. `minutes` and
    `bytes` are what it costs a learner; `settings` of a quiz: pass_mark (percent), attempts,
    time_limit (minutes), draw, shuffle, final, pretest (whether it is asked before the course too),
    item_count; of a scenario: start, decisions, steps.
    """

    __tablename__ = "activities"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[Id]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    module_id: Mapped[Ref | None] = mapped_column(ForeignKey("modules.id"))
    key: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(Integer)
    required: Mapped[bool] = mapped_column(Boolean)
    settings: Mapped[Json]


def activities_in(db: Session, version_id: int) -> frozenset[str]:
    """The keys of a version's activities."""
    return frozenset(db.scalars(select(Activity.key).where(Activity.version_id == version_id)))


def activities_besides(db: Session, course_id: int, keys: Collection[str]) -> frozenset[str]:
    """The keys of activities that a course has or had in any version, and that are not among these.

    Mostly there are none, and then nobody did what is gone, and nobody's progress need be read.
    """
    of_course = select(CourseVersion.id).where(CourseVersion.course_id == course_id)
    ever = db.scalars(select(Activity.key).where(Activity.version_id.in_(of_course)))
    return frozenset(ever).difference(keys)
