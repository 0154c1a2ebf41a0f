"""Inquiries as the API gives and takes them: what readers ask about courses, and what is answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.i18n.marking import N_
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in, number
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.scopes import INQUIRIES_WRITE
from app.learning import inquiries
from app.learning.inquiries import LONGEST, inquiries_after, inquiry_to


class ReaderInquiry(BaseModel):
    """What a reader asks about a lesson or one block of it; who asks is not told."""

    id: UUID
    course: str
    lesson: str
    block: str
    kind: str
    words: str
    asked: datetime
    answer: str
    closed: datetime | None


class ReaderInquiryList(BaseModel):
    """A page of inquiries, oldest first."""

    inquiries: list[ReaderInquiry]


class InquiriesAsked(Paging):
    """Which inquiries: those that wait, or those that are answered or closed."""

    state: Annotated[Literal["open", "closed"], Field(description="Closed or not.")] = "open"


class InquiryAnswer(Sent):
    """What the reader is told by mail; nothing closes the inquiry without words."""

    answer: Annotated[str, Field(max_length=LONGEST)] = ""


@operation(
    "GET", "/inquiries", INQUIRIES_WRITE, N_("List what readers ask"), answer=ReaderInquiryList,
    query=InquiriesAsked,
)  # fmt: skip
def list_inquiries(call: Call) -> Told:
    """What is asked about courses that institutions of the tree own."""
    asked: InquiriesAsked = call.query
    after = key_in(asked.cursor, (number,))
    rows = inquiries_after(
        call.db, call.within, is_open=asked.state == "open", after=after[0] if after else 0,
        most=asked.limit + 1,
    )  # fmt: skip
    shown, cursor = page_of(call, rows, lambda each: (each.id,))
    told = ReaderInquiryList(inquiries=[_told(each) for each in shown])
    return Told(told, next_cursor=cursor)


@operation(
    "POST", "/inquiries/{inquiry}/answer", INQUIRIES_WRITE, N_("Answer what a reader asks"),
    answer=ReaderInquiry, body=InquiryAnswer, refuses=(409,),
)  # fmt: skip
def answer_inquiry(call: Call) -> Told:
    """Answer and close an inquiry, in the name of the token's maker."""
    told: InquiryAnswer = call.body
    asked = inquiry_to(call.db, call.within, call.part("inquiry"))
    inquiries.close(call.db, call.by, asked, told.answer)
    return Told(_told(inquiry_to(call.db, call.within, call.part("inquiry"))))


def _told(each: inquiries.Told) -> ReaderInquiry:
    return ReaderInquiry(
        id=each.key, course=each.slug, lesson=each.lesson_key, block=each.block, kind=each.kind,
        words=each.words, asked=each.asked_at, answer=each.answer, closed=each.closed_at,
    )  # fmt: skip
