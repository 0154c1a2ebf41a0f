"""Snapshots: several statements that see the database as it stood at one moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.orm import Session

P = ParamSpec("P")
T = TypeVar("T")
BEGIN = {
    "sqlite": "BEGIN",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def one_snapshot(connection: Connection) -> Iterator[None]:
    """Let all that is asked within see one moment, whatever others commit meanwhile.

    Of a reader each statement sees a moment of its own else. One within another changes nothing,
    nor does one behind a pooler, where a reader's whole transaction is a snapshot. Who writes on
    PostgreSQL goes on seeing what others commit: what takes several looks is asked before.
    """
    if not _is_free(connection):
        yield
        return
    connection.exec_driver_sql(BEGIN[connection.dialect.name])
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.exec_driver_sql("COMMIT")


def in_one_snapshot(
    asking: Callable[Concatenate[Session, P], T],
) -> Callable[Concatenate[Session, P], T]:
    """Let a function that is given the database first ask all it asks of one moment."""

    @wraps(asking)
    def asked(db: Session, /, *args: P.args, **named: P.kwargs) -> T:
        with one_snapshot(db.connection()):
            return asking(db, *args, **named)

    return asked


def _is_free(connection: Connection) -> bool:
    """Whether the connection is in no transaction, neither its own nor one that it begins by itself."""
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return not raw.in_transaction
    return bool(raw.autocommit) and raw.info.transaction_status == TransactionStatus.IDLE
