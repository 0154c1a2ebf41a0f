"""Many machines: two web nodes behind a pooler, and a second server that long files are read from."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import httpx
import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app.foundation.database import open_engines
from app.foundation.replicas import connected_for_long
from app.foundation.snapshots import one_snapshot
from app.identity.access import cookie_name
from app.identity.grants import REGISTRAR, grant
from app.identity.sign_ins import open_sign_in
from app.identity.users import sign_up
from app.statistics.facts import rebuild_facts
from tests.cluster import Cluster, start_cluster, start_replica
from tests.databases import migrate
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.operations.poolers import LENT, pooler, pooler_program
from tests.operations.running import Server

SENT = {"wal_level": "replica", "max_wal_senders": "4"}
LIST = "/en/statistics/completions/list.csv?since=2020-01&until=2030-12"
PAUSED = ("paused",)
FORM = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str, Cluster]]:
    """A database, its copy on a second server that follows, and that server."""
    first = start_cluster(**SENT)
    try:
        address = make_url(first.address).set(drivername="postgresql+psycopg")
        migrate(address.render_as_string(hide_password=False))
        second = start_replica(first, **SENT)
        try:
            port = make_url(second.address).port
            urls = [each.render_as_string(hide_password=False)
                    for each in (address, address.set(port=port))]  # fmt: skip
            yield urls[0], urls[1], second
        finally:
            second.stop()
    finally:
        first.stop()


@pytest.fixture(scope="module")
def pooled(servers: tuple[str, str, Cluster]) -> Iterator[str]:
    program = pooler_program()
    assert program is not None, "install the package pgbouncer: nothing else tries the pooler"
    with pooler(program, servers[0]) as address:
        yield address


@contextmanager
def held_back(replica_url: str) -> Iterator[None]:
    """The second server takes nothing in meanwhile."""
    plain = make_url(replica_url).set(drivername="postgresql").render_as_string(False)
    with closing(psycopg.connect(plain, autocommit=True)) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        while connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != PAUSED:
            pass
        try:
            yield
        finally:
            connection.execute("SELECT pg_wal_replay_resume()")


def test_a_long_file_comes_from_the_replica_only_when_that_has_all(servers):
    url, replica_url, _second = servers
    with closing(open_engines(url, 1, replica_url)) as engines:
        assert asked_of(engines, "SELECT pg_is_in_recovery()") is True
        with held_back(replica_url):
            with engines.writing() as db:
                sign_up(db, name="Lag", email="lag@example.org", language="en", password_hash="")
            late = "SELECT pg_is_in_recovery() OR NOT EXISTS (SELECT FROM users WHERE name = 'Lag')"
            assert asked_of(engines, late) is False
        assert asked_of(engines, "SELECT pg_is_in_recovery()") is True
    with closing(open_engines(url, 1, replica_url.replace("@127.0.0.1:", "@127.0.0.1:1"))) as away:
        assert asked_of(away, "SELECT pg_is_in_recovery()") is False


def asked_of(engines, statement: str) -> object:
    with connected_for_long(engines) as connection:
        return connection.scalar(text(statement))


def test_behind_a_pooler_readers_cannot_write_and_moments_are_in_utc(pooled):
    with closing(open_engines(pooled, LENT + 2)) as engines:
        for ask in (engines.read, engines.stream):
            with ask.connect() as connection, pytest.raises(DBAPIError, match="read-only"):
                connection.execute(text("DELETE FROM users"))
        # More clients than connections of the server: each is lent to another again and again.
        with ThreadPoolExecutor(LENT + 2) as many:
            zones = list(many.map(lambda _: zone_of(engines), range(40)))
        assert set(zones) == {"UTC"}


def test_behind_a_pooler_a_reader_sees_one_moment(pooled):
    known = text("SELECT count(*) FROM users WHERE name = 'Later'")
    with closing(open_engines(pooled, 2)) as engines, engines.reading() as look:
        with one_snapshot(look.connection()):
            before = look.scalar(known)
            with engines.writing() as db:
                sign_up(db, name="Later", email="later@example.org", language="en", password_hash="")  # fmt: skip
            assert look.scalar(known) == before
        with engines.reading() as another:
            assert another.scalar(known) == before + 1


def zone_of(engines) -> object:
    with engines.reading() as db:
        return db.scalar(text("SELECT current_setting('TimeZone')"))


def test_two_nodes_behind_a_pooler_show_what_either_wrote(servers, pooled, tmp_path_factory):
    url, replica_url, _second = servers
    with closing(open_engines(url, 1)) as engines, engines.writing() as db:
        courses = [make_course(db, title) for title in ("First aid", "Second steps")]
        people = [sign_up(db, name=name, email=f"{name}@example.org", language="en",
                          password_hash="") for name in ("awa", "chloe")]  # fmt: skip
        complete(db, make_enrolment(db, people[0], courses[0]))
        rebuild_facts(db)
        grant(db, people[1].id, REGISTRAR, None)
        awa, chloe = (
            {"Cookie": f"{cookie_name(secure=False)}={open_sign_in(db, each.id)}"}
            for each in people
        )
    variables = {"DATABASE_URL": pooled, "CAPACITA_READ_DATABASE_URL": replica_url}
    nodes = [Server(tmp_path_factory.mktemp("node"), **variables) for _ in range(2)]
    with (
        httpx.Client(timeout=60) as asked_once,
        nodes[0] as one,
        nodes[1] as other,
        held_back(replica_url),
    ):
        enrolled = asked_once.post(f"{one.address}/en/courses/second-steps/enrolment", headers=awa | FORM)  # fmt: skip
        assert enrolled.status_code == 303
        seen = [
            asked_once.get(f"{node.address}/en/my-learning", headers=awa) for node in (other, one)
        ]
        assert ["Second steps" in each.text for each in seen] == [True, True]
        # A driver's own prepared statements would break at their sixth use, on another connection.
        asked = [f"{node.address}/en/{page}" for node in (one, other)
                 for page in ("my-learning", "courses/first-aid")] * 4  # fmt: skip
        with ThreadPoolExecutor(8) as many:
            answers = many.map(lambda page: asked_once.get(page, headers=awa), asked)
            assert {each.status_code for each in answers} == {200}
        rows = asked_once.get(f"{other.address}{LIST}", headers=chloe)
    assert rows.status_code == 200
    assert rows.text.count("first-aid") == 1
