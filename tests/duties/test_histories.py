"""Over any history each duty is what a plain function of the history says; letters never twice."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.activity.events import Event
from app.duties.duties import Duty, state_of
from app.duties.letters import remind
from app.duties.petitions import EXEMPTION, EXTENSION, Plea, ask, decide
from app.duties.reckonings import months_after
from app.duties.requirements import Requirement, change_terms
from app.foundation import clock
from app.foundation.errors import Refusal
from app.identity.placements import Placement
from app.queue.jobs import Job
from tests.makers.courses import make_course
from tests.makers.duties import (
    complete_on,
    duties_of,
    make_requirement,
    make_wanted,
    noon,
    roll,
)
from tests.makers.people import make_institute, make_interior

START = date(2026, 1, 10)
DAY = timedelta(days=1)
TERMS: list[dict[str, Any]] = [
    {"due_days": 30},
    {"due_days": 60, "every_months": 6, "window_days": 30},
    {"due_days": None, "due_on": date(2026, 4, 1), "every_months": 12, "window_days": 60},
    {"due_days": None, "due_on": date(2027, 1, 1)},
    {"due_days": 60, "every_months": 6, "window_days": 30, "legal_basis": "Decree 7, amended"},
]
STEP = st.tuples(
    st.sampled_from([0, 1, 20, 45, 200]),
    st.sampled_from(
        ["come", "go", "complete", "change", "narrow", "widen", "end", "exempt", "extend", "wait"]
    ),
    st.integers(0, 4),
)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@dataclass
class History:
    """All that happened, in plain lists; nothing here asks the database."""

    terms: dict[str, Any] = field(default_factory=lambda: TERMS[0])
    terms_since: date = START
    is_here: bool = False
    is_for_others: bool = False
    came: date | None = None
    is_over: bool = False
    completed: list[date] = field(default_factory=list)
    exempt_until: date | None = None
    extended_to: date | None = None

    def comes(self, today: date) -> None:
        """She comes under the requirement, by where she stands or by whom it is asked of."""
        if self.came is None and self.is_here and not self.is_for_others:
            self.came, self.extended_to = today, None
            if self.exempt_until is not None and self.exempt_until < today:
                self.exempt_until = None

    def takes(self, terms: dict[str, Any], today: date) -> None:
        """Other terms stand; those that take time give the window from their day on."""
        before, after = (each.get("every_months", 999) for each in (self.terms, terms))
        window_before, window = (each.get("window_days", 0) for each in (self.terms, terms))
        if after < before or window < window_before:
            self.terms_since = today
        self.terms = terms

    def told(self, today: date) -> tuple[str, date] | None:
        """The state of the standing duty and the day by which it was or is due."""
        if self.came is None or self.is_over:
            return None
        start = max(self.came, START)
        every, window = self.terms.get("every_months"), self.terms.get("window_days", 0)
        fixed = self.terms.get("due_on")
        if fixed is None:
            first = start + timedelta(days=self.terms["due_days"])
        else:
            first = fixed if fixed >= start else start + timedelta(days=30)
        until = None
        if self.completed:
            until = months_after(self.completed[-1], every) if every else date.max
        if until is None or until <= start:
            return self._open(first, today)
        opens = date.max if until == date.max else until - window * DAY
        if today < opens:
            return ("done", self.completed[-1])
        since = max(opens, start, self.terms_since)
        return self._open(max(first, until if until > since else since + window * DAY), today)

    def _open(self, due: date, today: date) -> tuple[str, date]:
        if self.extended_to:
            due = max(due, self.extended_to)
        if self.exempt_until and self.exempt_until < date(9999, 1, 1):
            due = max(due, self.exempt_until + timedelta(days=30))
        is_exempt = self.exempt_until is not None and self.exempt_until >= today
        return ("exempt" if is_exempt else "overdue" if due < today else "due", due)


class World:
    """The same history in the database, through the verbs of the house."""

    def __init__(self, db, version, awa, chloe) -> None:
        self.db, self.version, self.awa, self.chloe = db, version, awa, chloe
        self.institute = make_institute(db)
        self.requirement: Requirement = make_requirement(
            db, chloe, make_interior(db), version, START, **TERMS[0]
        )
        db.execute(
            update(Placement).where(Placement.user_id == awa.id).values(ended_at=noon(START))
        )
        self.rounds = 0

    def standing(self) -> Duty | None:
        return next((each for each in duties_of(self.db, self.awa) if each.stands), None)

    def place(self, today: date, *, is_here: bool) -> None:
        of_hers = Placement.user_id == self.awa.id, Placement.ended_at.is_(None)
        self.db.execute(update(Placement).where(*of_hers).values(ended_at=noon(today)))
        if is_here:
            at = {"institution_id": self.institute.id, "valid_from": noon(today)}
            self.db.add(Placement(user_id=self.awa.id, recorded_at=noon(today), **at))
        self.db.flush()

    def change(self, terms: dict[str, Any], grades: str) -> None:
        wanted = make_wanted(make_interior(self.db), grades=grades, **terms)
        change_terms(self.db, self.chloe.id, self.requirement, wanted)

    def petition(self, kind: str, until: date | None, today: date) -> bool:
        duty = self.standing()
        if duty is None:
            return False
        try:
            petition = ask(self.db, duty, self.awa.id, Plea(kind, until, "Leave"), today)
        except Refusal:
            return False
        decide(self.db, petition, self.chloe.id, is_granted=True, answer="")
        return True


def step(history: History, world: World, what: str, which: int, today: date) -> None:
    {"come": come, "go": go, "complete": finish, "change": change, "narrow": narrow, "widen": widen,
     "end": end, "exempt": exempt, "extend": extend,
     "wait": lambda *_nothing: None}[what](history, world, which, today)  # fmt: skip


def come(history, world, _which, today) -> None:
    if not history.is_here:
        history.is_here = True
        history.comes(today)
        world.place(today, is_here=True)


def go(history, world, _which, today) -> None:
    history.is_here, history.came = False, None
    world.place(today, is_here=False)


def finish(history, world, _which, today) -> None:
    if not history.completed or history.completed[-1] < today:
        history.completed.append(today)
        history.extended_to = None
        world.rounds += 1
        complete_on(world.db, world.awa, world.version, today, world.rounds)


def change(history, world, which, today) -> None:
    if not history.is_over:
        history.takes(TERMS[which], today)
        world.change(TERMS[which], "P4" if history.is_for_others else "")


def narrow(history, world, _which, _today) -> None:
    if not history.is_over:
        history.is_for_others, history.came = True, None
        world.change(history.terms, "P4")


def widen(history, world, _which, today) -> None:
    if not history.is_over:
        history.is_for_others = False
        history.comes(today)
        world.change(history.terms, "")


def end(history, world, _which, today) -> None:
    history.is_over = True
    world.requirement.ended_at = noon(today)
    world.db.flush()


def exempt(history, world, which, today) -> None:
    until = None if which == 3 else today + timedelta(days=40 * (which + 1))
    if world.petition(EXEMPTION, until, today):
        history.exempt_until = until or date(9999, 12, 31)


def extend(history, world, which, today) -> None:
    duty = world.standing()
    until = (duty.due_on if duty else today) + timedelta(days=15 * (which + 1))
    if world.petition(EXTENSION, until, today):
        history.extended_to = until


@pytest.fixture
def version(db):
    made = make_course(db)
    db.commit()
    return made


def found(world: World, today: date) -> tuple[str, date] | None:
    duty = world.standing()
    if duty is None:
        return None
    state = state_of(duty.due_on, duty.done_on, duty.exempt_until, duty.ended_on, today)
    return (state, duty.done_on if duty.done_on is not None else duty.due_on)


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
@example(steps=[(0, "come", 0), (1, "exempt", 3), (1, "go", 0), (20, "come", 0)])
@example(steps=[(0, "come", 0), (1, "complete", 0), (1, "narrow", 0), (1, "widen", 0)])
@example(steps=[(0, "change", 1), (0, "come", 0), (1, "complete", 0), (200, "change", 2)])
@example(steps=[(0, "change", 1), (0, "come", 0), (1, "complete", 0), (200, "change", 4)])
@given(steps=st.lists(STEP, min_size=1, max_size=9))
def test_each_duty_is_what_the_history_says_and_no_letter_comes_twice(
    db, version, awa, chloe, steps
):
    with pytest.MonkeyPatch.context() as time:

        def go_to(day: date) -> None:
            time.setattr(clock, "now", lambda: noon(day))

        live(db, version, awa, chloe, steps, go_to)


def live(db, version, awa, chloe, steps, go_to) -> None:
    save = db.begin_nested()
    go_to(START)
    history, world, today = History(), World(db, version, awa, chloe), START
    for gap, what, which in steps:
        today += gap * DAY
        go_to(today)
        roll(db, world.requirement, today)
        step(history, world, what, which, today)
        roll(db, world.requirement, today)
        told = history.told(today)
        assert found(world, today) == told
        if told is not None and told[0] == "done":
            history.extended_to = None  # more time is of the round
        before = [(each.id, each.due_on, each.stands) for each in duties_of(db, awa)]
        roll(db, world.requirement, today)
        assert [(each.id, each.due_on, each.stands) for each in duties_of(db, awa)] == before
        remind(db, awa.id, noon(today))
        assert not remind(db, awa.id, noon(today))
    rows = duties_of(db, awa)
    assert sum(each.stands for each in rows) <= 1
    assert [each.round for each in rows] == list(range(1, len(rows) + 1))
    kinds = Counter(db.scalars(select(Event.kind).where(Event.person_id == awa.id)))
    assert kinds["duty-began"] == len(rows)
    assert kinds["duty-met"] == sum(each.done_on is not None for each in rows)
    assert kinds["duty-lapsed"] == sum(each.ended_on is not None for each in rows)
    assert all(each.done_on is None or each.ended_on is None for each in rows)
    days = [each.done_on for each in rows if each.done_on is not None]
    assert len(days) == len(set(days))
    keys = db.scalars(select(Job.unique_key).where(Job.unique_key.like("duties:%"))).all()
    assert len(keys) == len(set(keys))
    save.rollback()
    db.expire_all()
