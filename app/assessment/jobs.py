"""Jobs of assessment: an attempt whose time is over is graded, though nobody hands it in."""

from collections.abc import Mapping
from typing import Any

from app.assessment.sittings import sitting_called
from app.assessment.submissions import submit_attempt
from app.catalogue.bank import bank_of
from app.foundation import clock
from app.queue.worker import Workshop


def grade_overdue(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Grade the attempt named in the payload, unless it was handed in or its round was left."""
    with workshop.engines.writing() as db:
        sitting = sitting_called(db, payload["attempt_id"])
        if sitting is None or sitting.round_ended_at is not None:
            return
        if sitting.is_over(clock.now()):
            bank = bank_of(db, sitting.version_id, sitting.language, sitting.compiler)
            submit_attempt(db, sitting, bank)
