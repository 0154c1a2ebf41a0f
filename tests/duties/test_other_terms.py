"""Other terms of a requirement: who was overdue stays so, and a completion is counted once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.duties.duties import Duty
from app.duties.listings import counted_then
from app.duties.requirements import change_terms, requirement_called
from app.duties.terms import RequirementTerms, terms_before, terms_of
from app.foundation import clock
from app.identity.institutions import InstitutionState
from app.identity.placements import Placement
from app.identity.reforms import move_institution
from tests.makers.courses import make_course
from tests.makers.duties import (
    complete_on,
    duties_of,
    make_requirement,
    make_wanted,
    noon,
    roll,
)
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior

YEARLY = {"due_days": 30, "every_months": 12, "window_days": 60}
BEGAN, DONE, RAN_OUT, CHANGED = (
    date(2026, 1, 1), date(2026, 1, 31), date(2027, 1, 31), date(2027, 6, 1),
)  # fmt: skip


@pytest.fixture
def at(monkeypatch):
    """What goes to a day."""
    return lambda day: monkeypatch.setattr(clock, "now", lambda: noon(day))


@pytest.fixture
def version(db):
    return make_course(db)


@pytest.fixture
def yearly(db, at, version, awa, chloe):
    """First aid every year; awa did it on 31 January 2026, and is overdue since a year later."""
    db.execute(update(Placement).values(valid_from=noon(BEGAN)))
    at(BEGAN)
    requirement = make_requirement(db, chloe, make_interior(db), version, BEGAN, **YEARLY)
    roll(db, requirement, BEGAN)
    complete_on(db, awa, version, DONE, 1)
    for day in (DONE, RAN_OUT - timedelta(days=60), RAN_OUT + timedelta(days=1)):
        roll(db, requirement, day)
    at(CHANGED)
    return requirement


def due_and_missed(db, person) -> tuple[date, date | None]:
    (duty,) = [each for each in duties_of(db, person) if each.stands]
    return duty.due_on, duty.missed_on


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"legal_basis": "Decree 7"}, RAN_OUT),
        ({"due_days": 20}, RAN_OUT),
        ({"grades": "A1, A2"}, RAN_OUT),
        ({"window_days": 90}, RAN_OUT),
        ({"every_months": 14}, date(2027, 3, 31)),
        ({"every_months": 6}, CHANGED + timedelta(days=60)),
        ({"window_days": 30}, CHANGED + timedelta(days=30)),
    ],
)
def test_only_terms_that_take_time_give_new_time(db, yearly, awa, chloe, changes, due):
    db.execute(update(Placement).values(grade="A2"))
    roll(db, yearly, CHANGED)
    assert due_and_missed(db, awa) == (RAN_OUT, RAN_OUT)
    change_terms(db, chloe.id, yearly, make_wanted(make_interior(db), **YEARLY | changes))
    roll(db, yearly, CHANGED)
    is_over = due < CHANGED
    assert due_and_missed(db, awa) == (due, due if is_over else RAN_OUT)
    missed = select(Event.id).where(Event.kind == "duty-missed", Event.person_id == awa.id)
    roll(db, yearly, CHANGED + timedelta(days=30))
    assert len(db.scalars(missed).all()) == 1 + (is_over and due != RAN_OUT)


def test_what_was_required_each_year_may_be_required_once_and_both_are_told(
    db, version, yearly, awa, chloe
):
    other = make_requirement(db, chloe, make_interior(db), version, CHANGED)
    change_terms(db, chloe.id, yearly, make_wanted(make_interior(db)))
    roll(db, yearly, CHANGED)
    standing = [each for each in duties_of(db, awa) if each.stands]
    assert [(each.done_on, each.valid_until) for each in standing] == [(DONE, None)]
    assert terms_of(db, yearly.id).every_months is None
    assert [each.every_months for each in terms_before(db, yearly.id)] == [12]
    assert terms_before(db, other.id) == []


def test_whom_other_terms_add_has_the_whole_time_from_their_day(db, at, version, awa, chloe):
    db.execute(update(Placement).values(valid_from=noon(BEGAN)))
    at(BEGAN)
    ministry = make_interior(db)
    required = make_requirement(db, chloe, ministry, version, BEGAN, grades="P4")
    roll(db, required, BEGAN)
    at(CHANGED)
    change_terms(db, chloe.id, required, make_wanted(ministry))
    roll(db, required, CHANGED)
    assert due_and_missed(db, awa) == (CHANGED + timedelta(days=30), None)


def test_a_completion_from_before_an_absence_is_counted_once(db, version, awa, bilal, chloe):
    ministry = make_interior(db)
    required = make_requirement(db, chloe, ministry, version)
    for person in (awa, bilal):
        complete(db, make_enrolment(db, person, version))
    roll(db, required)
    then = [("Institute of Public Administration", 2, 0)]
    assert counted_then(db, required.id) == then
    for grades in ("P4", ""):
        change_terms(db, chloe.id, required, make_wanted(ministry, grades=grades))
        roll(db, required)
    for above in (make_institution(db, *HEALTH), ministry):
        move_institution(db, make_institute(db), above.id)
        roll(db, required)
    assert counted_then(db, required.id) == then
    for person in (awa, bilal):
        assert [(each.round, each.stands) for each in duties_of(db, person)] == [(1, True)]
        told = select(Event.kind).where(Event.person_id == person.id, Event.kind.like("duty-%"))
        assert db.scalars(told.order_by(Event.id)).all() == ["duty-began", "duty-met"]


def missed_by(db, person) -> list[int]:
    asked = select(Event.id).where(Event.kind == "duty-missed", Event.person_id == person.id)
    return list(db.scalars(asked))


def away_and_back(db, at, required, left: date, back: date) -> None:
    """The institute leaves the ministry by a reform, and comes back."""
    for day, above in ((left, make_institution(db, *HEALTH)), (back, make_interior(db))):
        at(day)
        move_institution(db, make_institute(db), above.id)
        roll(db, required, day)


def test_what_was_missed_before_an_absence_is_missed_once(db, at, version, awa, chloe):
    at(BEGAN)
    for table in (Placement, InstitutionState):
        db.execute(update(table).values(valid_from=noon(BEGAN)))
    required = make_requirement(db, chloe, make_interior(db), version, BEGAN)
    for days in (0, 31):
        roll(db, required, BEGAN + timedelta(days=days))
    (duty,) = duties_of(db, awa)
    duty.extended_to = duty.due_on + timedelta(days=10)  # which is of the round, and stays with it
    roll(db, required, BEGAN + timedelta(days=60))
    assert len(missed_by(db, awa)) == 2
    away_and_back(db, at, required, BEGAN + timedelta(days=61), BEGAN + timedelta(days=70))
    roll(db, required, BEGAN + timedelta(days=71))
    assert len(missed_by(db, awa)) == 2
    at_institute = ("Institute of Public Administration", 0, 1)
    assert at_institute in counted_then(db, required.id)
    (duty,) = duties_of(db, awa)
    assert (duty.stands, duty.ended_on, duty.missed_on) == (True, None, duty.due_on)
    told = select(Event.kind).where(Event.person_id == awa.id, Event.kind.like("duty-%"))
    assert db.scalars(told.order_by(Event.id)).all() == [
        "duty-began", "duty-missed", "duty-missed", "duty-lapsed", "duty-began",
    ]  # fmt: skip


def test_a_round_that_lapsed_before_its_day_begins_anew(db, at, version, awa, chloe):
    at(BEGAN)
    for table in (Placement, InstitutionState):
        db.execute(update(table).values(valid_from=noon(BEGAN)))
    required = make_requirement(db, chloe, make_interior(db), version, BEGAN)
    roll(db, required, BEGAN)
    away_and_back(db, at, required, BEGAN + timedelta(days=9), BEGAN + timedelta(days=40))
    roll(db, required, BEGAN + timedelta(days=41))
    assert [each.round for each in duties_of(db, awa) if each.stands] == [2]
    assert len(missed_by(db, awa)) == 1


def test_terms_by_which_a_completion_is_valid_again_do_not_count_it_again(db, yearly, awa, chloe):
    longer = make_wanted(make_interior(db), **YEARLY | {"every_months": 24})
    change_terms(db, chloe.id, yearly, longer)
    roll(db, yearly, CHANGED)
    first, second = duties_of(db, awa)
    assert (first.stands, first.done_on, first.valid_until) == (True, DONE, date(2028, 1, 31))
    assert (second.stands, second.done_on, second.ended_on) == (False, None, CHANGED)


def test_the_page_says_when_former_terms_stood(db, at, browser, yearly, chloe):
    for number in (7, 8):
        at(CHANGED + timedelta(days=number))
        wanted = make_wanted(make_interior(db), **YEARLY, legal_basis=f"Decree {number}")
        change_terms(db, chloe.id, yearly, wanted)
    assert terms_of(db, yearly.id).since == BEGAN
    assert db.scalars(select(Duty.id)).all()
    db.commit()
    seen = browser.as_(chloe).get(f"/en/required/{yearly.key}").text
    assert "from 8 June 2027 until 9 June 2027" in seen
    assert "from 1 January 2026 until 8 June 2027" in seen


def test_terms_set_at_once_stand_after_each_other(db, engines, chloe, found, version):
    required = make_requirement(db, chloe, make_interior(db), version)
    wanted = make_wanted(make_interior(db))
    db.commit()

    def change(db, days: int) -> None:
        there = requirement_called(db, str(required.key))
        change_terms(db, chloe.id, there, wanted._replace(due_days=days))

    def change_meanwhile() -> None:
        with engines.writing() as other:
            change(other, 90)

    with ThreadPoolExecutor(1) as pool:
        with engines.writing() as first:
            change(first, 60)
            second = pool.submit(change_meanwhile)
            time.sleep(0.3)  # in which it comes as far as it can
        second.result(timeout=20)
    days = select(RequirementTerms.due_days).order_by(RequirementTerms.id)
    assert found(days) == [30, 60, 90]
    assert found(days.where(RequirementTerms.replaced_at.is_(None))) == [90]
