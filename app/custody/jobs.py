"""Jobs of custody: once a day the retention rules are carried out, and late requests are recalled."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from app.custody.data_requests import recall_due
from app.custody.retentions import (
    A_MONTH,
    KEEP_IDLE,
    Retention,
    forget_names,
    forget_warnings,
    have_time_left,
    idle_in,
    rules_of_idle,
    warn_or_erase,
)
from app.foundation import clock
from app.foundation.database import Engines
from app.queue.jobs import later_some
from app.queue.worker import Workshop
from app.studio.guests import forget_guests


def keep_schedule(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Do what the rules ask for today; whoever is idle waits until nothing else is due."""
    due = keep_at(workshop.engines, clock.now())
    with workshop.engines.writing() as db:
        for rule_id, people in due.items():
            later_some(db, KEEP_IDLE, people, rule=rule_id)


def keep_idle(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Warn or erase some who are idle."""
    keep_idle_at(workshop.engines, payload["rule"], payload["ids"], clock.now())


def keep_at(engines: Engines, moment: datetime) -> dict[int, list[int]]:
    """Empty names whose time is over, recall what is nearly due; returns who is idle, by their rule.

    Of these only who is to be warned or erased now.
    """
    with engines.writing() as db:
        forget_names(db, moment)
        forget_guests(db, moment - A_MONTH)
        recall_due(db, moment.date())
    with engines.reading() as db:
        idle = {rule.id: idle_in(db, rule, moment) for rule in rules_of_idle(db)}
        waiting = have_time_left(db, moment)
    with engines.writing() as db:
        forget_warnings(db, still_idle={*chain(*idle.values())})
    return {
        rule_id: [each for each in people if each not in waiting]
        for rule_id, people in idle.items()
    }


def keep_idle_at(engines: Engines, rule_id: int, people: Iterable[int], moment: datetime) -> None:
    """Warn or erase these people; begun again, it does nothing twice."""

    def act(db: Session, person_id: int) -> None:
        warn_or_erase(db, db.get_one(Retention, rule_id), person_id, moment)

    engines.write_each(people, act)
