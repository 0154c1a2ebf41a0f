"""Data requests: what a person asks of whoever keeps their data, and the day it is owed by.

The kinds are the rights of articles 15 to 21 of the General Data Protection Regulation, which the
data protection laws of most countries know by the same names; the periods are those of its
article 12(3): a month, and two more where that is told within the first, with its reasons.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Date, ForeignKey, Index, String, Text, Uuid, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.custody.guardians import guardians_of, seat_of, wards_of
from app.custody.periods import months_after
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.institutions import name_of_institution
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
        index_where(
            "uq_data_requests_open", "closed_at IS NULL", "person_id", "kind", is_unique=True
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


class RequestStands(Refusal):
    """The person asked for the same before, and no answer has been given yet."""

    says = N_("You asked for this already, and the answer is still to come.")
    mend = N_("It is owed by %(due)s. Write to the institution if something has changed.")


class RequestUnknown(NotFound):
    """No such request of a person this administrator looks after."""

    says = N_("There is no such request from a person of your institutions.")


class PersonUnknown(NotFound):
    """Nobody of the administrator's institutions has this address."""

    says = N_("Nobody of your institutions has the address %(email)s.")
    mend = N_("Look the address up among the people of your institutions, then enter it again.")


class OwnRequest(Refusal):
    """Nobody decides what they ask for themselves."""

    says = N_("This request is your own.")
    mend = N_("Ask another administrator to decide it.")


class ClaimUnconfirmed(Refusal):
    """The person only says that they work there, so nobody there enters their erasure for them."""

    says = N_("Nobody has confirmed yet that this person works at your institutions.")
    mend = N_("Confirm it first, if it is so. Everybody can delete their account themselves.")


_once = Once(DataRequest)
_DUE = select(DataRequest.due_on).where(
    DataRequest.person_id == bindparam("person_id"),
    DataRequest.kind == bindparam("kind"),
    DataRequest.closed_at.is_(None),
)


def ask(
    db: Session,
    person: User,
    kind: str,
    words: str,
    *,
    came_on: date | None = None,
    entered_by: int | None = None,
) -> DataRequest:
    """Put a request into the queue, due a month after it came.

    The person and those who have to answer are told by mail. Raises RequestStands; and
    ClaimUnconfirmed where somebody enters an erasure of who only claims to work with them.
    """
    is_foreign = kind == ERASURE and entered_by is not None
    institution_id = _institution_asked(db, person.id, is_claim_enough=not is_foreign)
    if entered_by is not None and is_foreign and institution_id not in wards_of(db, entered_by):
        raise ClaimUnconfirmed
    came_on = came_on or clock.now().date()
    values = {
        "key": uuid4(),
        "person_id": person.id,
        "institution_id": institution_id,
        "kind": kind,
        "words": words,
        "entered_by": entered_by,
        "came_on": came_on,
        "due_on": months_after(came_on, MONTHS),
        "extension": "",
        "answer": "",
    }
    request_id = _once.add_named(db, values)
    if request_id is None:
        raise RequestStands(due=db.scalar(_DUE, {"person_id": person.id, "kind": kind}))
    request = db.get_one(DataRequest, request_id)
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
    if entered_by is not None and is_foreign:
        _warn(db, person, request, entered_by)
    else:
        tell(db, person, "data_request", request)
    for each in guardians_of(db, request.institution_id):
        if each.id != person.id:
            mail_later(
                db, "data_request_came", to=each.email or "", language=each.language,
                name=each.name, what=kind, due=due, key=str(request.key),
            )  # fmt: skip
    return request


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


def _institution_asked(db: Session, person_id: int, *, is_claim_enough: bool) -> int | None:
    """Where the person stands; none where nobody has confirmed it and their word is not enough."""
    standing = standing_placement(db, person_id)
    if standing is None or (standing.confirmed_at is None and not is_claim_enough):
        return None
    return standing.institution_id


def _warn(db: Session, person: User, request: DataRequest, entered_by: int) -> None:
    """Write to the person who says that they asked to be erased, and whom to tell if they did not."""
    seat = seat_of(db, entered_by, request.institution_id)
    if person.email is not None:
        mail_later(
            db, "data_request_entered", to=person.email, language=person.language,
            name=person.name, due=request.due_on.isoformat(),
            institution=name_of_institution(db, seat) if seat is not None else "",
        )  # fmt: skip


def tell(db: Session, person: User, letter: str, request: DataRequest) -> None:
    """Write to the person how the request stands, if they have a mailbox."""
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
