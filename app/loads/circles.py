"""Circles: institutions that would stand under themselves, for good or between two days."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from app.foundation.database import MomentType
from app.identity.institutions import Institution, InstitutionState


class Span(NamedTuple):
    """Under what an institution stands, by its code, since a moment and until another one."""

    parent: str | None
    since: datetime
    until: datetime | None


class Circle(NamedTuple):
    """The codes on the way from an institution back to itself, and when that way would hold."""

    path: tuple[str, ...]
    since: datetime
    until: datetime | None


_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_above = aliased(Institution.__table__)
_SPANS = (
    select(_institutions.key, _above.c.key, _states.valid_from, _states.valid_to)
    .join_from(
        InstitutionState.__table__,
        Institution.__table__,
        _institutions.id == _states.institution_id,
    )
    .join(_above, _above.c.id == _states.parent_id)
    .where(
        _states.replaced_at.is_(None),
        _states.valid_to.is_(None) | (_states.valid_to > bindparam("moment", type_=MomentType())),
    )
)


def spans_since(db: Session, moment: datetime) -> dict[str, list[Span]]:
    """Under what every institution stands at a moment or later, as it is known today."""
    spans: dict[str, list[Span]] = {}
    for key, *span in db.execute(_SPANS, {"moment": moment}):
        spans.setdefault(key, []).append(Span(*span))
    return spans


def put(spans: dict[str, list[Span]], key: str, parent: str | None, since: datetime) -> None:
    """Put an institution under another one from a moment on, in place of what stood there."""
    earlier = [each for each in spans.get(key, []) if each.since < since]
    ended = [each._replace(until=_sooner(each.until, since)) for each in earlier]
    spans[key] = [*ended, Span(parent, since, None)]


def circle_of(spans: Mapping[str, Sequence[Span]], key: str, since: datetime) -> Circle | None:
    """The circle on which an institution would stand first, from a moment on; none if it never does."""
    found: list[_Way] = []
    ways = [_Way(key, since, None)]
    while ways:
        way = ways.pop()
        for span in spans.get(way.key, ()):
            later, sooner = max(way.since, span.since), _sooner(way.until, span.until)
            if span.parent is None or (sooner is not None and sooner <= later):
                continue
            step = _Way(span.parent, later, sooner, way.steps + 1, way)
            if span.parent == key:
                found.append(step)
            elif step.steps <= len(spans):  # else it goes round on a circle without this one
                ways.append(step)
    if not found:
        return None
    first = min(found, key=lambda each: each.since)
    return Circle(_path(first), first.since, first.until)


class _Way(NamedTuple):
    """A step upwards and those before it, which are not copied: a file may bring thousands of them."""

    key: str
    since: datetime
    until: datetime | None
    steps: int = 0
    before: "_Way | None" = None


def _path(last: _Way) -> tuple[str, ...]:
    keys, way = [last.key], last.before
    while way is not None:
        keys.append(way.key)
        way = way.before
    return tuple(reversed(keys))


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
