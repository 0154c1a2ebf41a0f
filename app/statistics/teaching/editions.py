"""Editions taught: which version of which course a person may look at, by who owns it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course, CourseOwner
from app.catalogue.versions import CourseVersion
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.studio.drafts import scope_of


class NothingTaught(NotFound):
    """No version of such a course is published, or none that the person works on."""

    says = N_("You work on no published course of this name.")
    mend = N_("Look for it among your courses in the studio.")


class Taught(NamedTuple):
    """A published version, with the numbers of all that its course has, the latest first."""

    id: int
    number: int
    compiler: int
    slug: str
    published_on: date
    numbers: tuple[int, ...]


def taught_in(db: Session, person_id: int, slug: str, number: str) -> Taught:
    """A version of a course that an institution of the person's studio owns, else the current one.

    Raises NothingTaught.
    """
    owned = select(CourseOwner.course_id).where(
        CourseOwner.institution_id.in_(scope_of(db, person_id))
    )
    rows = db.execute(
        select(
            CourseVersion.id,
            CourseVersion.number,
            CourseVersion.compiler,
            CourseVersion.published_at,
        )
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, Course.id.in_(owned))
        .order_by(CourseVersion.is_current.desc(), CourseVersion.number.desc())
    ).all()
    if not rows:
        raise NothingTaught
    chosen = next((row for row in rows if str(row.number) == number), rows[0])
    numbers = sorted((row.number for row in rows), reverse=True)
    published_on = chosen.published_at.date()
    return Taught(chosen.id, chosen.number, chosen.compiler, slug, published_on, tuple(numbers))
