"""Jobs of assessment: an attempt whose time is over is graded, though nobody hands it in."""

from collections.abc import Mapping
from typing import Any

from app.assessment.sittings import answered_items, held, sitting_called
from app.assessment.submissions import grade
from app.catalogue.bank import bank_of
from app.foundation import clock
from app.queue.worker import Workshop


def grade_overdue(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Grade the attempt named in the payload, unless it was handed in or its round was left."""
    with workshop.engines.writing() as db:
        asked = sitting_called(db, payload["attempt_id"])
        if asked is None:
            return
        place, sitting = held(db, asked)
        is_due = sitting.submitted_at is None and sitting.is_over(clock.now())
        if is_due and place.ended_at is None:
            bank = bank_of(db, sitting.version_id, sitting.language, sitting.compiler)
            grade(db, place, sitting, bank, answered_items(db, sitting.id))
