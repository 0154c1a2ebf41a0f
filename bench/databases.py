"""Databases: both stores, migrated, published and populated, with what their servers cost."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, bindparam, create_engine, func, insert, make_url, select, text

from app.catalogue.courses import Course
from app.catalogue.publications import publish_folder
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Engines, open_engines, table_of
from app.identity.grants import ROLES, Grant
from app.identity.sign_ins import SignIn
from app.queue.jobs import Job
from app.server import migrate_database
from app.settings import Settings
from app.statistics.populations.populations import Place, Population, populate
from bench.accounting import cpu_of
from bench.courses import SLUGS, write_courses
from tests import cluster

# The tests' server forgets on purpose; what is measured must keep its word as a real one does.
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
}
SMALL, MIDDLE, LARGE = 1_000, 20_000, 1_000_000
SEATS = 1_000  # people whose tokens a client can know
EVERYWHERE, IN_AN_OFFICE = 0, 1  # the seats of two registrars


@dataclass(frozen=True)
class Database:
    """One store with its population; `server` is the process of its own that it costs, if any."""

    name: str
    url: str
    people: int
    server: int | None = None

    def cpu(self) -> float:
        """CPU seconds that the store's own processes used; an embedded one has none."""
        return cpu_of(self.server) if self.server is not None else 0.0


def await_rest(database: Database) -> None:
    """Return when the worker of a server just started has done all that is due by now.

    At its first turn a worker promises what is regular, and counts the boards of the night.
    """
    engines = open_engines(database.url, 1)
    begun = select(func.count(Job.id)).where(Job.done_at.is_not(None))
    due = select(func.count(Job.id)).where(Job.done_at.is_(None), Job.run_at <= bindparam("now"))
    resting = False
    while not resting:
        time.sleep(0.5)
        with engines.reading() as db:
            resting = bool(db.scalar(begun)) and not db.scalar(due, {"now": clock.now()})
    engines.close()


def token_of(seat: int) -> str:
    """The sign-in token of the person on this seat."""
    return f"bench-{seat}"


def person_at(seat: int, people: int) -> int:
    """The id of the person on this seat, when there are so many people."""
    return 1 + seat * (people // SEATS)


class Stores:
    """A folder and a PostgreSQL server for the run; databases are made in them by name."""

    def __init__(self, folder: Path, server: cluster.Cluster) -> None:
        self.folder = folder
        self.server = server
        self.courses = folder / "courses"
        self.known: dict[tuple[str, int], Database] = {}

    def filled(self, store: str, people: int) -> Database:
        """The store with so many people; made at the first call."""
        if (store, people) not in self.known:
            made = self.sqlite(people) if store == "SQLite" else self.postgresql(people)
            self.known[store, people] = made
        return self.known[store, people]

    def sqlite(self, people: int) -> Database:
        """A file with so many people."""
        url = f"sqlite:///{self.folder / f'people-{people}.sqlite3'}"
        self._fill(url, people)
        return Database("SQLite", url, people)

    def postgresql(self, people: int) -> Database:
        """A database with so many people on the run's own server."""
        address = make_url(self.server.address).set(drivername="postgresql+psycopg")
        name = f"people_{people}"
        maintenance = create_engine(address, isolation_level="AUTOCOMMIT")
        with maintenance.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        maintenance.dispose()
        url = address.set(database=name).render_as_string(hide_password=False)
        self._fill(url, people)
        return Database("PostgreSQL", url, people, self.server.process.pid)

    def _fill(self, url: str, people: int) -> None:
        migrate_database(Settings(database_url=url, storage=self.folder))
        engines = open_engines(url, 1)
        with engines.writing() as db:
            publish_folder(db, self.courses, SLUGS)
        populate(
            engines, Population(people, _places(engines.write), has_ledger=False, has_sign_ins=True)
        )
        _sign_in(engines, people)
        _appoint(engines, people)
        engines.close()


@contextmanager
def stores() -> Iterator[Stores]:
    """A place for a run's databases; all is gone at its end."""
    folder = Path(tempfile.mkdtemp(prefix="capacita-bench-"))
    cluster.OPTIONS.update(DURABLE)
    server = cluster.start_cluster()
    try:
        (folder / "courses").mkdir()
        write_courses(folder / "courses")
        yield Stores(folder, server)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _places(engine: Engine) -> list[Place]:
    """Five of everybody: under way, completed, completed by a final, begun, not begun."""
    rows = select(Course.slug, Course.id, CourseVersion.id).join(
        CourseVersion, CourseVersion.course_id == Course.id
    )
    with engine.connect() as connection:
        known = {slug: ids for slug, *ids in connection.execute(rows)}
    wide, final, whole, begun, waiting = (known[slug] for slug in SLUGS)
    return [
        Place(0, 1, *wide, lessons=15, is_completed=False),
        Place(0, 2, *final, lessons=99, by_final=True),
        Place(0, 3, *whole, lessons=99),
        Place(0, 4, *begun, lessons=3, is_completed=False),
        Place(0, 5, *waiting, is_started=False, is_completed=False),
    ]


def _sign_in(engines: Engines, people: int) -> None:
    """Give a thousand people, spread over all, tokens that a client can know."""
    moment = clock.now()
    rows = [
        {
            "token_hash": hashlib.sha256(token_of(seat).encode()).digest(),
            "key": uuid4(),
            "user_id": person_at(seat, people),
            "browser": "Firefox",
            "system": "Windows",
            "is_two_steps": False,
            "made_at": moment,
            "used_at": moment,
            "until": moment + timedelta(days=30),
        }
        for seat in range(SEATS)
    ]
    with engines.writing() as db:
        db.execute(insert(table_of(SignIn)), rows)


def _appoint(engines: Engines, people: int) -> None:
    """Seat 0 sees the figures and names of all offices, seat 1 those of the first one."""
    with engines.writing() as db:
        db.execute(
            insert(table_of(Grant)),
            [
                {
                    "user_id": person_at(seat, people),
                    "role": role,
                    "institution_id": institution_id,
                    "granted_at": clock.now(),
                }
                for seat, institution_id in ((EVERYWHERE, None), (IN_AN_OFFICE, 1001))
                for role in ROLES
            ],
        )
