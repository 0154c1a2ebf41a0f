"""Counting: how many statements a piece of work sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from app.foundation.database import Engines


@contextmanager
def statements(engines: Engines, *, written: bool = False) -> Iterator[list[str]]:
    """The statements sent while the block runs, on both sides of the database or where it is written."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sides: list[Engine] = [engines.write] if written else [engines.read, engines.write]
    for engine in sides:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in sides:
            event.remove(engine, "before_cursor_execute", note)
