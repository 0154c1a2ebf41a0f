"""Lines: events as a page of the ledger shows them, with as many names as the reader may see."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auditing.ledgers import Entry
from app.auditing.sayings import SAYINGS
from app.catalogue.courses import Course
from app.identity.institutions import NAMED
from app.identity.placements import Placement
from app.identity.users import User
from app.statistics.scopes import NAMES, Scope, scope_of


class Somebody(NamedTuple):
    """A person in the ledger; `name` is empty for who may not see it, and once they are erased."""

    subject: UUID
    name: str


class Line(NamedTuple):
    """One event of the ledger, explained."""

    key: UUID
    kind: str
    says: str
    happened_at: datetime
    actor: Somebody | None
    person: Somebody | None
    institution: str
    course: str
    details: tuple[tuple[str, str], ...]


_named = NAMED.order_by(None).subquery()


def lines_of(
    db: Session, reader_id: int, found: Sequence[Entry], gettext: Callable[[str], str]
) -> list[Line]:
    """The events as lines, in their order and the reader's words."""
    people = _people(
        db, reader_id, {each for row in found for each in (row.actor_id, row.person_id)}
    )
    placed = _institutions_of_placements(db, {row.placement_id for row in found})
    institutions = _names(db, {*placed.values(), *(_told(row) for row in found)})
    courses = _courses(db, {row.course_id for row in found})
    return [
        Line(
            row.key,
            row.kind,
            gettext(SAYINGS.get(row.kind, row.kind)),
            row.happened_at,
            people.get(row.actor_id or 0),
            people.get(row.person_id or 0),
            institutions.get(_told(row) or placed.get(row.placement_id or 0, 0), ""),
            courses.get(row.course_id or 0, ""),
            _details(row),
        )
        for row in found
    ]


def _details(row: Entry) -> tuple[tuple[str, str], ...]:
    """The codes and numbers of an event, without what are keys of rows of ours."""
    codes = {"language": row.language, "mode": row.mode} | row.payload
    return tuple(
        (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in codes.items()
        if value not in (None, "", []) and not name.endswith("_id")
    )


def _told(row: Entry) -> int | None:
    told: int | None = row.payload.get("institution_id")
    return told


def _people(db: Session, reader_id: int, ids: Iterable[int | None]) -> dict[int, Somebody]:
    wanted = {each for each in ids if each is not None}
    asked = select(User.id, User.subject, User.name).where(User.id.in_(wanted))
    rows: list[Any] = list(db.execute(asked)) if wanted else []
    scope = scope_of(db, reader_id, NAMES)
    seen = _nameable(db, scope, wanted) if rows and not scope.is_empty else set()
    return {each: Somebody(subject, name if each in seen else "") for each, subject, name in rows}


def _nameable(db: Session, scope: Scope, ids: set[int]) -> set[int]:
    """Those of the people whose names a registrar of the scope may see."""
    if scope.is_everywhere:
        return ids
    within = select(scope.institutions().c.id)
    asked = select(Placement.user_id).where(
        Placement.user_id.in_(ids), Placement.ended_at.is_(None)
    )
    return set(db.scalars(asked.where(Placement.institution_id.in_(within))))


def _institutions_of_placements(db: Session, ids: set[int | None]) -> dict[int, int]:
    asked = select(Placement.id, Placement.institution_id).where(Placement.id.in_(ids - {None}))
    return {row[0]: row[1] for row in db.execute(asked) if row[1] is not None}


def _names(db: Session, ids: set[int | None]) -> dict[int, str]:
    asked = select(_named.c.id, _named.c.name).where(_named.c.id.in_(ids - {None}))
    return {row[0]: row[1] for row in db.execute(asked)}


def _courses(db: Session, ids: set[int | None]) -> dict[int, str]:
    asked = select(Course.id, Course.slug).where(Course.id.in_(ids - {None}))
    return {row[0]: row[1] for row in db.execute(asked)}
