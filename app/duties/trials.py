"""Trials: whom a file has placed that is not confirmed; nothing is asked of them by it, nor told."""

from sqlalchemy import ColumnElement, exists

from app.foundation.database import Model

PEOPLE, MOVED = "people", 1  # a kind of file, and the step of a row that is applied and not told


def is_on_trial(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a person stands where they stand by a file that may still be undone."""
    # A later slice's tables, so by their names.
    rows, loads = (Model.metadata.tables[name].c for name in ("load_rows", "loads"))
    return exists().where(
        rows.subject_id == person_id,
        rows.step == MOVED,
        loads.id == rows.load_id,
        loads.kind == PEOPLE,
    )
