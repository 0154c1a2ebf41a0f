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
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.identity.institutions import InstitutionState, is_standing
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.statistics.completions import Asked, is_asked
from app.statistics.exports import Keys, Step, Steps
from app.statistics.facts import Fact
from app.statistics.scopes import Scope

Measure = Literal["enrolled", "started", "completed", "certified"]
COLUMNS = (
    "person", "institution", "course", "version", "language", "round", "enrolled", "started",
    "completed", "score", "certificate",
)  # fmt: skip


PLAIN = ("course", "language", "certificate")  # slugs and codes
Known = Mapping[str, ColumnElement[Any]]


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


_facts, _users = Fact.__table__.c, User.__table__.c
_states, _courses, _versions = (
    InstitutionState.__table__.c, Course.__table__.c, CourseVersion.__table__.c
)  # fmt: skip
_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_certificates, _events = Certificate.__table__.c, Event.__table__.c
# What a fact tells of the row it stands for.
_TOLD = _facts.course_id, _facts.version_id, _facts.institution_id, _facts.language
# What lies by its enrolment.
_OUTCOMES = (
    _enrolments.round.label("round"),
    _enrolments.opened_day.label("enrolled"),
    _enrolments.started_day.label("started"),
    _completions.day.label("completed"),
    _completions.score.label("score"),
    _certificates.code.label("certificate"),
)
# What a file of an embedded database tells by their ids until the last.
_NAMED_LATER: Mapping[str, Select[Any]] = {
    "institution": select(_states.institution_id, _states.name).where(is_standing),
    "course": select(_courses.id, _courses.slug),
    "version": select(_versions.id, _versions.number),
}
# Where a row stands in the list; no two stand at the same place.
PLACE = (_facts.day, _facts.enrolment_id)
# Rows of a step, whose sorts stay in memory where the database is embedded.
EMBEDDED, SERVED = 125_000, 500_000
# Rows are looked up where they lie among so many enrolments; among more in one order after another.
MANY = 1_000_000
# Where SQLite keeps a fact.
ROW: ColumnElement[int] = literal_column("facts.rowid", BigInteger)


def records(scope: Scope, asked: Asked, measure: Measure, most: int, first: int = 0) -> Select[Any]:
    """So many rows whose measure falls into what is asked, from one on, as many as the count says.

    Columns as in COLUMNS, oldest day first. The screen pages through it; a file has the same rows.
    """
    ordered = select(*PLACE).where(_is_listed(scope, asked, measure)).order_by(*PLACE)
    rows = _looked_up(ordered, most, first).order_by(None)
    columns = [*rows.selected_columns]
    place, cells = columns[: len(PLACE)], columns[len(PLACE) :]
    return rows.with_only_columns(*cells, maintain_column_froms=True).order_by(*place)


def in_steps(
    db: Session,
    scope: Scope,
    asked: Asked,
    measure: Measure,
    *more: ColumnElement[bool],
    size: int = 0,
) -> Steps:
    """The same rows for a file, in the way that suits the database and how much there is in it."""
    is_embedded = db.get_bind().dialect.name == "sqlite"
    size = size or (EMBEDDED if is_embedded else SERVED)
    is_large = not is_embedded and (db.scalar(select(func.max(_enrolments.id))) or 0) > MANY
    look_up = _embedded if is_embedded else _in_their_orders if is_large else _looked_up

    def behind(keys: Keys | None) -> Step:
        left, conditions = asked, more
        if keys is not None:
            left = replace(asked, since=date.fromisoformat(keys[0]))
            conditions = (*more, is_behind(left.since, int(keys[1])))
        listed_ones = _is_listed(scope, left, measure), *conditions
        ordered = select(*PLACE).where(*listed_ones).order_by(*PLACE)
        return Step(look_up(ordered, size), size, ordered.offset(size - 1).limit(1))

    return Steps(behind, len(PLACE), PLAIN, _NAMED_LATER if is_embedded else {})


def _looked_up(ordered: Select[Any], size: int, first: int = 0) -> Select[Any]:
    """So many facts of an order, each looked up where it lies; each begins with its place.

    They are picked before anything is looked up: a server would join all that there is, and then
    leave most of it out.
    """
    facts = ordered.add_columns(*_TOLD).limit(size).offset(first).subquery("listed")
    known = {each.name: each for each in (*facts.c, *_OUTCOMES, _enrolments.learner_id)}
    return _named(_with_outcomes(facts, facts.c.enrolment_id), known)


