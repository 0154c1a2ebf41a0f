"""The counts and the list: who is counted where, and that screen, file and ledger agree."""

import csv
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.credentials.certificates import Certificate, revoke
from app.identity.institutions import InstitutionState
from app.identity.placements import place
from app.statistics import records as records_module
from app.statistics.completions import Asked, Totals
from app.statistics.counts import counts, totals
from app.statistics.exports import blocks
from app.statistics.facts import Fact, rebuild_facts
from app.statistics.records import in_steps, records, rows_of
from app.statistics.scopes import COUNTS, NAMES, Scope, scope_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.people import HEALTH, make_institution, make_person

EVER = Asked(date(2000, 1, 1), date(2100, 1, 1))


def counted(db: Session, person, asked: Asked = EVER) -> dict[str, tuple[int, ...]]:
    rows = counts(db, scope_of(db, person.id, COUNTS), asked)
    return {row.institution: row[5:] for row in rows}


def test_an_administrator_counts_the_whole_tree_and_nothing_beside_it(db, awa, bilal, chloe, dara):
    course = make_course(db)
    complete(db, make_enrolment(db, awa, course))
    do(db, make_enrolment(db, bilal, course), "lesson-1-1")
    make_enrolment(db, chloe, course)
    complete(db, make_enrolment(db, dara, course))

    assert counted(db, chloe) == {
        "Institute of Public Administration": (2, 2, 1, 1),
        "Ministry of the Interior": (1, 0, 0, 0),
    }
    scope = scope_of(db, chloe.id, COUNTS)
    assert totals(db, scope, EVER) == Totals(3, 2, 1, 1)


def test_someone_without_a_role_counts_nobody(db, awa):
    complete(db, make_enrolment(db, awa, make_course(db)))
    scope = scope_of(db, awa.id, COUNTS)
    assert scope.is_empty
    assert totals(db, scope, EVER) == Totals(0, 0, 0, 0)


def test_a_transfer_leaves_the_past_where_it_happened(db, awa, chloe):
    course = make_course(db)
    enrolment = make_enrolment(db, awa, course)
    place(db, awa.id, make_institution(db, *HEALTH).id)
    complete(db, enrolment)
    assert counted(db, chloe) == {"Institute of Public Administration": (1, 0, 0, 0)}


def test_a_withdrawn_certificate_is_not_counted_any_more(db, awa, chloe):
    complete(db, make_enrolment(db, awa, make_course(db)))
    code = db.scalar(select(Certificate.code))
    assert counted(db, chloe)["Institute of Public Administration"] == (1, 1, 1, 1)
    assert revoke(db, chloe.id, code, "issued-by-mistake")
    assert not revoke(db, chloe.id, code, "issued-by-mistake")
    assert counted(db, chloe)["Institute of Public Administration"] == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(date(2000, 1, 1), date(2000, 2, 1)), Totals(0, 0, 0, 0)),
        (Asked(EVER.since, EVER.until, course="first-aid-at-work"), Totals(1, 1, 1, 1)),
        (Asked(EVER.since, EVER.until, course="unknown"), Totals(0, 0, 0, 0)),
        (Asked(EVER.since, EVER.until, institution="institute"), Totals(1, 1, 1, 1)),
        (Asked(EVER.since, EVER.until, institution="ministry-of-health"), Totals(0, 0, 0, 0)),
    ],
)
def test_a_question_narrows_what_is_counted(db, awa, chloe, dara, asked, found):
    course = make_course(db)
    complete(db, make_enrolment(db, awa, course))
    complete(db, make_enrolment(db, dara, course))
    assert totals(db, scope_of(db, chloe.id, COUNTS), asked) == found


def test_the_list_has_as_many_rows_as_each_count_says(db, awa, bilal, chloe):
    for title in ("First aid at work", "Night shifts"):
        course = make_course(db, title)
        complete(db, make_enrolment(db, awa, course))
        do(db, make_enrolment(db, bilal, course), "lesson-1-1")
        make_enrolment(db, chloe, course)
    scope = scope_of(db, chloe.id, NAMES)
    said = totals(db, scope_of(db, chloe.id, COUNTS), EVER)
    for measure, count in zip(Totals._fields, said, strict=True):
        assert len(rows_of(db, scope, EVER, measure, 100)) == count


