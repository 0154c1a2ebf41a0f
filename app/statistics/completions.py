"""Completions asked for: which facts a question about enrolments and completions means."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.identity.placements import Placement
from app.statistics.attributions import THEN, View, institutions_counted_at
from app.statistics.facts import Fact
from app.statistics.local_tallies import KINDS
from app.statistics.scopes import Scope, institutions_under
from app.statistics.traits import OF_FACT, TRAITS


@dataclass(frozen=True)
class Asked:
    """What is asked for: a period of whole months, and perhaps one course or institution.

    Institutions and courses are named by key; an institution means itself, `under` its whole tree.
    `traits` are further dimensions with the value that is asked for, empty where it was not said.
    """

    since: date
    until: date
    course: str = ""
    institution: str = ""
    view: View = THEN
    under: str = ""
    traits: tuple[tuple[str, str], ...] = ()


class Totals(NamedTuple):
    """The four counts of everything asked for."""

    enrolled: int
    started: int
    completed: int
    certified: int


_facts, _courses, _placements = Fact.__table__.c, Course.__table__.c, Placement.__table__.c


def is_asked(scope: Scope, asked: Asked) -> ColumnElement[bool]:
    """Which facts a question means: in the scope, in the period, of the course and institution."""
    conditions = [
        scope.covers(_facts.institution_id),
        _facts.measure.in_(KINDS),
        _facts.day >= asked.since,
        _facts.day < asked.until,
    ]
    if asked.course:
        conditions.append(
            _facts.course_id.in_(select(_courses.id).where(_courses.slug == asked.course))
        )
    if asked.institution:
        counted = institutions_counted_at(asked.institution, asked.view)
        conditions.append(_facts.institution_id.in_(counted))
    if asked.under:
        conditions.append(_facts.institution_id.in_(institutions_under(asked.under)))
    conditions += [_has_trait(name, value) for name, value in asked.traits if name in TRAITS]
    return and_(*conditions)


def _has_trait(name: str, value: str) -> ColumnElement[bool]:
    if name in OF_FACT:
        return _facts[name] == value
    of_placement = select(_placements.id).where(func.coalesce(_placements[name], "") == value)
    placed = _facts.placement_id.in_(of_placement)
    return placed if value else placed | _facts.placement_id.is_(None)


def claimed(db: Session, scope: Scope, asked: Asked) -> int:
    """How many of the completed count where the person says to work, which nobody confirmed yet."""
    unconfirmed = select(_placements.id).where(
        _placements.institution_id.is_not(None), _placements.confirmed_at.is_(None)
    )
    statement = select(func.count()).select_from(Fact.__table__)
    of_claims = _facts.placement_id.in_(unconfirmed)
    asked_for = is_asked(scope, asked), _facts.measure == "completed", of_claims
    return db.scalar(statement.where(*asked_for)) or 0
