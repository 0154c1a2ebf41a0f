"""Completions counted: enrolled, started, completed, certified, by course, institution and month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.catalogue.courses import Course
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.identity.placements import Placement
from app.statistics.attributions import (
    FORMER,
    THEN,
    View,
    attributed,
    names_then,
    placements_counted_at,
)
from app.statistics.facts import Fact, month_of
from app.statistics.protecting.expressions import protecting
from app.statistics.scopes import Scope, placements_under
from app.statistics.tallies import OF_FACT, PERSONAL

TRAITS = (*PERSONAL, *OF_FACT)
COLUMNS = ("course", "institution", "month", "enrolled", "started", "completed", "certified")


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


class Counted(NamedTuple):
    """The four counts of a course at an institution in a month ("2026-11")."""

    slug: str
    course: str
    institution_key: str
    institution: str
    month: str
    enrolled: int
    started: int
    completed: int
    certified: int

    def cells(self) -> tuple[str | int, ...]:
        """The row of the file, in the order of COLUMNS; the screen shows the same figures."""
        return (
            self.course, self.institution, self.month,
            self.enrolled, self.started, self.completed, self.certified,
        )  # fmt: skip


class Totals(NamedTuple):
    """The four counts of everything asked for."""

    enrolled: int
    started: int
    completed: int
    certified: int


_facts, _courses, _placements = Fact.__table__.c, Course.__table__.c, Placement.__table__.c
_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_texts = CompiledText.__table__.c


def is_asked(scope: Scope, asked: Asked) -> ColumnElement[bool]:
    """Which facts a question means: in the scope, in the period, of the course and institution."""
    conditions = [
        scope.covers(_facts.placement_id),
        _facts.measure.in_((*Totals._fields, "revoked")),
        _facts.day >= asked.since,
        _facts.day < asked.until,
    ]
    if asked.course:
        conditions.append(
            _facts.course_id.in_(select(_courses.id).where(_courses.slug == asked.course))
        )
    if asked.institution:
        placed = placements_counted_at(asked.institution, asked.view)
        conditions.append(_facts.placement_id.in_(placed))
    if asked.under:
        conditions.append(_facts.placement_id.in_(placements_under(asked.under)))
    conditions += [_has_trait(name, value) for name, value in asked.traits if name in TRAITS]
    return and_(*conditions)


def _has_trait(name: str, value: str) -> ColumnElement[bool]:
    if name in OF_FACT:
        return _facts[name] == value
    of_placement = select(_placements.id).where(func.coalesce(_placements[name], "") == value)
    placed = _facts.placement_id.in_(of_placement)
    return placed if value else placed | _facts.placement_id.is_(None)


def _counts() -> list[ColumnElement[Any]]:
    """The four counts by name, and beside each the sum of its records' keys."""
    return [
        func.coalesce(func.sum(case(*whens, else_=0)), 0).label(name)
        for each, takes in zip(Totals._fields, (None, None, None, "revoked"), strict=True)
        for name, one in ((each, literal(1)), (f"{each}_keys", _facts.record_key))
        for whens in [_whens(each, takes, one)]
    ]


def _whens(adds: str, takes: str | None, one: ColumnElement[Any]) -> list[Any]:
    added = [(_facts.measure == adds, one)]
    return [*added, (_facts.measure == takes, -one)] if takes else added


def _shown(grouped: Any, *, exact: bool) -> list[ColumnElement[Any]]:
    """The four counts as they are, or as who may not see names is shown them."""
    return [
        grouped.c[each]
        if exact
        else protecting(grouped.c[each], grouped.c[f"{each}_keys"]).label(each)
        for each in Totals._fields
    ]


def counts(
    db: Session,
    scope: Scope,
    asked: Asked,
    limit: int | None = None,
    offset: int = 0,
    *,
    former: str = FORMER,
    exact: bool = True,
) -> list[Counted]:
    """The counts by course, institution and month, in that order; screen and file ask here.

    Without `exact` each is protected as `statistics.protecting` says. People count at the institution where they worked on the day it happened, or where its past
    counts now; `former` is the sentence that names one that has ended and has no successor.
    """
    rows = db.execute(counting(scope, asked, exact=exact).limit(limit).offset(offset)).all()
    called = names_then(db, {row.institution_id for row in rows if row.institution_id})
    return [_counted(row, called if asked.view == THEN else None, former) for row in rows]


