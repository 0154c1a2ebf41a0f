"""Gains: counted once an enrolment, a loss too, and shown of enough people within what can be."""

from datetime import date

import pytest
from sqlalchemy import select

from app.catalogue.activities import PRETEST
from app.foundation import clock
from app.i18n.phrases import phrases_of
from app.learning.results import Earned, record_result
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.cubes.measures import MEASURES, SPANS
from app.statistics.cubes.tables import table
from app.statistics.facts import Fact, rebuild_facts
from app.statistics.protecting.cells import RULE, protected
from app.statistics.protecting.magnitudes import protected_sum
from app.statistics.questions import month_after
from tests.makers.courses import make_course
from tests.makers.learning import make_enrolment
from tests.makers.people import make_interior
from tests.statistics.cubes.test_cubes import EVERYBODY
from tests.statistics.test_tallies import fact, fold_all

YEAR = Ask(("gain",), (), date(2024, 1, 1), date(2025, 1, 1))


def gain(db, place, before: int, *after: int) -> None:
    """Somebody takes the pretest, and then the final as often as there are percents after."""
    for number, score in enumerate((before, *after)):
        record_result(
            db,
            Earned(
                enrolment_id=place.id, activity_key="final" if number else PRETEST, source="quiz",
                source_key=f"{place.id}/{number}", passed=False, language="en", score=score,
                out_of=100,
            ),
        )  # fmt: skip


def gained(db) -> list[int]:
    return sorted(db.scalars(select(Fact.days).where(Fact.measure == "gained")))


def test_the_first_final_after_a_pretest_is_counted_once_and_made_anew_alike(db, awa, bilal, chloe):
    course = make_course(db, pretest=True)
    for learner, scores in ((awa, (35, 80, 95)), (bilal, (60, 48)), (chloe, (50,))):
        gain(db, make_enrolment(db, learner, course), *scores)
    assert gained(db) == [-12, 45]
    everything = select(*Fact.__table__.c).order_by(Fact.event_key)
    before = db.execute(everything).all()
    rebuild_facts(db)
    assert db.execute(everything).all() == before


def test_a_gain_is_the_mean_of_all_who_are_asked_for(db, awa, bilal, chloe, dara):
    two = make_course(db, "First aid at work", pretest=True, recommendations=("T0", "HR1"))
    one = make_course(db, "Night shifts", pretest=True, recommendations=("HR1",))
    for learner, course, *scores in (
        (awa, two, 30, 90), (bilal, two, 50, 45), (awa, one, 20, 40), (dara, one, 70, 70),
    ):  # fmt: skip
        gain(db, make_enrolment(db, learner, course), *scores)
    make_enrolment(db, chloe, one)
    today = clock.now().date()
    ask = Ask(("gain", "enrolled"), (), today.replace(day=1), month_after(today))
    for _folded in range(2):
        by = {
            each: dict(answer(db, EVERYBODY, ask._replace(dimensions=(each,)), exact=True).rows)
            for each in ("course", "recommendation", "outcome", "institution")
        }
        assert by["course"] == {(two.course_id,): (27.5, 2), (one.course_id,): (10.0, 3)}
        assert by["recommendation"] == {("T0",): (27.5, 2), ("HR1",): (18.8, 5)}
        assert by["outcome"] == {
            ("first-aid-at-work/tell-urgent",): (27.5, 2),
            ("night-shifts/tell-urgent",): (10.0, 3),
        }
        assert set(by["institution"].values()) == {(25.0, 3), (0.0, 1), (None, 1)}
        for each in by:
            told = answer(db, EVERYBODY, ask._replace(dimensions=(each,)), exact=True)
            assert told.totals == (18.8, 5)
        fold_all(db)
    before = ask._replace(until=ask.since, since=month_after(ask.since, -1))
    assert answer(db, EVERYBODY, before, exact=True).totals == (None, 0)


@pytest.fixture
def many(db, bilal):
    """Gains of three months: of 120 people in one course, and of four in another."""
    courses = [make_course(db, "First aid at work"), make_course(db, "Night shifts")]
    unit = make_interior(db)
    for number in range(124):
        course_id = courses[number >= 120].course_id
        made = fact(db, bilal, course_id, unit, "gained", number)
        made.days = -12 + number % 60
        db.add(made)
    fold_all(db)
    db.commit()
    return [each.course_id for each in courses]


def test_a_protected_gain_is_the_sum_of_its_months_and_none_of_a_few(db, many):
    found = answer(db, EVERYBODY, YEAR._replace(dimensions=("course",)), exact=False)
    rows = {course_id: figure for (course_id,), (figure,) in found.rows}
    total = number = 0.0
    for day in (date(2024, month, 3) for month in (1, 2, 3)):
        cell = db.execute(
            select(Fact.days, Fact.record_key).where(Fact.day == day, Fact.course_id == many[0])
        ).all()
        keys = sum(row.record_key for row in cell)
        days, salt = sum(row.days for row in cell), SPANS["points"].salt
        shown = protected_sum(days, -100, 100, len(cell), keys, salt=salt)
        assert shown is not None
        total, number = total + shown, number + protected(len(cell), keys)
    assert rows == {many[0]: round(total / number, 1), many[1]: None}
    assert rows[many[0]] != answer(db, EVERYBODY, YEAR, exact=True).totals[0]


def test_a_protected_gain_lies_within_what_can_be(db, many):
    figures = [
        figure
        for by in (("month",), ("month", "gender"), ("month", "grade"), ("language",))
        for _values, (figure,) in answer(db, EVERYBODY, YEAR._replace(dimensions=by), exact=False).rows
        if figure is not None
    ]  # fmt: skip
    assert len(figures) > 8
    assert all(-100 <= each <= 100 for each in figures)


@pytest.mark.parametrize(
    ("number", "total", "figure"),
    [
        (0, 0, None), (3, -40, -13.3), (4, 0, 0.0), (5, 900.0, 100.0), (5, -900.0, -100.0),
        (10_000, -1, 0.0),
    ],
)  # fmt: skip
def test_a_mean_may_be_below_nothing_and_never_beyond_its_span(number, total, figure):
    found = MEASURES["gain"].figure(number, total)
    assert str(found) == str(figure)
    assert MEASURES["gain"].is_mean


def test_the_other_units_never_fall_below_nothing():
    assert MEASURES["days"].figure(20, -30.5) == 0
    assert MEASURES["pass_rate"].figure(20, 22.5) == 100
    assert MEASURES["hours"].figure(20, -90) == 0


def test_a_protected_mean_of_nothing_is_no_few(db, many):
    found = table(db, EVERYBODY, YEAR._replace(measures=("gain", "enrolled")), "en", exact=False)
    assert (found.held(0), found.held(1)) == (None, RULE.threshold)


def test_a_loss_keeps_its_minus_before_it_where_people_read_from_the_right():
    mark = "\N{LEFT-TO-RIGHT MARK}"
    said = [phrases_of(each).number(-12.5) for each in ("en", "fr", "ar")]
    assert said == ["-12.5", "-12,5", f"{mark}-12.5"]
