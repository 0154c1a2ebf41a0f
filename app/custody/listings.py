"""Listings: requests with whose they are, for the person and for who has to answer."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from app.custody.data_requests import DataRequest, RequestUnknown
from app.identity.users import User

PAGE = 100
# Institutions, by their ids or by a question for them; None stands for people of none.
Scope = Collection[int | None] | Select[tuple[int]]


class Kept(NamedTuple):
    """A request in a list, with whose it is as far as they still have a name."""

    id: int
    key: UUID
    person_id: int
    name: str
    email: str | None
    kind: str
    words: str
    came_on: date
    due_on: date
    extension: str
    closed_at: datetime | None
    outcome: str | None
    answer: str
    is_entered: bool


_requests, _users = DataRequest.__table__.c, User.__table__.c
_KEPT = select(
    _requests.id, _requests.key, _requests.person_id, _users.name, _users.email, _requests.kind,
    _requests.words, _requests.came_on, _requests.due_on, _requests.extension,
    _requests.closed_at, _requests.outcome, _requests.answer,
    _requests.entered_by.is_not(None).label("is_entered"),
).join_from(DataRequest.__table__, User.__table__, _users.id == _requests.person_id)  # fmt: skip


def own_requests(db: Session, person_id: int) -> list[Kept]:
    """What a person asked, the newest first."""
    asked = _KEPT.where(_requests.person_id == person_id).order_by(_requests.id.desc())
    return [Kept._make(row) for row in db.execute(asked)]


def requests_in(db: Session, scope: Collection[int | None], page: int) -> list[Kept]:
    """A page of what people of the scope ask, and one more: the open by the day due, then the closed."""
    asked = _KEPT.where(_in(scope)).order_by(
        _requests.closed_at.is_not(None), _requests.due_on, _requests.id
    )
    asked = asked.limit(PAGE + 1).offset((page - 1) * PAGE)
    return [Kept._make(row) for row in db.execute(asked)]


def requests_after(
    db: Session, scope: Select[tuple[int]], *, is_open: bool, after: tuple[date, UUID] | None,
    most: int,
) -> list[Kept]:  # fmt: skip
    """So many of the open or the closed requests behind a day that they are due, and a key."""
    closed = _requests.closed_at.is_not(None)
    asked = _KEPT.where(_in(scope), ~closed if is_open else closed)
    if after is not None:
        asked = asked.where(tuple_(_requests.due_on, _requests.key) > tuple_(*after))
    asked = asked.order_by(_requests.due_on, _requests.key).limit(most)
    return [Kept._make(row) for row in db.execute(asked)]


def request_in(db: Session, scope: Scope, key: str) -> Kept:
    """One of them by its key; raises RequestUnknown."""
    try:
        asked = _KEPT.where(_in(scope), _requests.key == UUID(key))
    except ValueError:
        raise RequestUnknown from None
    row = db.execute(asked).one_or_none()
    if row is None:
        raise RequestUnknown
    return Kept._make(row)


def _in(scope: Scope) -> ColumnElement[bool]:
    if isinstance(scope, Select):
        return _requests.institution_id.in_(scope)
    ids = [each for each in scope if each is not None]
    within = _requests.institution_id.in_(ids)
    return within | _requests.institution_id.is_(None) if None in scope else within
