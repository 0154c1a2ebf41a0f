"""Statements: how long each of them takes, as the driver has its last row."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def timed(engine: Engine) -> Iterator[list[float]]:
    """Seconds of each statement, from asking to the last row that its driver has.

    SQLite finds a row when it is fetched, so there each question is asked once more, to its end.
    """
    spent: list[float] = []
    begun: list[float] = []

    def ask_twice(_on: object, cursor: Any, statement: str, values: Any, *_about: object) -> None:
        if not statement.startswith(("SELECT", "WITH")):
            return  # a snapshot begins or ends
        began = time.perf_counter()
        cursor.connection.execute(statement, values).fetchall()
        spent.append(time.perf_counter() - began)

    def begin(*_about: object) -> None:
        begun.append(time.perf_counter())

    def end(*_about: object) -> None:
        spent.append(time.perf_counter() - begun.pop())

    on_sqlite = {"before_cursor_execute": ask_twice}
    on_postgresql = {"before_cursor_execute": begin, "after_cursor_execute": end}
    listeners = on_sqlite if engine.dialect.name == "sqlite" else on_postgresql
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield spent
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
