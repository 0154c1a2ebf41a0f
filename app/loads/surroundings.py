"""Surroundings: the institutions a load may touch, as they stand when its rows are looked at."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.database import MomentType
from app.identity.histories import path_of_names
from app.identity.institutions import (
    Institution,
    InstitutionState,
    institution_called,
    institution_tree_of,
    is_standing,
)
from app.loads.loads import Load


class Known(NamedTuple):
    """An institution by its last state, and since when it stands at all."""

    id: int
    kind: str
    state_id: int
    name: str
    parent_id: int | None
    country: str | None
    place: str | None
    valid_from: Any
    ending: str | None
    founded: Any


@dataclass
class Surroundings:
    """What a kind needs to decide on rows; `seen` are the keys of rows passed, by their lines.

    `names` are those of institutions, as far as they were asked for; `keys` those by which accounts are
    found, if they were all read beforehand.
    """

    load: Load
    root_key: str
    time_zone: str
    scope: frozenset[int]
    units: dict[str, int]
    parents: dict[int, int | None]
    seen: dict[Any, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    keys: frozenset[str] | None = None

    @cached_property
    def above(self) -> dict[int, frozenset[int]]:
        """Each institution of the scope with all above it, itself included."""
        return {each: frozenset(self._path(each)) for each in self.scope}

    def _path(self, at: int | None) -> list[int]:
        path: list[int] = []
        while at is not None and at not in path:
            path.append(at)
            at = self.parents.get(at)
        return path


_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_STANDING = (
    select(_institutions.id, _institutions.key, _states.ending, _states.parent_id)
    .join_from(
        Institution.__table__,
        InstitutionState.__table__,
        _states.institution_id == _institutions.id,
    )
    .where(is_standing)
)
_others = InstitutionState.__table__.alias("others").c
_KNOWN = (
    select(
        _institutions.key, _institutions.id, _institutions.kind, _states.id, _states.name,
        _states.parent_id, _states.country, _states.place, _states.valid_from, _states.ending,
        select(func.min(_others.valid_from, type_=MomentType()))
        .where(_others.institution_id == _institutions.id, _others.replaced_at.is_(None))
        .scalar_subquery(),
    )
    .join_from(
        Institution.__table__,
        InstitutionState.__table__,
        _states.institution_id == _institutions.id,
    )
    .where(_states.replaced_at.is_(None), _states.valid_to.is_(None))
)  # fmt: skip
_BY_KEYS = _KNOWN.where(_institutions.key.in_(bindparam("keys", expanding=True)))
_BY_IDS = _KNOWN.where(_institutions.id.in_(bindparam("ids", expanding=True)))
ASKED_AT_ONCE = 5_000


def surroundings_of(db: Session, load: Load) -> Surroundings:
    """The tree under a load's institution, and what stands above it."""
    scope = frozenset(institution_tree_of(db, load.institution_id))
    rows = db.execute(_STANDING).all()
    return Surroundings(
        load=load,
        root_key=path_of_names(db, load.institution_id, clock.now())[0].key,
        time_zone=db.scalars(
            select(Institution.time_zone).where(Institution.id == load.institution_id)
        ).one(),
        scope=scope,
        units={key: each for each, key, ending, _parent in rows if each in scope and not ending},
        parents={each: parent for each, _key, _ending, parent in rows},
    )


def root_of(db: Session, institution_id: int) -> int:
    """The highest institution above one, or the one itself."""
    path = path_of_names(db, institution_id, clock.now())
    root = institution_called(db, path[0].key) if path else None
    return root.id if root is not None else institution_id


def known_units(db: Session, keys: list[str]) -> dict[str, Known]:
    """The institutions with these keys, by their last states."""
    return _asked(db, _BY_KEYS, "keys", keys)


def known_by_id(db: Session, ids: list[int]) -> dict[str, Known]:
    """The institutions with these numbers, by key."""
    return _asked(db, _BY_IDS, "ids", ids)


def _asked(db: Session, statement: Any, name: str, values: list[Any]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for start in range(0, len(values), ASKED_AT_ONCE):
        rows = db.execute(statement, {name: values[start : start + ASKED_AT_ONCE]})
        found |= {key: Known(*row) for key, *row in rows}
    return found
