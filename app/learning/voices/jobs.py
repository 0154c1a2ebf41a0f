"""Jobs of voices: once a day, the letters to people whose course fell silent."""

from collections.abc import Mapping
from typing import Any

from app.foundation import clock
from app.learning.reminders import remind, silent_rounds
from app.queue.worker import Workshop

REMIND = "remind"


def remind_silent(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Promise each letter that is due in a transaction of its own; a repeat promises none twice."""
    moment = clock.now()
    with workshop.engines.reading() as db:
        rounds = silent_rounds(db, moment)
    for enrolment_id in rounds:
        with workshop.engines.writing() as db:
            remind(db, enrolment_id, moment)
