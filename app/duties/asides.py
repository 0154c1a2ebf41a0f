"""Asides: what stands beside a course for one person, found in one statement."""

from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from app.catalogue.courses import OWNERS
from app.duties.boards import REQUIRED, Required
from app.duties.duties import Duty
from app.duties.requirements import Requirement
from app.foundation.prepared import Together
from app.learning.progress import NOTHING, STEPS, Progress, Steps, steps_of_one


class Aside(NamedTuple):
    """The standing names of the owners; the standing duties, the first due first; what is done."""

    owners: list[str]
    required: list[Required]
    steps: Steps = NOTHING


_duties, _requirements = Duty.__table__.c, Requirement.__table__.c
_ASIDE = Together(
    OWNERS,
    REQUIRED.where(
        _requirements.course_id == bindparam("course_id"),
        _duties.person_id == bindparam("person_id"),
        _duties.stands,
    ),
    STEPS.where(Progress.enrolment_id == bindparam("place_id")),
)


def aside_of(db: Session, course_id: int, person_id: int, place_id: int | None) -> Aside:
    """The owners of a course, and what of it is required of a person and done in their place."""
    asked = {"course_id": course_id, "person_id": person_id, "place_id": place_id}
    owners, required, steps = _ASIDE.rows(db, asked)
    return Aside(
        owners=sorted(name for (name,) in owners),
        required=sorted(map(Required._make, required), key=lambda each: each.due_on),
        steps=steps_of_one(steps),
    )
