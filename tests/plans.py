"""Plans: how a database would find what is asked for, to see that an index carries it."""

from typing import Any

from sqlalchemy import Select, text
from sqlalchemy.orm import Session


def plan_of(db: Session, asked: Select[Any], *, is_forced: bool = True) -> str:
    """The plan as the database words it; PostgreSQL is to take an index even of few rows if forced."""
    connection = db.connection()
    explain = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        if is_forced:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN"
    compiled = asked.compile(connection.engine, compile_kwargs={"literal_binds": True})
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {compiled}"))
