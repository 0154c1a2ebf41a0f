"""Records: the list behind the counts, one row an enrolment, for those who may see names."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
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
from app.statistics.exports import Keys, Steps
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
_OUTCOMES = (
    _facts.language.label("language"),
    _enrolments.round.label("round"),
    _enrolments.opened_day.label("enrolled"),
    _enrolments.started_day.label("started"),
    _completions.day.label("completed"),
    _completions.score.label("score"),
    _certificates.code.label("certificate"),
)
# What a file tells by their ids until the last.
_NAMED_LATER: Mapping[str, Select[Any]] = {
    "institution": select(_states.institution_id, _states.name).where(is_standing),
    "course": select(_courses.id, _courses.slug),
    "version": select(_versions.id, _versions.number),
}
# By which those are found, and people.
_KEYS = _facts.course_id, _facts.version_id, _facts.placement_id, _enrolments.learner_id
# Where a row stands in the list; no two stand at the same place.
PLACE = (_facts.day, _facts.enrolment_id)


# Rows of a step: the sorts of so many stay in memory.
STEP = 125_000
# Where SQLite keeps a fact.
ROW: ColumnElement[int] = literal_column("facts.rowid", BigInteger)


def records(
    scope: Scope, asked: Asked, measure: Measure, *more: ColumnElement[bool]
) -> Select[Any]:
    """The rows whose measure falls into what is asked, and `more`; as many as the count says.

    Columns as in COLUMNS, oldest day first. The screen pages through it, the file streams it.
    """
    return (
        select(
            _users.name.label("person"),
            func.coalesce(_states.name, "").label("institution"),
            _courses.slug.label("course"),
            _versions.number.label("version"),
            *_OUTCOMES,
        )
        .select_from(_with_outcomes(Fact.__table__))
        .join(Course.__table__, _courses.id == _facts.course_id)
        .join(CourseVersion.__table__, _versions.id == _facts.version_id)
        .join(User.__table__, _users.id == _enrolments.learner_id)
        .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
        .outerjoin(
            InstitutionState.__table__,
            (_states.institution_id == _placements.institution_id) & is_standing,
        )
        .where(_is_listed(scope, asked, measure), *more)
        .order_by(*PLACE)
    )


def in_steps(
    scope: Scope, asked: Asked, measure: Measure, *more: ColumnElement[bool], size: int = STEP
) -> Steps:
    """The same rows for a file.

    Days, enrolments and people do not follow each other: who asks by day jumps through all that lies
    in the order of the others, once a row. So a step picks the next facts by an index alone, looks
    up what lies by enrolments, then what lies by people, each in its order, and sorts at last.
    Institutions, courses and versions are few, and named at the end.
    """

    def behind(keys: Keys | None) -> Select[Any]:
        left, conditions = asked, more
        if keys is not None:
            left = replace(asked, since=date.fromisoformat(keys[0]))
            conditions = (*more, is_behind(left.since, int(keys[1])))
        listed_ones = _is_listed(scope, left, measure), *conditions
        rows = select(ROW.label("row"), *PLACE).where(*listed_ones).order_by(*PLACE)
        some = rows.limit(size).subquery("some")
        picked = _in_order(select(*some.c), some.c.enrolment_id, "picked")
        facts = picked.join(Fact.__table__, picked.c.row == ROW)
        known = select(picked.c.day, picked.c.enrolment_id, *_KEYS, *_OUTCOMES)
        by_person = known.select_from(_with_outcomes(facts))
        found = _in_order(by_person, _enrolments.learner_id, "found")
        people = found.join(User.__table__, _users.id == found.c.learner_id).outerjoin(
            Placement.__table__, _placements.id == found.c.placement_id
        )
        place = found.c.day, found.c.enrolment_id
        told = select(
            *place,
            _users.name.label("person"),
            _placements.institution_id.label("institution"),
            found.c.course_id.label("course"),
            found.c.version_id.label("version"),
            *(found.c[each.name] for each in _OUTCOMES),
        )
        return told.select_from(people).order_by(*place)

    return Steps(records(scope, asked, measure, *more), behind, size, _NAMED_LATER)


def _in_order(rows: Select[Any], key: ColumnElement[int], name: str) -> CTE:
    """Rows in an order that SQLite keeps; of a part without a limit it would leave the order out."""
    return rows.order_by(key).limit(-1).cte(name).prefix_with("MATERIALIZED")


def _with_outcomes(facts: FromClause) -> FromClause:
    """Facts with what lies by their enrolments; there is one of each, or none."""
    return (
        facts.join(Enrolment.__table__, _enrolments.id == _facts.enrolment_id)
        .outerjoin(Completion.__table__, _completions.enrolment_id == _facts.enrolment_id)
        .outerjoin(Certificate.__table__, _is_standing_of(_facts.enrolment_id))
    )


def _is_standing_of(enrolment_id: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(
        _certificates.completion_id == enrolment_id,
        _certificates.replaced_at.is_(None),
        _certificates.revoked_at.is_(None),
    )


def _is_listed(scope: Scope, asked: Asked, measure: Measure) -> ColumnElement[bool]:
    if measure != "certified":
        return and_(_facts.measure == measure, is_asked(scope, asked))
    is_certified = exists(
        select(_certificates.id).where(_is_standing_of(_facts.enrolment_id))
    ).correlate(Fact.__table__)
    return and_(_facts.measure == "completed", is_asked(scope, asked), is_certified)


def is_behind(day: date, enrolment_id: int) -> ColumnElement[bool]:
    """Whether a fact stands in the list behind a place."""
    place = tuple_(literal(day), literal(enrolment_id), types=[each.type for each in PLACE])
    return tuple_(*PLACE) > place


def is_as_of(event_id: int) -> ColumnElement[bool]:
    """Whether the ledger told of a fact until an event, not after it."""
    return _facts.event_key.not_in(select(_events.key).where(_events.id > event_id))


def listed(
    db: Session, scope: Scope, asked: Asked, measure: Measure, most: int | None = None
) -> int:
    """How many rows the list has, counted up to `most`."""
    facts = select(_facts.enrolment_id).where(_is_listed(scope, asked, measure)).limit(most)
    return db.scalar(select(func.count()).select_from(facts.subquery())) or 0


def rows_of(db: Session, rows: Select[Any], limit: int, offset: int) -> list[Row]:
    """One page of the list that `records` asks for."""
    statement = rows.limit(limit).offset(offset)
    return [Row._make(row) for row in db.execute(statement)]
