"""Readers: who asks for a course, and where they stand in it, found in one statement."""

from datetime import date, datetime
from typing import Annotated, NamedTuple

from sqlalchemy import and_, bindparam, func, null, select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.catalogue.audiences import OPEN, CourseUnknown, may_see
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import MomentType
from app.foundation.prepared import Prepared
from app.identity.access import (
    SignInNeeded,
    Visitor,
    check_made_for,
    token_hash_of,
    visitor_columns,
)
from app.identity.sign_ins import SignIn
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment, NotEnrolled
from app.web.marks import InTurn


class Reader(NamedTuple):
    """A course as this person finds it: the version they read, and their standing place in it.

    Who follows an older version reads that one; all others read the current one. `started_at` is
    when they first did something in their place, the pretest too.
    """

    visitor: Visitor | None
    course_id: int
    slug: str
    audience: str
    owners_revision: int
    version_id: int
    compiler: int
    current_number: int | None
    place_id: int | None
    opened_at: datetime | None
    started_at: datetime | None
    completed_on: date | None

    @property
    def is_enrolled(self) -> bool:
        return self.place_id is not None

    @property
    def own_place_id(self) -> int:
        """The id of the standing enrolment; for routes that ask for a learner."""
        assert self.place_id is not None
        return self.place_id


_courses, _users, _sign_ins = Course.__table__.c, User.__table__.c, SignIn.__table__.c
_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_current = CourseVersion.__table__.alias("current")
_shown = CourseVersion.__table__.alias("shown")
_course = Course.__table__.outerjoin(
    _current, and_(_current.c.course_id == _courses.id, _current.c.is_current)
)
_is_asked = _courses.slug == bindparam("slug")
_ANYONE = Prepared(
    select(
        _courses.id, _courses.slug, _courses.audience, _courses.owners_revision,
        _current.c.id.label("version_id"), _current.c.compiler, _current.c.number,
        null().label("place_id"), null().label("opened_at"), null().label("started_at"),
        null().label("completed_on"),
    )
    .select_from(_course)
    .where(_is_asked)
)  # fmt: skip
_SOMEONE = Prepared(
    select(
        *visitor_columns,
        _courses.id.label("course_id"), _courses.slug, _courses.audience,
        _courses.owners_revision,
        _shown.c.id.label("version_id"), _shown.c.compiler, _current.c.number,
        _enrolments.id.label("place_id"), _enrolments.opened_at, _enrolments.started_at,
        _completions.day.label("completed_on"),
    )
    .select_from(
        _course.outerjoin(
            SignIn.__table__,
            and_(
                _sign_ins.token_hash == bindparam("token_hash"),
                _sign_ins.until > bindparam("now", type_=MomentType()),
                _sign_ins.revoked_at.is_(None),
            ),
        )
        .outerjoin(
            User.__table__,
            and_(
                _users.id == _sign_ins.user_id,
                _users.erased_at.is_(None),
                _users.merged_into.is_(None),
            ),
        )
        .outerjoin(
            Enrolment.__table__,
            and_(
                _enrolments.learner_id == _users.id,
                _enrolments.course_id == _courses.id,
                _enrolments.ended_at.is_(None),
            ),
        )
        .outerjoin(_shown, _shown.c.id == func.coalesce(_enrolments.version_id, _current.c.id))
        .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
    )
    .where(_is_asked)
)  # fmt: skip
_VISITOR_FIELDS = len(Visitor._fields)


def reader_of(request: Request, db: Session) -> Reader:
    """The course in the address as this person finds it; raises CourseUnknown."""
    slug = request.path_params["slug"]
    token_hash = token_hash_of(request)
    request.state.visitor = None
    if token_hash is None:
        row = _ANYONE.row(db, {"slug": slug})
        reader = Reader(None, *row) if row is not None else None
    else:
        asked = {"slug": slug, "token_hash": token_hash, "now": clock.now()}
        row = _SOMEONE.row(db, asked)
        reader = _someone(row) if row is not None else None
    if reader is None:
        del request.state.visitor
        raise CourseUnknown
    request.state.visitor = reader.visitor
    if reader.version_id is None or not _may_find(db, reader):
        raise CourseUnknown
    return reader


def _someone(row: tuple[object, ...]) -> Reader:
    visitor = Visitor(*row[:_VISITOR_FIELDS]) if row[0] is not None else None  # type: ignore[arg-type]  # in the columns' order
    return Reader(visitor, *row[_VISITOR_FIELDS:])  # type: ignore[arg-type]  # in the columns' order


def _may_find(db: Session, reader: Reader) -> bool:
    if reader.audience == OPEN:
        return True
    return reader.visitor is not None and may_see(db, reader.course_id, reader.visitor.id)


def learner_of(request: Request, db: Session) -> Reader:
    """As reader_of, for what only a learner with a standing place may do.

    Raises CourseUnknown, SignInNeeded and NotEnrolled.
    """
    reader = signed_in_reader_of(request, db)
    if reader.place_id is None:
        raise NotEnrolled
    return reader


def signed_in_reader_of(request: Request, db: Session) -> Reader:
    """As reader_of, for people who are signed in; raises CourseUnknown, SignInNeeded, SomebodyElse."""
    reader = reader_of(request, db)
    if reader.visitor is None:
        raise SignInNeeded
    check_made_for(request, reader.visitor)
    return reader


AnyReader = Annotated[Reader, InTurn(reader_of, who="anyone")]
SignedInReader = Annotated[Reader, InTurn(signed_in_reader_of, who="signed in")]
Learner = Annotated[Reader, InTurn(learner_of, who="learner of the course")]
