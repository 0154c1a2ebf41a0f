"""Local tallies: the four counts of each institution itself, by course and month.

What happened at an institution stays there whatever becomes of it, so no reform touches these.
They are folded and counted anew together with `statistics.tallies`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Model, Ref, table_of
from app.identity.placements import Placement
from app.statistics.facts import FOLDED, FOLDING, Fact, month_of

NOWHERE = 0  # the institution of those who named none
MEASURED = ("enrolled", "started", "completed", "certified")
TAKEN = {"certified": "revoked"}
KINDS = (*MEASURED, *TAKEN.values())


class LocalTally(Model):
    """How many enrolled, started, completed and are certified; a `keys` is their record keys' sum.

    A certificate that was withdrawn is taken away where and when its completion counts.
    """

    __tablename__ = "local_tallies"

    course_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    institution_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
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


def summed() -> list[ColumnElement[Any]]:
    """What facts add up to, in the order of SUMS."""
    return [
        as_type(func.coalesce(func.sum(_signed(each, one)), 0), BigInteger).label(name)
        for each in MEASURED
        for name, one in ((each, literal(1)), (f"{each}_keys", _facts.record_key))
    ]


def _signed(measure: str, one: ColumnElement[Any]) -> ColumnElement[Any]:
    whens = [(_facts.measure == measure, one)]
    if measure in TAKEN:
        whens.append((_facts.measure == TAKEN[measure], -one))
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


def _tallied(stage: int) -> Select[Any]:
    institution = func.coalesce(_placements.institution_id, NOWHERE)
    return (
        select(_facts.course_id, institution, as_type(month_of, Integer), *summed())
        .select_from(Fact.__table__)
        .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
        .where(_facts.stage == stage, _facts.measure.in_(KINDS))
        .group_by(_facts.course_id, institution, month_of)
    )


_KEYS = ("course_id", "institution_id", "month")
FOLD = adding(LocalTally, _KEYS, SUMS, _tallied(FOLDING))
_COUNT = insert(table_of(LocalTally)).from_select(
    [*_KEYS, *SUMS],
    _tallied(FOLDED).order_by(text("1, 2")),
)


def count_locally(db: Session) -> None:
    """Count all local tallies anew from all facts that are folded."""
    db.execute(delete(LocalTally))
    db.execute(_COUNT)


def local_tallies(
    courses: Sequence[int], institutions: Collection[int], since: int, until: int
) -> Select[Any]:
    """Those of some courses and institutions, from a month (202611) up to, not with, another."""
    return select(*LocalTally.__table__.c).where(
        _local.course_id.in_(courses),
        _local.institution_id.in_(institutions),
        _local.month >= since,
        _local.month < until,
    )
