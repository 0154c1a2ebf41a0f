"""Graded attempts: all that the page of one asks of the database, found in one statement."""

from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from app.assessment.attempts import TRIES, Try
from app.assessment.sittings import SAT_ITEMS, SatItem, Sitting
from app.foundation.prepared import Together
from app.learning.progress import STEPS, Progress, steps_of_one


class Graded(NamedTuple):
    """The items in the order shown; what is done in the round, the latest last; and all attempts."""

    items: list[SatItem]
    done: tuple[str, ...]
    tries: list[Try]


_GRADED = Together(
    SAT_ITEMS, STEPS.where(Progress.enrolment_id == bindparam("enrolment_id")), TRIES
)


def graded_in(db: Session, sitting: Sitting) -> Graded:
    """An attempt beside the others of its round at the quiz, first to last."""
    items, steps, tries = _GRADED.rows(
        db,
        {
            "attempt_id": sitting.id,
            "enrolment_id": sitting.enrolment_id,
            "activity_key": sitting.activity_key,
        },
    )
    return Graded(
        items=sorted(map(SatItem._make, items), key=lambda each: each.position),
        done=steps_of_one(steps).done,
        tries=sorted(map(Try._make, tries), key=lambda each: each.number),
    )
