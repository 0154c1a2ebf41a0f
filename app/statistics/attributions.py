"""Attributions: at which institution a fact counts, as institutions were then or as they are now.

As then, people count where they worked, by the name of that month. As now, the past of an
institution that has merged counts with its successor; one that was split or closed stays itself, as
a former institution under its last parent. Nothing is divided, so both add up alike.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.i18n.marking import N_
from app.identity.histories import heirs
from app.identity.institutions import Institution, InstitutionState
from app.statistics.facts import Fact

View = Literal["then", "now"]
THEN: View = "then"
NOW: View = "now"
FORMER = N_("%(name)s (former)")
_facts, _institutions = Fact.__table__.c, Institution.__table__.c
_states = InstitutionState.__table__.c
_heirs = heirs()


def attributed(facts: FromClause, view: View) -> tuple[FromClause, ColumnElement[Any]]:
    """What to select from, and the id of the institution in it at which a fact counts in a view."""
    if view == THEN:
        return facts, _facts.institution_id
    joined = facts.outerjoin(_heirs, _heirs.c.institution_id == _facts.institution_id)
    return joined, func.coalesce(_heirs.c.heir_id, _facts.institution_id)


def institutions_counted_at(key: str, view: View) -> Any:
    """The ids of the institutions whose facts count at the one of a key."""
    own = select(_institutions.id).where(_institutions.key == key)
    if view == THEN:
        return own
    merged = select(_heirs.c.institution_id)
    return own.where(_institutions.id.not_in(merged)).union(merged.where(_heirs.c.heir_id.in_(own)))


def names_then(db: Session, ids: Collection[int]) -> Callable[[int, str], str]:
    """What each institution was called at the end of a month ("2026-11"); at first, if before.

    The month ends where the institution is, as does the day before a reform.
    """
    asked = (
        select(_states.institution_id, _institutions.time_zone, _states.valid_from, _states.name)
        .join(Institution.__table__, _institutions.id == _states.institution_id)
        .where(_states.institution_id.in_(ids), _states.replaced_at.is_(None))
        .order_by(_states.valid_from)
    )
    known: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    zones: dict[int, str] = {}
    for institution_id, time_zone, since, name in db.execute(asked):
        known[institution_id].append((since, name))
        zones[institution_id] = time_zone

    def called(institution_id: int, month: str) -> str:
        end = _end_of(month, zones[institution_id])
        states = known[institution_id]
        at = bisect_left(states, end, key=lambda state: state[0])
        return states[max(at - 1, 0)][1]

    return called


@lru_cache(4_096)
def _end_of(month: str, time_zone: str) -> datetime:
    """The moment at which a month is over in a time zone."""
    year, number = int(month[:4]), int(month[5:])
    first = date(year + number // 12, number % 12 + 1, 1)
    return clock.start_of(first, time_zone).astimezone(UTC)
