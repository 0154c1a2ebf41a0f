"""Onlookers: who looked at something of this person or at a list that held them, and when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, get_args

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.catalogue.courses import Course
from app.duties.duties import Duty
from app.duties.looks import OverdueExported
from app.duties.requirements import Requirement
from app.foundation import clock
from app.identity.grants import REGISTRAR, Grant
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.identity.looks import RecordSeen
from app.identity.placements import Placement
from app.identity.users import User, own_accounts
from app.learning.enrolments import Enrolment
from app.statistics.attributions import NOW
from app.statistics.facts import Fact
from app.statistics.looks import ListExported, ListSeen
from app.statistics.records import Measure

SHOWN = 200
FIRST_ZONE = timedelta(hours=14)  # where a day begins first


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
    """Where the person counted on which day, as a list finds them, and the event that told so."""

    event_id: int
    day: date
    course: str
    institution_id: int | None
    measure: str


class _Trees(NamedTuple):
    """Which of some institutions count in the tree of another one today, by its id and by its key.

    `keys` are their own by id, and `heirs` of those where their past counts now.
    """

    within: Mapping[int, set[int]]
    under: Mapping[str, set[int]]
    keys: Mapping[int, str]
    heirs: Mapping[int, str]


_facts, _placements, _states = Fact.__table__.c, Placement.__table__.c, InstitutionState.__table__.c
_grants, _events, _institutions = Grant.__table__.c, Event.__table__.c, Institution.__table__.c
_enrolments = Enrolment.__table__.c
_own = own_accounts(bindparam("person_id"))
_COUNTED = (
    select(_events.id, _facts.day, Course.slug, _facts.institution_id, _facts.measure)
    .join_from(Enrolment.__table__, Fact.__table__, _facts.enrolment_id == _enrolments.id)
    .join(Event.__table__, _events.key == _facts.event_key)
    .join(Course.__table__, Course.id == _facts.course_id)
    .where(_enrolments.learner_id.in_(_own), _facts.measure.in_(get_args(Measure)))
)
_ABOVE = select(_states.institution_id, _states.parent_id, _states.successor_id).where(is_standing)
_REGISTRARS = select(
    _grants.user_id, _grants.institution_id, _grants.granted_at, _grants.ended_at
).where(_grants.role == REGISTRAR)
_LOOKS = (
    select(
        _events.id, _events.happened_at, _events.actor_id, _events.kind, _events.payload, User.name
    )
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

    A list holds whoever had counted in its days, course and institution, under a role of that moment;
    the tree of institutions is today's.
    """
    counted = [_Counted(*row) for row in db.execute(_COUNTED, {"person_id": person_id})]
    trees = _trees(db, (each.institution_id for each in counted))
    held = [row for row in db.execute(_REGISTRARS) if row[1] is None or row[1] in trees.within]
    actors = sorted({row[0] for row in held})
    if not counted or not actors:
        return []
    seen = []
    for number, at, actor, kind, asked, name in db.execute(_LOOKS, {"actors": actors}):
        roots = {
            institution
            for user, institution, since, until in held
            if user == actor and since <= at and (until is None or at < until)
        }
        known = (each for each in counted if each.event_id < number)
        if any(_holds(asked, each, roots, trees) for each in known):
            seen.append(Onlooker(at, name or "", kind == ListExported.kind, asked["course"]))
        if len(seen) == SHOWN:
            break
    return seen


def _onlookers_of_overdue(db: Session, person_id: int) -> list[Onlooker]:
    """Who took the names of the overdue as a file while the person was among them."""
    late = db.execute(_LATE, {"person_id": person_id}).all()
    trees = _trees(db, (row[3] for row in late))
    held = [row for row in db.execute(_REGISTRARS) if row[1] is None or row[1] in trees.within]
    actors = sorted({row[0] for row in held})
    if not late or not actors:
        return []
    seen = []
    for at, actor, asked, name in db.execute(_FILES, {"actors": actors}):
        roots = {root for user, root, since, until in held if user == actor and since <= at
                 and (until is None or at < until)}  # fmt: skip
        for requirement_id, missed_on, done_on, institution_id, slug in late:
            is_asked = asked["requirement_id"] in {0, requirement_id}
            # Days are those of the institution that requires, wherever on earth it is.
            is_open = done_on is None or done_on >= clock.day_everywhere(at)
            was_late = is_open and missed_on < (at + FIRST_ZONE).date()
            if is_asked and was_late and _covers(roots, institution_id, trees):
                seen.append(Onlooker(at, name or "", True, slug))
    return seen[:SHOWN]


def _trees(db: Session, institutions: Iterable[int | None]) -> _Trees:
    """The trees that these institutions count in: under their parents, and with their successors."""
    above: dict[int, set[int]] = defaultdict(set)
    successors: dict[int, int] = {}
    for institution_id, parent_id, successor_id in db.execute(_ABOVE):
        above[institution_id] = {parent_id, successor_id} - {None}
        if successor_id is not None:
            successors[institution_id] = successor_id
    within: dict[int, set[int]] = defaultdict(set)
    heirs: dict[int, int] = {}
    for institution_id in {each for each in institutions if each is not None}:
        heirs[institution_id] = _last(successors, institution_id)
        waiting = [institution_id]
        while waiting:
            at = waiting.pop()
            if institution_id not in within[at]:
                within[at].add(institution_id)
                waiting.extend(above[at])
    asked = select(_institutions.id, _institutions.key).where(_institutions.id.in_(within))
    keys = {row.id: row.key for row in db.execute(asked)}
    return _Trees(
        within,
        {keys[each]: held for each, held in within.items()},
        keys,
        {each: keys[heir] for each, heir in heirs.items()},
    )


def _last(successors: Mapping[int, int], institution_id: int) -> int:
    while institution_id in successors:
        institution_id = successors[institution_id]
    return institution_id


def _covers(roots: set[int | None], institution_id: int | None, trees: _Trees) -> bool:
    """Whether a role under these roots shows who counts at an institution, or at none."""
    return any(root is None or institution_id in trees.within.get(root, ()) for root in roots)


def _holds(asked: dict[str, Any], each: _Counted, roots: set[int | None], trees: _Trees) -> bool:
    measure = "completed" if asked["measure"] == "certified" else asked["measure"]
    under = asked.get("under", "")
    counted_at = trees.heirs if asked.get("view") == NOW else trees.keys
    return (
        _covers(roots, each.institution_id, trees)
        and asked["since"] <= each.day.isoformat() < asked["until"]
        and measure == each.measure
        and asked["course"] in {"", each.course}
        and asked["institution"] in {"", counted_at.get(each.institution_id or 0)}
        and (not under or each.institution_id in trees.under.get(under, ()))
    )
