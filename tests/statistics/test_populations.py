"""Populations: the same number makes the same rows, and the engine counts what the ledger says."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.activity.events import Event
from app.catalogue.courses import Course
from app.credentials.certificates import certificates_of, printed
from app.credentials.printing import print_certificate
from app.foundation.database import open_engines
from app.identity.institutions import Institution, InstitutionState
from app.identity.placements import Placement
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.facts import Fact, rebuild_facts
from app.statistics.populations.histories import PLACES
from app.statistics.populations.indexes import FILLED, without_indexes
from app.statistics.populations.populations import (
    NotFillable,
    Place,
    Population,
    make_population,
    populate,
)
from app.statistics.populations.speeches import SPEECHES
from app.statistics.scopes import COUNTS, Scope
from app.statistics.tallies import SUMS, Tally, forget_tallies
from app.tables import metadata
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.statistics.test_tallies import fold_all, tallied

PEOPLE = 200
TITLES = ("Ask", "Budget", "Count")
MADE = (Institution, InstitutionState, Placement, Enrolment, Completion, Event, Fact)
EVERYTHING = Scope(1, COUNTS, is_everywhere=True, is_empty=False)


def filled(engines, people=PEOPLE, courses=TITLES):
    """Fill a database, and tell the keys of what courses brought with them."""
    with engines.writing() as db:
        for title in courses:
            make_course(db, title)
        brought = {model: set(db.scalars(select(keys_of(model)))) for model in MADE}
    make_population(engines, people)
    return brought


def test_a_made_certificate_is_shown_verified_and_printed_as_any_other(engines, browser, eve):
    filled(engines, 12)
    with engines.reading() as db:
        learner = db.scalars(select(User).order_by(User.id.desc()).limit(1)).one()
        held = certificates_of(db, learner.id)
    assert len(held) == PLACES
    assert "Ask" in text_of(browser.as_(learner).get("/en/my-learning/certificates"))
    for each in held:
        shown = text_of(eve.get(f"/en/verify/{each.code}"))
        assert (each.printed["course_title"] in shown, "Learner" in shown) == (True, True)
        assert each.printed["completed_on"] == each.day.isoformat()
    assert print_certificate(printed(held[0], "http://learning.example")).startswith(b"%PDF")


def keys_of(model):
    return next(iter(model.__table__.c))


def plain(cell: object) -> object:
    """As both databases mean it: SQLite keeps no fraction that is none, PostgreSQL orders keys."""
    if isinstance(cell, float):
        return int(cell)
    return sorted(cell.items()) if isinstance(cell, dict) else cell


def rows_of(engines, brought) -> dict[str, list[str]]:
    """What was made, with courses by their names, since their ids are the database's own."""
    found = {}
    with engines.reading() as db:
        courses = dict(db.execute(select(Course.id, Course.slug)).all())
        for model in MADE:
            columns = [c for c in model.__table__.c if c.name != "version_id"]
            found[model.__tablename__] = sorted(
                str([courses.get(cell, cell) if column.name == "course_id" else plain(cell)
                     for column, cell in zip(columns, row, strict=True)])
                for row in db.execute(select(*columns).where(keys_of(model).not_in(brought[model])))
            )  # fmt: skip
        added = [func.sum(each) for each in Tally.__table__.c if each.name in SUMS]
        by = Tally.root_id, Tally.dimension
        tallied = db.execute(select(*by, func.count(), *added).group_by(*by).order_by(*by))
        found["tallies"] = [str([str(cell) for cell in row]) for row in tallied]
    return found


def test_the_same_number_makes_the_same_rows_on_both_databases(engines, stores):
    brought = filled(engines)
    other = open_engines(stores["sqlite"].address(), 1)
    ours, theirs = rows_of(engines, brought), rows_of(other, filled(other))
    other.close()
    assert {name: len(rows) for name, rows in ours.items() if name != "tallies"} == {
        "institutions": 43, "institution_states": 43, "placements": 200, "enrolments": 1_000,
        "completions": 1_000, "events": 4_301, "facts": 4_301,
    }  # fmt: skip
    assert ours == theirs


