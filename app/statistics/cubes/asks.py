"""Asks: a question to the engine, and whether protection can hold for its answer."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.foundation import clock
from app.foundation.errors import NotAllowed
from app.statistics.attributions import THEN, View
from app.statistics.protecting.guards import ProtectedQuestion, refuses

MOST_DIMENSIONS = 3
# What the guards call a dimension. A recommendation is a set of courses that overlaps with others:
# it counts as a course, and as one thing more beside what belongs to persons. A row of an outcome is
# that of its course, and nothing else (decision 0041).
THINGS = {
    "quarter": "month", "year": "month", "unit": "institution", "recommendation": "course",
    "outcome": "course",
}  # fmt: skip
TRAITS = frozenset({"grade", "gender", "country", "place", "language", "mode"})


class Ask(NamedTuple):
    """Measures by dimensions over whole months, perhaps of one course, or under one institution."""

    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    since: date
    until: date
    course: str = ""
    under: str = ""
    view: View = THEN


def things_of(dimensions: Iterable[str]) -> set[str]:
    """What the guards count for these dimensions."""
    asked = {*dimensions}
    overlapping = {"recommendation"} & asked if TRAITS & asked else set()
    return {THINGS.get(each, each) for each in asked} | overlapping


def refusal_of(ask: Ask) -> NotAllowed | None:
    """Why protection cannot hold for an answer to this, or none."""
    filters = {"course": ask.course, "institution": ask.under}
    question = ProtectedQuestion(
        {name for name, value in filters.items() if value},
        things_of(ask.dimensions),
        ask.since,
        ask.until,
    )
    return refuses(question, clock.day_everywhere(clock.now()))
