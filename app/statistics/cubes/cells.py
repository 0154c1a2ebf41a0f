"""Cells: what facts of one kind add up to, by the values of a question's dimensions."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from app.catalogue.courses import Course
from app.statistics.cubes.asks import Ask

_courses = Course.__table__.c


class Cell(NamedTuple):
    """What facts of one kind add up to: how many, their keys' sum, their minutes and days."""

    number: int = 0
    keys: int = 0
    minutes: int = 0
    days: int = 0

    def __add__(self, other: "Cell") -> "Cell":  # type: ignore[override]  # a sum, no longer row
        return Cell(
            self.number + other.number,
            self.keys + other.keys,
            self.minutes + other.minutes,
            self.days + other.days,
        )


NOTHING = Cell()
Cells = dict[tuple[Any, ...], dict[str, Cell]]


def course_id_of(ask: Ask) -> Any:
    """The id of the course asked for, for a statement."""
    return select(_courses.id).where(_courses.slug == ask.course).scalar_subquery()


def month_number(day: date) -> int:
    """The month of a day as tallies have it: 202611."""
    return day.year * 100 + day.month
