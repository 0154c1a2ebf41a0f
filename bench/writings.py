"""Writings: what a preview costs while somebody writes, and publishing a course in five languages.

`python -m bench.writings` prints both, on both databases, and the machine's load; it ends with 1
where a target is missed.
"""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import click
from sqlalchemy import insert, make_url
from sqlalchemy.orm import Session

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import read_folder
from app.catalogue.compiling.translations import HEAD
from app.catalogue.publications import publish_folder
from app.foundation import clock
from app.foundation.database import Engines, open_engines, table_of
from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER, grant
from app.identity.institutions import institution_called
from app.identity.sign_ins import SignIn
from app.identity.users import sign_up
from app.server import migrate_database
from app.settings import Settings
from app.studio.drafts import Draft, draft_from, text_in
from app.studio.lessons import fields_of
from app.studio.releases import carry_out, plan, ready
from app.studio.submissions import approve, submit
from app.studio.translating.catalogues import entries_of, write_entries
from bench.courses import SHORT, lesson_key, write_course, write_courses
from bench.databases import token_of
from bench.servers import HOST, Server, start_app
from bench.targets import POSTGRESQL, SQLITE
from tests.cluster import start_cluster

SLUG, MODULES, LESSONS = "thirty-lessons", 6, 5
INTO = ("ar", "es", "fr", "ru")
PREVIEW_BYTES, PREVIEWS, WARM = 10_000, 100, 5
PREVIEW_TARGET, PUBLISH_TARGET = 0.150, 10.0  # seconds
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


class Written(NamedTuple):
    """What it took on one store: seconds of the clock and of the processor, and the course's bytes."""

    worst: float  # a preview at the 95th percentile
    each: float  # a preview's processor time
    took: float  # a publication
    cpu: float
    size: int


