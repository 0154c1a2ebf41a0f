"""Rows: each line of a load with its fate, the reasons, and what it changed, until it is forgotten."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Index,
    Integer,
    String,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import AnswerType, JsonType, Model, Ref, index_where, table_of
from app.foundation.prepared import Prepared
from app.foundation.rows import encode
from app.loads.faults import Fault
from app.loads.loads import UNITS, Load

NEW, CHANGED, TRANSFERRED, UNCHANGED, REFUSED = (
    "new", "changed", "transferred", "unchanged", "refused",
)  # fmt: skip
FATES = (REFUSED, NEW, CHANGED, TRANSFERRED, UNCHANGED)
MOVING = (NEW, CHANGED, TRANSFERRED)
STAGED, MOVED, TOLD = 0, 1, 2
PAGE = 100


class LoadRow(Model):
    """A line of a load: what was written, its fate, what it says, and what stood before it.

    `step` is whether the row has been applied, and the ledger told of it. The load has no foreign
    key, which took a third of what staging costs PostgreSQL: who stages rows holds their load.
    """

    __tablename__ = "load_rows"
    __table_args__ = (
        Index("ix_load_rows_fate", "load_id", "fate", "number"),
        index_where("ix_load_rows_subject_id", "subject_id IS NOT NULL", "subject_id"),
    )

    load_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fate: Mapped[str] = mapped_column(String(16))
    step: Mapped[int] = mapped_column(Integer)
    cells: Mapped[list[str]] = mapped_column(JsonType)
    faults: Mapped[list[Any]] = mapped_column(JsonType)
    told: Mapped[dict[str, Any]] = mapped_column(JsonType)
    subject_id: Mapped[Ref | None]
    before: Mapped[Any] = mapped_column(AnswerType, nullable=True)


class Decision(NamedTuple):
    """What becomes of a row: its fate, why, what it says once read, and about what that stands."""

    number: int
    fate: str
    faults: list[Fault]
    told: dict[str, Any]
    subject_id: int | None = None


class Shown(NamedTuple):
    """A row as its page lists it."""

    number: int
    fate: str
    cells: list[str]
    faults: list[Fault]


class Applied(NamedTuple):
    """A row that was applied: about whom or what, what it says, and what stood before."""

    number: int
    subject_id: int
    before: dict[str, Any]
    told: dict[str, Any]


class Overtaken(Exception):
    """Something that was done since stands in the way of undoing."""


_rows = LoadRow.__table__.c
_INSERT = Prepared(table_of(LoadRow).insert())
# PostgreSQL takes rows apart itself, out of one document: a fourth of what row by row costs.
_INSERT_ALL = text("""
    INSERT INTO load_rows (load_id, number, fate, step, cells, faults, told, subject_id)
    SELECT :own_load, (one->>0)::int, one->>1, 0, one->2, one->3, one->4, (one->>5)::bigint
    FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS one
""")
_SHOWN = select(_rows.number, _rows.fate, _rows.cells, _rows.faults).order_by(_rows.number)
_STEP = Prepared(
    update(table_of(LoadRow))
    .where(_rows.load_id == bindparam("own_load"), _rows.number == bindparam("own_number"))
    .values(
        step=bindparam("new_step"),
        subject_id=bindparam("new_subject"),
        before=bindparam("new_before", type_=AnswerType),
    )
)
_STEP_ALL = text("""
    UPDATE load_rows SET step = :new_step, subject_id = (one->>1)::bigint,
        before = nullif(one->2, 'null'::jsonb)
    FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS one
    WHERE load_id = :own_load AND number = (one->>0)::int
