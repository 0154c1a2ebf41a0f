"""Counts read from what is folded and what waits: the same rows, on pages forth and back."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from app.identity.institutions import found_institution
from app.identity.reforms import merge_institutions
from app.statistics.completions import Asked, Totals
from app.statistics.counts import Counted, by_month, counts, totals
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.facts import Fact
from app.statistics.local_tallies import LocalTally
from app.statistics.protecting.guards import TooNarrow
from app.statistics.rebuilds import rebuild_tallies
from app.statistics.scopes import COUNTS, Scope
from tests.counting import statements
from tests.makers.courses import make_course
from tests.statistics.test_tallies import START, fact, fold_all

EVERYBODY = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
YEAR = date(2024, 1, 1), date(2025, 1, 1)
UNITS = 7


@pytest.fixture
def learned(db, bilal):
    """Two courses at seven offices and at none; two facts in three are folded, the rest wait."""
    courses = [make_course(db, title).course_id for title in ("First aid", "Night shifts")]
    units = [
        found_institution(db, f"office-{at}", f"Office {9 - at}", "office", since=START)
        for at in range(UNITS)
    ]
    for number in range(120):
        unit = units[number % UNITS] if number % 11 else None
        measure = ("enrolled", "completed", "certified", "revoked")[number % 4]
        db.add(fact(db, bilal, courses[number % 5 == 0], unit, measure, number))
        if number == 80:
            db.flush()
            fold_all(db)
    merge_institutions(db, [units[2]], units[5])
    db.commit()
    return units


def asked_for(view: str, **more) -> Asked:
    return Asked(*YEAR, view=view, **more)


@pytest.mark.parametrize("view", ["then", "now"])
def test_what_is_folded_counts_as_what_waits(db, learned, view):
    def shown() -> list[list[Counted]]:
        return [
            counts(db, EVERYBODY, asked_for(view, **more), exact=exact)
            for exact in (True, False)
            for more in ({}, {"course": "first-aid"}, {"institution": "office-5"})
        ]

    before = shown()
    assert sum(row.completed for row in before[0]) == 30
    assert len(before[0]) > len(before[1]) > len(before[2]) > 0
    fold_all(db)
    assert shown() == before
    tallied = select(*LocalTally.__table__.c)
    local = {*db.execute(tallied)}
    rebuild_tallies(db)
    assert {*db.execute(tallied)} == local
    db.execute(delete(Fact))
    assert shown() == before


@pytest.mark.parametrize("by_key", [True, False])
@pytest.mark.parametrize("exact", [True, False])
def test_pages_forth_and_back_hold_each_row_once(db, learned, by_key, exact):
    asked = asked_for("now")
    everything = counts(db, EVERYBODY, asked, exact=exact, by_key=by_key)
    assert len({row.row for row in everything}) == len(everything) > 30

    def page(**around) -> list[Counted]:
        return counts(db, EVERYBODY, asked, 7, exact=exact, by_key=by_key, **around)

    forth = page()
    while more := page(after=forth[-1].row):
        forth += more
    assert forth == everything
    back = everything[-1:]
    while more := page(before=back[0].row):
        back = more + back
    assert back == everything


def test_a_page_reads_what_it_shows(db, engines, learned):
    fold_all(db)
    with statements(engines) as sent:
        counts(db, EVERYBODY, asked_for("then"), 5, exact=False)
    assert len(sent) <= 5


def test_the_totals_are_those_of_the_engine(db, learned):
    exactly = totals(db, EVERYBODY, asked_for("then"))
    rows = counts(db, EVERYBODY, asked_for("then"))
    assert exactly == Totals(*(sum(row[at] for row in rows) for at in range(5, 9)))
    ask = Ask(Totals._fields, (), *YEAR)
    protected = totals(db, EVERYBODY, asked_for("now"), exact=False)
    assert protected == answer(db, EVERYBODY, ask, exact=False).totals != exactly


def test_a_month_that_is_asked_for_in_part_is_counted_by_its_days(db, learned):
    fold_all(db)
    whole = by_month(db, EVERYBODY, asked_for("then"))
    part = by_month(db, EVERYBODY, Asked(date(2024, 1, 4), date(2024, 3, 4)))
    assert list(whole) == ["2024-01", "2024-02", "2024-03"]
    assert part == {month: whole[month] for month in ("2024-02", "2024-03")}


def test_protection_holds_for_no_fourth_thing(db, learned):
    narrow = asked_for("then", traits=(("grade", "P4"),))
    assert totals(db, EVERYBODY, narrow).enrolled
    for ask in (counts, totals):
        with pytest.raises(TooNarrow):
            ask(db, EVERYBODY, narrow, exact=False)
