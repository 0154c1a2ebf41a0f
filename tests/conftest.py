"""The cast and the stage: awa learns, bilal writes, chloe administers, dara learns elsewhere,
eve is not signed in; every test plays on SQLite and on PostgreSQL.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.foundation.database import Engines
from app.identity.grants import ROLES
from app.identity.users import User
from app.main import create_app
from app.settings import Settings
from tests.browser import Browser
from tests.cluster import start_cluster
from tests.databases import Opened, PostgresqlCopy, SqliteTemplate, make_postgresql_template
from tests.makers.people import HEALTH, cast, make_institute, make_institution, make_interior
from tests.memories import in_memory

SERVER, TEMPLATE = "CAPACITA_TEST_POSTGRESQL", "CAPACITA_TEST_TEMPLATE"
ROOM = 500_000_000
Store = SqliteTemplate | PostgresqlCopy


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for the whole run, in the process that hands out the tests."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    cluster = start_cluster()
    config.add_cleanup(cluster.stop)
    os.environ[SERVER] = cluster.address
    os.environ[TEMPLATE] = make_postgresql_template(cluster.address)


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder for SQLite's files, which wait for a disk at each commit unless it is in memory."""
    with TemporaryDirectory(prefix="capacita-sqlite-", dir=in_memory(ROOM)) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def stores(memory: Path, worker_id: str) -> Iterator[dict[str, Store]]:
    with closing(PostgresqlCopy(os.environ[SERVER], os.environ[TEMPLATE], worker_id)) as copy:
        yield {"sqlite": SqliteTemplate(memory), "postgresql": copy}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, stores: dict[str, Store]) -> Iterator[str]:
    store = stores[request.param]
    address = store.address()
    yield address
    store.release(address)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        storage=tmp_path,
        public_url="http://capacita.test",
        pseudo_languages=True,
        in_process_worker=False,
    )


@pytest.fixture(scope="session")
def opened() -> Iterator[Opened]:
    with closing(Opened()) as opened:
        yield opened


@pytest.fixture
def app(settings: Settings, opened: Opened) -> Iterator[FastAPI]:
    engines = opened.engines(settings)
    app = create_app(settings, engines)
    yield app
    app.state.threads.shutdown(wait=True)
    opened.give_back(engines)


@pytest.fixture
def engines(app: FastAPI) -> Engines:
    return app.state.engines


@pytest.fixture
def db(engines: Engines) -> Iterator[Session]:
    """A session for arranging and asking; commit before a browser looks."""
    with engines.write.connect() as connection:
        session = Session(bind=connection, expire_on_commit=False)
        yield session
        session.close()


@pytest.fixture
def found(engines: Engines) -> Callable[[Select[Any]], list[Any]]:
    """What a statement of one column finds now, asked outside every other transaction."""

    def ask(statement: Select[Any]) -> list[Any]:
        with engines.reading() as db:
            return list(db.scalars(statement))

    return ask


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def eve(app: FastAPI, portal: BlockingPortal) -> Iterator[Browser]:
    """A browser in which nobody is signed in."""
    with Browser(app, portal) as browser:
        yield browser


@pytest.fixture
def browser(eve: Browser) -> Browser:
    """`browser.as_(awa)` is another browser, in which awa is signed in."""
    return eve


@pytest.fixture
def awa(db: Session) -> User:
    """A learner at the institute, which stands under the ministry of the interior."""
    return cast(db, "Awa Diop", make_institute(db))


@pytest.fixture
def bilal(db: Session) -> User:
    """An author at awa's institute."""
    return cast(db, "Bilal Haddad", make_institute(db))


@pytest.fixture
def chloe(db: Session) -> User:
    """Administrator and registrar of the ministry of the interior."""
    ministry = make_interior(db)
    return cast(db, "Chloé Martin", ministry, roles=ROLES, on=ministry)


@pytest.fixture
def dara(db: Session) -> User:
    """A learner in another ministry: the stranger."""
    return cast(db, "Dara Sok", make_institution(db, *HEALTH))
