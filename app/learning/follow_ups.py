"""Follow-ups: three months after a completion, one letter asks whether something of it was used."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, cast

from sqlalchemy import (
    CursorResult,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    bindparam,
    exists,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.shelves import edition_of
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Answer, Model, Moment, MomentType, Ref, table_of
from app.foundation.errors import NotFound
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.reminders import ReminderChoice, token_of
from app.queue.mails import mail_later

AFTER, LATEST = timedelta(days=90), timedelta(days=120)
LEAST, MOST = 1, 4  # no; not yet, but meant to; once; more than once


class FollowUp(Model):
    """That a completed round was asked once about its use, and the answer, if one came.

    `aims` are the keys of the outcomes that were used.

    The hash of the letter's secret is emptied by the answer, so that it opens the form once.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (Index("ix_follow_ups_course_id", "course_id"),)

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    sent_at: Mapped[Moment]
    used: Mapped[int | None] = mapped_column(Integer)
    aims: Mapped[Answer | None]
    answered_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class UseTold(Happening):
    """Somebody said whether they used a course; who it was stands nowhere in the ledger."""

    kind: ClassVar[str] = "use-told"

    used: int


class FollowUpUnknown(NotFound):
    """No letter of ours holds this link, or it was answered already."""

    says = N_("This link asks nothing, or it was answered already.")
    mend = N_("Open it whole, as it stands in the mail. Each letter is answered once.")


class Asked(NamedTuple):
    """The course that a letter asks about."""

    enrolment_id: int
    course_id: int
    version_id: int
    compiler: int


_follow_ups, _completions = FollowUp.__table__.c, Completion.__table__.c
_enrolments, _users = Enrolment.__table__.c, User.__table__.c
_choices, _versions = ReminderChoice.__table__.c, CourseVersion.__table__.c
_DUE = (
    select(_completions.enrolment_id)
    .join_from(
        Completion.__table__, Enrolment.__table__, _enrolments.id == _completions.enrolment_id
    )
    .join(User.__table__, _users.id == _enrolments.learner_id)
    .where(
        _completions.completed_at <= bindparam("until", type_=MomentType()),
        _completions.completed_at > bindparam("since", type_=MomentType()),
        _users.email.is_not(None),
        _users.confirmed_at.is_not(None),
        _users.erased_at.is_(None),
        ~exists().where(_choices.user_id == _users.id, _choices.muted_at.is_not(None)),
        ~exists().where(_follow_ups.enrolment_id == _completions.enrolment_id),
    )
    .order_by(_completions.enrolment_id)
)
_ONE = (
    select(
        _enrolments.course_id, _completions.version_id, _versions.compiler,
        _users.id, _users.email, _users.name, _users.language,
    )
    .join_from(
        Completion.__table__, Enrolment.__table__, _enrolments.id == _completions.enrolment_id
    )
    .join(User.__table__, _users.id == _enrolments.learner_id)
    .join(CourseVersion.__table__, _versions.id == _completions.version_id)
    .where(_completions.enrolment_id == bindparam("enrolment_id"), _users.email.is_not(None))
)  # fmt: skip
_ASKED = (
    select(
        _follow_ups.enrolment_id, _follow_ups.course_id, _follow_ups.version_id, _versions.compiler
    )
    .join_from(FollowUp.__table__, CourseVersion.__table__, _versions.id == _follow_ups.version_id)
    .where(_follow_ups.token_hash == bindparam("token_hash"))
)
_once = Once(FollowUp)


def due_follow_ups(db: Session, moment: datetime) -> Sequence[int]:
    """The rounds that were completed three months ago and not asked yet; after four none is asked."""
    asked = {"until": moment - AFTER, "since": moment - LATEST}
    return db.scalars(_DUE, asked).all()


def follow_up(db: Session, enrolment_id: int, moment: datetime) -> bool:
    """Promise the one letter of a completed round; tells whether this call did."""
    row = db.execute(_ONE, {"enrolment_id": enrolment_id}).one_or_none()
    if row is None:
        return False
    course_id, version_id, compiler, person_id, email, name, language = row
    token = secrets.token_urlsafe(32)
    values = {
        "enrolment_id": enrolment_id,
        "course_id": course_id,
        "version_id": version_id,
        "token_hash": _hash_of(token),
        "sent_at": moment,
    }
    if not _once.add(db, values):
        return False
    return mail_later(
        db,
        "follow_up",
        to=email,
        language=language,
        unique_key=f"follow-up:{enrolment_id}",
        gives_way=True,
        name=name,
        course=edition_of(db, version_id, language, compiler).title.text,
        answer_token=token,
        token=token_of(db, person_id),
    )


def asked_by(db: Session, token: str) -> Asked:
    """What the letter with this secret asks about; raises FollowUpUnknown."""
    row = db.execute(_ASKED, {"token_hash": _hash_of(token)}).one_or_none()
    if row is None:
        raise FollowUpUnknown
    return Asked(*row)


def tell_use(db: Session, token: str, used: int, language: str, aims: Sequence[str] = ()) -> None:
    """Keep the answer, once, and the keys of the outcomes that were used; raises FollowUpUnknown when the letter was answered before."""
    asked = asked_by(db, token)
    is_open = _follow_ups.token_hash == _hash_of(token)
    told = update(table_of(FollowUp)).where(is_open)
    values = {
        "used": used,
        "aims": sorted(aims),
        "answered_at": clock.now(),
        "token_hash": None,
    }
    if not cast(CursorResult[Any], db.execute(told.values(**values))).rowcount:
        raise FollowUpUnknown
    record(
        db,
        UseTold(
            course_id=asked.course_id, version_id=asked.version_id, language=language, used=used
        ),
    )


def forget_secrets(db: Session, person_id: int) -> None:
    """Take back the open letters of a person who is erased."""
    theirs = select(_enrolments.id).where(_enrolments.learner_id == person_id)
    taken = update(table_of(FollowUp)).where(_follow_ups.enrolment_id.in_(theirs))
    db.execute(taken.values(token_hash=None))


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
