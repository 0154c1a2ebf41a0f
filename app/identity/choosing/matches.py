"""Matches: the institutions that a person may choose from, found by a part of their names."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.i18n.foldings import folded_name
from app.identity.grants import ADMINISTERED, ADMINISTRATOR, AUTHOR
from app.identity.institutions import (
    PRESENT,
    Institution,
    InstitutionState,
    is_standing,
    stood_at,
)

FOUND = 20
MOST_WORDS = 300


class Reach(NamedTuple):
    """Which institutions may be chosen: all when no ids are told; former ones only if it says so."""

    name: str
    ids: Select[Any] | None = None
    person_id: int = 0
    role: str = ""
    has_former: bool = False


class Match(NamedTuple):
    """An institution that is found, and what it stands under, since many have one name."""

    key: str
    name: str
    above: str | None


EVERY, OWN, WRITTEN = "every", "own", "written"
_institutions, _states = Institution.__table__.c, InstitutionState.__table__.c
_above = aliased(InstitutionState.__table__)
_MATCHES = (
    select(_institutions.key, _states.name, _above.c.name.label("above"))
    .join_from(
        Institution.__table__,
        InstitutionState.__table__,
        (_states.institution_id == _institutions.id) & is_standing,
    )
    .outerjoin(_above, (_above.c.institution_id == _states.parent_id) & stood_at(PRESENT, _above.c))
)


def every() -> Reach:
    """All institutions that have not ended: what a person may say to work at."""
    return Reach(EVERY)


def administered(person_id: int) -> Reach:
    """Those that the person administers."""
    return Reach(OWN, ADMINISTERED, person_id, ADMINISTRATOR)


def written_for(person_id: int) -> Reach:
    """Those for which the person writes courses."""
    return Reach(WRITTEN, ADMINISTERED, person_id, AUTHOR)


def is_called(words: str) -> ColumnElement[bool]:
    """Which institutions have this key, or all these words in their name, in any case or accent."""
    terms = [_states.folded.contains(term) for term in folded_name(words).split()]
    return or_(_institutions.key == words.strip().lower(), and_(*terms) if terms else false())


def matches(db: Session, reach: Reach, words: str, most: int = FOUND) -> list[Match]:
    """The institutions with all these words in their name, or with this key.

    Those whose name begins so come first. Case, accents and letter variants do not matter.
    """
    asked = _within(reach).limit(most)
    if words:
        begins_so = _states.folded.startswith(folded_name(words))
        asked = asked.where(is_called(words)).order_by(begins_so.desc(), func.length(_states.name))
    return _found(db, reach, asked.order_by(_states.name, _institutions.key))


def match_called(db: Session, reach: Reach, key: str) -> Match | None:
    """The institution of this key, if the person may choose it."""
    found = _found(db, reach, _within(reach).where(_institutions.key == key)) if key else []
    return found[0] if found else None


def matches_exactly(db: Session, reach: Reach, words: str) -> list[Match]:
    """The institutions with just this name or key, two at most."""
    is_just_so = or_(_institutions.key == words, _states.folded == folded_name(words))
    return _found(db, reach, _within(reach).where(is_just_so).limit(2))


def _within(reach: Reach) -> Select[Any]:
    asked = _MATCHES if reach.has_former else _MATCHES.where(_states.ending.is_(None))
    return asked if reach.ids is None else asked.where(_institutions.id.in_(reach.ids))


def _found(db: Session, reach: Reach, asked: Select[Any]) -> list[Match]:
    values = {"user_id": reach.person_id, "role": reach.role} if reach.role else {}
    return [Match(*row) for row in db.execute(asked, values)]
