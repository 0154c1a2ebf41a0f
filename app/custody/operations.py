"""Operations of custody, as the API gives and takes them: what people ask about their data, and how long is kept."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from app.custody import answers, data_requests
from app.custody.data_requests import LONGEST, ClaimUnconfirmed, OwnRequest
from app.custody.listings import Kept, request_in, requests_after
from app.custody.retentions import KEEP, LEAST, MOST, TOO_SHORT, rules_in, set_rule
from app.foundation import clock
from app.i18n.marking import N_
from app.identity.looks import DATA_REQUEST, note_look
from app.identity.users import User
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import DAY, SUBJECT, key_in
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.api.refusals import Faulty, RequestFaulty
from app.interop.api.units import Key
from app.interop.scopes import DATA_READ, DATA_WRITE
from app.queue.jobs import run_of

Kind = Literal["access", "rectification", "erasure", "restriction", "objection"]
RecordClass = Literal["holder-names", "idle-accounts"]


class RequestAboutData(BaseModel):
    """What somebody asks about their data, the day an answer is owed by, and what was answered."""

    id: UUID
    person: UUID
    name: str
    kind: str
    words: str
    came: date
    due: date
    extension: str
    outcome: str | None
    answer: str
    closed: datetime | None


class RequestAboutDataList(BaseModel):
    """A page of requests, by the day they are due."""

    requests: list[RequestAboutData]


class RequestsAsked(Paging):
    """Which requests: those that wait for an answer, or those that have one."""

    state: Annotated[Literal["open", "closed"], Field(description="Answered or not.")] = "open"


class NewRequestAboutData(Sent):
    """A request that came on paper or by word of mouth, from whom and when."""

    person: UUID
    kind: Kind
    words: Annotated[str, Field(max_length=LONGEST)] = ""
    came: date | None = None


class Extension(Sent):
    """Why a request takes two months more; the person reads it."""

    reason: Annotated[str, Field(min_length=10, max_length=LONGEST)]


class Closing(Sent):
    """Whether a request is granted, and what the person is told; an erasure granted is done."""

    outcome: Literal["granted", "refused"]
    answer: Annotated[str, Field(min_length=10, max_length=LONGEST)]


class RetentionRule(BaseModel):
    """How many months an institution keeps a class of record, on which ground."""

    institution: str
    record_class: str
    months: int
    ground: str
    since: datetime


class RetentionSchedule(BaseModel):
    """The rules of the tree; when they were last carried out, and what keeps them from it."""

    rules: list[RetentionRule]
    carried_out: datetime | None
    is_due: bool
    fault: str | None


class NewRetentionRule(Sent):
    """A rule in the place of the one that stands; no months only end that."""

    institution: Key
    record_class: RecordClass
    months: Annotated[int, Field(ge=0, le=MOST)]
    ground: Annotated[str, Field(max_length=500)] = ""


@operation(
    "GET", "/data-requests", DATA_READ, N_("List what people ask about their data"),
    answer=RequestAboutDataList, query=RequestsAsked,
)  # fmt: skip
def list_data_requests(call: Call) -> Told:
    """The requests of the tree's people; each of them can see that a program read it."""
    asked: RequestsAsked = call.query
    after: Any = key_in(asked.cursor, (DAY, SUBJECT))
    rows = requests_after(
        call.db, call.within, is_open=asked.state == "open", after=after, most=asked.limit + 1
    )
    shown, cursor = page_of(call, rows, lambda each: (each.due_on, each.key))
    note_look(call.db, call.by, [each.person_id for each in shown], DATA_REQUEST)
    told = [_told(call, each) for each in shown]
    return Told(RequestAboutDataList(requests=told), next_cursor=cursor)