def test_the_engine_counts_what_the_ledger_says_and_both_are_made_anew_alike(engines):
    filled(engines, 40, TITLES[:2])
    with engines.writing() as db:
        ask = Ask(("completed",), ("month", "course"), date(2022, 1, 1), date(2028, 1, 1))
        shown = answer(db, EVERYTHING, ask, exact=True)
        ledger = Counter(
            (int(payload["day"][:7].replace("-", "")), course)
            for payload, course in db.execute(
                select(Event.payload, Event.course_id).where(Event.kind == "course-completed")
            )
        )
        assert shown.from_tallies
        assert {values: figures[0] for values, figures in shown.rows} == ledger
        assert len(ledger) > 60

        facts, tallies = select(*Fact.__table__.c).order_by(Fact.event_key), tallied(db)
        before = db.execute(facts).all()
        rebuild_facts(db)
        forget_tallies(db)
        fold_all(db)
        assert [row[:-1] for row in db.execute(facts)] == [row[:-1] for row in before]
        assert tallied(db) == tallies


def test_a_database_with_people_or_without_courses_is_not_filled(engines, awa, db):
    with pytest.raises(NotFillable, match="has people already"):
        make_population(engines, PEOPLE)


def test_a_database_without_courses_says_what_to_do(engines):
    with pytest.raises(NotFillable, match="courses publish"):
        make_population(engines, PEOPLE)


KEPT = {
    "sqlite": ("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY 1",),
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes ORDER BY 1",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2",
    ),
}


def test_indexes_come_back_as_they_were_and_keys_that_others_refer_to_stay(db):
    def kept() -> list[Any]:
        return [db.execute(text(each)).all() for each in KEPT[dialect]]

    dialect = db.get_bind().dialect.name
    before, cursor = kept(), db.connection().connection.cursor()
    with without_indexes(cursor, SPEECHES[dialect].indexes(cursor, FILLED)):
        left = {name for name, _definition in kept()[0]}
    assert "ix_facts_measure" not in left
    assert "ix_saved_views_person_id" in left
    assert ("pk_enrolments" in left, "pk_facts" in left) == (dialect == "postgresql", False)
    assert kept() == before


def test_places_of_any_kind_fit_the_tables_and_point_at_what_is_there(engines):
    with engines.writing() as db:
        version = make_course(db, "Wide")
        ids = version.course_id, version.id
    places = [
        Place(0, 1, *ids, lessons=4, is_completed=False, is_over=True),
        Place(0, 2, *ids, round=2, lessons=99, by_final=True, is_tried=True, is_over=True),
        Place(0, 3, *ids, round=3, is_started=False, is_completed=False),
    ]
    populate(engines, Population(12, places, has_sign_ins=True))
    with engines.reading() as db:
        for table in metadata.sorted_tables:
            for key in table.foreign_keys:
                missing = select(key.parent).where(
                    key.parent.is_not(None), key.parent.not_in(select(key.column))
                )
                assert db.execute(missing.limit(1)).all() == [], key.target_fullname
        kinds = Counter(db.scalars(select(Fact.measure)))
    assert kinds == {
        "enrolled": 36, "started": 24, "completed": 12, "tried": 12, "certified": 12, "gained": 5,
    }  # fmt: skip


def test_every_other_one_who_tried_the_final_gained_and_few_of_them_lost(engines):
    filled(engines, 1_000)
    with engines.reading() as db:
        gained = db.scalars(select(Fact.days).where(Fact.measure == "gained")).all()
        scores = [
            (payload["before"], payload["after"])
            for payload in db.scalars(select(Event.payload).where(Event.kind == "gain-measured"))
        ]
    assert 400 < len(gained) < 600
    assert 25 < sum(gained) / len(gained) < 35
    assert 0.02 < sum(each < 0 for each in gained) / len(gained) < 0.2
    assert sorted(gained) == sorted(after - before for before, after in scores)
    assert all(0 <= each <= 100 for pair in scores for each in pair)
