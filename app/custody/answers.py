"""Answers: a request granted, refused or given more time; an erasure only after a second look.

An erasure cannot be taken back. So it waits for the end of roles that are not the answerer's to
give, and whoever entered it in another's name grants it a week later, or leaves it to a colleague.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.events import Event, Happening, record
from app.custody.data_requests import (
    ERASURE,
    GRANTED,
    MONTHS,
    MONTHS_MORE,
    DataRequest,
    DataRequested,
    OwnRequest,
    tell,
)
from app.custody.periods import months_after
from app.foundation import clock
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.erasures import erase
from app.identity.grants import foreign_roles
from app.identity.role_names import roles_in_words
from app.identity.users import User

TO_OBJECT = timedelta(days=7)  # for a person in whose name an erasure was entered


class Hurdles(NamedTuple):
    """What keeps somebody from granting an erasure: roles that are not theirs to give, or the time."""

    roles: list[str]
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class DataRequestExtended(Happening):
    """A request takes longer, for a reason that the person was told."""

    kind: ClassVar[str] = "data-request-extended"

    request_id: int
    due: str


@dataclass(frozen=True, kw_only=True)
class DataRequestClosed(Happening):
    """A request was granted or refused, and the person told."""

    kind: ClassVar[str] = "data-request-closed"

    request_id: int
    what: str
    granted: bool


class RequestOver(Refusal):
    """Somebody granted or refused it before."""

    says = N_("This request is closed already.")
    mend = N_("Open the list again to see what was answered.")


class ExtendedBefore(Refusal):
    """Longer than the two further months, the law does not allow."""

    says = N_("The time of this request was extended already.")
    mend = N_("Answer it by the day that was told to the person.")


class RolesStand(Refusal):
    """An erasure would end roles that whoever grants it may neither give nor take back."""

    says = N_("The person holds a role that you may not give: %(roles)s.")
    mend = N_("Have that role ended first, by somebody who may give it. Then grant the erasure.")


class EnteredByYou(Refusal):
    """Nobody erases somebody else alone and at once."""

    says = N_("You entered this erasure yourself, so you may grant it from %(from_then)s on.")
    mend = N_("Another administrator may grant it at once, and anybody may refuse it.")


def extend(db: Session, by: int, request_id: int, reason: str) -> None:
    """Allow two further months, and tell the person why; raises RequestOver, ExtendedBefore and OwnRequest."""
    request = _open(db, by, request_id)
    if request.extension:
        raise ExtendedBefore
    request.extension = reason
    request.due_on = months_after(request.came_on, MONTHS + MONTHS_MORE)
    db.flush()
    due = request.due_on.isoformat()
    record(
        db,
        DataRequestExtended(
            actor_id=by, person_id=request.person_id, request_id=request.id, due=due
        ),
    )
    tell(db, db.get_one(User, request.person_id), "data_request_extended", request)


def close(db: Session, by: int, request_id: int, outcome: str, answer: str) -> None:
    """Grant or refuse it and tell the person; an erasure that is granted is carried out.

    Raises RequestOver and OwnRequest; and RolesStand and EnteredByYou for an erasure.
    """
    request = _open(db, by, request_id)
    person = db.get_one(User, request.person_id)
    is_erased = request.kind == ERASURE and outcome == GRANTED and person.erased_at is None
    if is_erased:
        _check(hurdles(db, by, request))
    request.outcome, request.answer = outcome, answer
    request.closed_at, request.closed_by = clock.now(), by
    db.flush()
    record(
        db,
        DataRequestClosed(
            actor_id=by,
            person_id=person.id,
            request_id=request.id,
            what=request.kind,
            granted=outcome == GRANTED,
        ),
    )
    tell(db, person, "data_request_closed", request)
    if is_erased:
        erase(db, person, by)


def hurdles(db: Session, by: int, request: DataRequest) -> Hurdles:
    """What keeps `by` from granting this erasure now."""
    until = _entered_at(db, request) + TO_OBJECT if request.entered_by == by else None
    is_over = until is not None and until <= clock.now()
    return Hurdles(foreign_roles(db, by, request.person_id), None if is_over else until)


def hurdles_before(db: Session, by: int, request_id: int) -> Hurdles | None:
    """The same for the page of a request; none where it is no erasure that waits for an answer."""
    request = db.get_one(DataRequest, request_id)
    is_open = request.kind == ERASURE and request.closed_at is None
    return hurdles(db, by, request) if is_open else None


def _check(standing: Hurdles) -> None:
    if standing.roles:
        raise RolesStand(roles=roles_in_words(standing.roles))
    if standing.until is not None:
        raise EnteredByYou(from_then=standing.until)


def _entered_at(db: Session, request: DataRequest) -> datetime:
    """When it was typed in, by the ledger; the day it came is what whoever typed it wrote."""
    asked = (
        select(Event.happened_at)
        .where(Event.person_id == request.person_id, Event.kind == DataRequested.kind)
        .where(Event.payload["request_id"].as_integer() == request.id)
    )
    return db.scalar(asked) or clock.now()


def _open(db: Session, by: int, request_id: int) -> DataRequest:
    request = db.scalars(
        select(DataRequest).where(DataRequest.id == request_id).with_for_update()
    ).one()
    if request.person_id == by:
        raise OwnRequest
    if request.closed_at is not None:
        raise RequestOver
    return request
