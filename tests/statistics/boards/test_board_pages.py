"""The board in the browser: its figures, the people behind each, and what a reporter is not told."""

import csv
import io
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import update

from app.foundation import clock
from app.identity.grants import REPORTER, grant
from app.identity.reforms import merge_institutions
from app.statistics.facts import Fact
from app.statistics.tallies import forget_tallies
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_institution, make_interior, make_person
from tests.statistics.cubes.test_gains import gain
from tests.statistics.test_tallies import fold_all

BOARD = "/en/statistics"


@pytest.fixture
def learned(db, awa, bilal, chloe, dara):
    """Four enrolments and two completions, one of these in the ministry itself; one waits to be folded."""
    course = make_course(db, "First aid at work")
    make_course(db, "Night shifts")
    complete(db, make_enrolment(db, awa, course))
    make_enrolment(db, bilal, course)
    complete(db, make_enrolment(db, make_person(db, "Eve Roe", make_interior(db)), course))
    grant(db, dara.id, REPORTER, make_interior(db).id)
    fold_all(db)
    make_enrolment(db, make_person(db, "Ivo Roe", make_institute(db)), course)
    db.commit()


def let_the_month_pass(db) -> None:
    last_month = clock.day_everywhere(clock.now()).replace(day=1) - timedelta(days=1)
    db.execute(update(Fact).values(day=last_month))
    forget_tallies(db)
    fold_all(db)
    db.commit()


@pytest.mark.parametrize("query", ["", "?view=then"])
def test_each_figure_leads_to_as_many_people_as_it_says(learned, browser, chloe, query):
    at = browser.as_(chloe)
    links = html.fromstring(at.get(BOARD + query).text).xpath(
        "//td[@class='n']/a[contains(@href, '/list')]"
    )
    assert len(links) >= 12
    for link in {each.get("href"): each for each in links}.values():
        rows = list(
            csv.reader(io.StringIO(at.get(link.get("href").replace("/list?", "/list.csv?")).text))
        )
        assert len(rows) - 1 == int(link.text_content()), link.get("href")


def test_a_unit_whose_list_would_hold_what_counts_elsewhere_leads_to_none(
    db, browser, awa, bilal, chloe
):
    interior = make_interior(db)
    left, right = (
        make_institution(db, key, key.title(), "department", interior) for key in ("left", "right")
    )
    course = make_course(db, "First aid at work")
    gone, heir = (
        make_institution(db, key, key.title(), "office", above)
        for key, above in (("gone", left), ("heir", right))
    )
    for number, where in enumerate((left, left, right, gone, heir)):
        complete(db, make_enrolment(db, make_person(db, f"Roe {number}", where), course))
    merge_institutions(db, [gone], heir)
    fold_all(db)
    db.commit()
    at = browser.as_(chloe)
    for page in (BOARD, f"{BOARD}/tables?by=unit&measure=completed"):
        tree = html.fromstring(at.get(page).text)
        counted = {
            name: tree.xpath(f"//tr[starts-with(normalize-space(th), '{name}')]/td[@class='n']")
            for name in ("Left", "Right")
        }
        assert "2" in [cell.text_content().strip() for cell in counted["Left"]]
        assert not [cell for cell in counted["Left"] if cell.xpath("a[contains(@href, '/list')]")]
        [led] = [
            each
            for cell in counted["Right"]
            for each in cell.xpath("a[contains(@href, 'measure=completed')]")
        ]
        rows = csv.reader(io.StringIO(at.get(led.get("href").replace("/list?", "/list.csv?")).text))
        assert len(list(rows)) - 1 == int(led.text_content()) == 3


def test_the_board_says_the_period_before_in_words(learned, db, browser, chloe):
    page = text_of(browser.as_(chloe).get(BOARD))
    assert "4 more than before (0)" in page
    assert "This month is not over" in page
    let_the_month_pass(db)
    this, last = (
        f"{clock.now():%Y-%m}",
        f"{clock.day_everywhere(clock.now()).replace(day=1) - timedelta(days=1):%Y-%m}",
    )
    page = text_of(browser.as_(chloe).get(f"{BOARD}?since={this}&until={this}"))
    assert "Nothing to count yet" in page
    page = text_of(browser.as_(chloe).get(f"{BOARD}?since={last}&until={last}"))
    assert "4 more than before (0)" in page


def test_a_gain_is_a_key_figure_and_may_be_below_nothing(db, browser, awa, chloe):
    gain(db, make_enrolment(db, awa, make_course(db, pretest=True)), 60, 48)
    db.commit()
    tree = html.fromstring(browser.as_(chloe).get(BOARD).text)
    [told] = tree.xpath("//dl[@class='keys']/div[dt='Gain, points']/dd")
    assert " ".join(told.text_content().split()) == "-12.0 not compared; before: –not shown"
    assert "less that of this pretest" in tree.text_content()


def test_a_reporter_sees_no_small_count_and_no_way_to_names(learned, db, browser, dara):
    let_the_month_pass(db)
    page = browser.as_(dara).get(BOARD)
    tree = html.fromstring(page.text)
    assert not tree.xpath("//a[contains(@href, '/list?')]")
    figures = [each.text_content() for each in tree.xpath("//dl[@class='keys']//b")]
    figures += [each.text_content() for each in tree.xpath("//td[@class='n']")]
    assert not {"1", "2", "3", "4"} & set(figures)
    assert "few" in figures or any(each.isdigit() for each in figures)
    narrow = browser.as_(dara).get(
        f"{BOARD}?course=first-aid-at-work&under=ministry-of-the-interior"
    )
    assert narrow.status_code == 200
    assert "too narrow to protect" in text_of(narrow)


def test_odd_questions_have_a_plain_answer_and_rows_cost_nothing(
    learned, db, engines, browser, chloe
):
    at = browser.as_(chloe)
    for query in ("?since=1900-01&until=9998-12", "?under=nowhere&course=none&view=x", "?since=x"):
        assert at.get(BOARD + query).status_code == 200
    with statements(engines) as few:
        at.get(BOARD)
    for number in range(3):
        make_enrolment(
            db,
            make_person(db, f"Learner {number}", make_institute(db)),
            make_course(db, f"Course {number}"),
        )
    db.commit()
    with statements(engines) as many:
        at.get(BOARD)
    assert len(many) <= len(few)