@pytest.mark.parametrize("many", [0, records_module.MANY])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_steps_of_any_size_give_the_same_file(
    db, awa, bilal, chloe, engines, size, many, monkeypatch
):
    monkeypatch.setattr(records_module, "MANY", many)
    for title in ("First aid at work", "Night shifts"):
        course = make_course(db, title)
        complete(db, make_enrolment(db, awa, course))
        complete(db, make_enrolment(db, bilal, course))
        make_enrolment(db, chloe, course)
    revoke(db, None, db.scalars(select(Certificate.code).limit(1)).one(), "It names somebody else.")
    db.commit()
    scope = scope_of(db, chloe.id, NAMES)
    for measure in Totals._fields:
        steps = in_steps(db, scope, EVER, measure, size=size)
        with engines.stream.connect() as connection:
            whole = written(connection, records(scope, EVER, measure, 100))
            assert written(connection, steps) == whole
            assert written(connection, steps, size=1, tells=True) == whole
        assert whole.count(b"\n") == getattr(totals(db, scope, EVER), measure) > 0
        rows = rows_of(db, scope, EVER, measure, 100)
        assert [rows_of(db, scope, EVER, measure, 1, at) for at in range(len(rows) + 1)] == [
            *([row] for row in rows), [],
        ]  # fmt: skip


def written(connection, rows, **more) -> bytes:
    return b"".join(each.content for each in blocks(connection, rows, **more))


def test_a_file_has_no_name_for_an_institution_that_does_not_stand(db, awa, engines):
    complete(db, make_enrolment(db, awa, make_course(db)))
    db.execute(update(InstitutionState).values(valid_from=datetime(2100, 1, 1, tzinfo=UTC)))
    db.commit()
    everywhere = Scope(awa.id, NAMES, is_everywhere=True, is_empty=False)
    steps = in_steps(db, everywhere, EVER, "completed")
    with engines.stream.connect() as connection:
        whole = written(connection, records(everywhere, EVER, "completed", 100))
        assert written(connection, steps) == whole
    [row] = csv.reader(whole.decode().splitlines())
    assert row[:3] == ["Awa Diop", "", "first-aid-at-work"]


def test_a_row_says_what_an_administrator_must_say(db, awa, chloe):
    course = make_course(db)
    complete(db, make_enrolment(db, awa, course), score=0.9)
    [row] = rows_of(db, scope_of(db, chloe.id, NAMES), EVER, "completed", 10)
    code = db.scalar(select(Certificate.code))
    today = db.scalar(select(Fact.day).where(Fact.measure == "completed"))
    assert row == (
        "Awa Diop", "Institute of Public Administration", "first-aid-at-work", 1, "en", 1,
        today, today, today, 90.0, code,
    )  # fmt: skip


def test_facts_are_made_anew_from_the_ledger_alone(db, awa, bilal):
    course = make_course(db)
    complete(db, make_enrolment(db, awa, course))
    do(db, make_enrolment(db, bilal, course), "lesson-1-1")
    everything = select(*Fact.__table__.c).order_by(Fact.event_key)
    before = db.execute(everything).all()
    assert rebuild_facts(db) == len(before) == 7
    assert db.execute(everything).all() == before


def test_more_people_cost_no_more_queries(db, chloe, awa, engines):
    course = make_course(db)
    complete(db, make_enrolment(db, awa, course))
    with statements(engines) as few:
        counts(db, scope_of(db, chloe.id, COUNTS), EVER)
    for number in range(4):
        person = make_person(db, f"Learner Number{number}", make_institution(db, *HEALTH))
        complete(db, make_enrolment(db, person, course))
    with statements(engines) as many:
        counts(db, scope_of(db, chloe.id, COUNTS), EVER)
    assert len(many) == len(few)
