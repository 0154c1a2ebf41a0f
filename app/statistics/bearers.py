"""Bearers: the institutions that a question counts at, in the order that rows are listed in."""

from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from app.identity.histories import heirs
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.statistics.attributions import NOW, View
from app.statistics.local_tallies import NOWHERE
from app.statistics.scopes import Scope, institutions_under


class Bearer(NamedTuple):
    """An institution as it is called now, with the ids of those whose counts it bears.

    As then that is itself; as now also what merged into it, as far as it lies in the scope.
    """

    id: int
    key: str
    name: str
    ending: str | None
    of: tuple[int, ...]


NOBODYS = Bearer(NOWHERE, "", "", None, (NOWHERE,))
_institutions, _states = Institution.__table__.c, InstitutionState.__table__.c
_heirs = heirs()
_HEIRS = select(_heirs.c.institution_id, _heirs.c.heir_id)


def bearers_of(
    db: Session, scope: Scope, view: View, *, under: str = "", key: str = ""
) -> list[Bearer]:
    """All of a scope by name, perhaps of one tree or key alone; no institution comes last."""
    heir_of = {row.institution_id: row.heir_id for row in db.execute(_HEIRS)} if view == NOW else {}
    rows = db.execute(_named(scope, under, {*heir_of.values()})).all()
    borne: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.is_within:
            borne[heir_of.get(row.id, row.id)].append(row.id)
    found = [
        Bearer(row.id, row.key, row.name, row.ending, tuple(borne[row.id]))
        for row in rows
        if row.id in borne and (not key or row.key == key)
    ]
    return [*found, NOBODYS] if scope.is_everywhere and not under and not key else found


def _named(scope: Scope, under: str, heir_ids: set[int]) -> Any:
    within = _is_within(scope, under)
    name = func.coalesce(_states.name, "").label("name")
    standing = (_states.institution_id == _institutions.id) & is_standing
    return (
        select(_institutions.id, _institutions.key, name, _states.ending, within.label("is_within"))
        .outerjoin(InstitutionState.__table__, standing)
        .where(or_(within, _institutions.id.in_(heir_ids)) if heir_ids else within)
        .order_by(name, _institutions.key)
    )


def _is_within(scope: Scope, under: str) -> ColumnElement[bool]:
    within: ColumnElement[bool] = literal(value=True)
    if not scope.is_everywhere:
        within = _institutions.id.in_(select(scope.institutions().c.id))
    return within & _institutions.id.in_(institutions_under(under)) if under else within
