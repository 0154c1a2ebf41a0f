"""The engine: any question has one answer, from facts or tallies, for those who may have it."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.foundation import clock
from app.identity.grants import ADMINISTRATOR, REGISTRAR, REPORTER, grant
from app.identity.institutions import found_institution
from app.identity.placements import Placement
from app.learning.results import Earned, record_result
from app.statistics.cubes.asks import Ask, things_of
from app.statistics.cubes.cubes import Cell, answer
from app.statistics.cubes.dimensions import DIMENSIONS, SHARED
from app.statistics.cubes.measures import MEASURES
from app.statistics.facts import Fact, rebuild_facts
from app.statistics.protecting.cells import RULE, protected
from app.statistics.protecting.guards import MOST, TooNarrow
from app.statistics.questions import month_after
from app.statistics.scopes import COUNTS, Scope, scope_of, sees_exactly
from app.statistics.trees import EVERYWHERE, trees_now
from tests.makers.courses import make_course
from tests.makers.learning import do, make_enrolment
from tests.makers.people import HEALTH, make_institution, make_interior
from tests.statistics.test_tallies import START, fact, fold_all

EVERYBODY = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ADDED = [each for each in MEASURES if MEASURES[each].unit == "count"]
QUESTIONS = st.builds(
    Ask,
    st.lists(st.sampled_from(ADDED), min_size=1, max_size=3, unique=True).map(tuple),
    st.lists(st.sampled_from(sorted(DIMENSIONS.keys() - SHARED)), max_size=3, unique=True).map(
        tuple
    ),
    st.sampled_from([date(2024, 1, 1), date(2024, 2, 1)]),
    st.sampled_from([date(2024, 3, 1), date(2025, 1, 1)]),
    st.sampled_from(["", "first-aid-at-work", "no-such-course"]),
    st.sampled_from(["", "top", "left", "leaf"]),
)


@pytest.fixture
def counted(db, bilal) -> dict[str, int]:
    """Two branches and a leaf; facts of all of them, and some of nowhere, half of them folded."""
    courses = [make_course(db, "First aid at work"), make_course(db, "Night shifts")]
    units = {}
    for key, above in (("top", None), ("left", "top"), ("right", "top"), ("leaf", "left")):
        units[key] = found_institution(
            db, key, key.title(), "office", parent_id=above and units[above].id, since=START
        )
    where = [*units.values(), None]
    for number in range(48):
        measure = ("enrolled", "started", "completed", "missed")[number % 4]
        course_id = courses[number % 3 == 0].course_id
        db.add(fact(db, bilal, course_id, where[number % 5], measure, number))
        if number == 30:
            db.flush()
            fold_all(db)
    db.commit()
    return {key: unit.id for key, unit in units.items()}


def plainly(db, ask: Ask, units: dict[str, int]) -> dict[tuple, tuple[int, ...]]:
    """The same by a plain reading of all facts."""
    root = units[ask.under] if ask.under else EVERYWHERE
    tree = trees_now(db)
    asked = [MEASURES[each] for each in ask.measures]
    kinds = {kind for each in asked for kind in (each.adds, each.takes)}
    titles = {"": None, "no-such-course": -1}
    found: dict[tuple, list[int]] = defaultdict(lambda: [0] * len(ask.measures))
    rows = db.execute(
        select(Fact, Placement).outerjoin(Placement, Placement.id == Fact.placement_id)
    )
    first_course = min(db.scalars(select(Fact.course_id)))
    wanted = titles.get(ask.course, first_course)
    for made, placement in rows:
        if made.measure not in kinds:
            continue
        inside = root == EVERYWHERE or placement.institution_id in tree.get(
            root, {root: 0} if root else {}
        )
        if not inside or not ask.since <= made.day < ask.until:
            continue
        if wanted is not None and made.course_id != wanted:
            continue
        month = made.day.year * 100 + made.day.month
        said = {
            "month": month, "quarter": made.day.year * 10 + (made.day.month + 2) // 3,
            "year": made.day.year, "course": made.course_id,
            "unit": tree.get(root, {}).get(placement.institution_id) or None,
            "institution": placement.institution_id, "grade": placement.grade or "",
            "gender": placement.gender or "", "country": "", "place": "",
            "language": made.language, "mode": made.mode,
        }  # fmt: skip
        cell = found[tuple(said[each] for each in ask.dimensions)]
        for at, measure in enumerate(ask.measures):
            cell[at] += made.measure == MEASURES[measure].adds
    return {values: tuple(cell) for values, cell in found.items()}


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(ask=QUESTIONS)
def test_every_answer_is_what_a_plain_reading_says(db, counted, ask):
    expected = plainly(db, ask, counted)
    found = answer(db, EVERYBODY, ask, exact=True)
    assert dict(found.rows) == expected
    assert [figure or 0 for figure in found.totals] == [
        sum(cell[at] for cell in expected.values()) for at in range(len(ask.measures))
    ]
    things = things_of(ask.dimensions) | {"month"}
    things |= {"course"} if ask.course else set()
    things |= {"institution"} if ask.under else set()
    if len(things) > MOST:
        with pytest.raises(TooNarrow):
            answer(db, EVERYBODY, ask, exact=False)
        return
    hidden = answer(db, EVERYBODY, ask, exact=False)
    assert [values for values, _figures in hidden.rows] == [values for values, _ in found.rows]
    figures = [each for _values, figures in hidden.rows for each in figures]
    assert not {each for each in (*figures, *hidden.totals) if 0 < each < RULE.threshold}


def test_boards_are_told_by_tallies_and_others_by_facts(db, counted):
    def asked(*by: str, **more: str) -> bool:
        ask = Ask(("completed",), by, date(2024, 1, 1), date(2025, 1, 1), **more)
        return answer(db, EVERYBODY, ask, exact=True).from_tallies

    assert asked()
    assert asked("month", "course", "gender")
    assert asked("unit", "month", under="top")
    assert not asked("gender", "grade")
    assert not asked("unit", "course", "grade")
    assert asked("unit", "course")
    assert asked("institution")
    assert asked("institution", "grade", "month")
    assert asked("unit", "mode", under="top")
    assert not asked("institution", "course", "grade")
    assert asked("month", under="leaf")
    assert asked("gender", under="leaf")
    assert not asked("gender", "course", under="leaf")


def test_a_protected_figure_is_the_same_in_every_table(db, counted):
    ask = Ask(("enrolled",), ("gender",), date(2024, 1, 1), date(2025, 1, 1))
    by_gender = dict(answer(db, EVERYBODY, ask, exact=False).rows)
    split = answer(db, EVERYBODY, ask._replace(dimensions=("gender", "year")), exact=False).rows
    assert {values[0]: figures for values, figures in split} == {
        gender: figures for (gender,), figures in by_gender.items()
    }
    of_months = select(func.count(), func.sum(Fact.record_key)).where(Fact.measure == "enrolled")
    rows = db.execute(of_months.group_by(Fact.day)).all()
    whole = answer(db, EVERYBODY, ask._replace(dimensions=()), exact=False)
    assert whole.totals == (sum(protected(count, int(keys)) for count, keys in rows),)


def test_nobody_is_asked_outside_of_ones_own_tree(db, counted, dara):
    grant(db, dara.id, REPORTER, counted["left"])
    scope = scope_of(db, dara.id, COUNTS)
    ask = Ask(("enrolled",), ("institution",), date(2024, 1, 1), date(2025, 1, 1))
    seen = {values[0] for values, _figures in answer(db, scope, ask, exact=True).rows}
    assert seen == {counted["left"], counted["leaf"]}
    for under in ("top", "right", "unknown"):
        for by in ((), ("month",), ("unit",), ("institution",)):
            outside = ask._replace(under=under, dimensions=by)
            assert answer(db, scope, outside, exact=True).rows == []
    inside = answer(db, scope, ask._replace(under="leaf", dimensions=()), exact=True)
    assert inside.totals[0]


@pytest.mark.parametrize(
    ("grants", "exactly"),
    [
        ([(REPORTER, "interior")], False),
        ([(ADMINISTRATOR, "interior")], False),
        ([(ADMINISTRATOR, "interior"), (REGISTRAR, "interior")], True),
        ([(ADMINISTRATOR, "interior"), (REGISTRAR, "health")], False),
        ([(ADMINISTRATOR, "interior"), (REGISTRAR, None)], True),
        ([], False),
    ],
)
def test_counts_are_exact_only_where_names_may_be_seen(db, dara, grants, exactly):
    places = {"interior": make_interior(db).id, "health": make_institution(db, *HEALTH).id}
    for role, where in grants:
        grant(db, dara.id, role, where and places[where])
    assert sees_exactly(db, dara.id) is exactly


def test_sums_of_cells_are_cells():
    assert Cell(1, 2, 3, 4) + Cell(5, 6, 7, 8) == Cell(6, 8, 10, 12)


def test_a_pass_rate_counts_the_first_try_at_the_final_alone(db, awa, bilal):
    course = make_course(db, "First aid at work")
    first, second = (make_enrolment(db, each, course) for each in (awa, bilal))
    do(db, first, "quiz-1")  # another quiz is no final assessment
    do(db, second, "final")
    for number, passed in enumerate((False, True)):
        record_result(
            db,
            Earned(
                enrolment_id=first.id, activity_key="final", source="quiz",
                source_key=f"{first.id}/{number}", passed=passed, language="en", score=float(passed),
            ),
        )  # fmt: skip
    today = clock.now().date()
    ask = Ask(("pass_rate",), ("course",), today.replace(day=1), month_after(today))
    for _again in range(2):
        assert answer(db, EVERYBODY, ask, exact=True).totals == (50.0,)
        assert answer(db, EVERYBODY, ask._replace(until=ask.since), exact=True).totals == (None,)
        rebuild_facts(db)


def test_a_round_stands_in_each_recommendation_that_its_course_answers_and_once_in_the_total(
    db, awa, bilal
):
    two = make_course(db, "First aid at work", recommendations=("T0", "HR1"))
    one = make_course(db, "Night shifts", recommendations=("HR1",))
    for learner, course in ((awa, two), (awa, one), (bilal, one)):
        make_enrolment(db, learner, course)
    today = clock.now().date()
    ask = Ask(("enrolled",), ("recommendation",), today.replace(day=1), month_after(today))
    for _folded in range(2):
        found = answer(db, EVERYBODY, ask, exact=True)
        assert dict(found.rows) == {("T0",): (1,), ("HR1",): (3,)}
        assert found.totals == (3,)
        fold_all(db)
    over = ask._replace(since=month_after(ask.since, -2), until=month_after(ask.since, -1))
    narrow = over._replace(dimensions=("recommendation", "gender"))
    with pytest.raises(TooNarrow):
        answer(db, EVERYBODY, narrow, exact=False)
    for by in (("recommendation", "unit"), ("recommendation", "unit", "month")):
        assert answer(db, EVERYBODY, over._replace(dimensions=by), exact=False).is_protected
