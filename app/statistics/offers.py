"""Offers: the courses by which a person may narrow figures."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.catalogue.audiences import is_found
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.statistics.local_tallies import LocalTally
from app.statistics.scopes import Scope
from app.statistics.traits import ALL

_courses, _owners = Course.__table__.c, CourseOwner.__table__.c
_local = LocalTally.__table__.c


def courses_offered(db: Session, scope: Scope) -> list[tuple[str, str]]:
    """Slug and title, in its own language, of every course that has a version.

    A course for the people of others is not named: only what the person may find, and what their
    institutions own or took part in.
    """
    asked = (
        select(Course.slug, CompiledText.title)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(CompiledText, CompiledText.version_id == CourseVersion.id)
        .where(
            CourseVersion.is_current,
            CompiledText.owner_key == "course",
            CompiledText.language == CourseVersion.source_language,
        )
        .order_by(CompiledText.title, Course.slug)
    )
    if not scope.is_everywhere:
        within = select(scope.institutions().c.id)
        is_owned = exists().where(
            _owners.course_id == _courses.id, _owners.institution_id.in_(within)
        )
        is_counted = exists().where(
            _local.dimension == ALL, _local.course_id == _courses.id,
            _local.institution_id.in_(within),
        )  # fmt: skip
        asked = asked.where(is_found | is_owned | is_counted)
    rows = db.execute(asked, {"person_id": scope.person_id})
    return [(slug, title) for slug, title in rows]