@operation(
    "POST", "/data-requests", DATA_WRITE, N_("Enter a request that came on paper"),
    answer=RequestAboutData, status=201, body=NewRequestAboutData, refuses=(409,),
)  # fmt: skip
def create_data_request(call: Call) -> Told:
    """Put a request of a person of the tree into the queue; nobody their own.

    An erasure is entered only for who is confirmed at an institution of the tree, and the person
    is told at once.
    """
    told: NewRequestAboutData = call.body
    person, today = call.person(told.person), clock.now().date()
    if person.id == call.by:
        raise OwnRequest
    made = data_requests.ask(
        call.db, person, told.kind, told.words,
        came_on=min(told.came or today, today), entered_by=call.by,
    )  # fmt: skip
    if made.institution_id is None:  # its maker answers for everybody, but the token for its tree
        raise ClaimUnconfirmed
    kept = request_in(call.db, call.within, str(made.key))
    return Told(_told(call, kept), 201, location=f"{ROOT}/data-requests/{made.key}")


@operation(
    "GET", "/data-requests/{request}", DATA_READ, N_("Read what somebody asks about their data"),
    answer=RequestAboutData,
)  # fmt: skip
def read_data_request(call: Call) -> Told:
    """One request with the person's words."""
    kept = _own(call)
    note_look(call.db, call.by, [kept.person_id], DATA_REQUEST)
    return Told(_told(call, kept))


@operation(
    "POST", "/data-requests/{request}/extension", DATA_WRITE,
    N_("Take two months more for a request"), answer=RequestAboutData, body=Extension,
    refuses=(409,),
)  # fmt: skip
def extend_data_request(call: Call) -> Told:
    """Allow two further months, once, and tell the person why."""
    told: Extension = call.body
    answers.extend(call.db, call.by, _own(call).id, told.reason)
    return Told(_told(call, _own(call)))


@operation(
    "POST", "/data-requests/{request}/closing", DATA_WRITE,
    N_("Grant or refuse what somebody asks about their data"), answer=RequestAboutData,
    body=Closing, refuses=(409,),
)  # fmt: skip
def close_data_request(call: Call) -> Told:
    """Answer a request, and tell the person; an erasure that is granted is carried out.

    It is refused while the person holds a role that the token's maker may not give, and for seven
    days to who entered it for the person.
    """
    told: Closing = call.body
    answers.close(call.db, call.by, _own(call).id, told.outcome, told.answer)
    return Told(_told(call, _own(call)))


@operation(
    "GET", "/retention", DATA_READ, N_("Read how long records are kept"), answer=RetentionSchedule
)
def read_retention(call: Call) -> Told:
    """The rules of the tree's institutions, and how their daily carrying out goes."""
    run = run_of(call.db, KEEP)
    return Told(
        RetentionSchedule(
            rules=_rules(call), carried_out=run.done_at, is_due=run.is_due, fault=run.error
        )
    )


@operation(
    "POST", "/retention", DATA_WRITE, N_("Set how long records are kept"), answer=RetentionSchedule,
    body=NewRetentionRule,
)  # fmt: skip
def set_retention(call: Call) -> Told:
    """Set or end the rule of an institution for a class of record; the whole schedule is answered."""
    told: NewRetentionRule = call.body
    unit = call.unit(told.institution)
    if 0 < told.months < LEAST[told.record_class]:
        raise RequestFaulty([Faulty("body.months", TOO_SHORT, {})])
    set_rule(call.db, call.by, unit.id, told.record_class, told.months, told.ground)
    return read_retention(call)


def _own(call: Call) -> Kept:
    return request_in(call.db, call.within, call.part("request"))


def _told(call: Call, kept: Kept) -> RequestAboutData:
    person = call.db.scalars(select(User.subject).where(User.id == kept.person_id)).one()
    return RequestAboutData(
        id=kept.key, person=person, name=kept.name, kind=kept.kind, words=kept.words,
        came=kept.came_on, due=kept.due_on, extension=kept.extension, outcome=kept.outcome,
        answer=kept.answer, closed=kept.closed_at,
    )  # fmt: skip


def _rules(call: Call) -> list[RetentionRule]:
    return [
        RetentionRule(
            institution=each.institution_key, record_class=each.record_class,
            months=each.months, ground=each.ground, since=each.set_at,
        )
        for each in rules_in(call.db, call.within)
    ]  # fmt: skip
