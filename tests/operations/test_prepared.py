"""Prepared statements: the same rows, faults and transactions as SQLAlchemy's own way gives."""

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, MultipleResultsFound

from app.foundation.database import session_on, table_of
from app.foundation.prepared import Prepared
from app.identity.users import User

_users = User.__table__.c
EVERY = select(User.__table__).order_by(_users.id)
NAMED = Prepared(
    select(_users.id, _users.name.label("called")).where(_users.name == bindparam("n"))
)
RENAME = Prepared(
    update(table_of(User)).where(_users.id == bindparam("who")).values(name=bindparam("new_name"))
)
WHO_AM_I = text("SELECT pg_backend_pid()")


def test_rows_are_read_by_the_types_of_their_columns(db, awa, chloe):
    assert Prepared(EVERY).rows(db, {}) == [tuple(row) for row in db.execute(EVERY)]
    asked = {"n": awa.name}
    assert NAMED.row(db, asked).called == awa.name
    assert NAMED.row(db, {"n": "Nobody"}) is None
    RENAME.run(db, {"who": chloe.id, "new_name": awa.name})
    with pytest.raises(MultipleResultsFound):
        NAMED.row(db, asked)


def test_a_write_counts_its_rows_and_goes_with_its_transaction(engines, awa, db):
    db.commit()
    with engines.write.connect() as connection, connection.begin() as transaction:
        other = session_on(connection)
        assert RENAME.run(other, {"who": awa.id, "new_name": "Awa Two"}) == 1
        assert RENAME.run(other, {"who": -1, "new_name": "Nobody"}) == 0
        transaction.rollback()
    with engines.writing() as other:
        assert NAMED.row(other, {"n": "Awa Two"}) is None
        RENAME.run_each(other, [])
        RENAME.run_each(other, [{"who": awa.id, "new_name": f"Awa {each}"} for each in "12"])
    with engines.reading() as other:
        assert NAMED.row(other, {"n": "Awa 2"}).id == awa.id
        with pytest.raises(DBAPIError):
            RENAME.run(other, {"who": awa.id, "new_name": "Awa Three"})


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
