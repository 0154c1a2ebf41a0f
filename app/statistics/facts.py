"""Facts: one row for each thing counted, made from events and placements alone."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    bindparam,
    cast,
    delete,
    extract,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Event, Happening
from app.foundation.database import Model, Ref, index_where, table_of
from app.foundation.prepared import Prepared
from app.identity.placements import Placement

# An event's kind, and the measure that it counts in.
_COUNTED = {
    "enrolled": "enrolled", "started": "started", "course-completed": "completed",
    "final-tried": "tried", "gain-measured": "gained",
}  # fmt: skip
_COUNTED_AS_COMPLETED = {"certificate-issued": "certified", "certificate-revoked": "revoked"}
_COUNTED_ALONE = {"duty-missed": "missed"}
_KINDS = (*_COUNTED, *_COUNTED_AS_COMPLETED, *_COUNTED_ALONE)
WAITING, FOLDING, FOLDED = 0, 1, 2
LONGEST_DAYS = 366  # what a longer way to a completion counts as


class Fact(Model):
    """A measure counted once, on a fixed day: of an enrolment, or of a duty that was missed.

    It can be rebuilt to the same bytes from the ledger, so it has no foreign keys. A certificate
    counts where and when its completion does, and `revoked` takes it away again. `record_key` is
    the same 31 random bits in all facts of an enrolment, and `stage` says whether tallies hold it.
    `institution_id` is that of the placement, which never changes, so that a list of one office is
    found together and in order.
    `tried` is the first result of the final assessment; its `days` is 1 if that passed, else 0.
    `gained` is the same result where a pretest went before; its `days` is what the percent of
    points grew by, from -100 to 100.
    """

    __tablename__ = "facts"
    __table_args__ = (
        UniqueConstraint("measure", "enrolment_id"),
        Index("ix_facts_course_id", "course_id", "day"),
        Index("ix_facts_measure", "measure", "day", "enrolment_id"),
        Index("ix_facts_institution_id", "institution_id", "measure", "day", "enrolment_id"),
        Index("ix_facts_placement_id", "placement_id"),
        index_where("ix_facts_stage", "stage < 2", "stage"),
    )

    event_key: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    measure: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    course_id: Mapped[Ref]
    version_id: Mapped[Ref | None]
    enrolment_id: Mapped[Ref | None]
    person_id: Mapped[Ref]
    placement_id: Mapped[Ref | None]
    institution_id: Mapped[Ref | None]
    language: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int] = mapped_column(Integer)
    days: Mapped[int] = mapped_column(Integer)
    record_key: Mapped[Ref]
    stage: Mapped[int] = mapped_column(SmallInteger)


_facts, _others = Fact.__table__.c, Fact.__table__.alias("others")
_events, _placements = Event.__table__.c, Placement.__table__.c
# SQLite looks into an index of some rows only where a condition says their own in so many words.
is_unfolded: ColumnElement[bool] = _facts.stage < literal_column("2")
is_waiting: ColumnElement[bool] = is_unfolded & (_facts.stage == literal_column(str(WAITING)))
is_folding: ColumnElement[bool] = is_unfolded & (_facts.stage == literal_column(str(FOLDING)))
# As whole numbers: what PostgreSQL extracts are decimals, which are slow to group by.
month_of: ColumnElement[int] = cast(extract("year", _facts.day), Integer) * 100 + cast(
    extract("month", _facts.day), Integer
)
_LEDGER = (
    select(
        _events.key, _events.kind, _events.course_id, _events.version_id, _events.enrolment_id,
        _events.person_id, _events.placement_id, _events.language, _events.mode, _events.payload,
    )
    .where(_events.kind.in_(_KINDS))
    .order_by(_events.id)
)  # fmt: skip
_READ_AT_ONCE = 2_000


def _inserts(source: Mapping[str, Any], rows_of: Any = None) -> dict[str, Prepared]:
    """An insert, in both dialects, that a unique key may already have answered."""
    table, made = table_of(Fact), {}
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
        adding = dialect.insert(table)
        chosen = select(*(value.label(key) for key, value in source.items()))
        if rows_of is not None:
            chosen = chosen.where(*rows_of)
        elif name == "sqlite":
            # Without a WHERE its parser takes ON CONFLICT for the condition of a join.
            chosen = chosen.where(literal(value=True))
        adding = adding.from_select(list(source), chosen).on_conflict_do_nothing()
        made[name] = Prepared(adding.inline() if name == "postgresql" else adding)
    return made


_OF_ENROLMENT = (
    select(_others.c.record_key)
    .where(
        _others.c.measure == "enrolled",
        _others.c.enrolment_id == bindparam("enrolment_id", type_=_facts.enrolment_id.type),
    )
    .scalar_subquery()
)
_given = {column.name: bindparam(column.name, type_=column.type) for column in Fact.__table__.c}
_PLACED = (
    select(_placements.institution_id)
    .where(_placements.id == bindparam("placement_id", type_=_facts.placement_id.type))
    .scalar_subquery()
)
_ADD = _inserts(
    _given
    | {
        "institution_id": _PLACED,
        "record_key": func.coalesce(_OF_ENROLMENT, _given["record_key"]),
    }
)
_ADD_AS_COMPLETED = _inserts(
    {column.name: _others.c[column.name] for column in Fact.__table__.c}
    | {"event_key": _given["event_key"], "measure": _given["measure"], "stage": _given["stage"]}
    | {"minutes": literal(0, Integer), "days": literal(0, Integer)},
    (
        _others.c.measure == "completed",
        _others.c.enrolment_id == bindparam("enrolment_id", type_=_facts.enrolment_id.type),
    ),
)


def count(db: Session, happening: Happening) -> bool:
    """Count an event once for its enrolment; a second one of its measure changes nothing.

    The day was fixed when the event was written, in the institution's time zone.
    """
    about = {name: getattr(happening, name) for name in _SAME}
    said = {name: getattr(happening, name) for name in _SAID if hasattr(happening, name)}
    return _count(db, happening.kind, happening.key, about, said)


def _count(
    db: Session, kind: str, key: UUID, about: Mapping[str, Any], said: Mapping[str, Any]
) -> bool:
    dialect = db.get_bind().dialect.name
    if kind in _COUNTED_AS_COMPLETED:
        adding = _ADD_AS_COMPLETED[dialect]
        values: dict[str, Any] = {
            "event_key": key,
            "measure": _COUNTED_AS_COMPLETED[kind],
            "stage": WAITING,
            "enrolment_id": about["enrolment_id"],
        }
    else:
        adding = _ADD[dialect]
        values = {
            "event_key": key,
            "measure": _COUNTED.get(kind) or _COUNTED_ALONE[kind],
            "day": date.fromisoformat(said["day"]),
            **about,
            "language": about["language"] or "",
            "mode": about["mode"] or "",
            "minutes": said.get("minutes", 0),
            "days": _days(said),
            "record_key": key.int >> 97,
            "stage": WAITING,
        }
    return adding.run(db, values) > 0


def _days(said: Mapping[str, Any]) -> int:
    if "after" in said:
        return int(said["after"]) - int(said["before"])
    return min(int(said.get("days", said.get("passed", 0))), LONGEST_DAYS)


def rebuild_facts(db: Session) -> int:
    """Make all facts anew from the ledger; returns how many. The same ledger gives the same rows.

    Nothing of them is folded after that: whoever rebuilds facts rebuilds the tallies too.
    """
    db.execute(delete(Fact))
    counted = 0
    # Some at a time: PostgreSQL's driver would bring the whole ledger into memory.
    ledger = db.execute(_LEDGER, execution_options={"yield_per": _READ_AT_ONCE})
    for rows in ledger.mappings().partitions():
        for each in rows:
            about = {name: each[name] for name in _SAME}
            counted += _count(db, each["kind"], each["key"], about, each["payload"])
    return counted


_SAME = (
    "course_id", "version_id", "enrolment_id", "person_id", "placement_id", "language", "mode"
)  # fmt: skip
_SAID = ("day", "minutes", "days", "passed", "before", "after")
