"""Tallies: facts added up for an institution with all that lies under it, so that boards are quick.

A tally holds one measure by month and course, split by at most one thing more (`dimension`). Facts
are folded into tallies by the worker, each once; a question adds those that still wait. Only
institutions with others under them have tallies, and everything together (root 0); the rest is
counted from facts, of which they have few.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Index,
    Integer,
    Select,
    String,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Model, Moment, Ref, table_of
from app.foundation.prepared import Once
from app.identity.institutions import InstitutionState, is_standing
from app.identity.placements import Placement
from app.statistics import local_tallies
from app.statistics.facts import FOLDED, FOLDING, WAITING, Fact, is_folding, is_waiting, month_of
from app.statistics.local_tallies import LocalTally, adding
from app.statistics.traits import ALL, TRAITS, trait_of
from app.statistics.trees import EVERYWHERE, OWN, Tree, tree_now, trees_now, units_apart_now

UNIT = "unit"
SPLITS = (ALL, UNIT, *TRAITS)
SUMS = ("count", "keys", "minutes", "days")
SUMMED = (("record_key", "keys"), ("minutes", "minutes"), ("days", "days"))
FOLDED_AT_ONCE = 5_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Tally(Model):
    """How often a measure was counted in a month (202611) in the tree of an institution.

    `value` is that of the dimension, empty where it was not said; a unit is the institution
    directly under the root, and its tallies do not tell courses apart (course 0). `keys` is the sum
    of the record keys of all that is counted.
    """

    __tablename__ = "tallies"

    root_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    course_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    measure: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[Ref]
    keys: Mapped[Ref]
    minutes: Mapped[Ref]
    days: Mapped[Ref]


class TallyRoot(Model):
    """An institution whose tallies are complete, for its tree as `tally_trees` has it.

    A reform unchecks all of them; the next fold checks those whose tree is still the same. The row
    of everywhere is a lock besides, and stands before its tallies: it was counted at NEVER then.
    """

    __tablename__ = "tally_roots"

    root_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    is_checked: Mapped[bool]
    counted_at: Mapped[Moment]


class TallyTree(Model):
    """An institution in the tree of a root, and the unit directly under the root it belongs to."""

    __tablename__ = "tally_trees"
    __table_args__ = (Index("ix_tally_trees_institution_id", "institution_id"),)

    root_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    institution_id: Mapped[Ref] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[Ref]


_facts, _placements, _trees = Fact.__table__.c, Placement.__table__.c, TallyTree.__table__.c
_tallies, _roots = Tally.__table__.c, TallyRoot.__table__.c
_states, _above = InstitutionState.__table__.c, TallyTree.__table__.alias("above").c
_once = Once(TallyRoot)


def value_of(dimension: str) -> ColumnElement[Any]:
    if dimension == UNIT:
        return func.coalesce(as_type(func.nullif(_trees.unit_id, 0), String(64)), "")
    return trait_of(dimension)


def _tallied(dimension: str, *which: ColumnElement[bool]) -> Select[Any]:
    """What facts add up to, in the columns of a tally; without an institution only everywhere."""
    root = func.coalesce(_trees.root_id, EVERYWHERE)
    course = literal(0, BigInteger) if dimension == UNIT else _facts.course_id
    value = value_of(dimension)
    return (
        select(
            root.label("root_id"), literal(dimension).label("dimension"),
            month_of.label("month"), course.label("course_id"),
            value.label("value"), _facts.measure, func.count().label("count"),
            *(as_type(func.sum(_facts[name]), BigInteger).label(into) for name, into in SUMMED),
        )
        .select_from(Fact.__table__)
        .outerjoin(Placement.__table__, _placements.id == _facts.placement_id)
        .outerjoin(TallyTree.__table__, _trees.institution_id == _facts.institution_id)
        .where(*which)
        .group_by(root, month_of, *(() if dimension == UNIT else (course,)), value, _facts.measure)
    )  # fmt: skip


def _adding(tallied: Select[Any]) -> Any:
    keys = [column.name for column in table_of(Tally).primary_key]
    return adding(Tally, keys, SUMS, tallied)


_ROOT = bindparam("root", type_=BigInteger())
_FOLD = [_adding(_tallied(dimension, is_folding)) for dimension in SPLITS]
_COUNT_TREE = [
    _adding(_tallied(dimension, _facts.stage == FOLDED, _trees.root_id == _ROOT))
    for dimension in SPLITS
]
_COUNT_EVERYWHERE = [
    _adding(
        _tallied(dimension, _facts.stage == FOLDED, func.coalesce(_trees.root_id, _ROOT) == _ROOT)
    )
    for dimension in SPLITS
]
_CHOOSE = (
    update(table_of(Fact))
    .where(_facts.event_key.in_(select(_facts.event_key).where(is_waiting).limit(FOLDED_AT_ONCE)))
    .values(stage=FOLDING)
)
_FOLDED = update(table_of(Fact)).where(is_folding).values(stage=FOLDED)
_MUTEX = select(_roots.is_checked).where(_roots.root_id == EVERYWHERE).with_for_update()
_UNCHECKED = select(_roots.root_id).where(~_roots.is_checked).limit(1)
_TREES = select(_trees.root_id, _trees.institution_id, _trees.unit_id)
_CHECKED = select(_roots.is_checked).where(_roots.root_id == _ROOT)
_APART = (
    select(_above.unit_id)
    .join(InstitutionState.__table__, _states.parent_id == _above.institution_id)
    .join(TallyTree.__table__, _trees.institution_id == _states.institution_id)
    .where(is_standing, _states.successor_id.is_not(None))
    .where(_above.root_id == _ROOT, _trees.root_id == _ROOT)
    .where(_above.unit_id != _trees.unit_id, _above.unit_id != OWN)
)


def uncheck(db: Session) -> None:
    """Ask no tallies until the next look at the trees: an institution was founded or reformed."""
    # Whoever counts a tree at this moment is waited for, lest its row be written after ours.
    db.execute(_MUTEX)
    db.execute(update(table_of(TallyRoot)).values(is_checked=False))


def check_trees(db: Session) -> list[int]:
    """Compare the trees of today with the counted ones; the roots that must be counted anew.

    These keep what they have, unchecked, until `count_tree` has the new: whoever is cut off before
    that finds them here again. A root whose tree is as before is checked again.
    """
    _hold(db)
    noted: dict[int, dict[int, int]] = defaultdict(dict)
    for root_id, institution_id, unit_id in db.execute(_TREES):
        noted[root_id][institution_id] = unit_id
    counted = set(db.scalars(select(_roots.root_id).where(_roots.counted_at > NEVER)))
    trees = trees_now(db)
    for root in sorted({*noted, *counted} - trees.keys()):
        for model, of_root in ((TallyTree, _trees), (Tally, _tallies), (TallyRoot, _roots)):
            db.execute(delete(model).where(of_root.root_id == root))
    stale = [
        root for root, tree in trees.items() if root not in counted or tree != noted.get(root, {})
    ]
    db.execute(update(table_of(TallyRoot)).values(is_checked=_roots.root_id.not_in(stale)))
    return stale


def count_tree(db: Session, root_id: int) -> None:
    """Count a root's tallies anew for its tree of now, from all facts that are folded.

    What stood before goes in the same transaction, so that nobody ever finds a root empty. From
    then on they are asked.
    """
    _hold(db)
    dialect = db.get_bind().dialect.name
    for model, of_root in ((TallyTree, _trees), (Tally, _tallies)):
        db.execute(delete(model).where(of_root.root_id == root_id))
    note_trees(db, {root_id: tree_now(db, root_id)})
    for statement in _COUNT_EVERYWHERE if root_id == EVERYWHERE else _COUNT_TREE:
        db.execute(statement[dialect], {"root": root_id})
    root = {"root_id": root_id, "is_checked": True, "counted_at": clock.now()}
    if not _once.add(db, root):
        db.execute(update(table_of(TallyRoot)).where(_roots.root_id == root_id).values(root))


def is_checked(db: Session, root_id: int) -> bool:
    """Whether a root's tallies may be asked: they are complete, for its tree as it is noted."""
    return bool(db.scalar(_CHECKED, {"root": root_id}))


