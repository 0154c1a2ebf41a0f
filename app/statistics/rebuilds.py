"""Rebuilds: all tallies counted anew at once.

Facts are read once, into a table that has all that tallies tell apart. Its columns are what the
planner can estimate, which over facts and expressions took so many groups that it sorted them all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    String,
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
from app.statistics.facts import FOLDED, Fact, is_unfolded, month_of
from app.statistics.local_tallies import NOWHERE, LocalTally, counting
from app.statistics.tallies import (
    SPLITS,
    SUMMED,
    SUMS,
    UNIT,
    Tally,
    TallyRoot,
    TallyTree,
    check_trees,
    note_trees,
    value_of,
)
from app.statistics.traits import ALL, TRAITS, trait_of
from app.statistics.trees import EVERYWHERE, Tree, trees_now

MEMORY = text("SET LOCAL work_mem = '256MB'")
# Institutions that lie in the same trees, each with one that stands for all of them: what is added
# up for these first is twenty times less to be added up for each tree.
GROUPS = Table(
    "tally_groups",
    MetaData(),
    Column("institution_id", BigInteger, primary_key=True, autoincrement=False),
    Column("group_id", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
# What tallies tell apart of each fact.
TOLD = Table(
    "tally_facts",
    MetaData(),
    Column("institution_id", BigInteger),
    Column("group_id", BigInteger),
    Column("month", Integer),
    Column("course_id", BigInteger),
    Column("measure", String(16)),
    *(Column(name, String(64)) for name in TRAITS),
    *(Column(name, BigInteger) for name, _into in SUMMED),
    prefixes=["TEMPORARY"],
)
ESTIMATES = text(f"ANALYZE {TOLD.name}")
_facts, _placements, _trees = Fact.__table__.c, Placement.__table__.c, TallyTree.__table__.c
_once = Once(TallyRoot)
_TELL = insert(TOLD).from_select(
    [column.name for column in TOLD.c],
    select(
        func.coalesce(_facts.institution_id, NOWHERE), GROUPS.c.group_id,
        month_of, _facts.course_id, _facts.measure,
        *(trait_of(each) for each in TRAITS),
        *(_facts[name] for name, _into in SUMMED),
    )
    .select_from(Fact.__table__)
    .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
    .outerjoin(GROUPS, GROUPS.c.institution_id == _facts.institution_id)
    .where(_facts.stage == FOLDED),
)  # fmt: skip


def _rebuilding(dimension: str) -> Any:
    """All facts told: added up by what lies in the same trees, then for each of these trees."""
    by_unit = dimension == UNIT
    place = TOLD.c.institution_id if by_unit else TOLD.c.group_id
    course = literal(0, BigInteger) if by_unit else TOLD.c.course_id
    split = literal("") if dimension in {ALL, UNIT} else TOLD.c[dimension]
    placed = (
        select(
            place.label("place_id"), TOLD.c.month, course.label("course_id"),
            split.label("value"), TOLD.c.measure, func.count().label("count"),
            *(func.sum(TOLD.c[name]).label(into) for name, into in SUMMED),
        )
        .group_by(*map(text, ("1", "2", "3", "4", "5")))
        .subquery("placed")
    )  # fmt: skip
    root, by = func.coalesce(_trees.root_id, EVERYWHERE), placed.c
    value = value_of(UNIT) if by_unit else by.value
    tallied = (
        select(
            root, literal(dimension), by.month, by.course_id, value, by.measure,
            *(as_type(func.sum(by[each]), BigInteger) for each in SUMS),
        )
        .select_from(placed)
        .outerjoin(TallyTree.__table__, _trees.institution_id == by.place_id)
        .group_by(root, by.month, by.course_id, value, by.measure)
        .order_by(root, by.month, by.course_id)  # so a board finds them together
    )  # fmt: skip
    return insert(table_of(Tally)).from_select([each.name for each in Tally.__table__.c], tallied)


_REBUILD = [_rebuilding(dimension) for dimension in SPLITS]
_COUNT = counting(TOLD)


def rebuild_tallies(db: Session) -> int:
    """Count all tallies anew from all facts, those that wait too; returns how many tallies."""
    check_trees(db)
    trees = trees_now(db)
    db.execute(update(table_of(Fact)).where(is_unfolded).values(stage=FOLDED))
    for model in (Tally, LocalTally, TallyTree):
        db.execute(delete(model))
    note_trees(db, trees)
    with _told(db, trees):
        for statement in (*_REBUILD, *_COUNT):
            db.execute(statement)
    counted = {"is_checked": True, "counted_at": clock.now()}
    for root_id in trees:
        _once.add(db, {"root_id": root_id} | counted)
    db.execute(update(table_of(TallyRoot)).values(counted))
    return db.scalar(select(func.count()).select_from(Tally)) or 0


@contextmanager
def _told(db: Session, trees: Mapping[int, Tree]) -> Iterator[None]:
    """All facts with what tallies tell apart, for as long as they are counted."""
    connection = db.connection()
    is_planned = connection.dialect.name == "postgresql"
    GROUPS.create(connection)
    TOLD.create(connection)
    if pairs := groups_of(trees):
        db.execute(insert(GROUPS), pairs)
    if is_planned:
        db.execute(MEMORY)
    db.execute(_TELL)
    if is_planned:
        db.execute(ESTIMATES)
    yield
    TOLD.drop(connection)
    GROUPS.drop(connection)


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
