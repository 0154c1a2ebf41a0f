"""Jobs of voices: once a day, letters about courses that fell silent, and those of three months ago."""

from collections.abc import Mapping
from typing import Any

from app.foundation import clock
from app.learning.follow_ups import due_follow_ups, follow_up
from app.learning.reminders import remind, silent_rounds
from app.queue.worker import Workshop

REMIND, FOLLOW_UP = "remind", "follow-up"


def remind_silent(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Promise each letter that is due in a transaction of its own; a repeat promises none twice."""
    moment = clock.now()
    with workshop.engines.reading() as db:
        rounds = silent_rounds(db, moment)
    for enrolment_id in rounds:
        with workshop.engines.writing() as db:
            remind(db, enrolment_id, moment)


def ask_about_use(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Ask, once each, who completed a course three months ago whether something of it was used."""
    moment = clock.now()
    with workshop.engines.reading() as db:
        rounds = due_follow_ups(db, moment)
    for enrolment_id in rounds:
        with workshop.engines.writing() as db:
            follow_up(db, enrolment_id, moment)
