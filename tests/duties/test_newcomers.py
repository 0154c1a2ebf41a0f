"""Newcomers: who came into the tree on or after the day; a promotion makes nobody new."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app.duties.audiences import NEWCOMERS, Audience, count_of
from app.foundation import clock
from app.identity.placements import Placement, place
from app.loads.loads import agree, confirm
from tests.makers.courses import make_course
from tests.makers.duties import duties_of, make_requirement, noon, roll
from tests.makers.loads import PEOPLE, looked_at, sheet, worked
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior, make_person

DAY = timedelta(days=1)
BEGINS = date(2026, 1, 1)
PLACES = (None, "institute", "roads", "health")  # the first two agencies stand in the tree
IN_TREE = {"institute", "roads"}
# How many half days after the one before it began each placement begins, and for how many it holds.
STAYS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 12), st.sampled_from(PLACES)), max_size=6
)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def units(db):
    return {
        None: None,
        "institute": make_institute(db).id,
        "roads": make_institution(db, "roads", "Roads", under=make_interior(db)).id,
        "health": make_institution(db, *HEALTH).id,
    }


@pytest.fixture
def newcomers(db, chloe):
    """A course required of who comes to the ministry from today on; the cast came today."""
    ministry = make_interior(db)
    return make_requirement(db, chloe, ministry, make_course(db), condition=NEWCOMERS)


def since_2019(db, person) -> None:
    (row,) = db.scalars(select(Placement).where(Placement.user_id == person.id))
    row.valid_from = row.recorded_at = noon(date(2019, 9, 1))
    db.flush()


def is_required(db, requirement, person) -> bool:
    roll(db, requirement)
    return any(each.stands for each in duties_of(db, person))


def test_a_promotion_and_a_move_inside_make_nobody_a_newcomer(db, units, newcomers, awa, bilal):
    since_2019(db, awa)
    assert not is_required(db, newcomers, awa)
    place(db, awa.id, units["institute"], grade="P4")
    assert not is_required(db, newcomers, awa)
    place(db, awa.id, units["roads"], grade="P4")
    assert not is_required(db, newcomers, awa)
    assert is_required(db, newcomers, bilal)
    place(db, bilal.id, units["roads"], grade="P4")
    assert is_required(db, newcomers, bilal)


def test_who_was_elsewhere_or_left_and_came_back_is_a_newcomer(db, units, newcomers, awa, bilal):
    since_2019(db, awa)
    place(db, awa.id, units["health"])
    for row in db.scalars(select(Placement).where(Placement.user_id == awa.id)):
        row.ended_at = noon(date(2024, 1, 1)) if row.ended_at else None
        row.valid_from = noon(date(2024, 1, 1)) if row.ended_at is None else row.valid_from
    db.flush()
    assert not is_required(db, newcomers, awa)
    place(db, awa.id, units["institute"])
    assert is_required(db, newcomers, awa)


def test_a_yearly_file_makes_nobody_a_newcomer(db, engines, newcomers, awa, chloe):
    since_2019(db, awa)
    db.commit()
    day = (clock.now().date() - DAY).isoformat()
    rows = [(awa.email, "", "Awa Diop", "institute", grade, told) for grade, told in
            (("P4", ""), ("P5", day))]  # fmt: skip
    for row in rows:
        load = looked_at(db, engines, "people", make_interior(db), chloe, sheet(PEOPLE, [row]))
        for step in (agree, confirm):
            worked(db, engines, load, step)
        assert not is_required(db, newcomers, awa)
        db.commit()
    assert db.scalar(select(func.count()).where(Placement.user_id == awa.id)) == 3
    assert is_required(db, newcomers, chloe)


def came_on(stays: list[tuple[int, int, str | None]]) -> int | None:
    """The half day on which the last unbroken stay in the tree began, reading the days one by one."""
    at, spans = 0, []
    for number, (gap, length, place_of) in enumerate(stays):
        at += gap
        end = at + length if number < len(stays) - 1 else 10_000
        spans.append((at, end, place_of))
    if not spans or spans[-1][2] not in IN_TREE:
        return None
    came = spans[-1][0]
    while True:
        earlier = [
            first for first, end, place_of in spans
            if place_of in IN_TREE and first < came and end + 2 >= came
        ]  # fmt: skip
        if not earlier:
            return came
        came = min(earlier)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@example(stays=[(0, 3, "institute"), (5, 0, "roads")], begins=4)
@example(stays=[(0, 3, "institute"), (6, 0, "roads")], begins=4)
@given(stays=STAYS, begins=st.integers(0, 12))
def test_a_newcomer_is_whose_last_stay_in_the_tree_began_on_the_day_or_later(
    db, units, stays, begins
):
    save = db.begin_nested()
    db.execute(delete(Placement))
    person = make_person(db, "Nia Mensah")
    at, half = noon(BEGINS) - timedelta(hours=12), timedelta(hours=12)
    for number, (gap, length, place_of) in enumerate(stays):
        at += gap * half
        is_last = number == len(stays) - 1
        db.add(
            Placement(
                user_id=person.id, institution_id=units[place_of], valid_from=at, recorded_at=at,
                confirmed_at=at, ended_at=None if is_last else at + length * half,
            )
        )  # fmt: skip
        db.flush()
    day = BEGINS + begins // 2 * DAY
    asked = Audience(make_interior(db).id, (), (), NEWCOMERS, day, "UTC", 0)
    came = came_on(stays)
    assert count_of(db, asked) == (came is not None and came >= begins // 2 * 2)
    save.rollback()
    db.expire_all()
