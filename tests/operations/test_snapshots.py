"""Snapshots: what is asked within one sees one moment, and leaves the connection as it was."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.foundation.snapshots import one_snapshot
from app.queue.jobs import Job, later

COUNTED = select(func.count()).select_from(Job)


def one_more(engines) -> None:
    with engines.writing() as db:
        later(db, "none-of-ours", {})


def test_a_reader_sees_one_moment_within_and_the_next_one_after(engines):
    with engines.reading() as db:
        with one_snapshot(db.connection()):
            assert db.scalar(COUNTED) == 0
            one_more(engines)
            with one_snapshot(db.connection()):
                assert db.scalar(COUNTED) == 0
            one_more(engines)
            assert db.scalar(COUNTED) == 0
        assert db.scalar(COUNTED) == 2
        one_more(engines)
        assert db.scalar(COUNTED) == 3


def write(db) -> None:
    with one_snapshot(db.connection()):
        assert db.scalar(COUNTED) == 0
        later(db, "none-of-ours", {})


def test_a_fault_within_ends_it_and_a_reader_still_cannot_write(engines):
    with engines.reading() as db:
        with pytest.raises(DBAPIError):
            write(db)
        one_more(engines)
        assert db.scalar(COUNTED) == 1


def test_who_writes_keeps_the_transaction(engines):
    with engines.writing() as db:
        write(db)
        with engines.reading() as look:
            assert look.scalar(COUNTED) == 0
    with engines.reading() as look:
        assert look.scalar(COUNTED) == 1
