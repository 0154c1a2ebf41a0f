"""Makers of requirements and of what befalls their people, on any day."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.duties.audiences import EVERYONE
from app.duties.duties import Duty
from app.duties.requirements import Requirement, require
from app.duties.rolls import call_roll, people_on
from app.duties.terms import Wanted
from app.foundation import clock
from app.identity.institutions import Institution
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment

BASIS = "Civil Service Act, article 12"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def make_wanted(institution: Institution, **changes: Any) -> Wanted:
    usual = Wanted(institution.id, "", "", EVERYONE, None, 30, None, 0, BASIS)
    return usual._replace(**changes)


def make_requirement(
    db: Session,
    by: User,
    institution: Institution,
    version: CourseVersion,
    begins_on: date | None = None,
    **changes: Any,
) -> Requirement:
    """The course required of the institution's people; its roll is called by the queue or `roll`."""
    course = db.get_one(Course, version.course_id)
    begins = begins_on or clock.now().date()
    return require(db, by.id, institution, course, begins, make_wanted(institution, **changes))


def roll(db: Session, requirement: Requirement, day: date | None = None) -> None:
    """Call the whole roll, as the queue does, on a day or now."""
    moment = noon(day) if day else clock.now()
    after = 0
    while people := people_on(db, requirement.id, moment, after):
        call_roll(db, requirement.id, moment, people)
        after = people[-1]


def duties_of(db: Session, person: User) -> list[Duty]:
    """All duties of a person, the latest last, as they stand in the database."""
    asked = select(Duty).where(Duty.person_id == person.id).order_by(Duty.id)
    return list(db.scalars(asked.execution_options(populate_existing=True)))


def complete_on(db: Session, person: User, version: CourseVersion, day: date, number: int) -> None:
    """A round of the course that was completed on a day, without its results."""
    place = Enrolment(
        learner_id=person.id, course_id=version.course_id, version_id=version.id, round=number,
        opened_at=noon(day), opened_day=day, ended_at=noon(day), end_reason="renewed",
    )  # fmt: skip
    db.add(place)
    db.flush()
    db.add(
        Completion(
            enrolment_id=place.id, version_id=version.id, completed_at=noon(day), day=day,
            language="en", mode="online", trace={},
        )
    )  # fmt: skip
    db.flush()
