"""A month is over when it is over everywhere on earth: in the west people still complete courses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import select, update

from app.foundation import clock
from app.identity.grants import REPORTER, grant
from app.statistics.coverage import coverage_of
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.facts import Fact
from app.statistics.protecting.guards import NotWholeMonths
from app.statistics.saving.letters import board_due, send_letter
from app.statistics.saving.saved_views import MONTHLY, Choice, SavedView, save
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_interior, make_person
from tests.statistics.cubes.test_cubes import EVERYBODY
from tests.statistics.test_tallies import fold_all

OCTOBER = Ask(("completed",), (), date(2026, 10, 1), date(2026, 11, 1))
EVENING = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)  # half past seven on 31 October in Bogotá
MOMENTS = [(EVENING, False), (datetime(2026, 11, 1, 12, tzinfo=UTC), True)]


def test_a_day_has_begun_everywhere_when_it_begins_twelve_hours_behind():
    for moment, day in zip(
        (EVENING, MOMENTS[1][0], MOMENTS[1][0] - timedelta(microseconds=1)),
        (date(2026, 10, 31), date(2026, 11, 1), date(2026, 10, 31)),
        strict=True,
    ):
        assert clock.day_everywhere(moment) == day
    assert clock.day_everywhere(EVENING.astimezone()) == date(2026, 10, 31)


@pytest.fixture(params=MOMENTS, ids=["evening in the west", "over everywhere"])
def is_over(request, monkeypatch) -> bool:
    """Whether October is over at the moment that it is now."""
    moment, is_over = request.param
    monkeypatch.setattr(clock, "now", lambda: moment)
    return is_over


@pytest.fixture
def learned(db, is_over, dara):
    """Twenty who completed a course in October; dara sees counts."""
    interior, course = make_interior(db), make_course(db)
    for number in range(20):
        complete(db, make_enrolment(db, make_person(db, f"Roe {number}", interior), course))
    db.execute(update(Fact).values(day=date(2026, 10, 20)))
    grant(db, dara.id, REPORTER, interior.id)
    fold_all(db)
    db.commit()


def test_no_protected_figure_is_told_before(learned, db, is_over, browser, dara):
    if is_over:
        assert answer(db, EVERYBODY, OCTOBER, exact=False).totals[0]
    else:
        with pytest.raises(NotWholeMonths):
            answer(db, EVERYBODY, OCTOBER, exact=False)
    assert bool(coverage_of(db)[-1].completed) is is_over
    db.commit()
    months = "since=2026-10&until=2026-10"
    for page in ("", "/tables", "/countries", "/completions"):
        told = text_of(browser.as_(dara).get(f"/en/statistics{page}?{months}&measure=completed"))
        assert ("Nothing to count yet" not in told) is is_over, page
    for file in ("tables.csv", "completions.csv"):
        rows = browser.as_(dara).get(f"/en/statistics/{file}?{months}&measure=completed").text
        assert (len(rows.splitlines()) > 1) is is_over, file


def test_a_board_says_of_a_month_that_it_is_not_over(learned, is_over, browser, chloe):
    told = text_of(browser.as_(chloe).get("/en/statistics?since=2026-10&until=2026-10"))
    assert ("This month is not over" in told) is not is_over


def test_a_bulletin_offers_and_freezes_months_that_are_over(learned, is_over, browser, chloe):
    at, place = browser.as_(chloe), "/en/statistics/bulletins"
    page = html.fromstring(at.get(f"{place}/new").text)
    assert page.xpath("string(//input[@name='until']/@value)") == (
        "2026-10" if is_over else "2026-09"
    )
    wished = {
        "name": "october", "institution": "ministry-of-the-interior", "since": "2026-10",
        "until": "2026-10", "measures": ["completed"], "tables": ["all"],
    }  # fmt: skip
    assert at.post(place, wished).status_code == (303 if is_over else 409)


def test_a_letter_of_a_month_waits_until_that_is_over(learned, db, is_over, dara):
    save(db, dara.id, "show_statistics", "", Choice("Mine", "", MONTHLY), moves=True)
    view_id = db.scalar(select(SavedView.id))
    october = datetime(2026, 10, 9, tzinfo=UTC)
    before = board_due(db, view_id, october)
    assert before.put.until == "2026-09"
    assert send_letter(db, view_id, october, before)
    board = board_due(db, view_id, clock.now())
    assert board.put.until == ("2026-10" if is_over else "2026-09")
    assert send_letter(db, view_id, clock.now(), board) is is_over
