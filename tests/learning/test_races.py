"""Races: two results at the same moment complete once, and none is missed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.foundation.database import Engines
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment, enrol, withdraw
from app.learning.results import Earned, record_result
from tests.makers.courses import make_course
from tests.makers.learning import do

REPETITIONS = 100
BOTH = ("lesson-1-2", "lesson-1-3")


def record_at_once(engines: Engines, barrier: Barrier, place_id: int, key: str) -> bool:
    with engines.writing() as db:
        barrier.wait(timeout=20)
        earned = Earned(
            enrolment_id=place_id,
            activity_key=key,
            source="lesson",
            source_key=f"{place_id}/{key}",
            passed=True,
            language="en",
        )
        return record_result(db, earned).has_completed


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_results_at_the_same_moment_complete_once(db, engines, awa):
    """SQLite hides this race, since its writers wait for each other from the first statement."""
    version = make_course(db, modules=1, lessons=3, quizzes=False, final=False)
    db.commit()
    told = []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(REPETITIONS):
            place = enrol(db, awa.id, version.course_id, "en")
            do(db, place, "lesson-1-1")  # the first one writes the enrolment's row, and so locks it
            db.commit()
            barrier = Barrier(2)
            at_once = [pool.submit(record_at_once, engines, barrier, place.id, key) for key in BOTH]
            told.append(sum(each.result() for each in at_once))
            withdraw(db, place.id, "en")
            db.commit()

    assert told == [1] * REPETITIONS
    assert db.scalar(select(func.count()).select_from(Completion)) == REPETITIONS


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_clicks_at_the_same_moment_give_one_place(db, engines, awa):
    version = make_course(db)
    db.commit()

    def click(barrier: Barrier) -> int:
        with engines.writing() as own:
            barrier.wait(timeout=20)
            return enrol(own, awa.id, version.course_id, "en").id

    with ThreadPoolExecutor(2) as pool:
        for round_number in range(1, 11):
            barrier = Barrier(2)
            first, second = [pool.submit(click, barrier) for _ in range(2)]
            assert first.result() == second.result()
            assert db.get(Enrolment, first.result()).round == round_number
            withdraw(db, first.result(), "en")
            db.commit()
