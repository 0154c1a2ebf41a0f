"""Reforms: institutions renamed, moved, merged, split and closed, each from a moment on.

A change is put at the end of an institution's history, or in place of its last state when it holds
from the same moment; nothing is put between states that are known. Everybody's past stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import MomentType
from app.identity.histories import first_day_from
from app.identity.institutions import (
    CLOSED,
    MERGED,
    SPLIT,
    Institution,
    InstitutionState,
    check_moment,
    check_parent,
    found_institution,
)
from app.identity.obstacles import (
    ChangesOverlap,
    InstitutionOver,
    InstitutionUnderItself,
    MergedWithItself,
    PartsRemain,
    PartsTooFew,
)


class Part(NamedTuple):
    """What a split makes of an institution: the key and the name of one new institution."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class InstitutionChanged(Happening):
    """An institution has another name or parent from a moment on; its states say which."""

    kind: ClassVar[str] = "institution-changed"
    institution_id: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class InstitutionMerged(Happening):
    """An institution ends and goes on in another one."""

    kind: ClassVar[str] = "institution-merged"
    institution_id: int
    successor_id: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class InstitutionSplit(Happening):
    """An institution ends and new ones come from it; its past is divided among none of them."""

    kind: ClassVar[str] = "institution-split"
    institution_id: int
    parts: tuple[int, ...]
    since: datetime


@dataclass(frozen=True, kw_only=True)
class InstitutionClosed(Happening):
    """An institution ends, and nothing comes after it."""

    kind: ClassVar[str] = "institution-closed"
    institution_id: int
    since: datetime


REFORMS = (InstitutionChanged, InstitutionMerged, InstitutionSplit, InstitutionClosed)
_states = InstitutionState.__table__.c
_is_last = _states.replaced_at.is_(None) & _states.valid_to.is_(None)
_LAST = select(InstitutionState).where(
    _is_last, InstitutionState.institution_id == bindparam("institution_id")
)
_is_known_since = _states.replaced_at.is_(None) & (
    _states.valid_to.is_(None) | (_states.valid_to > bindparam("moment", type_=MomentType()))
)
_CHILDREN = (
    select(InstitutionState)
    .where(_is_known_since, InstitutionState.parent_id == bindparam("institution_id"))
    .where(InstitutionState.ending.is_(None))
    .order_by(InstitutionState.institution_id)
)
# Two moves at once could make a circle together.
_ONE_AT_A_TIME = text("LOCK TABLE institution_states IN SHARE ROW EXCLUSIVE MODE")


