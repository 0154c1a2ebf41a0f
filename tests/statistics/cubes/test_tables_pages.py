"""Tables in the browser: every file equals the page, and who may not see names sees no small count."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.i18n.phrases import phrases_of
from app.identity.grants import REPORTER, grant
from app.statistics.facts import Fact
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_interior, make_person
from tests.statistics.cubes.test_gains import gain
from tests.statistics.cubes.test_parquets import columns_in

TABLES = "/en/statistics/tables"
ASKED = "?by=course&by1=gender&measure=enrolled&measure=completed&measure=hours&measure=days"


@pytest.fixture
def learned(db, awa, bilal, chloe, dara):
    course = make_course(db, "First aid at work")
    complete(db, make_enrolment(db, awa, course))
    make_enrolment(db, bilal, course)
    complete(db, make_enrolment(db, make_person(db, "Eve Roe", make_institute(db)), course))
    grant(db, dara.id, REPORTER, make_interior(db).id)
    db.commit()


def shown(answer) -> list[list[str]]:
    rows = html.fromstring(answer.text).xpath("//table[.//tfoot]/tbody/tr")
    return [["".join(cell.itertext()).strip() for cell in row] for row in rows]


def test_every_file_equals_the_page(learned, browser, db, chloe):
    at = browser.as_(chloe)
    screen = shown(at.get(TABLES + ASKED))
    assert screen == [["First aid at work", "not said", "3", "2", screen[0][4], "0.0"]]
    assert float(screen[0][4]) > 0
    head, *rows = csv.reader(
        io.StringIO(at.get(f"{TABLES}.csv{ASKED}").content.decode("utf-8-sig"))
    )
    assert head == ["course", "course_name", "gender", "enrolled", "completed", "hours", "days"]
    assert [[row[1], "not said", *row[3:]] for row in rows] == screen
    told = json.loads(at.get(f"{TABLES}.json{ASKED}").content)
    assert [list(map(str, row.values())) for row in told["rows"]] == rows
    assert told["threshold"] is None
    book = zipfile.ZipFile(io.BytesIO(at.get(f"{TABLES}.xlsx{ASKED}").content))
    sheet = html.fromstring(book.read("xl/worksheets/sheet1.xml"))
    numbers = [cell.text_content() for cell in sheet.xpath("//row[@r='2']/c[not(@t)]")]
    assert list(map(float, numbers)) == list(map(float, rows[0][3:]))
    columns = columns_in(at.get(f"{TABLES}.parquet{ASKED}").content)
    assert list(columns) == head
    assert [list(map(str, row)) for row in zip(*columns.values(), strict=True)] == [
        [*row[:-1], "0.0"] for row in rows
    ]
    kinds = db.scalars(select(Event.kind).where(Event.kind == "counts-exported")).all()
    assert len(kinds) == 4


def test_a_month_is_said_on_the_page_as_elsewhere_and_in_the_file_as_data(learned, browser, chloe):
    at, asked = browser.as_(chloe), "?by=month&measure=enrolled"
    now = clock.now()
    assert shown(at.get(TABLES + asked))[-1][0] == phrases_of("en").month(f"{now:%Y-%m}")
    assert f"\n{now:%Y-%m}," in at.get(f"{TABLES}.csv{asked}").text.replace("\r", "")


def test_a_loss_by_outcome_is_the_same_in_every_file_and_is_not_drawn(
    db, browser, awa, bilal, chloe
):
    for title, learner, scores in (("First aid", awa, (60, 48)), ("Nights", bilal, (30, 90))):
        gain(db, make_enrolment(db, learner, make_course(db, title, pretest=True)), *scores)
    db.commit()
    at, asked = browser.as_(chloe), "?by=outcome&measure=gain"
    page = at.get(TABLES + asked)
    first, second = shown(page)
    assert (first[0][-11:], first[1:], second[1:]) == ("(First aid)", ["-12.0"], ["60.0"])
    assert "all outcomes of a course share its figures" in text_of(page)
    assert not html.fromstring(page.text).xpath("//figure")
    head, *rows = csv.reader(
        io.StringIO(at.get(f"{TABLES}.csv{asked}").content.decode("utf-8-sig"))
    )
    assert head == ["outcome", "outcome_name", "gain"]
    assert rows == [
        ["first-aid/tell-urgent", first[0], "-12.0"], ["nights/tell-urgent", second[0], "60.0"]
    ]  # fmt: skip
    told = json.loads(at.get(f"{TABLES}.json{asked}").content)
    assert [[*map(str, row.values())] for row in told["rows"]] == rows
    assert told["totals"] == {"gain": 24.0}
    columns = columns_in(at.get(f"{TABLES}.parquet{asked}").content)
    assert [[*map(str, row)] for row in zip(*columns.values(), strict=True)] == rows
    book = zipfile.ZipFile(io.BytesIO(at.get(f"{TABLES}.xlsx{asked}").content))
    cells = html.fromstring(book.read("xl/worksheets/sheet1.xml")).xpath("//row/c[not(@t)]")
    assert [float(each.text_content()) for each in cells] == [-12, 60]


def test_a_table_that_is_too_narrow_says_what_counts(learned, browser, dara):
    told = browser.as_(dara).get(f"{TABLES}?by=recommendation&by=gender&measure=enrolled")
    assert told.status_code == 403
    assert "a recommendation has no room" in text_of(told)


def test_who_may_not_see_names_sees_no_small_count(learned, browser, db, dara):
    at = browser.as_(dara)
    # The month is not over yet.
    assert "Nothing to count yet" in text_of(at.get(f"{TABLES}?by=course&measure=enrolled"))
    last_month = clock.day_everywhere(clock.now()).replace(day=1) - timedelta(days=1)
    db.execute(update(Fact).values(day=last_month))
    db.commit()
    page = at.get(f"{TABLES}?by=course&measure=enrolled")
    assert shown(page)[0][1] in {"few", "5", "6", "7", "8", "9", "10", "11", "12", "13"}
    assert "means fewer than 5" in text_of(page)
    assert "A recommendation counts as a course" in text_of(page)
    assert "An outcome counts as its course" in text_of(page)
    told = json.loads(at.get(f"{TABLES}.json?by=course&measure=enrolled").content)
    figure = told["rows"][0]["enrolled"]
    assert figure == 0 or figure >= 5
    assert told["threshold"] == 5

    counts = at.get("/en/statistics/completions")
    assert "nobody can be found" in text_of(counts)
    assert shown(counts)[0][3] == shown(page)[0][1]
    [_head, row] = csv.reader(io.StringIO(at.get("/en/statistics/completions.csv").text))
    assert row[3] == str(figure)


def test_a_protected_table_may_not_be_too_narrow(learned, browser, chloe, dara):
    narrow = f"{TABLES}?by=course&by1=grade&by2=gender"
    refused = browser.as_(dara).get(narrow)
    assert refused.status_code == 403
    assert "too narrow to protect" in text_of(refused)
    assert browser.as_(chloe).get(narrow).status_code == 200


def test_odd_questions_have_a_plain_answer(learned, browser, chloe):
    at = browser.as_(chloe)
    for query in ("?by=salary&measure=love", "?since=0000-00&until=x", "?by=unit&by1=unit&page=9"):
        assert at.get(TABLES + query).status_code == 200
    assert at.get(f"{TABLES}.exe").status_code == 404
