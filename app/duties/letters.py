"""Letters: reminders of what is required, one a person and day with all that is due in it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, select, update
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.shelves import edition_of
from app.catalogue.versions import CourseVersion
from app.duties.duties import Duty
from app.duties.mutes import DUTIES, Mute
from app.duties.requirements import Requirement
from app.foundation import clock
from app.foundation.database import table_of
from app.i18n.phrases import phrases_of
from app.identity.institutions import NAMED, Institution
from app.identity.users import User
from app.learning.reminders import token_of
from app.queue.mails import mail_later

BEFORE = (14, 3, 0)  # days before the due day
WEEK = 7  # days between two letters about what is overdue


class Pending(NamedTuple):
    """An open duty that a letter may tell of."""

    id: int
    due_on: date
    exempt_until: date | None
    reminded_on: date | None
    time_zone: str
    institution: str
    slug: str
    version_id: int
    compiler: int

    def today(self, moment: datetime) -> date:
        """The day at the institution that requires it."""
        return clock.day_in(moment, self.time_zone)

    def is_told(self, today: date) -> bool:
        """Whether a letter of this day tells of it: near, due or overdue, and not exempt."""
        is_exempt = self.exempt_until is not None and self.exempt_until >= today
        return not is_exempt and self.due_on - today <= timedelta(days=BEFORE[0])

    def is_called_for(self, today: date) -> bool:
        """Whether a day of reminding has come since the last letter."""
        stage = last_stage(self.due_on, today)
        if not self.is_told(today) or stage is None:
            return False
        return self.reminded_on is None or self.reminded_on < stage


def last_stage(due_on: date, today: date) -> date | None:
    """The last day of reminding up to today: 14 and 3 days before, the day, then every week."""
    if today > due_on:
        return due_on + timedelta(days=(today - due_on).days // WEEK * WEEK)
    stages = [due_on - timedelta(days=days) for days in BEFORE]
    return max((each for each in stages if each <= today), default=None)


_duties, _users, _mutes = Duty.__table__.c, User.__table__.c, Mute.__table__.c
_requirements, _courses = Requirement.__table__.c, Course.__table__.c
_versions, _institutions = CourseVersion.__table__.c, Institution.__table__.c
_named = NAMED.order_by(None).subquery()
_is_open = _duties.stands & _duties.done_on.is_(None)
_is_muted = exists().where(_mutes.user_id == _users.id, _mutes.kind == DUTIES)
_REMINDABLE = (
    select(_users.id)
    .join_from(Duty.__table__, User.__table__, _users.id == _duties.person_id)
    .where(
        _is_open,
        _duties.due_on <= bindparam("until"),
        _users.id > bindparam("after"),
        _users.email.is_not(None),
        _users.confirmed_at.is_not(None),
        _users.erased_at.is_(None),
        ~_is_muted,
    )
    .distinct()
    .order_by(_users.id)
    .limit(bindparam("most"))
)
_PENDING: Select[Any] = (
    select(
        _duties.id, _duties.due_on, _duties.exempt_until, _duties.reminded_on,
        _institutions.time_zone, _named.c.name, _courses.slug, _versions.id, _versions.compiler,
    )
    .join_from(Duty.__table__, Requirement.__table__, _requirements.id == _duties.requirement_id)
    .join(Institution.__table__, _institutions.id == _requirements.institution_id)
    .join(_named, _named.c.id == _institutions.id)
    .join(Course.__table__, _courses.id == _requirements.course_id)
    .join(CourseVersion.__table__, (_versions.course_id == _courses.id) & _versions.is_current)
    .where(_is_open, _duties.person_id == bindparam("person_id"))
    .order_by(_duties.due_on, _duties.id)
)  # fmt: skip
_ADDRESSEE = select(_users.id, _users.email, _users.name, _users.language).where(
    _users.id == bindparam("person_id"), _users.email.is_not(None), ~_is_muted
)


def people_to_remind(db: Session, moment: datetime, after: int, most: int) -> Sequence[int]:
    """People behind an id who may be due a letter; `remind` looks at each once more."""
    # A day more, since somewhere it is tomorrow already.
    until = moment.date() + timedelta(days=BEFORE[0] + 1)
    return db.scalars(_REMINDABLE, {"until": until, "after": after, "most": most}).all()


def remind(db: Session, person_id: int, moment: datetime) -> bool:
    """Promise the letter of this day, if one is due; tells whether it did.

    It tells of everything near or overdue, and each of these counts as told. A repeat on the same
    day promises nothing.
    """
    who = db.execute(_ADDRESSEE, {"person_id": person_id}).one_or_none()
    pending = [Pending(*row) for row in db.execute(_PENDING, {"person_id": person_id})]
    told = [each for each in pending if each.is_told(each.today(moment))]
    if who is None or not any(each.is_called_for(each.today(moment)) for each in told):
        return False
    is_new = mail_later(
        db,
        "duties",
        to=who.email,
        language=who.language,
        unique_key=f"duties:{person_id}:{moment:%Y-%m-%d}",
        gives_way=True,
        name=who.name,
        duties=[_words(db, each, who.language, moment) for each in told],
        late=sum(each.due_on < each.today(moment) for each in told),
        token=token_of(db, person_id),
    )
    for each in told:
        marked = update(table_of(Duty)).where(_duties.id == each.id)
        db.execute(marked.values(reminded_on=each.today(moment)))
    return is_new


def _words(db: Session, each: Pending, language: str, moment: datetime) -> Mapping[str, Any]:
    edition = edition_of(db, each.version_id, language, each.compiler)
    return {
        "course": edition.title.text,
        "slug": each.slug,
        "by": each.institution,
        "due": phrases_of(language).day(each.due_on),
        "late": max((each.today(moment) - each.due_on).days, 0),
    }
