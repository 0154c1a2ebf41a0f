"""Databases for tests: migrated once a worker, emptied after each test, on both engines."""

import shutil
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from app.foundation.database import open_engines
from app.settings import ROOT
from app.tables import metadata


def migrate(address: str, revision: str = "head") -> None:
    """Bring a database to a revision the way an operator does."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    engines = open_engines(address)
    with engines.write.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engines.close()


class SqliteTemplate:
    """A migrated file; each test works on a copy of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}")

    def address(self) -> str:
        copy = self.folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"

    def release(self, address: str) -> None:
        path = Path(address.removeprefix("sqlite:///"))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            (self.folder / name).unlink(missing_ok=True)


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
        # A function keeps the plans of its statements for as long as the connection lives.
        cleaner.execute(
            "CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql "
            f"AS $$ BEGIN {deletes} END $$".encode()
        )
        return cleaner

    def address(self) -> str:
        return self.own

    def release(self, _address: str) -> None:
        """Empty every table."""
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
