"""Rolls: who stands under a requirement, and how far; duties are kept in step with it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union, update
from sqlalchemy.orm import Session

from app.activity.events import record
from app.duties.audiences import people_in
from app.duties.duties import Duty, DutyBegan, DutyLapsed, DutyMet, DutyMissed
from app.duties.pasts import NO_PAST, Past, pasts_of
from app.duties.reckonings import Reckoned, put_off, reckoned
from app.duties.requirements import Requirement, requirement_numbered, zone_of
from app.duties.terms import RequirementTerms, terms_of
from app.foundation import clock
from app.foundation.database import table_of
from app.foundation.prepared import Once
from app.identity.placements import is_on_trial
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment

BATCH = 500


class Stay(NamedTuple):
    """Under which placement a person is required, and since which day they stand there."""

    placement_id: int
    since: date


class Done(NamedTuple):
    """The last completion of a person in the course, and where they worked then."""

    day: date
    placement_id: int | None


class Roll(NamedTuple):
    """A requirement on a day, with all that its duties are reckoned from."""

    requirement: Requirement
    terms: RequirementTerms
    zone: str
    today: date
    moment: datetime

    @property
    def is_in_force(self) -> bool:
        """Whether it asks for anything on this day."""
        has_begun = self.requirement.begins_on <= self.today
        return has_begun and self.requirement.ended_at is None

    @property
    def asks_since(self) -> date:
        """Since when its terms ask: the first ones from its beginning, others from their day."""
        set_on, made_on = (
            clock.day_in(moment, self.zone)
            for moment in (self.terms.set_at, self.requirement.made_at)
        )
        begins_on = self.requirement.begins_on
        return max(begins_on, set_on) if set_on > made_on else begins_on


_duties = Duty.__table__.c
_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_STANDING = (
    select(Duty.__table__)
    .where(
        _duties.requirement_id == bindparam("requirement_id"),
        _duties.person_id.in_(bindparam("people", expanding=True)),
        _duties.stands,
    )
    .with_for_update()
)
_DONE = (
    select(_enrolments.learner_id, _completions.day, _completions.placement_id)
    .join_from(
        Enrolment.__table__, Completion.__table__, _completions.enrolment_id == _enrolments.id
    )
    .where(
        _enrolments.course_id == bindparam("course_id"),
        _enrolments.learner_id.in_(bindparam("people", expanding=True)),
    )
    .order_by(_completions.day, _completions.enrolment_id)
)
_once = Once(Duty)


def call_roll(db: Session, requirement_id: int, moment: datetime, people: Sequence[int]) -> None:
    """Bring the duties of these people under a requirement up to a moment; a repeat changes nothing."""
    roll = _roll(db, requirement_id, moment)
    staying = _staying(db, roll, people)
    asked = {"requirement_id": requirement_id, "people": list(people)}
    standing = {row.person_id: row for row in db.execute(_STANDING, asked)}
    pasts = pasts_of(db, requirement_id, people)
    course = {"course_id": roll.requirement.course_id, "people": list(people)}
    done = {row[0]: Done(row[1], row[2]) for row in db.execute(_DONE, course)}
    for person in people:
        stay, row = staying.get(person), standing.get(person)
        if stay is None:
            if row is not None:
                _lapse(db, roll, row)
            continue
        start = row.started_on if row is not None else max(stay.since, roll.asks_since)
        last = done.get(person)
        state = reckoned(roll.terms.terms, start, last.day if last else None, roll.today)
        _settle(db, roll, person, stay, start, row, pasts.get(person, NO_PAST), state, last)


def people_on(db: Session, requirement_id: int, moment: datetime, after: int) -> list[int]:
    """The next BATCH of people behind an id whom a requirement concerns or concerned, but not on trial."""
    roll = _roll(db, requirement_id, moment)
    standing = select(_duties.person_id.label("id")).where(
        _duties.requirement_id == requirement_id, _duties.stands
    )
    kinds = [standing.subquery(), *([_required(db, roll)] if roll.is_in_force else [])]
    # Each kind stops at its limit, so that no batch looks at a whole ministry.
    first = (
        select(each.c.id)
        .where(each.c.id > after, ~is_on_trial(each.c.id))
        .order_by(each.c.id)
        .limit(BATCH)
        .subquery()
        for each in kinds
    )
    ids = union(*(select(each.c.id) for each in first)).subquery()
    return list(db.scalars(select(ids.c.id).order_by(ids.c.id).limit(BATCH)))


def _roll(db: Session, requirement_id: int, moment: datetime) -> Roll:
    requirement = requirement_numbered(db, requirement_id)
    zone = zone_of(db, requirement.institution_id)
    today = clock.day_in(moment, zone)
    return Roll(requirement, terms_of(db, requirement_id), zone, today, moment)


def _required(db: Session, roll: Roll) -> Any:
    asked = roll.requirement
    audience = roll.terms.audience(asked.course_id, asked.begins_on, roll.zone)
    return people_in(db, audience).order_by(None).subquery()


def _staying(db: Session, roll: Roll, people: Sequence[int]) -> dict[int, Stay]:
    if not roll.is_in_force:
        return {}
    required = _required(db, roll)
    found = db.execute(select(required).where(required.c.id.in_(people)))
    return {row[0]: Stay(row[1], clock.day_in(row[2], roll.zone)) for row in found}


def _settle(
    db: Session,
    roll: Roll,
    person: int,
    stay: Stay,
    start: date,
    row: Any,
    past: Past,
    state: Reckoned,
    last: Done | None,
) -> None:
    """Open, change, meet or renew the duty of a person, as it is reckoned; then see if it is late."""
    counted = past.counted(row, state.done_on)
    if counted is not None:
        row = _stand_again(db, roll, start, row, past, counted)
    elif row is None or _is_next_round(row, state):
        late = past.missed(state.since, state.due_on) if state.done_on is None else None
        if late is not None:
            row = _take_up(db, roll, row, late)
        else:
            row = _open(db, roll, person, start, row, past, state)
        if row is None:
            return
    if state.done_on is None:
        due = put_off(state.due_on, row.extended_to, row.exempt_until)
        if due != row.due_on:
            _change(db, row.id, due_on=due)
        _see_if_missed(db, roll, row, due, stay)
    elif row.done_on is None:
        _meet(db, roll, row, state, last)
    elif (row.valid_until, row.reopens_on) != (state.valid_until, state.reopens_on):
        _change(db, row.id, valid_until=state.valid_until, reopens_on=state.reopens_on)


def _is_next_round(row: Any, state: Reckoned) -> bool:
    """A duty that is done opens again, or was renewed before it opened."""
    if row.done_on is None:
        return False
    return state.done_on is None or state.done_on > row.done_on


class _Row(NamedTuple):
    """A duty that was just opened, as far as the reckoning asks."""

    id: int
    person_id: int
    round: int
    due_on: date
    done_on: date | None
    extended_to: date | None
    exempt_until: date | None
    missed_on: date | None
    valid_until: date | None
    reopens_on: date | None


def _open(
    db: Session, roll: Roll, person: int, start: date, before: Any, past: Past, state: Reckoned
) -> _Row | None:
    if before is not None:
        _change(db, before.id, stands=False)
    renewed_early = before is not None and state.done_on is not None
    exempt = past.exempt_behind(before, roll.today)
    due = before.valid_until or state.due_on if renewed_early else state.due_on
    due = put_off(due, None, exempt)
    values = {
        "requirement_id": roll.requirement.id,
        "person_id": person,
        "round": past.number + 1,
        "stands": True,
        "started_on": start,
        "since": roll.today if renewed_early else state.since,
        "due_on": due,
        "exempt_until": exempt,
    }
    identity = _once.add_named(db, values)
    if identity is None:
        return None
    record(db, DutyBegan(**_about(roll, person), due=due.isoformat(), round=past.number + 1))
    return _Row(identity, person, past.number + 1, due, None, None, exempt, None, None, None)


def _stand_again(
    db: Session, roll: Roll, start: date, before: Any, past: Past, counted: Any
) -> Any:
    """Let the round stand again in which the completion was counted, so that it counts once."""
    if before is not None:
        _lapse(db, roll, before)
    exempt = past.exempt_behind(before, roll.today)
    _change(db, counted.id, stands=True, started_on=start, exempt_until=exempt)
    return counted


def _take_up(db: Session, roll: Roll, before: Any, late: Any) -> Any:
    """Ask again for the round that lapsed overdue, so that it is missed once; with all it had."""
    if before is not None:
        _change(db, before.id, stands=False)
    taken = update(table_of(Duty)).where(_duties.id == late.id, ~_duties.stands)
    if db.scalar(taken.values(stands=True, ended_on=None).returning(_duties.id)) is None:
        return None
    told = {"due": late.due_on.isoformat(), "round": late.round}
    record(db, DutyBegan(**_about(roll, late.person_id), **told))
    return late


def _meet(db: Session, roll: Roll, row: Any, state: Reckoned, last: Done | None) -> None:
    _change(
        db,
        row.id,
        done_on=state.done_on,
        done_placement_id=last.placement_id if last else None,
        valid_until=state.valid_until,
        reopens_on=state.reopens_on,
    )
    placed = {"placement_id": last.placement_id if last else None, "round": row.round}
    record(db, DutyMet(**_about(roll, row.person_id), **placed))


def _see_if_missed(db: Session, roll: Roll, row: Any, due: date, stay: Stay) -> None:
    is_exempt = row.exempt_until is not None and row.exempt_until >= roll.today
    if is_exempt or due >= roll.today or row.missed_on == due:
        return
    _change(db, row.id, missed_on=due, missed_placement_id=stay.placement_id)
    placed = {"placement_id": stay.placement_id, "round": row.round}
    record(db, DutyMissed(**_about(roll, row.person_id), **placed))


def _lapse(db: Session, roll: Roll, row: Any) -> None:
    """What is done stays done; what is open is asked for no more."""
    ended = {} if row.done_on is not None else {"ended_on": roll.today}
    _change(db, row.id, stands=False, **ended)
    if ended:
        record(db, DutyLapsed(**_about(roll, row.person_id), round=row.round))


def _about(roll: Roll, person: int) -> dict[str, Any]:
    return {
        "person_id": person,
        "course_id": roll.requirement.course_id,
        "requirement_id": roll.requirement.id,
        "day": roll.today.isoformat(),
        "happened_at": roll.moment,
    }


def _change(db: Session, duty_id: int, **values: Any) -> None:
    db.execute(update(table_of(Duty)).where(_duties.id == duty_id).values(**values))
