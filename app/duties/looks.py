"""Looks: every look at the names of who is overdue, and every file of them, is itself an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.duties.listings import Late


@dataclass(frozen=True, kw_only=True)
class _OverdueLook(Happening):
    """The requirement asked for, 0 for all, and the due days (ISO 8601) of the first and last."""

    requirement_id: int
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class OverdueSeen(_OverdueLook):
    """Someone looked at names of people who are overdue."""

    kind: ClassVar[str] = "overdue-seen"


@dataclass(frozen=True, kw_only=True)
class OverdueExported(_OverdueLook):
    """Someone took the names of people who are overdue as a file; all days are in it."""

    kind: ClassVar[str] = "overdue-exported"


def note_seen(db: Session, actor_id: int, requirement_id: int, rows: Sequence[Late]) -> None:
    """Leave the trace that a look owes to the people it showed; an empty page owes none."""
    if not rows:
        return
    since, until = rows[0].due_on.isoformat(), rows[-1].due_on.isoformat()
    told = OverdueSeen(actor_id=actor_id, requirement_id=requirement_id, since=since, until=until)
    record(db, told)


def note_exported(db: Session, actor_id: int, requirement_id: int) -> None:
    """Leave the trace of a file of names."""
    whole = {"since": "0001-01-01", "until": "9999-12-31"}
    told = OverdueExported(
        actor_id=actor_id,
        requirement_id=requirement_id,
        since=whole["since"],
        until=whole["until"],
    )
    record(db, told)
