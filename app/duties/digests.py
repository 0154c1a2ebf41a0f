"""Digests: once a week each administrator is told in figures how far their people are."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.catalogue.shelves import edition_of
from app.duties.listings import SOON, requirements_in
from app.duties.mutes import DIGESTS, Mute
from app.identity.grants import ADMINISTRATOR, Grant
from app.identity.users import User
from app.learning.reminders import token_of
from app.queue.mails import mail_later
from app.statistics.scopes import scope_of

_users, _grants, _mutes = User.__table__.c, Grant.__table__.c, Mute.__table__.c
_is_muted = exists().where(_mutes.user_id == _users.id, _mutes.kind == DIGESTS)
_ADMINISTRATORS = (
    select(_users.id)
    .where(
        _users.email.is_not(None),
        _users.confirmed_at.is_not(None),
        _users.erased_at.is_(None),
        exists().where(
            _grants.user_id == _users.id,
            _grants.role == ADMINISTRATOR,
            _grants.ended_at.is_(None),
        ),
        ~_is_muted,
    )
    .order_by(_users.id)
)


def administrators(db: Session) -> Sequence[int]:
    """Who may be sent a digest: administrators who did not mute theirs."""
    return db.scalars(_ADMINISTRATORS).all()


def send_digest(db: Session, person_id: int, moment: datetime) -> bool:
    """Promise the digest of a week, if anything waits in it; once a week and person.

    It holds figures and no names: of those people to whom no other administrator stands nearer.
    """
    person = db.scalars(
        select(User).where(User.id == person_id, User.id.in_(_ADMINISTRATORS))
    ).one_or_none()
    if person is None or not person.email:
        return False
    today = moment.date()
    scope = scope_of(db, person_id, (ADMINISTRATOR,)).nearest()
    listed = requirements_in(db, scope, today, today + timedelta(days=SOON))
    rows = [each for each in listed if each.overdue or each.soon or each.waiting]
    rows = [each for each in rows if each.ended_at is None]
    if not rows:
        return False
    year, week, _day = moment.isocalendar()
    return mail_later(
        db,
        "duty_digest",
        to=person.email,
        language=person.language,
        unique_key=f"duty-digest:{person_id}:{year}-{week}",
        gives_way=True,
        name=person.name,
        rows=[
            {
                "course": edition_of(
                    db, each.version_id, person.language, each.compiler
                ).title.text,
                "by": each.institution,
                "required": each.required,
                "done": each.done,
                "soon": each.soon,
                "overdue": each.overdue,
            }
            for each in rows
        ],
        waiting=sum(each.waiting for each in rows),
        token=token_of(db, person_id),
    )
