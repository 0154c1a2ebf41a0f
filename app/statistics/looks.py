"""Looks: every look at names and every export is itself an event."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.statistics.completions import Asked


@dataclass(frozen=True, kw_only=True)
class _Look(Happening):
    """What was asked for: days in ISO 8601, course and institution by key, the measure.

    `institution` means itself, in the view of `view`, and `under` with all that counts in its tree.
    """

    since: str
    until: str
    course: str
    institution: str
    under: str
    view: str
    measure: str


@dataclass(frozen=True, kw_only=True)
class ListSeen(_Look):
    """Someone looked at a page of the list of names."""

    kind: ClassVar[str] = "list-seen"


@dataclass(frozen=True, kw_only=True)
class ListExported(_Look):
    """Someone took the list of names as a file."""

    kind: ClassVar[str] = "list-exported"


@dataclass(frozen=True, kw_only=True)
class ListAsked(_Look):
    """Someone asked for the list of names as a file that the worker makes."""

    kind: ClassVar[str] = "list-asked"


@dataclass(frozen=True, kw_only=True)
class CountsExported(_Look):
    """Someone took the counts as a file."""

    kind: ClassVar[str] = "counts-exported"


def note_look(
    db: Session, look: type[_Look], actor_id: int, asked: Asked, measure: str = ""
) -> None:
    """Leave the trace that a look owes to the people it is about."""
    record(
        db,
        look(
            actor_id=actor_id,
            since=asked.since.isoformat(),
            until=asked.until.isoformat(),
            course=asked.course,
            institution=asked.institution,
            under=asked.under,
            view=asked.view,
            measure=measure,
        ),
    )
