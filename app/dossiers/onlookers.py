"""Onlookers: who looked at something of this person or at a list that held them, and when."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.catalogue.courses import Course
from app.duties.duties import Duty
from app.duties.looks import OverdueExported
from app.duties.requirements import Requirement
from app.identity.grants import REGISTRAR, Grant
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.identity.looks import RecordSeen
from app.identity.placements import Placement
from app.identity.users import User, own_accounts
from app.statistics.facts import Fact
from app.statistics.looks import ListExported, ListSeen

SHOWN = 200


class Onlooker(NamedTuple):
    """A look at a list that held the person, or at something of them alone.

    `name` is empty once the onlooker was erased; `what` is empty for a list.
    """

    at: datetime
    name: str
    is_file: bool
    course: str
    what: str = ""


class _Counted(NamedTuple):
    """Where and when the person counted, as a list finds them."""

    day: date
    course: str
    institution_id: int
    institution: str
    measure: str


_facts, _placements, _states = Fact.__table__.c, Placement.__table__.c, InstitutionState.__table__.c
_grants, _events = Grant.__table__.c, Event.__table__.c
_own = own_accounts(bindparam("person_id"))
_COUNTED = (
    select(_facts.day, Course.slug, _facts.institution_id, Institution.key, _facts.measure)
    .join_from(Placement.__table__, Fact.__table__, _facts.placement_id == _placements.id)
    .join(Institution.__table__, Institution.id == _facts.institution_id)
    .join(Course.__table__, Course.id == _facts.course_id)
    .where(_placements.user_id.in_(_own))
)
_PARENTS = select(_states.institution_id, _states.parent_id).where(is_standing)
_REGISTRARS = select(
    _grants.user_id, _grants.institution_id, _grants.granted_at, _grants.ended_at
).where(_grants.role == REGISTRAR)
_LOOKS = (
    select(_events.happened_at, _events.actor_id, _events.kind, _events.payload, User.name)
    .join_from(Event.__table__, User.__table__, User.id == _events.actor_id, isouter=True)
    .where(
        _events.kind.in_((ListSeen.kind, ListExported.kind)),
        _events.actor_id.in_(bindparam("actors", expanding=True)),
    )
    .order_by(_events.id.desc())
)


_LATE = (
    select(
        Duty.requirement_id, Duty.missed_on, Duty.done_on, _placements.institution_id, Course.slug
    )
    .join_from(Duty.__table__, Placement.__table__, _placements.id == Duty.missed_placement_id)
    .join(Requirement.__table__, Requirement.id == Duty.requirement_id)
    .join(Course.__table__, Course.id == Requirement.course_id)
    .where(Duty.person_id == bindparam("person_id"))
)
_FILES = (
    select(_events.happened_at, _events.actor_id, _events.payload, User.name)
    .join_from(Event.__table__, User.__table__, User.id == _events.actor_id, isouter=True)
    .where(
        _events.kind == OverdueExported.kind,
        _events.actor_id.in_(bindparam("actors", expanding=True)),
    )
    .order_by(_events.id.desc())
)
_ALONE = (
    select(_events.happened_at, _events.payload, User.name)
    .join_from(Event.__table__, User.__table__, User.id == _events.actor_id, isouter=True)
    .where(_events.person_id.in_(_own), _events.kind == RecordSeen.kind)
    .order_by(_events.id.desc())
    .limit(SHOWN)
)


def onlookers_of(db: Session, person_id: int) -> list[Onlooker]:
    """The last looks at what is kept of the person, latest first, at most SHOWN."""
    alone = [
        Onlooker(at, name or "", False, "", seen["what"])
        for at, seen, name in db.execute(_ALONE, {"person_id": person_id})
    ]
    lists = (*_onlookers_of_lists(db, person_id), *_onlookers_of_overdue(db, person_id))
    both = [*alone, *lists]
    return sorted(both, key=lambda each: each.at, reverse=True)[:SHOWN]


def _onlookers_of_lists(db: Session, person_id: int) -> list[Onlooker]:
    """The looks at lists that held the person.

    A list holds whoever counted in its days, course and institution, under a role of that moment;
    the tree of institutions is today's.
    """
    counted = [_Counted(*row) for row in db.execute(_COUNTED, {"person_id": person_id})]
    above = _above(db, {each.institution_id for each in counted})
    held = [row for row in db.execute(_REGISTRARS) if row[1] is None or row[1] in above]
    actors = sorted({row[0] for row in held})
    if not counted or not actors:
        return []
    seen = []
    for at, actor, kind, asked, name in db.execute(_LOOKS, {"actors": actors}):
        roots = {
            institution
            for user, institution, since, until in held
            if user == actor and since <= at and (until is None or at < until)
        }
        if any(_holds(asked, each, roots, above, at) for each in counted):
            seen.append(Onlooker(at, name or "", kind == ListExported.kind, asked["course"]))
        if len(seen) == SHOWN:
            break
    return seen


def _onlookers_of_overdue(db: Session, person_id: int) -> list[Onlooker]:
    """Who took the names of the overdue as a file while the person was among them."""
    late = db.execute(_LATE, {"person_id": person_id}).all()
    above = _above(db, {row[3] for row in late if row[3] is not None})
    held = [row for row in db.execute(_REGISTRARS) if row[1] is None or row[1] in above]
    actors = sorted({row[0] for row in held})
    if not late or not actors:
        return []
    seen = []
    for at, actor, asked, name in db.execute(_FILES, {"actors": actors}):
        roots = {root for user, root, since, until in held if user == actor and since <= at
                 and (until is None or at < until)}  # fmt: skip
        for requirement_id, missed_on, done_on, institution_id, slug in late:
            is_asked = asked["requirement_id"] in {0, requirement_id}
            was_late = missed_on < at.date() and (done_on is None or done_on >= at.date())
            is_covered = any(
                root is None or institution_id in above.get(root, set()) for root in roots
            )
            if is_asked and was_late and is_covered:
                seen.append(Onlooker(at, name or "", True, slug))
    return seen[:SHOWN]


def _above(db: Session, institutions: set[int]) -> dict[int, set[int]]:
    """Each institution at or above the given ones, with those of the given that stand under it."""
    parents: dict[int, int | None] = {row[0]: row[1] for row in db.execute(_PARENTS)}
    found: dict[int, set[int]] = {}
    for institution in institutions:
        at: int | None = institution
        while at is not None and institution not in found.setdefault(at, set()):
            found[at].add(institution)
            at = parents.get(at)
    return found


def _holds(
    asked: dict[str, Any],
    each: _Counted,
    roots: set[int | None],
    above: dict[int, set[int]],
    at: datetime,
) -> bool:
    measure = "completed" if asked["measure"] == "certified" else asked["measure"]
    covered = any(root is None or each.institution_id in above.get(root, set()) for root in roots)
    return (
        covered
        and asked["since"] <= each.day.isoformat() < asked["until"]
        and each.day <= at.date()
        and measure == each.measure
        and asked["course"] in {"", each.course}
        and asked["institution"] in {"", each.institution}
    )
