"""The population that `bin/bench` measures with still fits the tables."""

from sqlalchemy import func, select

from app.foundation.database import Engines
from app.identity.placements import Placement
from app.learning.enrolments import Enrolment
from bench.populations import COURSES, Place, populate

PEOPLE = 12


def test_so_many_people_and_five_times_the_enrolments_fit_the_tables(engines: Engines) -> None:
    populate(engines.write, PEOPLE, [Place(at, at) for at in range(1, COURSES + 1)])

    with engines.reading() as db:
        placed = db.scalar(select(func.count()).select_from(Placement))
        enrolled = db.scalar(select(func.count()).select_from(Enrolment))

    assert (placed, enrolled) == (PEOPLE, PEOPLE * COURSES)
