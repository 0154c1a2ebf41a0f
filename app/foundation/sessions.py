"""Sessions: what asks and writes on a connection."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session


class NeedsTransaction(Exception):
    """What runs by single statements has to be done within a transaction; nothing was written."""


class Straight(Session):
    """A session whose Core statements go straight to its connection.

    The ORM's way there costs a quarter of a short query, and a page is made of short queries.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(bind=connection, expire_on_commit=False)
        self.straight = connection

    def execute(self, statement: Any, params: Any = None, **more: Any) -> Any:
        plugin = statement._propagate_attrs.get("compile_state_plugin")  # noqa: SLF001 - as Session asks
        if more or plugin == "orm":
            return super().execute(statement, params, **more)
        self.flush()
        return self.straight.execute(statement, params)

    def scalars(self, statement: Any, params: Any = None, **more: Any) -> Any:
        return self.execute(statement, params, **more).scalars()

    def scalar(self, statement: Any, params: Any = None, **more: Any) -> Any:
        return self.execute(statement, params, **more).scalar()


def session_on(connection: Connection) -> Session:
    """A session that lives inside the transaction its connection already holds."""
    return Straight(connection)
