"""Rebuilds: all tallies counted anew at once, each fact read once for each dimension."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.database import table_of
from app.foundation.prepared import Once
from app.identity.placements import Placement
from app.statistics.facts import FOLDED, Fact, month_of
from app.statistics.local_tallies import count_locally
from app.statistics.tallies import (
    ALL,
    SPLITS,
    SUMMED,
    SUMS,
    UNIT,
    Tally,
    TallyRoot,
    TallyTree,
    check_trees,
    value_of,
)
from app.statistics.trees import EVERYWHERE, Tree, trees_now

# Institutions that lie in the same trees, each with one that stands for all of them: what is added
# up for these first is twenty times less to be added up for each tree.
GROUPS = Table(
    "tally_groups",
    MetaData(),
    Column("institution_id", BigInteger, primary_key=True, autoincrement=False),
    Column("group_id", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
MEMORY = text("SET LOCAL work_mem = '256MB'")
_facts, _placements, _trees = Fact.__table__.c, Placement.__table__.c, TallyTree.__table__.c
_once = Once(TallyRoot)


def _rebuilding(dimension: str) -> Any:
    """All folded facts: added up by what lies in the same trees, then for each of these trees."""
    by_unit = dimension == UNIT
    place = _placements.institution_id if by_unit else GROUPS.c.group_id
    placed = (
        select(
            place.label("place_id"), as_type(month_of, Integer).label("month"),
            _facts.course_id, _facts.measure,
            (literal("") if dimension in {ALL, UNIT} else value_of(dimension)).label("value"),
            func.count().label("count"),
            *(func.sum(_facts[name]).label(into) for name, into in SUMMED),
        )
        .select_from(Fact.__table__)
        .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
        .outerjoin(GROUPS, GROUPS.c.institution_id == _placements.institution_id)
        .where(_facts.stage == FOLDED)
        .group_by(*map(text, ("1", "2", "3", "4", "5")))
        .subquery("placed")
    )  # fmt: skip
    root, by = func.coalesce(_trees.root_id, EVERYWHERE), placed.c
    course = literal(0, BigInteger) if by_unit else by.course_id
    value = value_of(UNIT) if by_unit else by.value
    tallied = (
        select(
            root, literal(dimension), by.month, course, value, by.measure,
            *(as_type(func.sum(by[each]), BigInteger) for each in SUMS),
        )
        .select_from(placed)
        .outerjoin(TallyTree.__table__, _trees.institution_id == by.place_id)
        .group_by(root, by.month, *(() if by_unit else (course,)), value, by.measure)
        .order_by(root, by.month, *(() if by_unit else (course,)))  # so a board finds them together
    )  # fmt: skip
    return insert(table_of(Tally)).from_select([each.name for each in Tally.__table__.c], tallied)


_REBUILD = [_rebuilding(dimension) for dimension in SPLITS]


def rebuild_tallies(db: Session) -> int:
    """Count all tallies anew from all facts, those that wait too; returns how many tallies."""
    check_trees(db)
    trees = trees_now(db)
    if db.get_bind().dialect.name == "postgresql":
        db.execute(MEMORY)
    GROUPS.create(db.connection())
    if pairs := groups_of(trees):
        db.execute(insert(GROUPS), pairs)
    db.execute(delete(Tally))
    db.execute(update(table_of(Fact)).where(_facts.stage < FOLDED).values(stage=FOLDED))
    for statement in _REBUILD:
        db.execute(statement)
    count_locally(db)
    GROUPS.drop(db.connection())
    counted = {"is_checked": True, "counted_at": clock.now()}
    for root_id in trees:
        _once.add(db, {"root_id": root_id} | counted)
    db.execute(update(table_of(TallyRoot)).values(counted))
    return db.scalar(select(func.count()).select_from(Tally)) or 0


def groups_of(trees: Mapping[int, Tree]) -> list[dict[str, int]]:
    """Each institution with the least one that lies in the very same trees."""
    within: dict[int, list[int]] = defaultdict(list)
    for root_id in sorted(trees):
        for institution_id in trees[root_id]:
            within[institution_id].append(root_id)
    groups: dict[tuple[int, ...], int] = {}
    pairs = []
    for institution_id in sorted(within):
        group_id = groups.setdefault(tuple(within[institution_id]), institution_id)
        pairs.append({"institution_id": institution_id, "group_id": group_id})
    return pairs
