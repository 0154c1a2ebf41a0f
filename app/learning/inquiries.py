"""Inquiries: what a reader asks a course's institution about a lesson, and what it answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Id, Key, Model, Moment, MomentType, Ref, table_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.users import User
from app.queue.mails import mail_later

WRONG, UNCLEAR = "wrong", "unclear"
MOST_A_DAY = 20
LONGEST = 2_000  # signs
PAGE = 100


class Inquiry(Model):
    """A question about a lesson or one block of it, as it stood in a version; answered or closed.

    `seen_at` is when the asker read the answer; an answer closes it, and so may silence.
    """

    __tablename__ = "inquiries"
    __table_args__ = (
        Index("ix_inquiries_course_id", "course_id", "closed_at"),
        Index("ix_inquiries_asker_id", "asker_id"),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    asker_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    lesson_key: Mapped[Key]
    block: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[Moment]
    answer: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[Moment | None]
    seen_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class InquirySent(Happening):
    """A reader asked about a lesson; the words stand in the inquiry alone."""

    kind: ClassVar[str] = "inquiry-sent"

    inquiry_id: int
    lesson_key: str


@dataclass(frozen=True, kw_only=True)
class InquiryClosed(Happening):
    """Somebody of the course's institution answered an inquiry, or closed it without words."""

    kind: ClassVar[str] = "inquiry-closed"

    inquiry_id: int
    is_answered: bool


class InquiryUnknown(NotFound):
    """No such inquiry about a course of this person's institutions."""

    says = N_("There is no such question about a course of your institutions.")


class InquiryOver(Refusal):
    """Somebody answered or closed it before."""

    says = N_("This question is closed already.")
    mend = N_("Open the list again to see what was answered.")


class TooManyInquiries(Refusal):
    """A person asks so often a day, and no oftener."""

    status = 429
    says = N_("You have asked %(allowed)s questions in a day, which is the most that we pass on.")
    mend = N_("Keep this one and send it tomorrow.")


class About(NamedTuple):
    """The lesson that is asked about, or one block of it, as the asker reads it."""

    course_id: int
    version_id: int
    lesson_key: str
    block: str


class Told(NamedTuple):
    """An inquiry in a list, with its course and its lesson's keys."""

    id: int
    key: UUID
    slug: str
    compiler: int
    course_id: int
    version_id: int
    lesson_key: str
    block: str
    kind: str
    words: str
    asked_at: datetime
    answer: str
    closed_at: datetime | None
    seen_at: datetime | None


_once = Once(Inquiry)
_inquiries, _courses, _owners = (
    Inquiry.__table__.c, Course.__table__.c, CourseOwner.__table__.c,
)  # fmt: skip
_versions = CourseVersion.__table__.c
_TOLD = (
    select(
        _inquiries.id, _inquiries.key, _courses.slug, _versions.compiler, _inquiries.course_id,
        _inquiries.version_id, _inquiries.lesson_key, _inquiries.block, _inquiries.kind,
        _inquiries.words, _inquiries.asked_at, _inquiries.answer, _inquiries.closed_at,
        _inquiries.seen_at,
    )
    .join_from(Inquiry.__table__, Course.__table__, _courses.id == _inquiries.course_id)
    .join(CourseVersion.__table__, _versions.id == _inquiries.version_id)
)  # fmt: skip
_OWN = _TOLD.where(_inquiries.asker_id == bindparam("asker_id")).order_by(_inquiries.id.desc())
_ASKED_TODAY = select(func.count()).where(
    _inquiries.asker_id == bindparam("asker_id"),
    _inquiries.asked_at > bindparam("since", type_=MomentType()),
)
# Whether an answer waits to be read, as a column beside what a page asks of this person anyway.
has_news: ColumnElement[bool] = (
    select(_inquiries.id)
    .where(
        _inquiries.asker_id == bindparam("learner_id"),
        _inquiries.closed_at.is_not(None),
        _inquiries.seen_at.is_(None),
    )
    .exists()
)


