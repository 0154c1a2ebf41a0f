"""Candidates: accounts a registrar may see, found by name or address, and pairs that look alike."""

from collections import defaultdict
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from app.identity.institutions import NAMED
from app.identity.placements import Placement
from app.identity.users import User, folded_address
from app.merges.merges import AccountUnknown
from app.statistics.scopes import Scope

FOUND, PAIRS = 20, 10
LEAST = 2  # signs to look for


class Candidate(NamedTuple):
    """An account as the search shows it: who, with which address or number, and where."""

    id: int
    subject: UUID
    name: str
    called: str
    institution: str


class Pair(NamedTuple):
    """Two accounts of one name that worked at one institution; the later one first."""

    stays: Candidate
    gone: Candidate


_users, _placements = User.__table__.c, Placement.__table__.c
_past_table = Placement.__table__.alias("past")
_past = _past_table.c
_named = NAMED.order_by(None).subquery()
_CANDIDATES = (
    select(
        _users.id, _users.subject, _users.name,
        func.coalesce(_users.email, _users.number, "").label("called"),
        func.coalesce(_named.c.name, "").label("institution"),
    )
    .outerjoin_from(
        User.__table__, Placement.__table__,
        (_placements.user_id == _users.id) & _placements.ended_at.is_(None),
    )
    .outerjoin(_named, _named.c.id == _placements.institution_id)
    .where(_users.erased_at.is_(None), _users.merged_into.is_(None))
)  # fmt: skip


def is_seen(scope: Scope) -> ColumnElement[bool]:
    """Whether somebody stands in the scope, or stood there last of all known and nowhere since."""
    if scope.is_everywhere:
        return literal(value=True)
    within = select(scope.institutions().c.id)
    stood = exists().where(_past.user_id == _users.id, _past.institution_id.in_(within))
    return or_(
        _placements.institution_id.in_(within), and_(_placements.institution_id.is_(None), stood)
    )


def candidates_like(db: Session, scope: Scope, words: str) -> list[Candidate]:
    """The accounts of a scope whose name, address or number holds these words, at most FOUND."""
    sought = " ".join(words.split())
    if len(sought) < LEAST:
        return []
    folded = folded_address(sought)
    alike = or_(
        _users.name.icontains(sought, autoescape=True),
        _users.other_name.icontains(sought, autoescape=True),
        _users.email_folded.contains(folded, autoescape=True),
        _users.number.contains(folded, autoescape=True),
    )
    asked = _CANDIDATES.where(is_seen(scope), alike).order_by(_users.name, _users.id)
    return [Candidate(*row) for row in db.execute(asked.limit(FOUND))]


def candidate(db: Session, scope: Scope, subject: str | UUID) -> Candidate:
    """The account of this subject, if the scope may see it; raises AccountUnknown."""
    try:
        asked = _CANDIDATES.where(is_seen(scope), _users.subject == UUID(str(subject)))
    except ValueError:
        raise AccountUnknown from None
    row = db.execute(asked).one_or_none()
    if row is None:
        raise AccountUnknown
    return Candidate(*row)


def pairs_in(db: Session, scope: Scope) -> list[Pair]:
    """Accounts of one name that stood, now or before, at one institution; at most PAIRS.

    That is all the evidence there is: no birthday is kept. A name is compared without case.
    """
    name = func.lower(_users.name).label("name")
    twice = (
        select(name, _past.institution_id)
        .join_from(User.__table__, _past_table, _past.user_id == _users.id)
        .where(_users.erased_at.is_(None), _users.merged_into.is_(None))
        .where(_past.institution_id.is_not(None))
        .group_by(name, _past.institution_id)
        .having(func.count(_users.id.distinct()) > 1)
    )
    if not scope.is_everywhere:
        twice = twice.where(_past.institution_id.in_(select(scope.institutions().c.id)))
    alike = [tuple(row) for row in db.execute(twice.limit(PAIRS))]
    if not alike:
        return []
    asked = _CANDIDATES.where(
        is_seen(scope),
        exists().where(
            _past.user_id == _users.id,
            tuple_(func.lower(_users.name), _past.institution_id).in_(alike),
        ),
    )
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for row in db.execute(asked.order_by(_users.id.desc()).limit(PAIRS * 4)):
        found = Candidate(*row)
        groups[found.name.casefold()].append(found)
    pairs = [Pair(*held[:2]) for held in groups.values() if len(held) > 1]
    return pairs[:PAIRS]
