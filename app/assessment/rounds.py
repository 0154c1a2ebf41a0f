"""Rounds: what a learner has done beside a graded attempt, found in one statement."""

from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from app.assessment.attempts import TRIES, Try
from app.assessment.sittings import Sitting
from app.foundation.prepared import Together
from app.learning.progress import STEPS, Progress, steps_of_one


class Round(NamedTuple):
    """What is done in it, the latest last; and all attempts at the quiz, first to last."""

    done: tuple[str, ...]
    tries: list[Try]


_ROUND = Together(STEPS.where(Progress.enrolment_id == bindparam("enrolment_id")), TRIES)


def round_of(db: Session, sitting: Sitting) -> Round:
    """The round that an attempt belongs to."""
    steps, tries = _ROUND.rows(
        db, {"enrolment_id": sitting.enrolment_id, "activity_key": sitting.activity_key}
    )
    return Round(
        done=steps_of_one(steps).done,
        tries=sorted(map(Try._make, tries), key=lambda each: each.number),
    )