def _grouped(scope: Scope, asked: Asked) -> Subquery:
    """The four counts and their keys by course, institution and month."""
    placed, institution_id = attributed(
        Fact.__table__.outerjoin(Placement.__table__, _placements.id == _facts.placement_id),
        asked.view,
    )
    return (
        select(
            _facts.course_id.label("course_id"),
            institution_id.label("institution_id"),
            month_of.label("month"),
            *_counts(),
        )
        .select_from(placed)
        .where(is_asked(scope, asked))
        .group_by(_facts.course_id, institution_id, month_of)
        .subquery()
    )


def counting(scope: Scope, asked: Asked, *, exact: bool = True) -> Select[Any]:
    """A row for each course, institution and month, with the four counts."""
    grouped = _grouped(scope, asked)
    current = aliased(CourseVersion.__table__)
    return (
        select(
            _courses.slug,
            _texts.title,
            func.coalesce(_institutions.key, "").label("key"),
            func.coalesce(_states.name, "").label("name"),
            _states.ending,
            grouped.c.institution_id,
            grouped.c.month,
            *_shown(grouped, exact=exact),
        )
        .select_from(grouped)
        .join(Course.__table__, _courses.id == grouped.c.course_id)
        .join(current, (current.c.course_id == _courses.id) & current.c.is_current)
        .join(
            CompiledText.__table__,
            (_texts.version_id == current.c.id)
            & (_texts.owner_key == "course")
            & (_texts.language == current.c.source_language),
        )
        .outerjoin(Institution.__table__, _institutions.id == grouped.c.institution_id)
        .outerjoin(
            InstitutionState.__table__,
            (_states.institution_id == grouped.c.institution_id) & is_standing,
        )
        .order_by(_texts.title, _courses.slug, _states.name, _institutions.key, grouped.c.month)
    )


def _counted(row: Any, called: Callable[[int, str], str] | None, former: str) -> Counted:
    slug, course, key, name, ending, institution_id, number, *figures = row
    month = _written(int(number))
    if called is not None and institution_id is not None:
        name = called(institution_id, month)
    elif ending is not None:
        name = former % {"name": name}
    return Counted(slug, course, key, name, month, *(int(each) for each in figures))


def totals(db: Session, scope: Scope, asked: Asked, *, exact: bool = True) -> Totals:
    """The four counts over everything asked for; what the table's rows add up to."""
    grouped = _grouped(scope, asked)
    shown = select(*_shown(grouped, exact=exact)).subquery().c
    row = db.execute(select(*(func.sum(shown[each]) for each in Totals._fields))).one()
    return Totals(*(int(each or 0) for each in row))


def claimed(db: Session, scope: Scope, asked: Asked) -> int:
    """How many of the completed count where the person says to work, which nobody confirmed yet."""
    unconfirmed = select(_placements.id).where(
        _placements.institution_id.is_not(None), _placements.confirmed_at.is_(None)
    )
    statement = select(func.count()).select_from(Fact.__table__)
    of_claims = _facts.placement_id.in_(unconfirmed)
    asked_for = is_asked(scope, asked), _facts.measure == "completed", of_claims
    return db.scalar(statement.where(*asked_for)) or 0


def months(
    db: Session, scope: Scope, asked: Asked, *, exact: bool = True
) -> list[tuple[str, int | None]]:
    """Completed by month, for the chart: every month from the first to the last with any.

    A protected figure that tells only "fewer" is none.
    """
    grouped = _grouped(scope, asked)
    shown = select(grouped.c.month, *_shown(grouped, exact=exact)).subquery().c
    statement = select(shown.month, func.sum(shown.completed)).group_by(shown.month)
    counted = {int(month): int(number) or None for month, number in db.execute(statement)}
    if exact:
        counted = {month: number for month, number in counted.items() if number}
    first, last = min(counted, default=0), max(counted, default=-1)
    passed = range(_place_of(first), _place_of(last) + 1) if counted else ()
    numbers = [place // 12 * 100 + place % 12 + 1 for place in passed]
    return [(_written(number), counted.get(number, 0)) for number in numbers]


def _place_of(number: int) -> int:
    """A month such as 202611 as a count of months."""
    return number // 100 * 12 + number % 100 - 1


def _written(number: int) -> str:
    return f"{number // 100:04}-{number % 100:02}"
