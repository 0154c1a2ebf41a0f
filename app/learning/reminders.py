"""Reminders: two gentle letters of a round that fell silent, each once, and the way to mute them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    ForeignKey,
    Integer,
    String,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Event
from app.catalogue.courses import Course
from app.catalogue.shelves import edition_of
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Model, Moment, MomentType, Ref, table_of
from app.foundation.errors import NotFound
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.progress import Progress
from app.queue.mails import mail_later

FIRST, SECOND = 3, 10  # days of silence
LONGEST = 30  # days; who was silent longer is left in peace


class Reminder(Model):
    """A letter that a round was sent after so many days of silence; never a second one."""

    __tablename__ = "reminders"

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    days: Mapped[int] = mapped_column(Integer, primary_key=True)
    sent_at: Mapped[Moment]


class ReminderChoice(Model):
    """Whether a person wants reminders; `token` lets whoever holds their letters mute them."""

    __tablename__ = "reminder_choices"

    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    muted_at: Mapped[Moment | None]


class MuteUnknown(NotFound):
    """No letter of ours holds this link."""

    says = N_("This link mutes no reminders.")
    mend = N_("Open it whole, as it stands in the mail, or sign in and use the switch there.")


class Silent(NamedTuple):
    """A round under way, with whom to write to and when something last happened in it."""

    id: int
    user_id: int
    email: str
    name: str
    language: str
    version_id: int
    compiler: int
    opened_at: datetime
    last_event: datetime | None
    last_read: datetime | None

    def days(self, moment: datetime) -> int:
        """Whole days in which nothing happened."""
        known = (self.opened_at, self.last_event, self.last_read)
        return (moment - max(each for each in known if each is not None)).days


_enrolments, _users, _progress = Enrolment.__table__.c, User.__table__.c, Progress.__table__.c
_events, _versions = Event.__table__.c, CourseVersion.__table__.c
_completions, _choices = Completion.__table__.c, ReminderChoice.__table__.c
_reminders = Reminder.__table__.c
_last_event = (
    select(func.max(_events.happened_at))
    .where(_events.enrolment_id == _enrolments.id)
    .scalar_subquery()
)
_last_read = (
    select(func.max(_progress.updated_at))
    .where(_progress.enrolment_id == _enrolments.id)
    .scalar_subquery()
)
_has_both = (
    select(_reminders.days)
    .where(_reminders.enrolment_id == _enrolments.id, _reminders.days == SECOND)
    .exists()
)
_UNDER_WAY = (
    select(
        _enrolments.id, _users.id, _users.email, _users.name, _users.language,
        _enrolments.version_id, _versions.compiler, _enrolments.opened_at, _last_event, _last_read,
    )
    .select_from(
        Enrolment.__table__.join(User.__table__, _users.id == _enrolments.learner_id)
        .join(CourseVersion.__table__, _versions.id == _enrolments.version_id)
        .join(Course.__table__, Course.__table__.c.id == _enrolments.course_id)
        .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
        .outerjoin(ReminderChoice.__table__, _choices.user_id == _users.id)
    )
    .where(
        _enrolments.ended_at.is_(None),
        _completions.enrolment_id.is_(None),
        _choices.muted_at.is_(None),
        _users.email.is_not(None),
        _users.confirmed_at.is_not(None),
        _users.erased_at.is_(None),
        ~_has_both,
    )
)  # fmt: skip


def _has_moved_since(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether anything was done or read in a round after a moment."""
    of_event = _events.enrolment_id == _enrolments.id, _events.happened_at > moment
    of_reading = _progress.enrolment_id == _enrolments.id, _progress.updated_at > moment
    return exists().where(*of_event) | exists().where(*of_reading)


