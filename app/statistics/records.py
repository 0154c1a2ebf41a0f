"""Records: the list behind the counts, one row an enrolment, for those who may see names."""

from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.identity.institutions import InstitutionState, is_standing
from app.identity.placements import Placement
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.statistics.completions import Asked, is_asked
from app.statistics.facts import Fact
from app.statistics.scopes import Scope

Measure = Literal["enrolled", "started", "completed", "certified"]
COLUMNS = (
    "person", "institution", "course", "version", "language", "round", "enrolled", "started",
    "completed", "score", "certificate",
)  # fmt: skip


class Row(NamedTuple):
    """One enrolment; days are those of its institution, `score` is percent of the counted quizzes.

    The institution is where the person worked when the counted thing happened; the name is that
    of the account that holds the round now, so a merge of accounts names it alike everywhere.
    """

    person: str
    institution: str
    course: str
    version: int
    language: str
    round: int
    enrolled: date | None
    started: date | None
    completed: date | None
    score: float | None
    certificate: str | None


_facts, _users, _placements = Fact.__table__.c, User.__table__.c, Placement.__table__.c
_states, _courses, _versions = (
    InstitutionState.__table__.c, Course.__table__.c, CourseVersion.__table__.c
)  # fmt: skip
_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_certificates, _events = Certificate.__table__.c, Event.__table__.c
# Where a row stands in the list; no two stand at the same place.
PLACE = (_facts.day, _facts.enrolment_id)


def records(scope: Scope, asked: Asked, measure: Measure) -> Select[Any]:
    """The rows whose measure falls into what is asked; as many as the count says.

    Columns as in COLUMNS, oldest day first. The screen pages through it, the file streams it.
    """
    standing = (
        (_certificates.completion_id == _facts.enrolment_id)
        & _certificates.replaced_at.is_(None)
        & _certificates.revoked_at.is_(None)
    )
    rows = (
        select(
            _users.name.label("person"),
            func.coalesce(_states.name, "").label("institution"),
            _courses.slug.label("course"),
            _versions.number.label("version"),
            _facts.language.label("language"),
            _enrolments.round.label("round"),
            _enrolments.opened_day.label("enrolled"),
            _enrolments.started_day.label("started"),
            _completions.day.label("completed"),
            _completions.score.label("score"),
            _certificates.code.label("certificate"),
        )
        .select_from(Fact.__table__)
        .join(Course.__table__, _courses.id == _facts.course_id)
        .join(CourseVersion.__table__, _versions.id == _facts.version_id)
        .join(Enrolment.__table__, _enrolments.id == _facts.enrolment_id)
        .join(User.__table__, _users.id == _enrolments.learner_id)
        .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
        .outerjoin(
            InstitutionState.__table__,
            (_states.institution_id == _placements.institution_id) & is_standing,
        )
        .outerjoin(Completion.__table__, _completions.enrolment_id == _facts.enrolment_id)
        .join(Certificate.__table__, standing, isouter=measure != "certified")
        .where(_is_listed(scope, asked, measure))
    )
    return rows.order_by(*PLACE)


def _is_listed(scope: Scope, asked: Asked, measure: Measure) -> ColumnElement[bool]:
    counted = "completed" if measure == "certified" else measure
    return and_(_facts.measure == counted, is_asked(scope, asked))


def behind(rows: Select[Any], day: date, enrolment_id: int) -> Select[Any]:
    """What stands in the list behind a place."""
    place = tuple_(literal(day), literal(enrolment_id), types=[each.type for each in PLACE])
    return rows.where(tuple_(*PLACE) > place)


def as_of(rows: Select[Any], event_id: int) -> Select[Any]:
    """The rows without what the ledger was told after an event."""
    told_since = select(_events.key).where(_events.id > event_id)
    return rows.where(_facts.event_key.not_in(told_since))


def listed(
    db: Session, scope: Scope, asked: Asked, measure: Measure, most: int | None = None
) -> int:
    """How many rows the list has, counted up to `most`; of the certified at most so many."""
    facts = select(_facts.enrolment_id).where(_is_listed(scope, asked, measure)).limit(most)
    return db.scalar(select(func.count()).select_from(facts.subquery())) or 0


def rows_of(db: Session, rows: Select[Any], limit: int, offset: int) -> list[Row]:
    """One page of the list that `records` asks for."""
    statement = rows.limit(limit).offset(offset)
    return [Row._make(row) for row in db.execute(statement)]
