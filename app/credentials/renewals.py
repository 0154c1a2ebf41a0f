"""Renewals: holders take a course again when a later version changes something that matters."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Held
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.learning.enrolments import enrol, standing_place, withdraw

RENEWED = "renewed"


class NothingToRenew(Refusal):
    """No later version matters to this certificate, or its holder takes the course again already."""

    says = N_("There is nothing to renew about this certificate.")
    mend = N_("Open the course from My learning if you have begun it again.")


def renewal_of(db: Session, learner_id: int, held: Held) -> int | None:
    """The number of the version that is current now, if the holder is offered to renew.

    A version that matters stands between the certificate's and the current one, and the holder has
    not begun a later round.
    """
    row = db.execute(
        select(Course.id, CourseVersion.number)
        .join(CourseVersion, (CourseVersion.course_id == Course.id) & CourseVersion.is_current)
        .where(Course.slug == held.slug)
    ).one_or_none()
    if row is None or not held.stands:
        return None
    course_id, current = row
    newest = db.scalar(
        select(func.max(CourseVersion.number)).where(
            CourseVersion.course_id == course_id,
            CourseVersion.matters,
            CourseVersion.number > int(held.printed["version"]),
            CourseVersion.number <= current,
        )
    )
    place = standing_place(db, learner_id, course_id)
    is_later = place is not None and place.round != held.round
    return None if newest is None or is_later else current


def renew(db: Session, learner_id: int, held: Held, language: str) -> None:
    """Begin the next round in the current version; what was earned stays.

    Raises NothingToRenew, so that pressing twice begins one round.
    """
    if renewal_of(db, learner_id, held) is None:
        raise NothingToRenew
    course_id = db.execute(select(Course.id).where(Course.slug == held.slug)).scalar_one()
    place = standing_place(db, learner_id, course_id)
    if place is not None:
        withdraw(db, place.id, language, RENEWED)
    enrol(db, learner_id, course_id, language)
