"""Listings: an institution's requirements with their figures, and who is overdue, as then."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from app.catalogue.courses import Course
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.duties.duties import Duty
from app.duties.petitions import Petition, is_waiting
from app.duties.requirements import Requirement
from app.duties.terms import RequirementTerms
from app.identity.institutions import NAMED, Institution
from app.identity.placements import Placement
from app.identity.users import User
from app.statistics.scopes import Scope

PAGE = 100
SOON = 14  # days
COLUMNS = ("person", "institution", "grade", "course", "required_by", "due", "round")


class Listed(NamedTuple):
    """A requirement with the figures of the people whom one may see."""

    id: int
    key: UUID
    slug: str
    version_id: int
    compiler: int
    institution: str
    audience: str
    begins_on: date
    ended_at: datetime | None
    due_on: date | None
    due_days: int | None
    every_months: int | None
    legal_basis: str
    required: int
    done: int
    exempt: int
    soon: int
    overdue: int
    waiting: int
    is_own: bool


class Late(NamedTuple):
    """Somebody who is overdue, where they worked and as what when it fell due."""

    id: int
    person_id: int
    subject: UUID
    person: str
    institution: str
    grade: str
    key: UUID
    course: str
    required_by: str
    due_on: date
    round: int


_requirements, _terms = Requirement.__table__.c, RequirementTerms.__table__.c
_duties, _petitions = Duty.__table__.c, Petition.__table__.c
_users, _placements = User.__table__.c, Placement.__table__.c
_courses, _versions, _texts = (
    Course.__table__.c, CourseVersion.__table__.c, CompiledText.__table__.c,
)  # fmt: skip
_named, _audience = NAMED.order_by(None).subquery(), NAMED.order_by(None).subquery()
_then = NAMED.order_by(None).subquery()
_missed = aliased(Placement.__table__)
_is_open = _duties.done_on.is_(None)
_today = bindparam("today", type_=_duties.due_on.type)
_is_exempt = func.coalesce(_duties.exempt_until >= _today, literal(value=False))
_is_overdue = and_(_is_open, ~_is_exempt, _duties.missed_on == _duties.due_on)
_is_soon = and_(
    _is_open, ~_is_exempt, ~func.coalesce(_duties.missed_on == _duties.due_on, literal(value=False)),
    _duties.due_on <= bindparam("soon", type_=_duties.due_on.type),
)  # fmt: skip


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(_duties.id).filter(condition)


def requirements_in(
    db: Session, scope: Scope, today: date, soon: date, key: UUID | None = None
) -> list[Listed]:
    """The requirements of the scope's institutions and those that ask of its people, newest first.

    The figures are those of the scope's people; `is_own` says that the scope's own institution asks,
    and then `waiting` are the requests that it has to decide.
    """
    within = select(scope.institutions().c.id)
    is_own = (
        literal(value=True) if scope.is_everywhere else _requirements.institution_id.in_(within)
    )
    theirs = _duties.stands & (_duties.requirement_id == _requirements.id)
    if not scope.is_everywhere:
        placed = select(_placements.user_id).where(
            _placements.ended_at.is_(None), _placements.institution_id.in_(within)
        )
        theirs = theirs & _duties.person_id.in_(placed)
    waiting = (
        select(func.count())
        .join_from(Petition.__table__, Duty.__table__, _duties.id == _petitions.duty_id)
        .where(is_waiting, is_own, _duties.requirement_id == _requirements.id)
        .where(_duties.person_id != scope.person_id)  # one's own is for a colleague
        .correlate(Requirement.__table__)
        .scalar_subquery()
    )
    figures = (
        select(
            _requirements.id,
            func.count(_duties.id).label("required"),
            _sum(_duties.done_on.is_not(None)).label("done"),
            _sum(and_(_is_open, _is_exempt)).label("exempt"),
            _sum(_is_soon).label("soon"),
            _sum(_is_overdue).label("overdue"),
            waiting.label("waiting"),
            is_own.label("is_own"),
        )
        .select_from(Requirement.__table__.outerjoin(Duty.__table__, theirs))
        .group_by(_requirements.id)
        .subquery()
    )
    asked = (
        select(
            _requirements.id, _requirements.key, _courses.slug, _versions.id.label("version_id"),
            _versions.compiler, _named.c.name, _audience.c.name.label("audience"),
            _requirements.begins_on, _requirements.ended_at, _terms.due_on, _terms.due_days,
            _terms.every_months, _terms.legal_basis, figures.c.required, figures.c.done,
            figures.c.exempt, figures.c.soon, figures.c.overdue, figures.c.waiting,
            figures.c.is_own,
        )
        .select_from(figures)
        .join(Requirement.__table__, _requirements.id == figures.c.id)
        .join(
            RequirementTerms.__table__,
            and_(_terms.requirement_id == _requirements.id, _terms.replaced_at.is_(None)),
        )
        .join(_named, _named.c.id == _requirements.institution_id)
        .join(_audience, _audience.c.id == _terms.audience_id)
        .join(Course.__table__, _courses.id == _requirements.course_id)
        .join(CourseVersion.__table__, and_(_versions.course_id == _courses.id, _versions.is_current))
        .where(or_(figures.c.is_own, figures.c.required > 0))
        .order_by(_requirements.ended_at.is_not(None), _requirements.id.desc())
    )  # fmt: skip
    if key is not None:
        asked = asked.where(_requirements.key == key)
    return [Listed._make(row) for row in db.execute(asked, {"today": today, "soon": soon})]


def overdue(scope: Scope, today: date, key: UUID | None = None) -> Select[Any]:
    """Who is overdue among the people of a scope, the longest first; with names.

    They count where they worked when it fell due, and with the grade of then.
    """
    asked = (
        select(
            _duties.id,
            _users.id,
            _users.subject,
            _users.name.label("person"),
            func.coalesce(_then.c.name, "").label("institution"),
            func.coalesce(_missed.c.grade, "").label("grade"),
            _requirements.key,
            _texts.title.label("course"),
            _named.c.name.label("required_by"),
            _duties.due_on.label("due"),
            _duties.round,
        )
        .join_from(Duty.__table__, User.__table__, _users.id == _duties.person_id)
        .join(Requirement.__table__, _requirements.id == _duties.requirement_id)
        .join(_named, _named.c.id == _requirements.institution_id)
        .join(
            CourseVersion.__table__,
            and_(_versions.course_id == _requirements.course_id, _versions.is_current),
        )
        .join(
            CompiledText.__table__,
            and_(
                _texts.version_id == _versions.id,
                _texts.owner_key == "course",
                _texts.language == _versions.source_language,
            ),
        )
        .outerjoin(_missed, _missed.c.id == _duties.missed_placement_id)
        .outerjoin(_then, _then.c.id == _missed.c.institution_id)
        .where(
            _duties.stands,
            _is_open,
            _duties.missed_on == _duties.due_on,
            func.coalesce(_duties.exempt_until < literal(today), literal(value=True)),
            scope.covers(_missed.c.institution_id),
        )
        .order_by(_duties.due_on, _duties.id)
    )
    return asked if key is None else asked.where(_requirements.key == key)


def late_people(
    db: Session, rows: Select[Any], after: tuple[date, int] | None, most: int
) -> list[Late]:
    """One page of them, behind the day and the number of the last one shown."""
    if after is not None:
        rows = rows.where(tuple_(_duties.due_on, _duties.id) > tuple_(*map(literal, after)))
    return [Late._make(row) for row in db.execute(rows.limit(most))]


def as_file(rows: Select[Any]) -> Select[Any]:
    """The same people as the columns of a file."""
    chosen = {column.name: column for column in rows.selected_columns}
    return rows.with_only_columns(*(chosen[name] for name in COLUMNS))


def counted_then(db: Session, requirement_id: int) -> list[tuple[str, int, int]]:
    """By institution, as it was at each event: how often it was done there, and how often missed."""
    done, missed = (
        select(_placements.institution_id, func.count().label("n"))
        .join_from(Duty.__table__, Placement.__table__, _placements.id == placement_id)
        .where(_duties.requirement_id == requirement_id)
        .group_by(_placements.institution_id)
        .subquery()
        for placement_id in (_duties.done_placement_id, _duties.missed_placement_id)
    )
    rows = db.execute(
        select(_then.c.name, func.coalesce(done.c.n, 0), func.coalesce(missed.c.n, 0))
        .select_from(_then)
        .join(Institution.__table__, Institution.id == _then.c.id)
        .outerjoin(done, done.c.institution_id == _then.c.id)
        .outerjoin(missed, missed.c.institution_id == _then.c.id)
        .where(or_(done.c.n > 0, missed.c.n > 0))
        .order_by(_then.c.name)
    )
    return [(name, done_there, missed_there) for name, done_there, missed_there in rows]