""")
_REFUSE = (
    update(table_of(LoadRow))
    .where(_rows.load_id == bindparam("own_load"), _rows.number == bindparam("own_number"))
    .values(fate=REFUSED, faults=bindparam("new_faults", type_=JsonType))
)


def stage(
    db: Session, load_id: int, decisions: Sequence[Decision], cells: Mapping[int, list[str]]
) -> None:
    """Keep what is to become of some rows."""
    rows = [
        (each.number, each.fate, cells[each.number], each.faults, each.told, each.subject_id)
        for each in decisions
    ]
    if _is_postgresql(db):
        db.execute(_INSERT_ALL, {"own_load": load_id, "rows": encode(rows)})
        return
    names = ("number", "fate", "cells", "faults", "told", "subject_id")
    more = {"load_id": load_id, "step": STAGED, "before": None}
    _INSERT.run_each(db, [dict(zip(names, row, strict=True)) | more for row in rows])


def _is_postgresql(db: Session) -> bool:
    return db.get_bind().dialect.name == "postgresql"


def forget_rows(db: Session, load_id: int, most: int) -> bool:
    """Delete so many rows of a load; tells whether there were any."""
    numbers = select(_rows.number).where(_rows.load_id == load_id).limit(most)
    gone = db.execute(
        delete(table_of(LoadRow)).where(
            _rows.load_id == load_id, _rows.number.in_(numbers.scalar_subquery())
        )
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]  # a cursor's result


def counts_of(db: Session, load_id: int) -> dict[str, int]:
    """How many rows have which fate."""
    asked = select(_rows.fate, func.count()).where(_rows.load_id == load_id).group_by(_rows.fate)
    found: dict[str, int] = dict(db.execute(asked).all())
    return {fate: found.get(fate, 0) for fate in FATES}


def rows_shown(
    db: Session, load_id: int, fate: str, after: int = 0, most: int = PAGE + 1
) -> list[Shown]:
    """A page of rows of one fate, or of any, behind a line."""
    asked = _SHOWN.where(_rows.load_id == load_id, _rows.number > after)
    rows = db.execute((asked.where(_rows.fate == fate) if fate else asked).limit(most))
    return [
        Shown(number, own, cells, [Fault(*each) for each in faults])
        for number, own, cells, faults in rows
    ]


def refused_rows(db: Session, load_id: int) -> Iterator[Shown]:
    """All faulty rows in order, a page at a time."""
    after = 0
    while page := rows_shown(db, load_id, REFUSED, after, PAGE):
        yield from page
        after = page[-1].number


def staged_rows(db: Session, load_id: int, after: int, most: int | None) -> list[Decision]:
    """So many of the rows behind a line that wait to be applied, in order."""
    asked = (
        select(_rows.number, _rows.fate, _rows.faults, _rows.told, _rows.subject_id)
        .where(_rows.load_id == load_id, _rows.fate.in_(MOVING), _rows.step == STAGED)
        .where(_rows.number > after)
        .order_by(_rows.number)
        .limit(most)
    )
    return [Decision(*row) for row in db.execute(asked)]


def applied_rows(db: Session, load_id: int, after: int, most: int | None) -> list[Applied]:
    """So many of the rows behind a line that are applied and nobody was told of, in order."""
    asked = (
        select(_rows.number, _rows.subject_id, _rows.before, _rows.told)
        .where(_rows.load_id == load_id, _rows.fate.in_(MOVING), _rows.step == MOVED)
        .where(_rows.number > after)
        .order_by(_rows.number)
        .limit(most)
    )
    return [Applied(*row) for row in db.execute(asked)]


def note_applied(db: Session, load_id: int, applied: Iterable[Applied]) -> None:
    """Keep that rows are applied, and what stood before."""
    _note(db, load_id, MOVED, ((each.number, each.subject_id, each.before) for each in applied))


def note_undone(db: Session, load_id: int, undone: Iterable[Applied]) -> None:
    """Keep that rows are as before they were applied."""
    _note(db, load_id, STAGED, ((each.number, None, None) for each in undone))


def note_told(db: Session, load_id: int, told: Iterable[Applied]) -> None:
    """Keep that the ledger knows of rows."""
    _note(db, load_id, TOLD, ((each.number, each.subject_id, each.before) for each in told))


def _note(
    db: Session, load_id: int, step: int, rows: Iterable[tuple[int, int | None, Any]]
) -> None:
    if _is_postgresql(db):
        told = {"own_load": load_id, "new_step": step, "rows": encode(list(rows))}
        db.execute(_STEP_ALL, told)
        return
    values = [
        {"own_load": load_id, "own_number": number, "new_step": step, "new_subject": subject_id,
         "new_before": before}
        for number, subject_id, before in rows
    ]  # fmt: skip
    _STEP.run_each(db, values)


def refuse_rows(db: Session, load_id: int, refused: Iterable[tuple[int, list[Fault]]]) -> None:
    """Refuse rows after all: what they were to change is another now."""
    values = [
        {"own_load": load_id, "own_number": number, "new_faults": [list(each) for each in faults]}
        for number, faults in refused
    ]
    if values:
        db.execute(_REFUSE, values)


def forget_person(db: Session, user_id: int) -> None:
    """Empty what the rows about a person say of them; rows about institutions have other numbers."""
    loads = select(Load.id).where(Load.kind != UNITS)
    db.execute(
        update(table_of(LoadRow))
        .where(_rows.subject_id == user_id, _rows.load_id.in_(loads))
        .values(cells=[], told={}, faults=[])
    )
