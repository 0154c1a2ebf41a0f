"""Looks: who opens what is required of a person leaves a trace, and so does a file of names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.identity.looks import note_look

DUTY = "duty"


@dataclass(frozen=True, kw_only=True)
class OverdueExported(Happening):
    """Someone took the names of who is overdue as a file: of a requirement, or of all, which is 0."""

    kind: ClassVar[str] = "overdue-exported"

    requirement_id: int


def note_seen(db: Session, actor_id: int, people: Iterable[int]) -> None:
    """Leave the trace that a look owes to each person whose duty it showed."""
    note_look(db, actor_id, people, DUTY)


def note_exported(db: Session, actor_id: int, requirement_id: int) -> None:
    """Leave the trace of a file of names; whoever was overdue then finds it in their account."""
    record(db, OverdueExported(actor_id=actor_id, requirement_id=requirement_id))