def ask(
    db: Session,
    asker_id: int,
    about: About,
    kind: str,
    words: str,
    language: str,
    page: str = "",
) -> None:
    """Send a question to the institutions that own the course; raises TooManyInquiries.

    `page` is the mark of the page it was written on: what that page sends twice is one question.
    """
    moment = clock.now()
    own = repr((asker_id, about, kind, words, page))
    values = about._asdict() | {
        "key": uuid5(NAMESPACE_OID, own) if page else uuid4(),
        "asker_id": asker_id,
        "kind": kind,
        "words": words,
        "language": language,
        "asked_at": moment,
        "answer": "",
    }
    inquiry_id = _once.add_named(db, values)
    if inquiry_id is None:
        return
    asked = {"asker_id": asker_id, "since": moment - timedelta(days=1)}
    if (db.scalar(_ASKED_TODAY, asked) or 0) > MOST_A_DAY:
        raise TooManyInquiries(allowed=MOST_A_DAY)
    record(
        db,
        InquirySent(
            actor_id=asker_id,
            person_id=asker_id,
            course_id=about.course_id,
            version_id=about.version_id,
            language=language,
            inquiry_id=inquiry_id,
            lesson_key=about.lesson_key,
        ),
    )


def own_inquiries(db: Session, asker_id: int) -> list[Told]:
    """What a person asked, the newest first."""
    return [Told._make(row) for row in db.execute(_OWN, {"asker_id": asker_id})]


def note_seen(db: Session, asker_id: int) -> None:
    """The answers so far were read by the one who asked."""
    unread = (_inquiries.asker_id == asker_id, _inquiries.closed_at.is_not(None))
    db.execute(
        update(table_of(Inquiry))
        .where(*unread, _inquiries.seen_at.is_(None))
        .values(seen_at=clock.now())
    )


def inquiries_to(db: Session, institutions: Select[tuple[int]], page: int) -> list[Told]:
    """A page of what is asked about the courses that institutions own, and one more.

    Open ones come first, the oldest of them at the top; then those closed last.
    """
    listed = _TOLD.where(is_owned_by(institutions)).order_by(
        _inquiries.closed_at.is_not(None), _inquiries.closed_at.desc(), _inquiries.id
    )
    return [Told._make(row) for row in db.execute(listed.limit(PAGE + 1).offset((page - 1) * PAGE))]


def inquiries_after(
    db: Session, institutions: Select[tuple[int]], *, is_open: bool, after: int, most: int
) -> list[Told]:
    """So many of the open or the closed ones behind a number, oldest first."""
    closed = _inquiries.closed_at.is_not(None)
    listed = _TOLD.where(is_owned_by(institutions), ~closed if is_open else closed)
    listed = listed.where(_inquiries.id > after).order_by(_inquiries.id).limit(most)
    return [Told._make(row) for row in db.execute(listed)]


def inquiry_to(db: Session, institutions: Select[tuple[int]], key: str) -> Told:
    """One of them by its key; raises InquiryUnknown."""
    try:
        asked = _TOLD.where(is_owned_by(institutions), _inquiries.key == UUID(key))
    except ValueError:
        raise InquiryUnknown from None
    row = db.execute(asked).one_or_none()
    if row is None:
        raise InquiryUnknown
    return Told._make(row)


def close(db: Session, person_id: int, told: Told, answer: str) -> None:
    """Answer, or close without words; the asker is told by mail. Raises InquiryOver."""
    inquiry = db.scalars(select(Inquiry).where(Inquiry.id == told.id).with_for_update()).one()
    if inquiry.closed_at is not None:
        raise InquiryOver
    inquiry.answer, inquiry.answered_by, inquiry.closed_at = answer, person_id, clock.now()
    asker = db.get_one(User, inquiry.asker_id)
    record(
        db,
        InquiryClosed(
            actor_id=person_id,
            person_id=inquiry.asker_id,
            course_id=inquiry.course_id,
            version_id=inquiry.version_id,
            inquiry_id=inquiry.id,
            is_answered=bool(answer),
        ),
    )
    if asker.email and answer:
        values: dict[str, Any] = {"name": asker.name, "question": inquiry.words, "answer": answer}
        mail_later(db, "inquiry_answer", to=asker.email, language=asker.language, **values)


def forget_words(db: Session, asker_id: int) -> None:
    """Empty what an erased person asked; that they asked, and where, stays."""
    theirs = _inquiries.asker_id == asker_id
    db.execute(update(table_of(Inquiry)).where(theirs).values(words="", answer=""))


def is_owned_by(institutions: Collection[int] | Select[tuple[int]]) -> ColumnElement[bool]:
    """Which courses some institutions own, alone or with others."""
    owned = select(_owners.course_id).where(_owners.institution_id.in_(institutions))
    return _courses.institution_id.in_(institutions) | _courses.id.in_(owned)
