"""Local tallies: the four counts of each institution itself, by month and course or one trait.

What happened at an institution stays there whatever becomes of it, so no reform touches these.
They are folded and counted anew together with `statistics.tallies`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    Select,
    String,
    case,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Model, Ref, table_of
from app.identity.placements import Placement
from app.statistics.facts import Fact, is_folding, month_of
from app.statistics.traits import ALL, TRAITS, trait_of

NOWHERE = 0  # the institution of those who named none
MEASURED = ("enrolled", "started", "completed", "certified")
TAKEN = {"certified": "revoked"}
KINDS = (*MEASURED, *TAKEN.values())


class LocalTally(Model):
    """How many enrolled, started, completed and are certified; a `keys` is their record keys' sum.

    By course they are those of everybody; split by a trait (`dimension`), with its `value`, they do
    not tell courses apart (course 0). A certificate that was withdrawn is taken away where and when
    its completion counts.
    """

    __tablename__ = "local_tallies"
    # For who asks of one institution or of few: the key begins with all of them.
    __table_args__ = (
        Index("ix_local_tallies_institution_id", "institution_id", "dimension", "month"),
    )

    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)
    course_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    institution_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    enrolled: Mapped[Ref]
    enrolled_keys: Mapped[Ref]
    started: Mapped[Ref]
    started_keys: Mapped[Ref]
    completed: Mapped[Ref]
    completed_keys: Mapped[Ref]
    certified: Mapped[Ref]
    certified_keys: Mapped[Ref]


SUMS = tuple(name for each in MEASURED for name in (each, f"{each}_keys"))
_facts, _placements = Fact.__table__.c, Placement.__table__.c
_local = LocalTally.__table__.c


def summed(told: Any = _facts) -> list[ColumnElement[Any]]:
    """What facts, or rows that tell their measure and key, add up to, in the order of SUMS."""
    return [
        as_type(func.coalesce(func.sum(_signed(told, each, one)), 0), BigInteger).label(name)
        for each in MEASURED
        for name, one in ((each, literal(1)), (f"{each}_keys", told.record_key))
    ]


def _signed(told: Any, measure: str, one: ColumnElement[Any]) -> ColumnElement[Any]:
    whens = [(told.measure == measure, one)]
    if measure in TAKEN:
        whens.append((told.measure == TAKEN[measure], -one))
    return case(*whens, else_=0)


def adding(model: type[Model], keys: Collection[str], sums: Collection[str], rows: Any) -> Any:
    """In both dialects, an insert that adds to the rows that are there already."""
    table, made = table_of(model), {}
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
        insertion: Any = dialect.insert(table).from_select([*keys, *sums], rows)
        made[name] = insertion.on_conflict_do_update(
            index_elements=[table.c[each] for each in keys],
            set_={each: table.c[each] + insertion.excluded[each] for each in sums},
        )
    return made


def _tallied(dimension: str, told: FromClause) -> Select[Any]:
    """What rows that tell of facts add up to, in the columns of KEYS and SUMS."""
    by = told.c
    of_all = by.course_id, by.institution_id, by.month, literal("")
    of_trait = literal(0, BigInteger), by.institution_id, by.month, by.get(dimension)
    return (
        select(literal(dimension), *(of_all if dimension == ALL else of_trait), *summed(by))
        .where(by.measure.in_(KINDS))
        .group_by(by.course_id if dimension == ALL else by[dimension], by.institution_id, by.month)
    )


KEYS = ("dimension", "course_id", "institution_id", "month", "value")
SPLITS = (ALL, *TRAITS)
_FOLDING = (
    select(
        _facts.course_id, _facts.measure, _facts.record_key, month_of.label("month"),
        func.coalesce(_facts.institution_id, NOWHERE).label("institution_id"),
        *(trait_of(each).label(each) for each in TRAITS),
    )
    .select_from(Fact.__table__)
    .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
    .where(is_folding)
    .subquery("told")
)  # fmt: skip
FOLD = [adding(LocalTally, KEYS, SUMS, _tallied(dimension, _FOLDING)) for dimension in SPLITS]


def counting(told: FromClause) -> list[Any]:
    """Inserts of all local tallies, from rows that tell what each fact counts, where and when."""
    table, columns = table_of(LocalTally), [*KEYS, *SUMS]
    rows = [_tallied(dimension, told).order_by(text("2, 3, 4")) for dimension in SPLITS]
    return [insert(table).from_select(columns, each) for each in rows]


def local_tallies(
    courses: Sequence[int], institutions: Collection[int], since: int, until: int
) -> Select[Any]:
    """Those of some courses and institutions, by course, from a month (202611) up to, not with, another."""
    columns = [_local[each] for each in (*KEYS[1:4], *SUMS)]
    return select(*columns).where(
        _local.dimension == ALL,
        _local.course_id.in_(courses),
        _local.institution_id.in_(institutions),
        _local.month >= since,
        _local.month < until,
    )
