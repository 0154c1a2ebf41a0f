"""As then and as now: over any history of a tree both views add up alike, and nothing is divided."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.foundation import clock
from app.foundation.errors import Refusal
from app.identity.histories import day_begins
from app.identity.institutions import found_institution
from app.identity.placements import Placement
from app.identity.reforms import (
    Part,
    close_institution,
    merge_institutions,
    move_institution,
    rename_institution,
    split_institution,
)
from app.statistics.completions import Asked, Totals
from app.statistics.counts import counts, totals
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.tables import table
from app.statistics.facts import Fact
from app.statistics.scopes import COUNTS, Scope, scope_of
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior

EVER = date(2000, 1, 1), date(2100, 1, 1)
START = datetime(2020, 1, 1, tzinfo=UTC)
STEP = st.tuples(
    st.sampled_from(["rename", "move", "merge", "split", "close"]), st.integers(0, 9),
    st.integers(0, 9),
)  # fmt: skip
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def seen(db, scope: Scope, view: str, **more: str) -> dict[str, int]:
    rows = counts(db, scope, Asked(*EVER, view=view, **more))
    found: Counter[str] = Counter()
    for row in rows:
        found[row.institution] += row.completed
    return dict(found)


def reform(db, units, merged, step, number: int) -> None:
    how, one, other = step
    unit, second = units[one % len(units)], units[other % len(units)]
    since = START + timedelta(days=30 * number)
    if how == "rename":
        rename_institution(db, unit, f"Unit {uuid4().hex[:6]}", since=since)
    elif how == "move":
        move_institution(db, unit, second.id, since=since)
    elif how == "merge":
        merge_institutions(db, [unit], second, since=since)
        merged[unit.id] = second
    elif how == "close":
        close_institution(db, unit, since=since)
    else:
        keys = [uuid4().hex[:12] for _ in range(2)]
        parts = [Part(key, f"Part {key}") for key in keys]
        units += split_institution(db, unit, parts, heir=keys[0], since=since)


@pytest.fixture
def course(db):
    made = make_course(db)
    db.commit()
    return made


@settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
@given(steps=st.lists(STEP, max_size=12))
def test_both_views_sum_alike_over_any_history(db, bilal, course, steps):
    everywhere = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
    units, merged = [], {}
    for number in range(5):
        parent_id = units[(number - 1) // 2].id if number else None
        units.append(found_institution(
            db, uuid4().hex[:12], f"Office {number}", "office", parent_id=parent_id, since=START
        ))  # fmt: skip
    for number, step in enumerate(steps, 1):
        save = db.begin_nested()
        try:
            reform(db, units, merged, step, number)
            save.commit()
        except Refusal:
            save.rollback()
    for number, unit in enumerate(units):
        placement = Placement(
            user_id=bilal.id, institution_id=unit.id, valid_from=START, recorded_at=START,
            ended_at=START,
        )  # fmt: skip
        db.add(placement)
        db.flush()
        db.add(fact(course, placement, number))
    db.flush()
    for scope in (everywhere, scope_on(db, bilal, units[1])):
        then, now = (seen(db, scope, view) for view in ("then", "now"))
        whole = totals(db, scope, Asked(*EVER, view="now"))
        assert sum(then.values()) == sum(now.values()) == whole.completed
    rows = counts(db, everywhere, Asked(*EVER, view="now"))
    # Nothing is divided: each institution's one fact stands whole at the end of its mergers.
    assert by_key(rows) == Counter(last_of(unit, merged).key for unit in units)
    db.rollback()


def by_key(rows) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row.institution_key] += row.completed
    return found


def last_of(unit, merged):
    while unit.id in merged:
        unit = merged[unit.id]
    return unit


def fact(course, placement, number: int) -> Fact:
    return Fact(
        event_key=uuid4(), measure="completed", day=date(2020, 1, 1) + timedelta(days=31 * number),
        course_id=course.course_id, version_id=course.id, enrolment_id=10_000_000 + number,
        person_id=placement.user_id, placement_id=placement.id,
        institution_id=placement.institution_id, language="en", mode="online", minutes=1, stage=0,
        days=0, record_key=number,
    )  # fmt: skip


def scope_on(db, person, unit) -> Scope:
    from app.identity.grants import ADMINISTRATOR, grant

    grant(db, person.id, ADMINISTRATOR, unit.id)
    return scope_of(db, person.id, COUNTS)


@pytest.fixture
def merged(db, awa, dara):
    """Awa completed at the institute, which then merged into the ministry of health."""
    complete(db, make_enrolment(db, awa, make_course(db)))
    merge_institutions(db, [make_institute(db)], make_institution(db, *HEALTH))
    db.commit()


def test_the_past_of_what_merged_counts_with_its_successor(db, merged, chloe):
    scope = scope_of(db, chloe.id, COUNTS)
    assert seen(db, scope, "then") == {"Institute of Public Administration": 1}
    assert seen(db, scope, "now") == {"Ministry of Health": 1}
    assert seen(db, scope, "now", institution="ministry-of-health") == {"Ministry of Health": 1}
    assert seen(db, scope, "now", institution="institute") == {}
    assert seen(db, scope, "then", institution="ministry-of-health") == {}


def test_who_looks_after_the_successor_sees_its_past(db, merged, dara):
    scope = scope_on(db, dara, make_institution(db, *HEALTH))
    assert totals(db, scope, Asked(*EVER)) == Totals(1, 1, 1, 1)


def test_the_past_of_what_was_split_stays_as_former(db, awa, chloe):
    complete(db, make_enrolment(db, awa, make_course(db)))
    split_institution(db, make_institute(db), [Part("a", "School A"), Part("b", "School B")])
    scope = scope_of(db, chloe.id, COUNTS)
    assert seen(db, scope, "now") == {"Institute of Public Administration (former)": 1}


def test_names_are_those_of_the_month(db, awa, chloe):
    complete(db, make_enrolment(db, awa, make_course(db)))
    rename_institution(db, make_institute(db), "School", since=clock.now() + timedelta(days=40))
    make_interior(db)
    scope = scope_of(db, chloe.id, COUNTS)
    assert seen(db, scope, "then") == {"Institute of Public Administration": 1}


@pytest.mark.parametrize("time_zone", ["Asia/Tokyo", "UTC", "America/Bogota", "Africa/Cairo"])
def test_a_month_ends_where_its_institution_is(db, bilal, course, time_zone):
    office = found_institution(db, "office", "Old", "office", time_zone=time_zone, since=START)
    rename_institution(db, office, "New", since=day_begins(date(2024, 4, 1), time_zone))
    placement = Placement(
        user_id=bilal.id, institution_id=office.id, valid_from=START, recorded_at=START,
        ended_at=START,
    )  # fmt: skip
    db.add(placement)
    db.flush()
    for number, day in enumerate((date(2024, 3, 31), date(2024, 4, 1))):
        counted = fact(course, placement, number)
        counted.day = day
        db.add(counted)
    db.flush()
    everybody = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
    rows = counts(db, everybody, Asked(*EVER))
    assert [(row.month, row.institution) for row in rows] == [
        ("2024-03", "Old"),
        ("2024-04", "New"),
    ]
    ask = Ask(("completed",), ("institution",), date(2024, 3, 1), date(2024, 4, 1))
    [line] = table(db, everybody, ask, "en", exact=True).lines
    assert line.values == (("office", "Old"),)


@pytest.mark.parametrize(
    ("view", "name"), [("then", "Institute of"), ("now", "Ministry of Health")]
)
def test_the_file_equals_the_screen_in_both_views(merged, browser, chloe, view, name):
    with browser.as_(chloe) as at:
        path = "/en/statistics/completions"
        screen, file = at.get(f"{path}?view={view}"), at.get(f"{path}.csv?view={view}")
    assert name in text_of(screen)
    assert name in file.content.decode("utf-8-sig").splitlines()[1]