def units_apart(db: Session, root_id: int) -> set[int]:
    """The units whose own tree holds more than what counts at them under this root.

    What merged stays under its last parent, too, but counts with its successor.
    """
    if is_checked(db, root_id):
        return {*db.scalars(_APART, {"root": root_id})}
    return units_apart_now(db, root_id)


def note_trees(db: Session, trees: Mapping[int, Tree]) -> None:
    """Write down the trees that tallies are counted for; nothing is noted of these roots yet."""
    pairs = [
        {"root_id": root, "institution_id": each, "unit_id": unit}
        for root, tree in trees.items()
        for each, unit in tree.items()
    ]
    if pairs:
        db.execute(insert(table_of(TallyTree)), pairs)


def fold(db: Session) -> int:
    """Fold some of the facts that wait into the tallies, each exactly once; returns how many.

    None while a tree is unchecked, since a fact would go where its institution stood before.
    """
    _hold(db)
    if db.execute(_UNCHECKED).first() is not None:
        return 0
    dialect = db.get_bind().dialect.name
    chosen = cast(CursorResult[Any], db.execute(_CHOOSE)).rowcount
    if chosen:
        for statement in (*_FOLD, *local_tallies.FOLD):
            db.execute(statement[dialect])
        db.execute(_FOLDED)
    return chosen


def forget_tallies(db: Session) -> None:
    """Let all tallies go, and all facts wait to be folded; the next folds make the same again."""
    _hold(db)
    for model in (LocalTally, Tally, TallyTree, TallyRoot):
        db.execute(delete(model))
    db.execute(update(table_of(Fact)).values(stage=WAITING))


def _hold(db: Session) -> None:
    """One fold at a time: the row of everywhere is the lock."""
    _once.add(db, {"root_id": EVERYWHERE, "is_checked": False, "counted_at": NEVER})
    db.execute(_MUTEX).one()
