"""Messages: what a webhook is told of an event of the ledger; ids, keys and days, never a name."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.identity.grants import ADMINISTRATOR
from app.identity.institutions import Institution
from app.identity.placements import Placement
from app.identity.users import User
from app.interop.deliveries import deliver_later
from app.interop.trees import ids_upwards, roles_over
from app.interop.webhooks import KIND_OF, Webhook
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment

_events, _placements, _users = Event.__table__.c, Placement.__table__.c, User.__table__.c
_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_courses, _versions = Course.__table__.c, CourseVersion.__table__.c
_institutions, _certificates = Institution.__table__.c, Certificate.__table__.c
_TOLD = (
    select(
        Event, _users.subject, _institutions.id, _institutions.key, _courses.slug,
        _versions.number, _enrolments.round, _placements.confirmed_at,
    )
    .outerjoin_from(Event, Enrolment.__table__, _enrolments.id == _events.enrolment_id)
    .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
    .outerjoin(User.__table__, _users.id == func.coalesce(_events.person_id, _enrolments.learner_id))
    .outerjoin(
        Placement.__table__,
        _placements.id == func.coalesce(_events.placement_id, _completions.placement_id),
    )
    .outerjoin(Institution.__table__, _institutions.id == _placements.institution_id)
    .outerjoin(Course.__table__, _courses.id == func.coalesce(_events.course_id, _enrolments.course_id))
    .outerjoin(
        CourseVersion.__table__,
        _versions.id == func.coalesce(_events.version_id, _enrolments.version_id),
    )
)  # fmt: skip


class Told(NamedTuple):
    """An event in the words of a message, and the institution where it counts."""

    event: Event
    subject: UUID | None
    institution_id: int | None
    institution: str | None
    course: str | None
    version: int | None
    round: int | None
    confirmed_at: Any


def spread(db: Session, event_key: UUID) -> int:
    """Promise the message about an event to each webhook that is to hear it; returns to how many."""
    row = db.execute(_TOLD.where(_events.key == event_key)).one_or_none()
    if row is None:
        return 0
    told = Told(*row)
    if told.institution_id is None:
        return 0
    kind = KIND_OF[told.event.kind]
    above = ids_upwards(db, told.institution_id)
    heard = db.scalars(
        select(Webhook)
        .where(Webhook.institution_id.in_(above))
        .where(Webhook.ended_at.is_(None), Webhook.disabled_at.is_(None))
    ).all()
    message = _message(db, kind, told)
    count = 0
    for each in heard:
        is_kept = ADMINISTRATOR in roles_over(db, each.made_by, each.institution_id)
        if kind in each.kinds and is_kept:
            event = told.event
            count += deliver_later(db, each.id, kind, event.key, event.happened_at, message)
    return count


def _message(db: Session, kind: str, told: Told) -> dict[str, Any]:
    message: dict[str, Any] = {
        "person": str(told.subject) if told.subject else None,
        "institution": told.institution,
    }
    if kind == "placement":
        return message | {"confirmed": told.confirmed_at is not None}
    message |= {"course": told.course, "version": told.version, "round": told.round}
    if kind.startswith("certificate"):
        number = told.event.payload["certificate_id"]
        code = db.scalar(select(_certificates.code).where(_certificates.id == number))
        return message | {"certificate": code}
    return message | {"day": told.event.payload["day"]}
