"""Outages: connections that break, a database that goes away, and a disk without room."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import cycle, islice

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from app.foundation.database import Engines
from app.foundation.outages import has_no_room, is_away, is_lost
from app.learning.enrolments import Enrolment
from app.web.refusals import DatabaseAway, NoRoom
from tests.browser import text_of
from tests.makers.courses import make_course

COURSE, MANY = "/en/courses/first-aid", 400
ENROLLED = select(Enrolment.id)
WHO = text("SELECT pg_backend_pid()")
END = text("SELECT count(pg_terminate_backend(pid, 5000)) FROM unnest(CAST(:pids AS int[])) AS pid")
RAISING = "BEGIN RAISE EXCEPTION 'of the test' USING ERRCODE = '{}'; END"
FULL = (
    f"CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ {RAISING.format('53100')} $$",
    "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON enrolments EXECUTE FUNCTION fill()",
)
ROOMY = "DROP TRIGGER full_disk ON enrolments", "DROP FUNCTION fill()"
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def course(db):
    make_course(db, "First aid")
    db.commit()


def lose_connections(engines: Engines) -> int:
    """Break every connection that waits for its next turn; as many as there were."""
    lost = 0
    for engine in (engines.read, engines.write):
        held = [engine.connect() for _each in range(engine.pool.checkedin())]
        pids = [each.scalar(WHO) for each in held]
        for each in held:
            each.close()
        lost += end(engines, pids)
    return lost


def end(engines: Engines, pids: list[int]) -> int:
    """Have PostgreSQL end these of its processes."""
    with engines.stream.connect() as connection:
        ended: int = connection.scalar(END, {"pids": pids})
    return ended


def without_room(engines: Engines) -> AbstractContextManager[None]:
    return _no_growth(engines) if engines.is_sqlite else _full_disk(engines)


@contextmanager
def _no_growth(engines: Engines) -> Iterator[None]:
    """The file of SQLite may not grow."""

    def fill(connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    event.listen(engines.write, "begin", fill)
    try:
        yield
    finally:
        event.remove(engines.write, "begin", fill)
        with engines.write.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 4294967294")
        engines.write.dispose()


@contextmanager
def _full_disk(engines: Engines) -> Iterator[None]:
    """PostgreSQL says what it says on a full disk, at whatever is written of an enrolment."""
    with engines.write.begin() as connection:
        for statement in FULL:
            connection.execute(text(statement))
    try:
        yield
    finally:
        with engines.write.begin() as connection:
            for statement in ROOMY:
                connection.execute(text(statement))


@ON_POSTGRESQL
@pytest.mark.usefixtures("course")
def test_a_database_that_was_started_anew_is_met_by_nobodys_page(engines, browser, awa, found):
    reader = browser.as_(awa)
    assert reader.post(f"{COURSE}/enrolment").status_code == 303
    assert "First aid" in reader.get("/en/my-learning").text
    assert lose_connections(engines) > 1
    assert "First aid" in reader.get("/en/my-learning").text
    assert reader.post(f"{COURSE}/withdrawal").status_code == 303
    assert lose_connections(engines) > 1
    assert reader.post(f"{COURSE}/enrolment").status_code == 303
    assert "First aid" in reader.get("/en/my-learning").text
    assert len(found(ENROLLED)) == 2


@ON_POSTGRESQL
@pytest.mark.usefixtures("course")
def test_what_may_have_been_kept_is_not_sent_twice(engines, browser, awa, found):
    def break_off(connection) -> None:
        end(engines, [connection.connection.dbapi_connection.info.backend_pid])

    reader = browser.as_(awa, fails=False)
    event.listen(engines.write, "commit", break_off)
    try:
        answer = reader.post(f"{COURSE}/enrolment")
    finally:
        event.remove(engines.write, "commit", break_off)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert DatabaseAway.mend in text_of(answer)
    assert found(ENROLLED) == []


@pytest.mark.usefixtures("course")
def test_on_a_full_disk_one_reads_on_and_is_told(engines, browser, awa, found):
    reader = browser.as_(awa, fails=False)
    with without_room(engines):
        for step in islice(cycle(("enrolment", "withdrawal")), MANY):
            before = found(ENROLLED)
            answer = reader.post(f"{COURSE}/{step}")
            if answer.status_code != 303:
                break
        assert reader.get(COURSE).status_code == 200
    assert answer.status_code == 503
    assert NoRoom.says in text_of(answer)
    assert found(ENROLLED) == before
    assert reader.post(f"{COURSE}/{step}").status_code == 303


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("code", "is_full", "is_gone"),
    [("53100", True, False), ("53300", False, True), ("57P03", False, True), ("22012", False, False)],
)  # fmt: skip
def test_outages_are_told_by_the_databases_own_codes(db, code, is_full, is_gone):
    with pytest.raises(DBAPIError) as raised:
        db.execute(text(f"DO $$ {RAISING.format(code)} $$"))
    fault = raised.value
    assert (has_no_room(fault), is_away(fault), is_lost(fault)) == (is_full, is_gone, False)