def hold_the_tree(db: Session) -> None:
    """Let nobody else reshape the tree until the transaction ends."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(_ONE_AT_A_TIME)


def _below_since() -> Any:
    """All that stands under an institution at a moment or at any time after it."""
    tree = select(bindparam("institution_id", type_=_states.institution_id.type).label("id")).cte(
        "below", recursive=True
    )
    step = select(_states.institution_id).where(_is_known_since, _states.parent_id == tree.c.id)
    return select(tree.union(step))


_BELOW_SINCE = _below_since()


def rename_institution(
    db: Session,
    institution: Institution,
    name: str,
    *,
    since: datetime | None = None,
    by: int | None = None,
) -> None:
    """Call the institution so from a moment on; what it was called before stays known."""
    moment, state = _to_change(db, institution.id, since)
    if state.name != name:
        _follow(db, state, moment, name=name)
        record(db, InstitutionChanged(actor_id=by, institution_id=institution.id, since=moment))


def move_institution(
    db: Session,
    institution: Institution,
    parent_id: int | None,
    *,
    since: datetime | None = None,
    by: int | None = None,
) -> None:
    """Put the institution under another one from a moment on; raises InstitutionUnderItself."""
    moment, state = _to_change(db, institution.id, since)
    if state.parent_id == parent_id:
        return
    if parent_id is not None:
        if parent_id in _below(db, institution.id, moment):
            raise InstitutionUnderItself
        check_parent(db, parent_id, moment)
    _follow(db, state, moment, parent_id=parent_id)
    record(db, InstitutionChanged(actor_id=by, institution_id=institution.id, since=moment))


def merge_institutions(
    db: Session,
    merged: Sequence[Institution],
    into: Institution,
    *,
    since: datetime | None = None,
    by: int | None = None,
) -> None:
    """End institutions that go on in another one; what stands under them goes with them."""
    for each in merged:
        moment, state = _to_change(db, each.id, since)
        is_akin = into.id in _below(db, each.id, moment) or each.id in _below(db, into.id, moment)
        if is_akin:
            raise MergedWithItself
        check_parent(db, into.id, moment)
        _hand_over(db, each.id, into.id, moment, by)
        _follow(db, state, moment, ending=MERGED, successor_id=into.id)
        record(
            db,
            InstitutionMerged(
                actor_id=by, institution_id=each.id, successor_id=into.id, since=moment
            ),
        )


def split_institution(
    db: Session,
    institution: Institution,
    parts: Sequence[Part],
    *,
    heir: str = "",
    since: datetime | None = None,
    by: int | None = None,
) -> list[Institution]:
    """End an institution and found those that come from it, under its last parent.

    What stands under it goes to the part whose key is `heir`; without one PartsRemain is raised.
    """
    if len({part.key for part in parts}) < max(len(parts), 2):
        raise PartsTooFew
    moment, state = _to_change(db, institution.id, since)
    founded = [
        found_institution(
            db,
            part.key,
            part.name,
            institution.kind,
            parent_id=state.parent_id,
            time_zone=institution.time_zone,
            country=state.country,
            place=state.place,
            since=moment,
            origin_id=institution.id,
            by=by,
        )
        for part in parts
    ]
    heirs = [each.id for each in founded if each.key == heir]
    _hand_over(db, institution.id, heirs[0] if heirs else None, moment, by)
    _follow(db, state, moment, ending=SPLIT)
    ids = tuple(each.id for each in founded)
    record(
        db, InstitutionSplit(actor_id=by, institution_id=institution.id, parts=ids, since=moment)
    )
    return founded


def close_institution(
    db: Session, institution: Institution, *, since: datetime | None = None, by: int | None = None
) -> None:
    """End an institution under which nothing stands any more; raises PartsRemain."""
    moment, state = _to_change(db, institution.id, since)
    _hand_over(db, institution.id, None, moment, by)
    _follow(db, state, moment, ending=CLOSED)
    record(db, InstitutionClosed(actor_id=by, institution_id=institution.id, since=moment))


def _to_change(
    db: Session, institution_id: int, since: datetime | None
) -> tuple[datetime, InstitutionState]:
    moment = check_moment(since)
    hold_the_tree(db)
    state = db.scalars(_LAST, {"institution_id": institution_id}).one()
    if state.ending is not None:
        raise InstitutionOver(name=state.name, day=clock.day_in(state.valid_from, _zone(db, state)))
    if moment < state.valid_from:
        day = first_day_from(state.valid_from, _zone(db, state))
        raise ChangesOverlap(name=state.name, day=day)
    return moment, state


def _zone(db: Session, state: InstitutionState) -> str:
    return db.get_one(Institution, state.institution_id).time_zone


def _below(db: Session, institution_id: int, moment: datetime) -> set[int]:
    return set(db.scalars(_BELOW_SINCE, {"institution_id": institution_id, "moment": moment}))


def _hand_over(
    db: Session, institution_id: int, heir_id: int | None, moment: datetime, by: int | None
) -> None:
    """Put what stands under an institution under its heir; raises PartsRemain if there is none.

    What is to leave it only later stands under it until then: that raises ChangesOverlap.
    """
    asked = {"institution_id": institution_id, "moment": moment}
    children = db.scalars(_CHILDREN, asked).all()
    if children and heir_id is None:
        state = db.scalars(_LAST, {"institution_id": institution_id}).one()
        raise PartsRemain(count=len({each.institution_id for each in children}), name=state.name)
    for child in children:
        _to_change(db, child.institution_id, moment)
        _follow(db, child, moment, parent_id=heir_id)
        record(
            db, InstitutionChanged(actor_id=by, institution_id=child.institution_id, since=moment)
        )


def _follow(db: Session, state: InstitutionState, moment: datetime, **changed: Any) -> None:
    """Let a state end where its follower begins, or give way to it if both begin together."""
    now = clock.now()
    if state.valid_from == moment:
        state.replaced_at = now
    else:
        state.valid_to = moment
    db.flush()
    kept = {
        name: getattr(state, name)
        for name in ("institution_id", "name", "parent_id", "country", "place")
    }
    # Where it was split from is said by the state it began with.
    origin_id = state.origin_id if state.valid_from == moment else None
    values = {**kept, "origin_id": origin_id, **changed}
    db.add(InstitutionState(**values, valid_from=moment, recorded_at=now))
    db.flush()
