"""Jobs of voices: once a day, letters about courses that fell silent, and those of three months ago.

Who is due is found in one look, and written to some at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock
from app.learning.follow_ups import due_follow_ups, follow_up
from app.learning.reminders import remind, silent_rounds
from app.queue.jobs import later_some
from app.queue.worker import Workshop

REMIND, REMIND_ROUNDS = "remind", "remind-rounds"
FOLLOW_UP, FOLLOW_UP_ROUNDS = "follow-up", "follow-up-rounds"


def remind_silent(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Find the rounds that fell silent, whose letters are promised behind all that others wait for."""
    _share_out(workshop, REMIND_ROUNDS, silent_rounds)


def ask_about_use(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Find, once each, who completed a course three months ago, to be asked whether they used it."""
    _share_out(workshop, FOLLOW_UP_ROUNDS, due_follow_ups)


def remind_rounds(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Promise the letters of some silent rounds."""
    _each(workshop, payload["ids"], remind)


def follow_up_rounds(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Promise the letters of some rounds that were completed three months ago."""
    _each(workshop, payload["ids"], follow_up)


def _share_out(
    workshop: Workshop, kind: str, find: Callable[[Session, datetime], Sequence[int]]
) -> None:
    with workshop.engines.reading() as db:
        rounds = find(db, clock.now())
    with workshop.engines.writing() as db:
        later_some(db, kind, rounds)


def _each(
    workshop: Workshop, rounds: Sequence[int], write: Callable[[Session, int, datetime], bool]
) -> None:
    """Each letter in a transaction of its own; a repeat promises none twice."""
    workshop.engines.write_each(rounds, lambda db, place_id: write(db, place_id, clock.now()))
