"""The board of recommendations: what answers each, gaps first, and no small figure of people."""

import csv
import io
from datetime import date, timedelta

from sqlalchemy import select, update

from app.catalogue.recommendations import recommendations_in
from app.foundation import clock
from app.identity.placements import Placement
from app.identity.reforms import move_institution
from app.statistics.coverage import COLUMNS, coverage_of, taught_share
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.facts import Fact
from app.statistics.protecting.cells import protected
from app.statistics.tallies import check_trees, forget_tallies
from app.statistics.trees import EVERYWHERE
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_interior, make_person
from tests.statistics.cubes.test_cubes import EVERYBODY
from tests.statistics.test_tallies import fact, fold_all

BOARD = "/en/statistics/coverage"


def let_the_month_pass(db) -> None:
    """All that has happened so far was a month ago, and is folded."""
    last_month = clock.day_everywhere(clock.now()).replace(day=1) - timedelta(days=1)
    db.execute(update(Fact).values(day=last_month))
    fold_all(db)


def by_key(db):
    return {each.recommendation.key: each for each in coverage_of(db)}


def test_what_answers_a_recommendation_is_counted_once_a_part(db):
    make_course(db, "First aid at work", translated=("fr",))
    make_course(db, "For us alone", recommendations=("LL3",), audience="institution")
    found = by_key(db)
    assert (found["T0"].courses, found["T0"].modules, found["T0"].languages) == (1, 2, ("en",))
    assert found["HR1"].lessons == 4
    assert not found["LL3"].is_taught  # what is not open to all is no answer to all
    assert taught_share(list(found.values())) == (2, len(recommendations_in(db)))


def test_gaps_stand_first(db):
    make_course(db)
    taught = [each.is_taught for each in coverage_of(db)]
    assert taught == sorted(taught)
    assert taught[-2:] == [True, True]


def test_people_are_protected_and_a_few_are_never_shown(db, awa, bilal):
    course = make_course(db)
    for learner in (awa, bilal):
        make_enrolment(db, learner, course)
    complete(db, make_enrolment(db, awa, course))
    let_the_month_pass(db)
    assert all(each.enrolled == 0 or each.enrolled >= 5 for each in coverage_of(db))
    for number in range(20):
        make_enrolment(db, make_person(db, f"Learner {number}", make_institute(db)), course)
    before = by_key(db)["T0"].enrolled
    fold_all(db)
    assert by_key(db)["T0"].enrolled == before  # what this month brings is told when it is over
    forget_tallies(db)
    let_the_month_pass(db)
    keys = db.scalars(select(Fact.record_key).where(Fact.measure == "enrolled")).all()
    assert by_key(db)["T0"].enrolled == protected(22, sum(keys))
    assert by_key(db)["T0"].countries == 0  # nobody has said theirs
    db.execute(update(Placement).values(country="SN"))
    forget_tallies(db)
    fold_all(db)
    assert by_key(db)["T0"].countries == 1


def test_nobody_is_shown_as_gone_while_tallies_are_counted_anew(db):
    course = make_course(db)
    for number in range(20):
        make_enrolment(db, make_person(db, f"Learner {number}", make_institute(db)), course)
    let_the_month_pass(db)
    shown = by_key(db)["T0"].enrolled
    assert shown
    move_institution(db, make_institute(db), None)
    assert EVERYWHERE in check_trees(db)
    assert by_key(db)["T0"].enrolled == shown
    fold_all(db)
    assert by_key(db)["T0"].enrolled == shown


def test_gain_is_protected_like_the_engine_says_it_and_a_few_have_none(db, bilal):
    aid = make_course(db, "First aid at work", recommendations=("T0", "HR1"))
    nights = make_course(db, "Night shifts", recommendations=("HR1", "LL1"))
    few = make_course(db, "For few", recommendations=("LL3",))
    unit = make_interior(db)
    for number in range(123):
        course = few if number >= 120 else (aid, nights)[number % 2]
        made = fact(db, bilal, course.course_id, unit, "gained", number)
        made.days = (-20, 50, 10)[number % 3]
        db.add(made)
    fold_all(db)
    asked = Ask(("gain",), ("recommendation",), date(2024, 1, 1), date(2025, 1, 1))
    engine = {key: figure for (key,), (figure,) in answer(db, EVERYBODY, asked, exact=False).rows}
    board = {key: each.gain for key, each in by_key(db).items()}
    assert {key: board[key] for key in engine} == engine
    assert board["LL3"] is None
    assert all(-100 <= board[key] <= 100 for key in ("T0", "HR1", "LL1"))
    assert board["HR1"] != board["T0"]


def test_the_file_equals_the_board_and_more_people_cost_no_more_statements(db, engines, browser):
    course = make_course(db)
    db.commit()
    with statements(engines) as few:
        page = browser.get(BOARD)
    assert "2 of the" in text_of(page)
    for number in range(6):
        make_enrolment(db, make_person(db, f"Learner {number}", make_institute(db)), course)
    db.commit()
    with statements(engines) as many:
        assert browser.get(BOARD).status_code == 200
    assert len(many) <= len(few)
    head, *rows = csv.reader(io.StringIO(browser.get(f"{BOARD}.csv").content.decode("utf-8-sig")))
    assert head == list(COLUMNS)
    assert [row[0] for row in rows] == [each.recommendation.key for each in coverage_of(db)]
    assert {row[head.index("gain")] for row in rows} == {""}
    assert "Gain, points" in text_of(page)
