"""Figures asked while facts are folded: each fact is counted once, wherever the fold falls."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, update

from app.foundation import clock
from app.foundation.database import Engines
from app.identity.grants import REPORTER, grant
from app.main import worker_of
from app.statistics.bulletins.snapshots import snapshot
from app.statistics.completions import Asked
from app.statistics.counts import by_month, counts
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.facts import Fact
from app.statistics.saving.jobs import send_view_letters
from app.statistics.saving.saved_views import MONTHLY, Choice, save
from app.statistics.tallies import fold
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.people import make_institute, make_interior
from tests.statistics.bulletins.conftest import wish
from tests.statistics.cubes.test_cubes import EVERYBODY
from tests.statistics.test_tallies import fact, fold_all

YEAR = date(2024, 1, 1), date(2025, 1, 1)
FACTS, LOOKS = 20, 40


@contextmanager
def folding_after(engines: Engines, looks: int) -> Iterator[list[int]]:
    """All that waits is folded by somebody else as soon as a reader has looked so many times."""
    seen = [0]

    def note(*_told: object) -> None:
        seen[0] += 1
        if seen[0] == looks:
            with engines.writing() as db:
                assert fold(db)

    event.listen(engines.read, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engines.read, "after_cursor_execute", note)


@pytest.fixture
def waiting(db, bilal):
    """What makes one more fact wait beside those that are folded, and tells how many there are."""
    course = make_course(db).course_id
    units = make_interior(db), make_institute(db)
    for number in range(FACTS):
        db.add(fact(db, bilal, course, units[number % 2], "enrolled", number))
    db.flush()
    numbers = iter(range(FACTS, FACTS + LOOKS))

    def one_more() -> int:
        fold_all(db)
        number = next(numbers)
        db.add(fact(db, bilal, course, units[number % 2], "enrolled", number))
        db.commit()
        return number + 1

    return one_more


def told(look, how: str) -> int:
    """How many enrolled, by the engine split by some things, by the grid's rows or by its months."""
    if how == "rows":
        return sum(row.enrolled for row in counts(look, EVERYBODY, Asked(*YEAR)))
    if how == "months":
        asked = Asked(*YEAR, under="ministry-of-the-interior")
        return sum(each.enrolled for each in by_month(look, EVERYBODY, asked).values())
    ask = Ask(("enrolled",), tuple(how.split()), *YEAR)
    return answer(look, EVERYBODY, ask, exact=True).totals[0]


SPLITS = ("", "month", "unit", "institution", "unit course", "recommendation")


@pytest.mark.parametrize("how", ["rows", "months", *SPLITS])
def test_a_fold_between_two_looks_changes_no_figure(engines, waiting, how):
    looks, seen = 1, [1]
    while looks <= seen[0]:
        expected = waiting()
        with folding_after(engines, looks) as seen, engines.reading() as look:
            assert told(look, how) == expected
        looks += 1
    assert looks > 3


def test_a_bulletin_is_frozen_as_of_one_moment(engines, waiting):
    looks, seen = 1, [1]
    asked = wish(institution="", tables=((), ("month",), ("unit",), ("institution",)))
    while looks <= seen[0]:
        waiting()
        with engines.reading() as look:
            before = snapshot(look, EVERYBODY, asked)
        with folding_after(engines, looks) as seen, engines.reading() as look:
            found = snapshot(look, EVERYBODY, asked)
        assert found._replace(as_of="") == before._replace(as_of="")
        looks += 5
    assert looks > 10


def test_files_and_letters_ask_before_they_write(app, engines, waiting, db, browser, chloe, dara):
    waiting()
    grant(db, dara.id, REPORTER, make_interior(db).id)
    save(db, dara.id, "show_statistics", "", Choice("Mine", "", MONTHLY), moves=True)
    last_month = clock.day_everywhere(clock.now()).replace(day=1) - timedelta(days=1)
    db.execute(update(Fact).values(day=last_month))
    db.commit()
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        written.append(statement)

    event.listen(engines.write, "before_cursor_execute", note)
    try:
        with statements(engines) as sent:
            for file in ("tables.csv?by=month", "completions.csv"):
                for person in (chloe, dara):
                    answered = browser.as_(person).get(f"/en/statistics/{file}")
                    assert answered.content.count(b"\n") > 1
            send_view_letters(worker_of(app).workshop, {})
    finally:
        event.remove(engines.write, "before_cursor_execute", note)
    assert sum("INTO events" in each for each in written) >= 4
    assert any("tallies" in each for each in sent)
    assert not [each for each in written if "tallies" in each or "FROM facts" in each]
