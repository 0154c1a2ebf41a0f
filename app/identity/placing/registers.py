"""Registers: the people who stand in some institutions, by name, and one of them with their places."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.identity.institutions import NAMED
from app.identity.placements import Placement
from app.identity.users import NoSuchPerson, User, folded_address

PAGE = 100


class Entry(NamedTuple):
    """A person as the register lists them: who, with which address or number, where and as what."""

    id: int
    subject: UUID
    name: str
    called: str
    institution_key: str
    institution: str
    grade: str | None
    job_family: str | None
    since: datetime
    has_mailbox: bool


class Stay(NamedTuple):
    """Where a person stood, since when and until when it was so, and whether that was confirmed."""

    institution: str | None
    grade: str | None
    since: datetime
    until: datetime | None
    is_confirmed: bool


_users, _placements = User.__table__.c, Placement.__table__.c
_named = NAMED.order_by(None).subquery()
_ENTRIES = (
    select(
        _users.id, _users.subject, _users.name,
        func.coalesce(_users.email, _users.number, "").label("called"),
        _named.c.key, _named.c.name.label("institution"), _placements.grade,
        _placements.job_family, _placements.valid_from, _users.email.is_not(None),
    )
    .join_from(
        User.__table__, Placement.__table__,
        (_placements.user_id == _users.id) & _placements.ended_at.is_(None),
    )
    .join(_named, _named.c.id == _placements.institution_id)
    .where(_users.erased_at.is_(None), _users.merged_into.is_(None))
)  # fmt: skip
Within = Select[Any] | None  # the ids of institutions; None stands for all of them


def people_in(db: Session, within: Within, words: str, after: str, most: int) -> list[Entry]:
    """So many of the people of some institutions by name, behind one of them by their subject."""
    asked = _ENTRIES.where(_stands(within))
    place: tuple[ColumnElement[Any], ...] = (_users.name, _users.subject)
    if words:
        asked = asked.where(_is_called(" ".join(words.split())))
        # In an order that no index has: a database that goes through all people by name, since it
        # counts on a hundred being found soon, goes through them to the end for a rare word.
        place = func.coalesce(_users.name, ""), _users.subject
    last = _subject_in(after)
    if last is not None:
        name = select(_users.name).where(_users.subject == last).scalar_subquery()
        asked = asked.where(tuple_(*place) > tuple_(name, last))
    rows = db.execute(asked.order_by(*place).limit(most))
    return [Entry._make(row) for row in rows]


def entry_of(db: Session, within: Within, subject: str) -> Entry:
    """One person of some institutions; raises NoSuchPerson."""
    asked = _ENTRIES.where(_stands(within), _users.subject == _subject_in(subject))
    row = db.execute(asked).one_or_none()
    if row is None:
        raise NoSuchPerson
    return Entry._make(row)


def stays_of(db: Session, person_id: int) -> list[Stay]:
    """Where a person stands and stood, the latest first."""
    asked = (
        select(
            _named.c.name, _placements.grade, _placements.valid_from, _placements.ended_at,
            _placements.confirmed_at.is_not(None),
        )
        .outerjoin_from(
            Placement.__table__, _named, _named.c.id == _placements.institution_id
        )
        .where(_placements.user_id == person_id)
        .order_by(_placements.id.desc())
    )  # fmt: skip
    return [Stay._make(row) for row in db.execute(asked)]


def _stands(within: Within) -> ColumnElement[bool]:
    if within is None:
        return _placements.institution_id.is_not(None)
    return _placements.institution_id.in_(within)


def _is_called(words: str) -> ColumnElement[bool]:
    folded = folded_address(words)
    return or_(
        _users.name.icontains(words, autoescape=True),
        _users.other_name.icontains(words, autoescape=True),
        _users.email_folded.contains(folded, autoescape=True),
        _users.number.contains(folded, autoescape=True),
    )


def _subject_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
