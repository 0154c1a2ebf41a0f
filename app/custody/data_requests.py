"""Data requests: what a person asks of whoever keeps their data, and the day it is owed by.

The kinds are the rights of articles 15 to 21 of the General Data Protection Regulation, which the
data protection laws of most countries know by the same names; the periods are those of its
article 12(3): a month, and two more where that is told within the first, with its reasons.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Date, ForeignKey, Index, String, Text, Uuid, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.custody.guardians import guardians_of
from app.custody.periods import months_after
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.identity.erasures import erase
from app.identity.placements import standing_placement
from app.identity.users import User
from app.queue.mails import mail_later

ACCESS, RECTIFICATION, ERASURE = "access", "rectification", "erasure"
RESTRICTION, OBJECTION = "restriction", "objection"
KINDS = (ACCESS, RECTIFICATION, ERASURE, RESTRICTION, OBJECTION)
MONTHS, MONTHS_MORE = 1, 2
A_WEEK = timedelta(days=7)
GRANTED, REFUSED = "granted", "refused"
LONGEST = 2_000  # signs


class DataRequest(Model):
    """One request, until it is granted or refused; a person has one of a kind open at a time.

    `institution_id` is where the person stood when it came in; without one it is for those who look
    after the whole platform. `entered_by` typed it in, for a person who wrote on paper.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        Index(
            "uq_data_requests_open",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_data_requests_institution_id", "institution_id", "closed_at"),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    came_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    extension: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[Moment | None]
    closed_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, kw_only=True)
class DataRequested(Happening):
    """A person asked about the data kept of them; the words stand in the request alone."""

    kind: ClassVar[str] = "data-requested"

    request_id: int
    what: str
    due: str


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


class RequestStands(Refusal):
    """The person asked for the same before, and no answer has been given yet."""

    says = N_("You asked for this already, and the answer is still to come.")
    mend = N_("It is owed by %(due)s. Write to the institution if something has changed.")


class RequestUnknown(NotFound):
    """No such request of a person this administrator looks after."""

    says = N_("There is no such request from a person of your institutions.")


class RequestOver(Refusal):
    """Somebody granted or refused it before."""

    says = N_("This request is closed already.")
    mend = N_("Open the list again to see what was answered.")


class ExtendedBefore(Refusal):
    """Longer than the two further months, the law does not allow."""

    says = N_("The time of this request was extended already.")
    mend = N_("Answer it by the day that was told to the person.")


class PersonUnknown(NotFound):
    """Nobody of the administrator's institutions has this address."""

    says = N_("Nobody of your institutions has the address %(email)s.")
    mend = N_("Look the address up among the people of your institutions, then enter it again.")


class OwnRequest(Refusal):
    """Nobody decides what they ask for themselves."""

    says = N_("This request is your own.")
    mend = N_("Ask another administrator to decide it.")


def ask(
    db: Session,
    person: User,
    kind: str,
    words: str,
    *,
    came_on: date | None = None,
    entered_by: int | None = None,
) -> DataRequest:
    """Put a request into the queue, due a month after it came; raises RequestStands.

    The person and those who have to answer are told by mail.
    """
    open_one = db.scalars(
        select(DataRequest)
        .where(DataRequest.person_id == person.id, DataRequest.kind == kind)
        .where(DataRequest.closed_at.is_(None))
    ).one_or_none()
    if open_one is not None:
        raise RequestStands(due=open_one.due_on)
    standing = standing_placement(db, person.id)
    came_on = came_on or clock.now().date()
    request = DataRequest(
        key=uuid4(),
        person_id=person.id,
        institution_id=standing.institution_id if standing else None,
        kind=kind,
        words=words,
        entered_by=entered_by,
        came_on=came_on,
        due_on=months_after(came_on, MONTHS),
        extension="",
        answer="",
    )
    db.add(request)
    db.flush()
    due = request.due_on.isoformat()
    record(
        db,
        DataRequested(
            actor_id=entered_by or person.id,
            person_id=person.id,
            request_id=request.id,
            what=kind,
            due=due,
        ),
    )
    _tell(db, person, "data_request", request)
    for each in guardians_of(db, request.institution_id):
        if each.id != person.id:
            mail_later(
                db, "data_request_came", to=each.email or "", language=each.language,
                name=each.name, what=kind, due=due, key=str(request.key),
            )  # fmt: skip
    return request


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
    _tell(db, db.get_one(User, request.person_id), "data_request_extended", request)


def close(db: Session, by: int, request_id: int, outcome: str, answer: str) -> None:
    """Grant or refuse it and tell the person; an erasure that is granted is carried out.

    Raises RequestOver and OwnRequest.
    """
    request = _open(db, by, request_id)
    request.outcome, request.answer = outcome, answer
    request.closed_at, request.closed_by = clock.now(), by
    db.flush()
    person = db.get_one(User, request.person_id)
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
    _tell(db, person, "data_request_closed", request)
    if request.kind == ERASURE and outcome == GRANTED and person.erased_at is None:
        erase(db, person, by)


def recall_due(db: Session, today: date) -> None:
    """Write once to those who answer for it when a request is due in a week, and once when late."""
    waiting = select(DataRequest).where(
        DataRequest.closed_at.is_(None), DataRequest.due_on <= today + A_WEEK
    )
    for request in db.scalars(waiting):
        is_late = request.due_on < today
        for each in guardians_of(db, request.institution_id):
            mail_later(
                db, "data_request_due", to=each.email or "", language=each.language,
                unique_key=f"data-request:{request.id}:{request.due_on}:{is_late}:{each.id}",
                name=each.name, what=request.kind, due=request.due_on.isoformat(),
                late=is_late, key=str(request.key),
            )  # fmt: skip


def forget_requests(db: Session, person_id: int) -> None:
    """Empty the words of an erased person's requests, and close what is open as granted."""
    theirs = select(DataRequest).where(DataRequest.person_id == person_id)
    for request in db.scalars(theirs):
        request.words = request.answer = ""
        request.extension = request.extension and "…"
        if request.closed_at is None:
            request.closed_at, request.outcome = clock.now(), GRANTED


def _open(db: Session, by: int, request_id: int) -> DataRequest:
    request = db.scalars(
        select(DataRequest).where(DataRequest.id == request_id).with_for_update()
    ).one()
    if request.person_id == by:
        raise OwnRequest
    if request.closed_at is not None:
        raise RequestOver
    return request


def _tell(db: Session, person: User, letter: str, request: DataRequest) -> None:
    if person.email is None:
        return
    mail_later(
        db,
        letter,
        to=person.email,
        language=person.language,
        name=person.name,
        what=request.kind,
        due=request.due_on.isoformat(),
        reason=request.extension,
        granted=request.outcome == GRANTED,
        answer=request.answer,
    )
