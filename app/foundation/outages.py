"""Outages: what a fault of the database means for who waits: no room is left, or it is not there."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

# PostgreSQL's codes (its documentation, appendix A): full, too many connections, starting, stopping.
NO_ROOM, AWAY = {"53100"}, {"53300", "57P01", "57P02", "57P03"}
# SQLite's result codes, whose lowest byte tells the kind.
NO_ROOM_IN_FILE, FILE_AWAY = {sqlite3.SQLITE_FULL}, {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN}
KIND = 0xFF


def has_no_room(fault: BaseException) -> bool:
    """Whether the database could not write because its disk is full."""
    sqlstate, code = _codes(fault)
    return sqlstate in NO_ROOM or code in NO_ROOM_IN_FILE


def is_away(fault: BaseException) -> bool:
    """Whether the database could not be asked, or not for so long that nobody should wait longer."""
    if isinstance(fault, NoneFree) or is_lost(fault):
        return True
    sqlstate, code = _codes(fault)
    return sqlstate in AWAY or code in FILE_AWAY or _is_unreachable(fault)


def is_lost(fault: BaseException) -> bool:
    """Whether the connection broke while it was used."""
    return isinstance(fault, DBAPIError) and fault.connection_invalidated


def _is_unreachable(fault: BaseException) -> bool:
    """Whether no connection could be made: the one fault of operation without a code of PostgreSQL's."""
    orig = fault.orig if isinstance(fault, DBAPIError) else None
    return type(orig).__name__ == "OperationalError" and getattr(orig, "sqlstate", "") is None


def _codes(fault: BaseException) -> tuple[str | None, int | None]:
    orig = fault.orig if isinstance(fault, DBAPIError) else None
    code = getattr(orig, "sqlite_errorcode", None)
    return getattr(orig, "sqlstate", None), None if code is None else code & KIND
