"""A ministry that counts: facts of three months, at the institute and at the ministry itself."""

import pytest

from app.foundation import clock
from app.statistics.bulletins.snapshots import Wish, snapshot
from app.statistics.scopes import COUNTS, Scope
from tests.makers.courses import make_course
from tests.makers.people import make_institute, make_interior
from tests.statistics.test_tallies import fact

EVERYBODY = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
MINISTRY = "ministry-of-the-interior"


@pytest.fixture
def counted(db, bilal) -> int:
    """The ministry's id, once its facts of January to March 2024 are counted."""
    courses = [make_course(db, "First aid at work"), make_course(db, "Night shifts")]
    where = [make_institute(db), make_interior(db)]
    for number in range(60):
        measure = ("enrolled", "completed")[number % 2]
        course_id = courses[number % 5 == 0].course_id
        db.add(fact(db, bilal, course_id, where[number % 4 == 0], measure, number))
    db.commit()
    return where[1].id


@pytest.fixture
def frozen(db, counted):
    """What a bulletin of that ministry says."""
    return snapshot(db, EVERYBODY, wish())


def wish(**changes) -> Wish:
    """Three tables of the ministry's first quarter of 2024."""
    tables = ((), ("course", "month"), ("unit",), ("gender",))
    asked = Wish(
        "interior-2024-q1", MINISTRY, "2024-01", "2024-03", ("enrolled", "completed"), tables
    )
    return asked._replace(**changes)


@pytest.fixture
def today():
    return clock.now().date()