@click.command()
def writings() -> None:
    """Measure a preview of 10 KB by its p95, and one publication of 30 lessons in 5 languages."""
    server = start_cluster()
    try:
        postgresql = make_url(server.address).set(drivername="postgresql+psycopg")
        found = {
            SQLITE: _written(""),
            POSTGRESQL: _written(postgresql.render_as_string(hide_password=False)),
        }
    finally:
        server.stop()
    click.echo("| What | Database | Wall time | Target | CPU |\n| --- | --- | --- | --- | --- |")
    for store, one in found.items():
        preview = f"preview of {PREVIEW_BYTES // 1000} KB, p95 of {PREVIEWS}"
        published = (
            f"publishing {MODULES * LESSONS} lessons in {1 + len(INTO)} languages, "
            f"{one.size // 1000} KB"
        )
        click.echo(f"| {preview} | {store} | {one.worst * 1000:.0f} ms | "
                   f"{PREVIEW_TARGET * 1000:.0f} ms | {one.each * 1000:.0f} ms |")  # fmt: skip
        click.echo(f"| {published} | {store} | {one.took:.1f} s | "
                   f"{PUBLISH_TARGET:.0f} s | {one.cpu:.1f} s |")  # fmt: skip
    click.echo(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")
    sys.exit(
        any(each.worst > PREVIEW_TARGET or each.took > PUBLISH_TARGET for each in found.values())
    )


def _written(url: str) -> Written:
    """Both measures on a PostgreSQL database, or on a SQLite file of its own."""
    with tempfile.TemporaryDirectory(prefix="capacita-bench-") as place:
        folder = Path(place)
        url = url or f"sqlite:///{folder / 'writings.sqlite3'}"
        migrate_database(Settings(database_url=url, storage=folder))
        engines = open_engines(url, 1)
        people, size = _drafted(engines, folder)
        with _served(folder, url) as server:
            list(_previews(server, engines, range(-WARM, 0)))
            used = server.cpu()
            spent = sorted(_previews(server, engines, range(PREVIEWS)))
            each = (server.cpu() - used) / PREVIEWS
        took, cpu = _published(engines, people)
        engines.close()
    return Written(quantiles(spent, n=20)[18], each, took, cpu, size)


def _drafted(engines: Engines, folder: Path) -> tuple[tuple[int, int], int]:
    """A course of thirty lessons as a draft, said in every language; gives its people and bytes."""
    write_courses(_made(folder / "courses"))
    write_course(folder / SLUG, "One service in thirty lessons", MODULES, LESSONS)
    with engines.writing() as db:
        publish_folder(db, folder / "courses", (SHORT,))
        author, other = (_somebody(db, number) for number in (0, 1))
        institution = institution_called(db, "capacita-institute")
        assert institution is not None
        for person in (author, other):
            for role in (AUTHOR, REVIEWER, PUBLISHER):
                grant(db, person, role, institution.id)
        draft = draft_from(db, author, read_folder(folder / SLUG, Faults()), institution)
        size = sum(len(each.read_bytes()) for each in (folder / SLUG).rglob("*.*"))
        for language in INTO:
            kept = entries_of(db, draft, language)
            told = {
                block: each if block == HEAD else replace(each, text=block[1])
                for block, each in kept.items()
            }
            write_entries(db, author, draft, language, told)
    return (author, other), size


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _somebody(db: Session, seat: int) -> int:
    """A person who signs in with the token of this seat."""
    moment = clock.now()
    address = f"writer.{seat}@example.org"
    user = sign_up(db, name="Writer", email=address, language="en", password_hash="")
    values = {
        "token_hash": hashlib.sha256(token_of(seat).encode()).digest(), "key": uuid4(),
        "user_id": user.id, "browser": "Firefox", "system": "Windows", "is_two_steps": False,
        "made_at": moment, "used_at": moment, "until": moment + timedelta(days=1),
    }  # fmt: skip
    db.execute(insert(table_of(SignIn)), [values])
    return user.id


@contextmanager
def _served(folder: Path, url: str) -> Iterator[Server]:
    server = start_app(folder, url, threads=4)
    try:
        yield server
    finally:
        server.stop()


def _previews(server: Server, engines: Engines, numbers: range) -> Iterator[float]:
    """The seconds from the form to the last byte of its page, each time of another text."""
    key = lesson_key(1, 1)
    with engines.reading() as db:
        draft = db.query(Draft).one()
        there = text_in(db, draft, f"part-1/{key}.md")
    assert there is not None
    body = fields_of(there.path, there.text).body
    connection = HTTPConnection(HOST, server.port)
    for number in numbers:
        text = f"A first paragraph, number {number}.\n\n{body}"
        text += body * ((PREVIEW_BYTES - len(text)) // len(body) + 1)
        fields = {
            "title": "A title", "recommendation": "HR1", "outcomes": "name-the-parts",
            "revision": there.revision, "body": text[:PREVIEW_BYTES],
        }  # fmt: skip
        began = time.perf_counter()
        address = f"/en/studio/{SLUG}/lessons/{key}/preview"
        headers = {**FORM, "Cookie": f"sign_in={token_of(0)}"}
        connection.request("POST", address, urlencode(fields), headers)
        answer = connection.getresponse()
        page = answer.read()
        spent = time.perf_counter() - began
        if answer.status != 200 or f"number {number}." not in page.decode():
            raise RuntimeError(f"a preview answers {answer.status}")
        yield spent


def _published(engines: Engines, people: tuple[int, int]) -> tuple[float, float]:
    """Seconds of the clock and of the processor from the button to the new version."""
    author, other = people
    with engines.writing() as db:
        draft = db.query(Draft).one()
        submit(db, author, draft)
        approve(db, other, draft, draft.revision)
    began, used = time.perf_counter(), time.process_time()
    with engines.reading() as db:
        made = ready(db, db.query(Draft).one())
    with engines.writing() as db:
        draft = db.query(Draft).one()
        release = plan(db, other, draft, clock.now(), whole_only=False, matters=False)
        carry_out(db, release, draft, made)
    return time.perf_counter() - began, time.process_time() - used


if __name__ == "__main__":
    writings()
