"""Candidates: accounts a registrar may see, found by name or address, and pairs that look alike."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
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
_stood_table = Placement.__table__.alias("stood")
_stood = _stood_table.c
_named = NAMED.order_by(None).subquery()
_is_current = (_placements.user_id == _users.id) & _placements.ended_at.is_(None)
_stands = (_users.erased_at.is_(None), _users.merged_into.is_(None))
_CANDIDATES = (
    select(
        _users.id, _users.subject, _users.name,
        func.coalesce(_users.email, _users.number, "").label("called"),
        func.coalesce(_named.c.name, "").label("institution"),
    )
    .outerjoin_from(User.__table__, Placement.__table__, _is_current)
    .outerjoin(_named, _named.c.id == _placements.institution_id)
    .where(*_stands)
)  # fmt: skip


def is_seen(scope: Scope) -> ColumnElement[bool]:
    """Whether somebody stands in the scope, or stood there last of all known and nowhere since."""
    if scope.is_everywhere:
        return literal(value=True)
    return _is_seen_within(select(scope.institutions().c.id))


def _is_seen_within(within: Select[Any]) -> ColumnElement[bool]:
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

    That is all the evidence there is: no birthday is kept. A name is compared without case. The
    newest accounts come first; of more than two of one name the first and the last one made.
    """
    stays, gone = func.max(_users.id), func.min(_users.id)
    asked = (
        select(stays, gone)
        .join_from(User.__table__, _stood_table, _stood.user_id == _users.id)
        .outerjoin(Placement.__table__, _is_current)
        .where(*_stands, _stood.institution_id.is_not(None))
        .group_by(func.lower(_users.name), _stood.institution_id)
        .having(stays > gone)
        .distinct()
        .order_by(stays.desc(), gone.desc())
        .limit(PAIRS)
    )
    if not scope.is_everywhere:
        within = select(scope.institutions().c.id)
        asked = asked.where(_stood.institution_id.in_(within), _is_seen_within(within))
    pairs = [tuple(row) for row in db.execute(asked)]
    of_them = _CANDIDATES.where(_users.id.in_({each for pair in pairs for each in pair}))
    known = {row.id: Candidate(*row) for row in db.execute(of_them)}
    return [Pair(known[later], known[earlier]) for later, earlier in pairs]
