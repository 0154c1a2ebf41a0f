"""Replicas: long files are read from a second server, where it has all that the first one has."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.foundation.database import REPLICA_WAIT_SECONDS, Engines

log = logging.getLogger("capacita.database")
LOOK_SECONDS = 0.05
# Where the next record goes, not what is on the disk: a commit need not be there yet to be seen.
_WRITTEN = text("SELECT pg_current_wal_insert_lsn()::text")
_REPLAYED = text("SELECT pg_wal_lsn_diff(:position, pg_last_wal_replay_lsn()) <= 0")


@contextmanager
def connected_for_long(engines: Engines) -> Iterator[Connection]:
    """A connection for a long file: of the replica once it has all that is written by now.

    A replica that does not answer or lags for longer than two seconds is passed by, so that a file
    never holds less than the page beside it.
    """
    abreast = _abreast(engines)
    with engines.stream.connect() if abreast is None else abreast as connection:
        yield connection


def _abreast(engines: Engines) -> Connection | None:
    """A connection to a replica that has all; none where there is no such one in time."""
    if engines.replica is None:
        return None
    with engines.reading() as db:
        position = db.scalar(_WRITTEN)
    try:
        connection = engines.replica.connect()
        if _has_replayed(connection, position):
            return connection
        connection.close()
    except OperationalError:
        log.warning("the replica does not answer, so a file is read from the first database")
    else:
        log.warning("the replica lags behind, so a file is read from the first database")
    return None


def _has_replayed(replica: Connection, position: str) -> bool:
    end = time.monotonic() + REPLICA_WAIT_SECONDS
    while not replica.scalar(_REPLAYED, {"position": position}):
        if time.monotonic() > end:
            return False
        replica.rollback()
        time.sleep(LOOK_SECONDS)
    replica.rollback()
    return True
