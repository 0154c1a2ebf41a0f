"""Statements: how long each of them takes, as the driver has its last row."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def timed(engine: Engine) -> Iterator[list[float]]:
    """Seconds of each statement, from asking to the last row that its driver has."""
    spent: list[float] = []
    begun: list[float] = []

    def begin(*_about: object) -> None:
        begun.append(time.perf_counter())

    def end(*_about: object) -> None:
        spent.append(time.perf_counter() - begun.pop())

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    try:
        yield spent
    finally:
        event.remove(engine, "before_cursor_execute", begin)
        event.remove(engine, "after_cursor_execute", end)
