"""Asks: a question to the engine, and whether protection can hold for its answer."""

from datetime import date
from typing import NamedTuple

from app.foundation import clock
from app.foundation.errors import NotAllowed
from app.statistics.attributions import THEN, View
from app.statistics.protecting.guards import ProtectedQuestion, refuses

MOST_DIMENSIONS = 3
# What the guards call a dimension.
THINGS = {"quarter": "month", "year": "month", "unit": "institution"}


class Ask(NamedTuple):
    """Measures by dimensions over whole months, perhaps of one course, or under one institution."""

    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    since: date
    until: date
    course: str = ""
    under: str = ""
    view: View = THEN


def refusal_of(ask: Ask) -> NotAllowed | None:
    """Why protection cannot hold for an answer to this, or none."""
    filters = {"course": ask.course, "institution": ask.under}
    question = ProtectedQuestion(
        {name for name, value in filters.items() if value},
        {THINGS.get(each, each) for each in ask.dimensions},
        ask.since,
        ask.until,
    )
    return refuses(question, clock.now().date())