_fell_silent = bindparam("fell_silent", type_=MomentType())
_was_alive = bindparam("was_alive", type_=MomentType())
_SILENT = (
    _UNDER_WAY.with_only_columns(_enrolments.id)
    .where(
        _enrolments.opened_at <= _fell_silent,
        (_enrolments.opened_at > _was_alive) | _has_moved_since(_was_alive),
        ~_has_moved_since(_fell_silent),
    )
    .order_by(_enrolments.id)
)
_ONE = _UNDER_WAY.where(_enrolments.id == bindparam("enrolment_id"))
_CHOICE = select(_choices.token, _choices.muted_at).where(_choices.user_id == bindparam("user_id"))
_reminded, _chosen = Once(Reminder), Once(ReminderChoice)


def silent_rounds(db: Session, moment: datetime) -> Sequence[int]:
    """The enrolments that a letter may be due for; `remind` looks at each once more."""
    fell_silent = moment - timedelta(days=FIRST)
    was_alive = moment - timedelta(days=LONGEST + 1)
    asked = {"fell_silent": fell_silent, "was_alive": was_alive}
    return db.scalars(_SILENT, asked).all()


def remind(db: Session, enrolment_id: int, moment: datetime) -> bool:
    """Promise the letter that is due in a round, if one is; tells whether it did.

    Who came back, completed, left or muted meanwhile gets none. After ten days the first letter is
    let go with the second, so that nobody finds two at once.
    """
    row = db.execute(_ONE, {"enrolment_id": enrolment_id}).one_or_none()
    if row is None:
        return False
    each = Silent._make(row)
    days = each.days(moment)
    due = SECOND if days >= SECOND else FIRST
    if not FIRST <= days <= LONGEST or not _note(db, each.id, due, moment):
        return False
    if due == SECOND:
        _note(db, each.id, FIRST, moment)
    title = edition_of(db, each.version_id, each.language, each.compiler).title.text
    return mail_later(
        db,
        "reminder",
        to=each.email,
        language=each.language,
        unique_key=f"reminder:{each.id}:{due}",
        gives_way=True,
        name=each.name,
        course=title,
        days=days,
        token=token_of(db, each.user_id),
    )


def _note(db: Session, enrolment_id: int, days: int, moment: datetime) -> bool:
    row = {"enrolment_id": enrolment_id, "days": days, "sent_at": moment}
    return _reminded.add(db, row)


def token_of(db: Session, user_id: int) -> str:
    """The secret in the person's letters, made with the first of them."""
    new = {"user_id": user_id, "token": secrets.token_urlsafe(32), "muted_at": None}
    _chosen.add(db, new)
    return str(db.execute(_CHOICE, {"user_id": user_id}).one().token)


def is_muted(db: Session, user_id: int) -> bool:
    """Whether the person wants no reminders."""
    row = db.execute(_CHOICE, {"user_id": user_id}).one_or_none()
    return row is not None and row.muted_at is not None


def choose(db: Session, user_id: int, *, is_wanted: bool) -> None:
    """Mute the person's reminders, or let them come again."""
    token_of(db, user_id)
    moment = None if is_wanted else clock.now()
    of_theirs = update(table_of(ReminderChoice)).where(_choices.user_id == user_id)
    db.execute(of_theirs.values(muted_at=moment))


def mute_by(db: Session, token: str) -> None:
    """Mute the reminders of whoever was sent this link; raises MuteUnknown."""
    changed = cast(
        CursorResult[Any],
        db.execute(
            update(table_of(ReminderChoice))
            .where(_choices.token == token)
            .values(muted_at=func.coalesce(_choices.muted_at, clock.now()))
        ),
    )
    if not changed.rowcount:
        raise MuteUnknown


def person_told(db: Session, token: str) -> int:
    """Who was sent letters with this secret; raises MuteUnknown."""
    found = db.scalar(select(_choices.user_id).where(_choices.token == token))
    if found is None:
        raise MuteUnknown
    return int(found)


def forget_choice(db: Session, user_id: int) -> None:
    """Take back the secret of a person who is erased."""
    db.execute(delete(table_of(ReminderChoice)).where(_choices.user_id == user_id))
