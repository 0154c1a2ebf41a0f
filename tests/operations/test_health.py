"""Health: a balancer learns whether a process lives and whether it can serve, and nothing else."""

import socket
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.foundation.database import Engines
from app.main import create_app
from app.settings import Settings
from tests.browser import Browser


@pytest.fixture
def asked(settings: Settings, portal) -> Iterator:
    """Asks the health of a server whose settings were changed."""
    apps: list[FastAPI] = []

    def ask(path: str, **changed: object):
        app = create_app(settings.model_copy(update=changed))
        apps.append(app)
        with Browser(app, portal) as browser:
            return browser.get(path)

    yield ask
    for app in apps:
        app.state.threads.shutdown(wait=True)
        app.state.engines.close()


def test_a_sound_server_is_alive_and_ready(asked):
    alive, ready = asked("/health/live"), asked("/health/ready")
    assert (alive.status_code, alive.text) == (200, "alive\n")
    assert (ready.status_code, ready.json()) == (200, {"database": "well", "storage": "well"})
    assert {alive.headers["cache-control"], ready.headers["cache-control"]} == {"no-store"}
    assert not alive.cookies
    assert not ready.cookies


def test_without_its_database_a_server_lives_but_is_not_ready(asked):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        url = f"postgresql://someone:secret@127.0.0.1:{port}/x"
        alive, ready = (
            asked("/health/live", database_url=url),
            asked("/health/ready", database_url=url),
        )
    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"database": "the database does not answer", "storage": "well"}


def test_a_server_before_its_migration_is_not_ready(asked, engines: Engines):
    current = text("SELECT version_num FROM alembic_version")
    put = text("UPDATE alembic_version SET version_num = :revision")
    with engines.write.begin() as connection:
        head = connection.execute(current).scalar_one()
        connection.execute(put, {"revision": "0000"})
    try:
        ready = asked("/health/ready")
    finally:
        with engines.write.begin() as connection:
            connection.execute(put, {"revision": head})
    assert ready.status_code == 503
    assert ready.json()["database"] == "the database is not migrated"


def test_a_server_that_cannot_store_is_not_ready(asked, tmp_path):
    (tmp_path / "file").write_text("")
    ready = asked("/health/ready", storage=tmp_path / "file")
    assert ready.status_code == 503
    assert ready.json() == {"database": "well", "storage": "the storage cannot be written"}
