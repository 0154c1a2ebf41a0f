"""Databases for tests: migrated once a worker, emptied after each test, on both engines."""

import shutil
import time
import uuid
from dataclasses import replace
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from app.foundation.database import Engines, open_engines
from app.settings import ROOT, Settings
from app.tables import metadata

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def migrate(address: str, revision: str = "head") -> None:
    """Bring a database to a revision the way an operator does."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    engines = open_engines(address)
    with engines.write.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engines.close()


class Opened:
    """Databases that stay open when a test ends: a third of its time went into opening them anew.

    What was compiled stays, and connections to PostgreSQL; those to a file end with the file.
    """

    def __init__(self) -> None:
        self._engines: dict[tuple[str, int, str], Engines] = {}

    def engines(self, settings: Settings) -> Engines:
        """Engines of a test's own, as what is kept by engine belongs to one test."""
        asked = settings.database_url, settings.threads, settings.read_database_url
        if asked not in self._engines:
            self._engines[asked] = open_engines(*asked)
        kept = self._engines[asked]
        return replace(
            kept,
            read=kept.read.execution_options(),
            write=kept.write.execution_options(),
            stream=kept.stream.execution_options(),
        )

    def give_back(self, engines: Engines) -> None:
        if engines.is_sqlite:
            engines.close()

    def close(self) -> None:
        for engines in self._engines.values():
            engines.close()


class SqliteTemplate:
    """A migrated file; each test works on a copy of its own, under a name that it gives back."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(mkdtemp(dir=folder))
        self.names = count(1)
        self.free: list[Path] = []
        self.template = self.folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}")

    def address(self) -> str:
        copy = self.free.pop() if self.free else self.folder / f"{next(self.names)}.sqlite3"
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"

    def release(self, address: str) -> None:
        path = Path(address.removeprefix("sqlite:///"))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            (self.folder / name).unlink(missing_ok=True)
        self.free.append(path)


class PostgresqlCopy:
    """A database of this worker's own, copied from the migrated template, emptied after each test."""

    def __init__(self, server: str, template: str, worker: str) -> None:
        url = make_url(server).set(drivername="postgresql+psycopg")
        name = f"capacita_{worker}_{uuid.uuid4().hex[:6]}"
        maintenance = create_engine(url, isolation_level="AUTOCOMMIT")
        with maintenance.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        maintenance.dispose()
        self.own = url.set(database=name).render_as_string(hide_password=False)

    @cached_property
    def _cleaner(self) -> psycopg.Connection[Any]:
        """A connection that empties tables without triggers and foreign keys, as a superuser may."""
        plain = make_url(self.own).set(drivername="postgresql")
        cleaner = psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)
        cleaner.execute("SET session_replication_role = replica")
        deletes = " ".join(f'DELETE FROM "{name}";' for name in metadata.tables)
        asked = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
        named = [name for (name,) in cleaner.execute(asked).fetchall()]
        restarts = " ".join(f"PERFORM setval('{name}', 1, false);" for name in named)
        # A function keeps the plans of its statements for as long as the connection lives.
        cleaner.execute(
            "CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql "
            f"AS $$ BEGIN {deletes} {restarts} END $$".encode()
        )
        return cleaner

    def address(self) -> str:
        return self.own

    def release(self, _address: str) -> None:
        """Empty every table, and let ids begin anew, as in a new file."""
        self._cleaner.execute("SELECT pg_temp.empty()")

    def close(self) -> None:
        """Leave the server; the database goes with it."""
        self._cleaner.close()


def make_postgresql_template(server: str) -> str:
    """Create and migrate the template database; returns its name."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = "capacita_template"
    maintenance = create_engine(url, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    maintenance.dispose()
    migrate(url.set(database=name).render_as_string(hide_password=False))
    return name


def await_waiting(engines: Engines) -> None:
    """Until PostgreSQL has somebody wait for a row; SQLite's writers queue before it."""
    deadline = time.monotonic() + 20
    while not engines.is_sqlite and time.monotonic() < deadline:
        with engines.reading() as db:
            if db.scalar(text(WAITING)):
                return
        time.sleep(0.01)
