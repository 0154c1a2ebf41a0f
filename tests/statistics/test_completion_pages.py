"""The administrator's question in the browser: who may ask, and that the file equals the screen."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.foundation import clock
from app.identity.placements import standing_placement
from app.statistics.exports import TooManyExports, defused, reserve
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_person
from tests.screens import counts_shown, list_shown
from tests.statistics.test_tallies import fact

COUNTS, LIST = "/en/statistics/completions", "/en/statistics/completions/list"


@pytest.fixture
def learned(db, awa, bilal, chloe) -> Iterator[None]:
    course = make_course(db, "First aid at work")
    complete(db, make_enrolment(db, awa, course))
    make_enrolment(db, bilal, course)
    db.commit()
    return


def rows_in(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def table_in(answer) -> list[list[str]]:
    from lxml import html

    body = html.fromstring(answer.text).xpath("//tbody/tr")
    return [["".join(cell.itertext()).strip() for cell in row] for row in body]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_counts_file_equals_the_screen(learned, browser, chloe, language):
    with browser.as_(chloe) as at:
        screen, file = (at.get(p.replace("en", language, 1)) for p in (COUNTS, f"{COUNTS}.csv"))
    head, *rows = rows_in(file)
    assert head == ["course", "institution", "month", "enrolled", "started", "completed",
                    "certified"]  # fmt: skip
    assert counts_shown(rows, language) == table_in(screen)
    assert [row[3:] for row in rows] == [["2", "1", "1", "1"]]


def test_the_page_says_how_many_of_the_completed_are_claims(learned, browser, awa, chloe, db):
    words = "1 of the completed is by a person whose institution has not confirmed them yet."
    with browser.as_(chloe) as at:
        assert words in at.get(COUNTS).text
        standing_placement(db, awa.id).confirmed_at = clock.now()
        db.commit()
        assert words not in at.get(COUNTS).text


@pytest.mark.parametrize("measure", ["enrolled", "started", "completed", "certified"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_list_file_equals_the_screen(learned, browser, chloe, measure, language):
    base = LIST.replace("en", language, 1)
    with browser.as_(chloe) as at:
        screen, file = (at.get(f"{p}?measure={measure}") for p in (base, f"{base}.csv"))
    head, *rows = rows_in(file)
    assert head[0] == "person"
    assert len(rows) == (2 if measure == "enrolled" else 1)
    assert list_shown(rows, language) == table_in(screen)


def test_a_name_that_a_spreadsheet_would_run_is_defused_in_the_file(db, browser, chloe):
    person = make_person(db, "=cmd|' /C calc'!A0", make_institute(db))
    make_enrolment(db, person, make_course(db))
    db.commit()
    with browser.as_(chloe) as at:
        _head, [name, *_] = rows_in(at.get(f"{LIST}.csv?measure=enrolled"))
        assert table_in(at.get(f"{LIST}?measure=enrolled"))[0][0] == person.name
    assert name == f"'{person.name}"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\tx", "\rx"])
def test_what_runs_is_defused_and_numbers_stay_numbers(cell):
    assert defused(cell) == f"'{cell}"
    assert defused(-1) == -1
    assert defused("plain") == "plain"


def test_names_are_a_right_of_their_own(learned, db, browser):
    counter = make_person(
        db, "Counts Only", make_institute(db), roles=("administrator",), on=make_institute(db)
    )
    db.commit()
    with browser.as_(counter) as at:
        assert at.get(COUNTS).status_code == 200
        assert "The list behind them" not in text_of(at.get(COUNTS))
        for path in (LIST, f"{LIST}.csv"):
            refused = at.get(path)
            assert refused.status_code == 403
            assert "Awa" not in refused.text


def test_each_look_at_names_and_each_export_is_an_event(learned, db, browser, chloe):
    with browser.as_(chloe) as at:
        for path in (COUNTS, f"{COUNTS}.csv", LIST, f"{LIST}.csv"):
            assert at.get(path).status_code == 200
    looks = select(Event.kind, Event.actor_id).where(
        Event.kind.like("%-seen") | Event.kind.like("%-exported")
    )
    assert db.execute(looks.order_by(Event.id)).all() == [
        ("counts-exported", chloe.id),
        ("list-seen", chloe.id),
        ("list-exported", chloe.id),
    ]


def test_a_third_export_at_once_is_asked_to_wait(learned, browser, chloe):
    from app.statistics import exports

    reserve()
    reserve()
    try:
        with pytest.raises(TooManyExports):
            reserve()
        with browser.as_(chloe) as at:
            assert at.get(f"{LIST}.csv").status_code == 503
    finally:
        exports.release()
        exports.release()
    with browser.as_(chloe) as at:
        for _ in range(5):
            assert at.get(f"{LIST}.csv").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["since=x&until=y", "since=2026-13", "page=0", "page=99999999999", "measure=all"],
)
def test_an_absurd_question_is_answered_with_a_page(learned, browser, chloe, query):
    with browser.as_(chloe) as at:
        assert at.get(f"{COUNTS}?{query}").status_code == 200
        assert at.get(f"{LIST}?{query}").status_code == 200


def test_a_hundred_rows_a_page_and_the_way_to_the_next(db, engines, browser, chloe):
    course = make_course(db)
    for number in range(101):
        make_enrolment(db, make_person(db, f"Learner N{number}", make_institute(db)), course)
    db.commit()
    with browser.as_(chloe) as at:
        first = at.get(f"{LIST}?measure=enrolled")
        with statements(engines) as sent:
            second = at.get(f"{LIST}?measure=enrolled&page=2")
        assert len(rows_in(at.get(f"{LIST}.csv?measure=enrolled"))) == 102
    assert "Next 100 rows" in text_of(first)
    assert "Enrolments 101 to 101" in text_of(second)
    assert len(sent) < 12


def test_the_counts_go_a_hundred_rows_on_and_back(db, browser, bilal, chloe):
    from lxml import html

    course_id = make_course(db).course_id
    for number in range(101):
        made = fact(db, bilal, course_id, make_institute(db), "enrolled", number)
        made.day = date(2016 + number // 12, 1 + number % 12, 9)
        db.add(made)
    db.commit()

    def way(answer) -> str:
        [found] = html.fromstring(answer.text).xpath("//nav[@aria-label='Pages']/a/@href")
        return COUNTS + found

    with browser.as_(chloe) as at:
        first = at.get(f"{COUNTS}?since=2016-01&until=2024-12")
        last = at.get(way(first))
        back = at.get(way(last))
    assert len(table_in(first)) == 100
    assert [row[2] for row in table_in(last)] == ["May 2024"]
    assert table_in(back) == table_in(first)
