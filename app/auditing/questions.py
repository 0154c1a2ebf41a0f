"""Questions: what the address of the ledger asks for, read leniently and said back."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.auditing.sayings import SAYINGS
from app.identity.users import User


class Question(NamedTuple):
    """A question as the form shows it: days in ISO 8601, people by their public identifier."""

    kind: str = ""
    since: str = ""
    until: str = ""
    actor: str = ""
    person: str = ""
    after: str = ""

    def query(self, **changes: object) -> str:
        """The question as a query string, from the first page, with some of it changed."""
        values = self._asdict() | {"after": ""} | changes
        told = {name: value for name, value in values.items() if value}
        return "?" + urlencode(told) if told else ""


class Asked(NamedTuple):
    """The question for the ledger: from a moment, up to but not with another; people by id.

    `place` is the event after which the page begins. Nobody is meant by the id 0.
    """

    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    actor_id: int | None = None
    person_id: int | None = None
    place: tuple[datetime, int] | None = None


def question_of(values: dict[str, str]) -> Question:
    """Read a question; what is no day, kind or identifier asks for nothing."""
    kind = values.get("kind", "")
    since, until = values.get("since", ""), values.get("until", "")
    return Question(
        kind=kind if kind in SAYINGS else "",
        since=since if _day(since) else "",
        until=until if _day(until) else "",
        actor=values.get("actor", "").strip()[:40],
        person=values.get("person", "").strip()[:40],
        after=values.get("after", "")[:40],
    )


def asked_by(db: Session, question: Question) -> Asked:
    """The question in terms of the ledger."""
    first, last = _day(question.since), _day(question.until)
    return Asked(
        question.kind,
        _begin(first) if first else None,
        _begin(last + timedelta(days=1)) if last else None,
        _person(db, question.actor),
        _person(db, question.person),
        _place(db, question.after),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9998 else None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _person(db: Session, text: str) -> int | None:
    if not text:
        return None
    subject = _uuid(text)
    return (db.scalar(select(User.id).where(User.subject == subject)) if subject else None) or 0


def _place(db: Session, text: str) -> tuple[datetime, int] | None:
    key = _uuid(text)
    asked = select(Event.happened_at, Event.id).where(Event.key == key)
    row = db.execute(asked).one_or_none() if key else None
    return (row[0], row[1]) if row else None
