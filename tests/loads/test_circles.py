"""Circles: no file puts an institution under itself, for good or for some days, nor does its undoing."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.foundation import clock
from app.identity.institutions import found_institution
from app.identity.reforms import close_institution, move_institution
from app.loads.circles import Span, circle_of
from app.loads.loads import agree, take_back
from tests.makers.loads import UNITS, codes_of, looked_at, rows_of_load, sheet, worked
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior

TODAY = clock.now().date()
SOON, LATER = TODAY + timedelta(days=30), TODAY + timedelta(days=60)


def midnight(day) -> datetime:
    return datetime.combine(day, time(), UTC)


@pytest.fixture
def desk(db):
    """A desk of the institute."""
    return make_institution(db, "desk", "Desk", "office", make_institute(db))


def put_under_desk(db, engines, chloe, day: str = ""):
    rows = [("institute", "desk", "school", "Institute", day)]
    return looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))


def days_of(db, load) -> tuple[str, str, str]:
    (row,) = rows_of_load(db, load, "refused")
    values = row.faults[0].values
    return values["since"], values["until"], values["path"]


def test_what_leaves_only_later_takes_nothing_under_itself_before(db, engines, chloe, desk):
    move_institution(db, desk, make_interior(db).id, since=midnight(SOON))
    load = put_under_desk(db, engines, chloe)
    assert codes_of(db, load) == {2: ["cycle-then"]}
    way = "institute → desk → institute"
    assert days_of(db, load) == (TODAY.isoformat(), SOON.isoformat(), way)
    assert codes_of(db, put_under_desk(db, engines, chloe, SOON.isoformat())) == {}


def test_a_circle_that_begins_later_by_moves_entered_already_is_refused(db, engines, chloe, desk):
    move_institution(db, desk, make_interior(db).id)
    move_institution(db, desk, make_institute(db).id, since=midnight(SOON))
    move_institution(db, desk, make_interior(db).id, since=midnight(LATER))
    load = put_under_desk(db, engines, chloe)
    assert codes_of(db, load) == {2: ["cycle-then"]}
    assert days_of(db, load)[:2] == (SOON.isoformat(), LATER.isoformat())


def test_a_circle_may_lead_through_what_stands_elsewhere_now(db, engines, chloe, desk):
    health = make_institution(db, *HEALTH)
    move_institution(db, health, make_institute(db).id, since=midnight(SOON))
    move_institution(db, desk, health.id, since=midnight(LATER))
    rows = [
        ("institute", "hall", "school", "Institute", LATER.isoformat()),
        ("hall", "desk", "office", "Hall", LATER.isoformat()),
        ("yard", "", "office", "Yard", ""),
    ]
    load = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    assert codes_of(db, load) == {2: ["cycle"], 3: ["cycle"]}


def ends(db, desk) -> None:
    """What the desk stood under ends."""
    close_institution(db, make_institute(db))


def goes_under(db, desk) -> None:
    """What the desk stood under goes under the desk, by way of another."""
    hall = make_institution(db, "hall", "Hall", "office", desk)
    move_institution(db, make_institute(db), hall.id)


@pytest.mark.parametrize("meanwhile", [ends, goes_under])
def test_an_undoing_puts_nothing_back_where_it_cannot_stand(db, engines, chloe, desk, meanwhile):
    rows = [("desk", make_interior(db).key, "office", "Desk", "")]
    load = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    worked(db, engines, load, agree)
    meanwhile(db, desk)
    worked(db, engines, load, take_back)
    assert (load.state, load.fault["code"]) == ("applied", "overtaken")


def test_today_is_from_when_the_file_came(db, engines, chloe, desk):
    load = put_under_desk(db, engines, chloe)
    assert codes_of(db, load) == {2: ["cycle"]}
    rows = [("desk", "", "office", "Desk of today", TODAY.isoformat())]
    load = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    assert codes_of(db, load) == {}


@pytest.mark.parametrize(("hour", "fits"), [(0, "2020-06-12"), (9, "2020-06-13")])
def test_the_day_that_is_told_is_one_that_fits(db, engines, chloe, hour, fits):
    zone, kind = {"time_zone": "Asia/Tashkent"}, "office"
    town = found_institution(db, "town", "Town", kind, since=midnight(date(2000, 1, 1)), **zone)
    founded = datetime.fromisoformat(f"2020-06-12T{hour:02}:00+05:00")
    found_institution(db, "baths", "Baths", kind, parent_id=town.id, since=founded, **zone)

    def told(day: str) -> dict[int, tuple[str, str]]:
        rows = [("baths", "", kind, "Spa", day), ("pool", "baths", kind, "Pool", day)]
        load = looked_at(db, engines, "units", town, chloe, sheet(UNITS, rows))
        return {
            row.number: (row.faults[0].code, row.faults[0].values["day"])
            for row in rows_of_load(db, load, "refused")
        }

    assert told("2020-06-11") == {2: ("changes-overlap", fits), 3: ("before-parent", fits)}
    assert told(fits) == {}


def test_a_long_way_round_is_found_and_another_circle_is_none_of_its_own():
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    spans = {f"u{at}": [Span(f"u{(at + 1) % 5_000}", begin, None)] for at in range(5_000)}
    spans["beside"] = [Span("u7", begin, None)]
    circle = circle_of(spans, "u0", begin)
    assert circle is not None
    assert (len(circle.path), circle.path[:2], circle.path[-1]) == (5_001, ("u0", "u1"), "u0")
    assert circle_of(spans, "beside", begin) is None
