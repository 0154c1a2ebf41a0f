"""Jobs of custody: once a day the retention rules are carried out, and late requests are recalled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.custody.data_requests import recall_due
from app.custody.retentions import (
    A_MONTH,
    IDLE_ACCOUNTS,
    Retention,
    forget_names,
    forget_warnings,
    idle_in,
    warn_or_erase,
)
from app.foundation import clock
from app.foundation.database import Engines
from app.queue.worker import Workshop
from app.studio.guests import forget_guests


def keep_schedule(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Do what the rules ask for today."""
    keep_at(workshop.engines, clock.now())


def keep_at(engines: Engines, moment: datetime) -> None:
    """Empty names whose time is over, warn and erase who is idle, recall what is nearly due.

    One person a transaction, so that nobody waits for it; begun again, it does nothing twice.
    """
    with engines.writing() as db:
        forget_names(db, moment)
        forget_guests(db, moment - A_MONTH)
        recall_due(db, moment.date())
    with engines.reading() as db:
        rules = db.scalars(
            select(Retention)
            .where(Retention.record_class == IDLE_ACCOUNTS, Retention.ended_at.is_(None))
            .order_by(Retention.id)
        ).all()
        idle = {person: rule for rule in rules for person in idle_in(db, rule, moment)}
    for person, rule in idle.items():
        with engines.writing() as db:
            warn_or_erase(db, rule, person, moment)
    with engines.writing() as db:
        forget_warnings(db, idle)
