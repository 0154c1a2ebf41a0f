"""Histories: the tree of institutions as it was or is at a moment, and what became of each."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, bindparam, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.foundation import clock
from app.foundation.database import MomentType
from app.identity.institutions import (
    MERGED,
    Institution,
    InstitutionState,
    is_standing,
    stood_at,
    tree_at,
)

DEEPEST = 32


class Unit(NamedTuple):
    """An institution in a list, as of a moment; `parts` stand directly under it."""

    id: int
    key: str
    kind: str
    name: str
    parent: str | None
    ending: str | None
    parts: int


class Stage(NamedTuple):
    """One state of an institution: how it was called, under whom, and how it ended."""

    name: str
    valid_from: datetime
    valid_to: datetime | None
    ending: str | None
    parent_key: str | None
    parent: str | None
    successor_key: str | None
    successor: str | None
    origin_key: str | None
    origin: str | None


class Named(NamedTuple):
    """An institution of a path or a list, by key and name."""

    key: str
    name: str


_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_moment = bindparam("moment", type_=MomentType())
_own_id = bindparam("institution_id", type_=_institutions.id.type)
_parents, _children = aliased(InstitutionState.__table__), aliased(InstitutionState.__table__)
_PARTS = (
    select(func.count())
    .where(_children.c.parent_id == _states.institution_id, stood_at(_moment, _children.c))
    .where(_children.c.ending.is_(None))
    .correlate(InstitutionState.__table__)
    .scalar_subquery()
)
UNITS = (
    select(
        _institutions.id, _institutions.key, _institutions.kind, _states.name,
        _parents.c.name.label("parent"), _states.ending, _PARTS.label("parts"),
    )
    .select_from(Institution.__table__)
    .join(InstitutionState.__table__, _states.institution_id == _institutions.id)
    .outerjoin(
        _parents, (_parents.c.institution_id == _states.parent_id) & stood_at(_moment, _parents.c)
    )
    .where(stood_at(_moment))
    .order_by(_states.name, _institutions.id)
)  # fmt: skip
_TREE_AT = select(tree_at(select(_institutions.id).where(_institutions.id == _own_id), _moment))


def _path_up() -> Select[Any]:
    columns = _states.institution_id, _states.name, _states.parent_id
    up = (
        select(*columns, literal(0).label("depth"))
        .where(_states.institution_id == _own_id, stood_at(_moment))
        .cte("up", recursive=True)
    )
    step = select(*columns, up.c.depth + 1).where(
        _states.institution_id == up.c.parent_id, stood_at(_moment), up.c.depth < DEEPEST
    )
    up = up.union_all(step)
    return (
        select(_institutions.key, up.c.name)
        .join_from(up, Institution.__table__, _institutions.id == up.c.institution_id)
        .order_by(up.c.depth.desc())
    )


_PATH = _path_up()


def _called_at(institution_id: ColumnElement[Any], moment: ColumnElement[Any]) -> Any:
    """What an institution was called at a moment, as a column."""
    called = aliased(InstitutionState.__table__).c
    return (
        select(called.name)
        .where(called.institution_id == institution_id, stood_at(moment, called))
        .scalar_subquery()
    )


def _key_of(institution_id: ColumnElement[Any]) -> Any:
    keyed = aliased(Institution.__table__).c
    return select(keyed.key).where(keyed.id == institution_id).scalar_subquery()


_HISTORY = (
    select(
        _states.name,
        _states.valid_from,
        _states.valid_to,
        _states.ending,
        *(
            column
            for other in (_states.parent_id, _states.successor_id, _states.origin_id)
            for column in (_key_of(other), _called_at(other, _states.valid_from))
        ),
    )
    .where(_states.institution_id == _own_id, _states.replaced_at.is_(None))
    .order_by(_states.valid_from)
)
_PARTS_MADE = (
    select(_institutions.key, _states.name)
    .join_from(
        Institution.__table__,
        InstitutionState.__table__,
        _states.institution_id == _institutions.id,
    )
    .where(_states.origin_id == _own_id, _states.replaced_at.is_(None))
    .order_by(_states.name, _institutions.id)
)


def day_begins(day: date, time_zone: str) -> datetime | None:
    """The moment from which a change of a day holds; None, which is now, for today."""
    if day == clock.day_in(clock.now(), time_zone):
        return None
    return clock.start_of(day, time_zone)


def first_day_from(moment: datetime, time_zone: str) -> date:
    """The first day from which a change may be said to hold, if it must not before a moment."""
    day = clock.day_in(moment, time_zone)
    begins = day_begins(day, time_zone)
    return day if begins is None or begins >= moment else day + timedelta(days=1)


def units_at(db: Session, moment: datetime, ids: Collection[int]) -> list[Unit]:
    """Those of the institutions that stood at a moment, or had ended, by the names of then."""
    asked = UNITS.where(_institutions.id.in_(ids))
    return [Unit(*row) for row in db.execute(asked, {"moment": moment})]


def tree_of(db: Session, institution_id: int, moment: datetime) -> list[int]:
    """The ids of an institution and of all that stood under it at a moment."""
    return list(db.scalars(_TREE_AT, {"institution_id": institution_id, "moment": moment}))


def path_of_names(db: Session, institution_id: int, moment: datetime) -> list[Named]:
    """The institution and all above it at a moment, the highest first."""
    rows = db.execute(_PATH, {"institution_id": institution_id, "moment": moment})
    return [Named(*row) for row in rows]


def history_of(db: Session, institution_id: int) -> list[Stage]:
    """All states of an institution as they are known today, oldest first."""
    return [Stage(*row) for row in db.execute(_HISTORY, {"institution_id": institution_id})]


def parts_made_of(db: Session, institution_id: int) -> list[Named]:
    """The institutions that a split made of this one."""
    return [Named(*row) for row in db.execute(_PARTS_MADE, {"institution_id": institution_id})]


def heirs() -> CTE:
    """Pairs (institution_id, heir_id) of those that have merged: where their past counts now.

    A chain of mergers is followed to its end; who was split or closed has no heir but stays itself.
    """
    merged = is_standing & (_states.ending == MERGED)
    chain = (
        select(_states.institution_id, _states.successor_id.label("heir_id"))
        .where(merged)
        .cte("chain", recursive=True)
    )
    onward = select(chain.c.institution_id, _states.successor_id).where(
        merged, _states.institution_id == chain.c.heir_id
    )
    chain = chain.union(onward)
    gone = select(_states.institution_id).where(merged)
    return (
        select(chain.c.institution_id, chain.c.heir_id)
        .where(chain.c.heir_id.not_in(gone))
        .cte("heirs")
    )
