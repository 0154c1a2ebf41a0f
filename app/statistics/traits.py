"""Traits: what is known of people at the time, and of how they learned, that figures are split by."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal

from app.identity.placements import Placement
from app.statistics.facts import Fact

ALL = "all"  # what is split by no trait
PERSONAL = ("grade", "gender", "country", "place")
OF_FACT = ("language", "mode")
TRAITS = (*PERSONAL, *OF_FACT)
_facts, _placements = Fact.__table__.c, Placement.__table__.c


def trait_of(dimension: str) -> ColumnElement[Any]:
    """The trait's value of a fact and its placement, empty where it was not said."""
    if dimension == ALL:
        return literal("")
    table = _placements if dimension in PERSONAL else _facts
    return func.coalesce(table[dimension], "")
