"""Ledgers: the events of an auditor's institutions, newest first, a page at a time.

An event belongs to the institution where its person was placed, where its actor or person stood
at that moment, or which it names. Most pages are found among the latest events, by the index on
their moment; what is rare is found from the people of the institutions.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from app.activity.events import Event, Happening
from app.auditing.questions import Asked
from app.catalogue.courses import Course
from app.identity.institutions import Institution
from app.identity.placements import Placed, Placement
from app.identity.users import User
from app.statistics.scopes import Scope

PAGE = 50
Within = Select[Any] | None
WINDOW = 4000  # events looked through before the people of the institutions are asked
_events, _placements = Event.__table__.c, Placement.__table__.c
_LATEST = (_events.happened_at.desc(), _events.id.desc())


class Entry(NamedTuple):
    """An event of the ledger as it stands there, by ids and codes."""

    id: int
    key: Any
    kind: str
    happened_at: Any
    actor_id: int | None
    person_id: int | None
    placement_id: int | None
    course_id: int | None
    language: str | None
    mode: str | None
    payload: dict[str, Any]


_COLUMNS = [_events[name] for name in Entry._fields]


def entries(db: Session, scope: Scope, asked: Asked, count: int) -> list[Entry]:
    """The newest `count` events of the scope that are asked for."""
    found = _found(db, _among_latest(scope, asked, count))
    if len(found) < count:
        found = _found(db, _among_all(scope, asked, count))
    return found


def statement_of(scope: Scope, asked: Asked) -> Select[Any]:
    """All that is asked for, newest first, for a file: codes, and people by public identifier."""
    actor, person = aliased(User.__table__), aliased(User.__table__)
    institution = _institution_of(_events)
    return (
        select(
            _events.happened_at,
            _events.kind,
            actor.c.subject.label("actor"),
            person.c.subject.label("person"),
            Institution.key.label("institution"),
            Course.slug.label("course"),
            _events.language,
            _events.mode,
            _events.key,
        )
        .select_from(
            Event.__table__.outerjoin(actor, actor.c.id == _events.actor_id)
            .outerjoin(person, person.c.id == _events.person_id)
            .outerjoin(Placement.__table__, _placements.id == _events.placement_id)
            .outerjoin(Institution.__table__, Institution.id == institution)
            .outerjoin(Course.__table__, Course.id == _events.course_id)
        )
        .where(*_conditions(asked, _events), belongs(_within(scope), _events))
        .order_by(*_LATEST)
    )


def belongs(within: Within, event: Any) -> ColumnElement[bool]:
    """Whether an event is one of the institutions within; of all, when nothing is told."""
    if within is None:
        return literal(value=True)
    placed = aliased(Placement.__table__)
    stood = [
        exists().where(
            at.c.user_id == who,
            at.c.valid_from <= event.happened_at,
            or_(at.c.ended_at.is_(None), at.c.ended_at > event.happened_at),
            at.c.institution_id.in_(within),
        )
        for who, at in ((event.actor_id, aliased(Placement.__table__)),
                        (event.person_id, aliased(Placement.__table__)))
    ]  # fmt: skip
    return or_(
        exists().where(placed.c.id == event.placement_id, placed.c.institution_id.in_(within)),
        *stood,
        _named(event).in_(within),
    )


@cache
def naming_kinds() -> tuple[str, ...]:
    """The kinds of events that name an institution, and no person who stands in one."""
    kinds = {each.kind for each in happenings() if "institution_id" in each.__annotations__}
    return tuple(sorted(kinds - {Placed.kind}))


def happenings() -> Iterator[type[Happening]]:
    """Every kind of event that the application knows."""
    waiting = [Happening]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting.extend(kinds)
        yield from (each for each in kinds if "kind" in vars(each))


def _named(event: Any) -> ColumnElement[Any]:
    """The institution that an event names, if it names one."""
    return event.payload["institution_id"].as_integer()  # type: ignore[no-any-return]  # of JSON


def _institution_of(event: Any) -> ColumnElement[Any]:
    return func.coalesce(_placements.institution_id, _named(event))


def _within(scope: Scope) -> Within:
    """The ids of the scope's institutions, to be named once in a statement; none means all."""
    return None if scope.is_everywhere else select(scope.institutions().c.id)


def _conditions(asked: Asked, event: Any) -> list[ColumnElement[bool]]:
    wished: Sequence[tuple[object, Any]] = (
        (asked.kind, lambda: event.kind == asked.kind),
        (asked.since, lambda: event.happened_at >= asked.since),
        (asked.until, lambda: event.happened_at < asked.until),
        (asked.actor_id is not None, lambda: event.actor_id == asked.actor_id),
        (asked.person_id is not None, lambda: event.person_id == asked.person_id),
        (asked.place, lambda: _is_after(asked, event)),
    )
    return [condition() for value, condition in wished if value]


def _is_after(asked: Asked, event: Any) -> ColumnElement[bool]:
    assert asked.place is not None
    moment, number = asked.place
    # The first half is what an index walks by; the second leaves out events of the same moment.
    is_later = or_(event.happened_at < moment, event.id < number)
    return and_(event.happened_at <= moment, is_later)


def _among_latest(scope: Scope, asked: Asked, count: int) -> Select[Any]:
    """What is asked for among the latest events of the period, as many as are looked through."""
    period = asked._replace(kind="", actor_id=None, person_id=None)
    window = (
        select(*_COLUMNS)
        .where(*_conditions(period, _events))
        .order_by(*_LATEST)
        .limit(WINDOW)
        .subquery("latest")
    )
    return _newest(window, _within(scope), asked, count)


def _among_all(scope: Scope, asked: Asked, count: int) -> Select[Any]:
    """What is asked for among all events, from its people, its kind or its institutions."""
    conditions = _conditions(asked, _events)
    is_narrow = asked.actor_id is not None or asked.person_id is not None
    within = _within(scope)
    if within is None or is_narrow:
        return (
            select(*_COLUMNS).where(*conditions, belongs(within, _events)).order_by(*_LATEST)
        ).limit(count)
    people = select(_placements.user_id).where(_placements.institution_id.in_(within))
    ids = union(
        *(
            select(_events.id).where(*conditions, condition)
            for condition in (
                _events.actor_id.in_(people),
                _events.person_id.in_(people),
                and_(_events.kind.in_(naming_kinds()), _named(_events).in_(within)),
            )
        )
    ).subquery("theirs")
    found = select(*_COLUMNS).where(_events.id.in_(select(ids.c.id))).subquery("found")
    return _newest(found, within, asked, count)


def _newest(rows: Subquery, within: Within, asked: Asked, count: int) -> Select[Any]:
    row = rows.c
    return (
        select(*row)
        .where(*_conditions(asked, row), belongs(within, row))
        .order_by(row.happened_at.desc(), row.id.desc())
        .limit(count)
    )


def _found(db: Session, statement: Select[Any]) -> list[Entry]:
    return [Entry(*row) for row in db.execute(statement)]
