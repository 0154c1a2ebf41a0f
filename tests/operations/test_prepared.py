"""Prepared statements: the same rows, faults and transactions as SQLAlchemy's own way gives."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, MultipleResultsFound

from app.activity.events import Event
from app.catalogue.versions import Source
from app.foundation.database import table_of
from app.foundation.prepared import Prepared, Together
from app.foundation.sessions import session_on
from app.identity.users import User

_users = User.__table__.c
EVERY = select(User.__table__).order_by(_users.id)
NAMED = Prepared(
    select(_users.id, _users.name.label("called")).where(_users.name == bindparam("n"))
)
RENAME = Prepared(
    update(table_of(User)).where(_users.id == bindparam("who")).values(name=bindparam("new_name"))
)
_events = Event.__table__.c
INSERT_EVENTS = Prepared(insert(table_of(Event)).inline())
INSERT_SOURCES = Prepared(insert(table_of(Source)).inline())
WHO_AM_I = text("SELECT pg_backend_pid()")


def test_rows_are_read_by_the_types_of_their_columns(db, awa, chloe):
    assert Prepared(EVERY).rows(db, {}) == [tuple(row) for row in db.execute(EVERY)]
    asked = {"n": awa.name}
    assert NAMED.row(db, asked).called == awa.name
    assert NAMED.row(db, {"n": "Nobody"}) is None
    RENAME.run(db, {"who": chloe.id, "new_name": awa.name})
    with pytest.raises(MultipleResultsFound):
        NAMED.row(db, asked)


def test_a_write_counts_its_rows_and_goes_with_its_transaction(engines, awa, chloe, db):
    db.commit()
    with engines.write.connect() as connection, connection.begin() as transaction:
        other = session_on(connection)
        assert RENAME.run(other, {"who": awa.id, "new_name": "Awa Two"}) == 1
        assert RENAME.run(other, {"who": -1, "new_name": "Nobody"}) == 0
        transaction.rollback()
    with engines.writing() as other:
        assert NAMED.row(other, {"n": "Awa Two"}) is None
        RENAME.run_each(other, [])
        named = {awa.id: "Awa 'A' \\ 1", chloe.id: "شلوي\n"}
        RENAME.run_each(other, [{"who": who, "new_name": name} for who, name in named.items()])
    with engines.reading() as other:
        for who, name in named.items():
            assert NAMED.row(other, {"n": name}).id == who
        with pytest.raises(DBAPIError):
            RENAME.run(other, {"who": awa.id, "new_name": "Awa Three"})


def test_many_rows_are_written_as_each_would_be(db):
    moment = datetime(2026, 11, 26, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=5)))
    row = dict.fromkeys(("actor_id", "person_id", "language", "mode"))
    row |= {"kind": "odd", "happened_at": moment, "recorded_at": moment}
    payloads = [{}, {"a": [1, 2.5, None, "é\"'\\"]}, {"b": {"c": True}}]
    each = [row | {"key": uuid4(), "payload": payload} for payload in payloads]
    each[1] |= {"actor_id": 2**40, "language": "ar"}
    INSERT_EVENTS.run_each(db, each)
    found = db.execute(select(*(_events[name] for name in each[0])).order_by(_events.id)).all()
    by_key = {event.key: event._asdict() for event in found}
    assert [by_key[one["key"]] for one in each] == each
    hashes = [bytes([at]) * 32 for at in (0, 92, 255)]
    INSERT_SOURCES.run_each(db, [{"hash": each, "bytes": each[:3]} for each in hashes])
    stored = select(Source.hash, Source.bytes).where(Source.hash.in_(hashes))
    assert {(each, each[:3]) for each in hashes} == {tuple(one) for one in db.execute(stored)}


@pytest.mark.parametrize("number", [1, 2])
def test_no_moment_without_a_time_zone_is_written(db, number):
    moment = datetime(2026, 11, 26)  # noqa: DTZ001 - what must be refused
    row = {"kind": "odd", "happened_at": moment, "recorded_at": moment, "payload": {}}
    with pytest.raises(ValueError, match="needs a time zone"):
        INSERT_EVENTS.run_each(db, [row | {"key": uuid4()} for _at in range(number)])


def test_pending_objects_are_written_before_it_asks(db, awa):
    awa.name = "Awa Three"
    assert NAMED.row(db, {"n": "Awa Three"}).id == awa.id


def test_a_key_that_stands_is_the_fault_that_sqlalchemy_tells(db, awa):
    row = db.execute(EVERY).first()._asdict()
    with pytest.raises(IntegrityError):
        Prepared(insert(table_of(User))).run(db, row)
    db.rollback()


@pytest.mark.parametrize(
    "statement",
    [EVERY.where(_users.id.in_(bindparam("ids", expanding=True))), EVERY.where(_users.id.in_([1]))],
)
def test_what_expands_is_refused(db, statement):
    with pytest.raises(TypeError, match="given by name"):
        Prepared(statement).rows(db, {"ids": [1]})


def test_a_value_that_is_not_given_is_missed(db):
    with pytest.raises(KeyError):
        NAMED.rows(db, {})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lost_connection_does_not_go_back_to_the_pool(engines):
    with engines.read.connect() as connection:
        connection.begin()
        mine = connection.scalar(WHO_AM_I)
        with engines.write.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:mine)"), {"mine": mine})
        with pytest.raises(DBAPIError) as fault:
            Prepared(EVERY).rows(session_on(connection), {})
        assert fault.value.connection_invalidated
        assert connection.invalidated
    with engines.reading() as db:
        assert db.scalar(WHO_AM_I) != mine


def test_unlike_selects_are_asked_together_and_each_gives_its_own_rows(db, awa, chloe):
    later, subject = datetime(2026, 11, 27, 1, 2, 3, 4, tzinfo=UTC), _users.subject
    people = select(_users.id, _users.name, subject, _users.confirmed_at).where(
        _users.id == bindparam("who")
    )
    names = select(_users.name).where(_users.id != bindparam("who"))
    turned = select(subject, _users.email, _users.id, _users.name, _users.language)
    together = Together(people, names, turned, people.where(_users.id < 0))
    db.execute(update(User).where(_users.id == awa.id).values(confirmed_at=later))
    found = together.rows(db, {"who": awa.id})
    apart = [
        [tuple(row) for row in db.execute(each, {"who": awa.id})]
        for each in (people, names, turned)
    ]
    assert [sorted(map(tuple, rows)) for rows in found] == [*map(sorted, apart), []]
    assert found[0] == [[awa.id, awa.name, awa.subject, later]]
    assert together.rows(db, {"who": -1})[0] == []


def test_what_is_asked_together_is_as_wide_as_its_types_need(db):
    one, other = select(_users.id, _users.name), select(_users.name, _users.email, _users.id)
    width = len(db.execute(Together(one, other)._statement).keys())
    assert width == 1 + 1 + 2  # the number of the select, an id, two texts
