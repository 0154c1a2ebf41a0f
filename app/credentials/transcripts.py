"""Transcripts: everything a learner took, with what came of it, on one page."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment


class Entry(NamedTuple):
    """One round of one course; minutes count only where it was completed."""

    slug: str
    title: str
    language: str
    version: int
    round: int
    opened_at: datetime
    ended_at: datetime | None
    completed_on: date | None
    minutes: int
    code: str | None
    revoked_at: datetime | None


_enrolments, _courses, _versions = (
    Enrolment.__table__.c, Course.__table__.c, CourseVersion.__table__.c
)  # fmt: skip
_completions, _certificates = Completion.__table__.c, Certificate.__table__.c
_source, _own = CompiledText.__table__.alias("source"), CompiledText.__table__.alias("own")
_version_id = func.coalesce(_completions.version_id, _enrolments.version_id)
_ENTRIES = (
    select(
        _courses.slug,
        func.coalesce(_own.c.title, _source.c.title),
        func.coalesce(_own.c.language, _source.c.language),
        _versions.number,
        _enrolments.round,
        _enrolments.opened_at,
        _enrolments.ended_at,
        _completions.day,
        _versions.minutes,
        _certificates.code,
        _certificates.revoked_at,
    )
    .join_from(Enrolment.__table__, Course.__table__, _courses.id == _enrolments.course_id)
    .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
    .join(CourseVersion.__table__, _versions.id == _version_id)
    .join(
        _source,
        (_source.c.version_id == _versions.id)
        & (_source.c.owner_key == "course")
        & (_source.c.language == _versions.source_language),
    )
    .outerjoin(
        _own,
        (_own.c.version_id == _versions.id)
        & (_own.c.owner_key == "course")
        & (_own.c.language == bindparam("language")),
    )
    .outerjoin(
        Certificate.__table__,
        (_certificates.completion_id == _enrolments.id) & _certificates.replaced_at.is_(None),
    )
    .where(_enrolments.learner_id == bindparam("learner_id"))
    .order_by(_enrolments.opened_at.desc(), _enrolments.id.desc())
)


def transcript_of(db: Session, learner_id: int, language: str) -> list[Entry]:
    """Every round the learner opened, latest first, titled in `language` where it exists."""
    asked = {"learner_id": learner_id, "language": language}
    return [Entry._make(row) for row in db.execute(_ENTRIES, asked)]
