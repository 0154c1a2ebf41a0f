"""Duties as the API gives and takes them: who is overdue, what people ask, exemptions and more time."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import literal, select, tuple_

from app.catalogue.courses import Course
from app.duties.duties import Duty
from app.duties.listings import late_people, overdue
from app.duties.looks import note_seen
from app.duties.petitions import (
    LONGEST,
    Petition,
    PetitionUnknown,
    Plea,
    ask,
    decide,
    open_petitions,
)
from app.duties.reckonings import FOR_GOOD
from app.duties.requirements import Requirement, today_at
from app.duties.standing import duty_of
from app.foundation import clock
from app.foundation.database import MomentType
from app.i18n.marking import N_
from app.identity.users import User
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.cursors import DAY, key_in, moment, number
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.api.requirements import own_requirement
from app.interop.scopes import DUTIES_READ, DUTIES_WRITE
from app.statistics.scopes import NAMES

What = Literal["exemption", "extension"]


class Overdue(BaseModel):
    """Somebody who is overdue, where they worked and as what when it fell due."""

    person: UUID
    name: str
    institution: str
    grade: str
    requirement: UUID
    course: str
    due: date
    round: int


class OverdueList(BaseModel):
    """A page of who is overdue, the longest first."""

    overdue: list[Overdue]


class Request(BaseModel):
    """What somebody asks about a required course, and why; without a day it is for good."""

    id: UUID
    person: UUID
    name: str
    requirement: UUID
    course: str
    what: str
    until: date | None
    reason: str
    asked: datetime
    due: date


class RequestList(BaseModel):
    """A page of the requests that wait, oldest first."""

    requests: list[Request]


class Decision(Sent):
    """Whether a request is granted, with a word to the person."""

    verdict: Literal["granted", "refused"]
    answer: Annotated[str, Field(max_length=LONGEST)] = ""


class NewGrant(Sent):
    """An exemption, for good where no day is told, or more time until a day; and why."""

    person: UUID
    what: What
    until: date | None = None
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class PersonDuty(BaseModel):
    """A person's duty as it stands: by when, and until when they are exempt, if they are."""

    person: UUID
    requirement: UUID
    round: int
    due: date
    done: date | None
    exempt: bool
    exempt_until: date | None


_courses = Course.__table__.c


@operation(
    "GET", "/overdue", DUTIES_READ, N_("List who is overdue"), answer=OverdueList, query=Paging
)
def list_overdue(call: Call) -> Told:
    """Who is overdue in the tree; each of them can see that a program read it."""
    asked: Paging = call.query
    after: Any = key_in(asked.cursor, (DAY, number))
    rows = late_people(
        call.db, overdue(call.scope(NAMES), clock.now().date()), after, asked.limit + 1
    )
    shown, cursor = page_of(call, rows, lambda each: (each.due_on, each.id))
    note_seen(call.db, call.by, [each.person_id for each in shown])
    told = [
        Overdue(
            person=each.subject, name=each.person, institution=each.institution,
            grade=each.grade, requirement=each.key, course=each.course, due=each.due_on,
            round=each.round,
        )
        for each in shown
    ]  # fmt: skip
    return Told(OverdueList(overdue=told), next_cursor=cursor)


@operation(
    "GET", "/requests", DUTIES_READ, N_("List requests about required courses"),
    answer=RequestList, query=Paging,
)  # fmt: skip
def list_requests(call: Call) -> Told:
    """What people ask of institutions of the tree; the maker's own is for a colleague."""
    statement, after = _open(call), key_in(call.query.cursor, (moment, number))
    if after is not None:
        passed = tuple_(literal(after[0], MomentType()), literal(after[1]))
        statement = statement.where(tuple_(Petition.asked_at, Petition.id) > passed)
    rows = call.db.execute(statement.limit(call.query.limit + 1)).all()
    shown, cursor = page_of(call, list(rows), lambda row: (row.Petition.asked_at, row.Petition.id))
    note_seen(call.db, call.by, [person.id for _p, _d, _r, person in shown])
    told = RequestList(requests=[_request(call, *row) for row in shown])
    return Told(told, next_cursor=cursor)


@operation(
    "POST", "/requests/{request}/decision", DUTIES_WRITE, N_("Grant or refuse a request"),
    answer=PersonDuty, body=Decision,
)  # fmt: skip
def decide_request(call: Call) -> Told:
    """What is granted holds at once, and the person is told by mail."""
    told: Decision = call.body
    try:
        asked = _open(call).where(Petition.key == UUID(call.part("request")))
    except ValueError:
        raise PetitionUnknown from None
    row = call.db.execute(asked).one_or_none()
    if row is None:
        raise PetitionUnknown
    petition, duty, requirement, person = row
    is_granted = told.verdict == "granted"
    decide(call.db, petition, call.by, is_granted=is_granted, answer=told.answer)
    return Told(_duty(duty, requirement, person))


@operation(
    "POST", "/requirements/{requirement}/grants", DUTIES_WRITE,
    N_("Exempt a person or give more time"), answer=PersonDuty, status=201, body=NewGrant,
    refuses=(409,),
)  # fmt: skip
def create_grant(call: Call) -> Told:
    """Exempt a person of the tree or give them more time, without their asking; nobody their own."""
    told: NewGrant = call.body
    requirement, person = own_requirement(call), call.person(told.person)
    if person.id == call.by:
        raise PetitionUnknown
    duty = duty_of(call.db, requirement.id, person.id)
    today = today_at(call.db, requirement.institution_id)
    asked = ask(call.db, duty, call.by, Plea(told.what, told.until, told.reason), today)
    decide(call.db, asked, call.by, is_granted=True, answer="")
    return Told(_duty(duty, requirement, person), 201)


def _open(call: Call) -> Any:
    within = call.within
    return open_petitions().where(Requirement.institution_id.in_(within), User.id != call.by)


def _request(
    call: Call, petition: Petition, duty: Duty, requirement: Requirement, person: User
) -> Request:
    course = call.db.scalar(select(_courses.slug).where(_courses.id == requirement.course_id))
    return Request(
        id=petition.key, person=person.subject, name=person.name, requirement=requirement.key,
        course=course or "", what=petition.kind, until=petition.until, reason=petition.reason,
        asked=petition.asked_at, due=duty.due_on,
    )  # fmt: skip


def _duty(duty: Duty, requirement: Requirement, person: User) -> PersonDuty:
    until = duty.exempt_until
    return PersonDuty(
        person=person.subject, requirement=requirement.key, round=duty.round, due=duty.due_on,
        done=duty.done_on, exempt=until is not None,
        exempt_until=None if until == FOR_GOOD else until,
    )  # fmt: skip
