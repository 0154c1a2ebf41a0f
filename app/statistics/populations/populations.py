"""Populations: so many people in offices, with all that they did, made by the database itself."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.earnings import paper_of
from app.foundation.database import Engines
from app.i18n.phrases import phrases_of
from app.identity.users import User
from app.statistics.populations import histories, people
from app.statistics.populations.indexes import FILLED, Cursor, without_indexes
from app.statistics.populations.speeches import POSTGRESQL, SPEECHES, Speech
from app.statistics.rebuilds import rebuild_tallies

OFFICE = 1_000  # people at most
LEAST_OFFICE, OFFICES = 5, 40
MANY = 50_000  # people from whom on indexes are made after the rows
COUNTED_FROM = ("attempts", "institutions", "institution_states", "users", "placements",
                "enrolments", "certificates", "events")  # fmt: skip


class NotFillable(Exception):
    """The database cannot take a population; the message says why, and what to do."""


class Place(NamedTuple):
    """One of the five places of a person: in which course, and how far they came.

    Of `turns` people one after another each has places of another turn. `lessons` is how many
    activities are done; `by_final` keeps an attempt too, and `is_tried` counts its first result,
    of every other one with what was gained.
    """

    turn: int
    at: int
    course_id: int
    version_id: int
    minutes: int = 0
    round: int = 1
    lessons: int = 0
    is_started: bool = True
    is_completed: bool = True
    is_over: bool = False
    by_final: bool = False
    is_tried: bool = False


class Population(NamedTuple):
    """How many people, in offices of how many, in which places, and what is kept of each.

    `papers` are what certificates of a version print, as JSON; without one they print nothing.
    """

    people: int
    places: Sequence[Place]
    office: int = OFFICE
    has_ledger: bool = True
    has_tallies: bool = True
    has_sign_ins: bool = False
    papers: Mapping[int, str] = MappingProxyType({})


def make_population(
    engines: Engines,
    people: int,
    *,
    has_ledger: bool = True,
    has_tallies: bool = True,
    has_papers: bool = True,
) -> None:
    """Fill a migrated database without people; raises NotFillable.

    Everybody completes five of the published courses by turns, and the tallies are counted.
    """
    with engines.writing() as db:
        places = _demo_places(db)
        papers = _papers(db, {each.version_id for each in places}) if has_papers else {}
    office = min(max(people // OFFICES, LEAST_OFFICE), OFFICE)
    asked = Population(people, places, office, has_ledger, has_tallies, papers=papers)
    populate(engines, asked)


def _demo_places(db: Session) -> list[Place]:
    if db.scalar(select(exists().where(User.id.is_not(None)))):
        raise NotFillable(
            "This database has people already, and made ones are not put among them. Name a new"
            " database in DATABASE_URL, and publish the courses there."
        )
    courses = db.execute(
        select(CourseVersion.course_id, CourseVersion.id, CourseVersion.minutes)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.is_current)
        .order_by(Course.slug)
    ).all()
    if not courses:
        raise NotFillable("No course is published here. Run `capacita courses publish` first.")
    many = len(courses)
    return [
        Place(
            turn, at, *courses[(turn + at) % many],
            round=(at - 1) // many + 1, is_over=at + many <= histories.PLACES, is_tried=at == 1,
        )
        for turn in range(many) for at in range(1, histories.PLACES + 1)
    ]  # fmt: skip


def _papers(db: Session, versions: Iterable[int]) -> dict[int, str]:
    """What certificates of these versions print, with the day as a database writes it."""
    spoken = phrases_of("en").day(histories.ANY_DAY)
    papers = {each: json.dumps(paper_of(db, each, histories.ANY_DAY, "en")) for each in versions}
    return {each: paper.replace(spoken, str(histories.ANY_DAY)) for each, paper in papers.items()}


def populate(engines: Engines, population: Population) -> None:
    """Fill a published database that nobody uses yet, and count its tallies."""
    speech = SPEECHES[engines.write.dialect.name]
    engines.close()  # a file is had alone
    with _driving(engines.write, speech) as cursor:
        cursor.execute("BEGIN")
        tables = FILLED if population.people >= MANY else ()
        with without_indexes(cursor, speech.indexes(cursor, tables)):
            for statement in statements(speech, population):
                cursor.execute(statement)
        cursor.execute("COMMIT")
        for statement in speech.after:
            cursor.execute(statement)
    if population.has_tallies:
        with engines.writing() as db:
            rebuild_tallies(db)


def statements(speech: Speech, population: Population) -> Iterator[str]:
    """Everything to insert, in the order of the keys."""
    offices = -(-population.people // population.office)
    turns = max(each.turn for each in population.places) + 1
    rows = ", ".join(
        f"({', '.join(str(int(cell)) for cell in each)})" for each in population.places
    )
    papers = population.papers or {0: "{}"}
    printed = ", ".join(f"({each}, {_quoted(paper)})" for each, paper in papers.items())
    tables = (
        f"{speech.series('s', population.people)}, {histories.taken(speech, population.people, turns)},"
        f" c({', '.join(Place._fields)}) AS (VALUES {rows}),"
        f" w(version_id, printed) AS (VALUES {printed})"
    )
    made = [
        *people.institutions(speech, offices),
        people.users(speech),
        people.placements(speech, population.office),
        *([people.sign_ins(speech)] if population.has_sign_ins else []),
        *histories.done(speech),
        *histories.facts(speech, people.office_of(population.office)),
        *(histories.events(speech) if population.has_ledger else []),
    ]
    for statement in made:
        yield f"WITH RECURSIVE {tables} {statement}"
    if speech is POSTGRESQL:  # which counts ids apart from the rows
        for table in COUNTED_FROM:
            found = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"
            yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {found}, false)"


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


@contextmanager
def _driving(engine: Engine, speech: Speech) -> Iterator[Cursor]:
    """A cursor of the driver itself, on a connection that is not used for anything after it."""
    raw = engine.raw_connection()
    driver: Any = raw.driver_connection
    cursor = raw.cursor()
    if speech is POSTGRESQL:
        driver.rollback()
        driver.autocommit = True
    for statement in speech.before:
        cursor.execute(statement)
    try:
        yield cursor
    finally:
        cursor.close()  # a pragma whose answer nobody read would keep the file open
        raw.detach()
        driver.close()
