"""Claims: where people say they work, confirmed or refused by who looks after that institution."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, literal, select, tuple_
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import MomentType
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.institutions import NAMED
from app.identity.placements import Placement, place
from app.identity.users import User
from app.queue.mails import mail_later

MOST_SHOWN = 200


class Claim(NamedTuple):
    """A claim as the page lists it: who, with which address, says to work where, since when."""

    id: int
    person_id: int
    subject: UUID
    name: str
    email: str
    institution_key: str
    institution: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class ClaimConfirmed(Happening):
    """An administrator confirmed that a person works at an institution."""

    kind: ClassVar[str] = "claim-confirmed"
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class ClaimRefused(Happening):
    """An administrator said that a person does not work at an institution; they stand nowhere."""

    kind: ClassVar[str] = "claim-refused"
    institution_id: int


class ClaimUnknown(NotFound):
    """Nobody of that name claims to work there, or it was decided already."""

    says = N_("There is no such claim, or it was decided already.")
    mend = N_("Look at the list of open claims again.")


_named = NAMED.order_by(None).subquery()


def is_claim(scope: Select[tuple[int]], seen_by: int | BindParameter[int]) -> ColumnElement[bool]:
    """Which placements are open claims on institutions of a scope; one's own is for a colleague."""
    return and_(
        Placement.institution_id.in_(scope), Placement.user_id != seen_by,
        Placement.ended_at.is_(None), Placement.confirmed_at.is_(None),
    )  # fmt: skip


def claims_in(
    db: Session, scope: Select[tuple[int]], seen_by: int,
    after: tuple[datetime, int] | None = None, most: int = MOST_SHOWN,
) -> list[Claim]:  # fmt: skip
    """The oldest open claims on institutions of the scope, but one's own; or so many behind one."""
    asked = (
        select(
            Placement.id,
            User.id,
            User.subject,
            User.name,
            User.email,
            _named.c.key,
            _named.c.name,
            Placement.valid_from,
        )
        .join_from(Placement, User, User.id == Placement.user_id)
        .join(_named, _named.c.id == Placement.institution_id)
        .where(is_claim(scope, seen_by))
        .order_by(Placement.valid_from, Placement.id)
        .limit(most)
    )
    if after is not None:
        since, own = after
        passed = tuple_(literal(since, MomentType()), literal(own))
        asked = asked.where(tuple_(Placement.valid_from, Placement.id) > passed)
    return [Claim(*row) for row in db.execute(asked)]


def confirm(db: Session, scope: Collection[int], by: int, subject: UUID, key: str) -> None:
    """Confirm a claim, also for what was done since it was made; raises ClaimUnknown."""
    claim, person, institution = _claim(db, scope, by, subject, key)
    claim.confirmed_at, claim.confirmed_by = clock.now(), by
    db.flush()
    record(
        db,
        ClaimConfirmed(
            actor_id=by,
            person_id=person.id,
            placement_id=claim.id,
            institution_id=claim.institution_id or 0,
        ),
    )
    _tell(db, person, "claim_confirmed", institution)


def refuse(db: Session, scope: Collection[int], by: int, subject: UUID, key: str) -> None:
    """Refuse a claim: the person stands at no institution from now on; raises ClaimUnknown."""
    claim, person, institution = _claim(db, scope, by, subject, key)
    record(
        db,
        ClaimRefused(
            actor_id=by,
            person_id=person.id,
            placement_id=claim.id,
            institution_id=claim.institution_id or 0,
        ),
    )
    place(
        db,
        person.id,
        None,
        grade=claim.grade,
        job_family=claim.job_family,
        gender=claim.gender,
        country=claim.country,
        place=claim.place,
        refused_by=by,
    )
    _tell(db, person, "claim_refused", institution)


def decide_many(
    db: Session, scope: Collection[int], by: int, claims: Iterable[str], verdict: str
) -> int:
    """Confirm or refuse each claim, given as "subject/institution"; returns how many.

    What was decided meanwhile, or never was a claim, is passed over.
    """
    decide, count = (confirm if verdict == "confirmed" else refuse), 0
    for each in dict.fromkeys(claims):
        subject, _, key = each.partition("/")
        try:
            decide(db, scope, by, UUID(subject), key)
        except (ClaimUnknown, ValueError):
            continue
        count += 1
    return count


def _claim(
    db: Session, scope: Collection[int], by: int, subject: UUID, key: str
) -> tuple[Placement, User, str]:
    row = db.execute(
        select(Placement, User, _named.c.name)
        .join_from(Placement, User, User.id == Placement.user_id)
        .join(_named, _named.c.id == Placement.institution_id)
        .where(User.subject == subject, _named.c.key == key, User.id != by)
        .where(Placement.ended_at.is_(None), Placement.confirmed_at.is_(None))
        .with_for_update(of=Placement)
    ).one_or_none()
    if row is None or row[0].institution_id not in scope:
        raise ClaimUnknown
    claim, person, name = row
    return claim, person, name


def _tell(db: Session, person: User, letter: str, institution: str) -> None:
    if person.email is not None:
        mail_later(
            db,
            letter,
            to=person.email,
            language=person.language,
            name=person.name,
            institution=institution,
        )
