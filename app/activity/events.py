"""Events: one append-only ledger of what happened, for audit, statistics and notices.

An event holds ids, codes, numbers and moments, never a name, an address or a free text, and no
foreign key: it lies below the slices it speaks of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index, String, Uuid, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Id, Json, Model, Moment, Ref, table_of
from app.foundation.prepared import Prepared


class Event(Model):
    """One thing that happened; triggers refuse to change or delete it."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_happened_at", "happened_at", "id"),
        Index("ix_events_kind_happened_at", "kind", "happened_at"),
        Index("ix_events_actor_id", "actor_id", "happened_at"),
        Index("ix_events_person_id", "person_id", "id"),
        Index("ix_events_enrolment_id", "enrolment_id"),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    actor_id: Mapped[Ref | None]
    person_id: Mapped[Ref | None]
    placement_id: Mapped[Ref | None]
    course_id: Mapped[Ref | None]
    version_id: Mapped[Ref | None]
    enrolment_id: Mapped[Ref | None]
    language: Mapped[str | None] = mapped_column(String(16))
    mode: Mapped[str | None] = mapped_column(String(16))
    payload: Mapped[Json]


@dataclass(frozen=True, kw_only=True)
class Happening:
    """The base of every event: who acted, about whom, in which course; `kind` names it.

    Fields a subclass adds go into the payload and must be ids, codes, numbers or moments.
    `mode` says how it was done: online, offline, paper or classroom.
    """

    kind: ClassVar[str]

    actor_id: int | None = None
    person_id: int | None = None
    placement_id: int | None = None
    course_id: int | None = None
    version_id: int | None = None
    enrolment_id: int | None = None
    language: str | None = None
    mode: str | None = None
    happened_at: datetime | None = None
    key: UUID = field(default_factory=uuid4)


_COLUMNS = frozenset(each.name for each in fields(Happening))
_INSERT = Prepared(insert(table_of(Event)).inline())
_payloads: dict[type[Happening], tuple[str, ...]] = {}
_reactions: dict[type[Happening], list[Callable[[Session, Any], None]]] = {}


def subscribe(happening: type[Happening], reaction: Callable[[Session, Any], None]) -> None:
    """Run the reaction in the same transaction whenever such an event is recorded; once only."""
    reactions = _reactions.setdefault(happening, [])
    if reaction not in reactions:
        reactions.append(reaction)


def record(db: Session, happening: Happening) -> None:
    """Write the event into the ledger and run what subscribed to it."""
    record_all(db, (happening,))


def record_all(db: Session, happenings: Sequence[Happening]) -> None:
    """Write events into the ledger in their order, then run what subscribed to each."""
    moment = clock.now()
    _INSERT.run_each(db, [_row(each, moment) for each in happenings])
    for each in happenings:
        for reaction in _reactions.get(type(each), ()):
            reaction(db, each)


def _row(happening: Happening, moment: datetime) -> dict[str, Any]:
    row = {name: getattr(happening, name) for name in _COLUMNS}
    row["happened_at"] = happening.happened_at or moment
    row |= {"kind": happening.kind, "recorded_at": moment}
    row["payload"] = {
        name: _plain(getattr(happening, name)) for name in _payload_of(type(happening))
    }
    return row


def _payload_of(happening: type[Happening]) -> tuple[str, ...]:
    """The names of what a kind of event adds, found once a process."""
    names = _payloads.get(happening)
    if names is None:
        names = tuple(each.name for each in fields(happening) if each.name not in _COLUMNS)
        _payloads[happening] = names
    return names


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
