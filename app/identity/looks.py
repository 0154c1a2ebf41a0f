"""Looks: whoever opens what a person said or asked leaves a trace, which the person can see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.events import Event, Happening, record_all
from app.foundation import clock

CLAIM, DATA_REQUEST, ACCOUNT = "claim", "data-request", "account"
ONCE_IN = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class RecordSeen(Happening):
    """Somebody opened something of one person that is not a list."""

    kind: ClassVar[str] = "record-seen"

    what: str


def note_look(db: Session, actor_id: int, people: Iterable[int], what: str) -> None:
    """Leave the trace of a look at each of these people; a look at oneself leaves none.

    Looking again within half a day is the same look.
    """
    noted = select(Event.person_id, Event.payload).where(
        Event.kind == RecordSeen.kind,
        Event.happened_at > clock.now() - ONCE_IN,
        Event.actor_id == actor_id,
    )
    known = {(person_id, payload["what"]) for person_id, payload in db.execute(noted)}
    seen = (each for each in people if each != actor_id and (each, what) not in known)
    record_all(db, [RecordSeen(actor_id=actor_id, person_id=each, what=what) for each in seen])