def _in_their_orders(ordered: Select[Any], size: int) -> Select[Any]:
    """The same for very many: looked up in the order of enrolments, then of people, and sorted at last.

    Days, enrolments and people do not follow each other: who looks up by day jumps through all that
    lies in the order of the others, once a row.
    """
    facts = ordered.add_columns(*_TOLD).limit(size).subquery("listed")
    picked = _kept(select(*facts.c).order_by(facts.c.enrolment_id), size, "picked")
    known = select(*picked.c, *_OUTCOMES, _enrolments.learner_id)
    found = known.select_from(_with_outcomes(picked, picked.c.enrolment_id))
    kept = _kept(found.order_by(_enrolments.learner_id), size, "found")
    return _named(kept, {**kept.c})


def _embedded(ordered: Select[Any], size: int) -> Select[Any]:
    """The same for SQLite, which picks by an index alone; what is few is named at the end."""
    some = ordered.add_columns(ROW.label("row")).limit(size).subquery("some_facts")
    picked = _kept(select(*some.c).order_by(some.c.enrolment_id), size, "picked")
    facts = picked.join(Fact.__table__, picked.c.row == ROW)
    place = picked.c.day, picked.c.enrolment_id
    known = select(*place, *_TOLD, *_OUTCOMES, _enrolments.learner_id)
    found = known.select_from(_with_outcomes(facts, picked.c.enrolment_id))
    kept = _kept(found.order_by(_enrolments.learner_id), size, "found")
    return _named_later(kept, {**kept.c})


def _kept(rows: Select[Any], size: int, name: str) -> CTE:
    """All of some rows in their order, written down once.

    Without a limit SQLite leaves out the order of a part. PostgreSQL, which counts on many rows being
    found at random, would hash whole tables; of what is written down it knows too little to.
    """
    return rows.limit(size).cte(name).prefix_with("MATERIALIZED")


def _named(rows: FromClause, known: Known) -> Select[Any]:
    """Rows with their names, in the order of the list; `known` are the columns of what they tell."""
    state = (_states.institution_id == known["institution_id"]) & is_standing
    named = (
        rows.outerjoin(InstitutionState.__table__, state)
        .join(Course.__table__, _courses.id == known["course_id"])
        .join(CourseVersion.__table__, _versions.id == known["version_id"])
    )
    institution = func.coalesce(_states.name, "")
    return _placed(named, known, institution, _courses.slug, _versions.number)


def _named_later(rows: FromClause, known: Known) -> Select[Any]:
    """The same with the ids of what _NAMED_LATER names."""
    return _placed(rows, known, *(known[f"{name}_id"] for name in _NAMED_LATER))


def _placed(
    rows: FromClause, known: Known, *institution_course_version: ColumnElement[Any]
) -> Select[Any]:
    source = rows.join(User.__table__, _users.id == known["learner_id"])
    cells = [_users.name, *institution_course_version, *(known[name] for name in COLUMNS[4:])]
    told = (cell.label(name) for name, cell in zip(COLUMNS, cells, strict=True))
    place = known["day"].label("place_0"), known["enrolment_id"].label("place_1")
    # By name: SQLAlchemy would look for its columns among those of all tables, a third of the writing.
    return select(*place, *told).select_from(source).order_by(*(text(each.name) for each in place))


def _with_outcomes(facts: FromClause, enrolment_id: ColumnElement[Any]) -> FromClause:
    """Facts with what lies by their enrolments; there is one of each, or none."""
    return (
        facts.join(Enrolment.__table__, _enrolments.id == enrolment_id)
        .outerjoin(Completion.__table__, _completions.enrolment_id == enrolment_id)
        .outerjoin(Certificate.__table__, _is_standing_of(enrolment_id))
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


def rows_of(
    db: Session, scope: Scope, asked: Asked, measure: Measure, most: int, first: int = 0
) -> list[Row]:
    """So many rows of the list, from one on."""
    return [Row._make(row) for row in db.execute(records(scope, asked, measure, most, first))]
