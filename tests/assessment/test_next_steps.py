"""Next steps: the lessons behind what is open, what is left of the module, and what follows."""

import pytest

from app.assessment.next_steps import next_steps
from app.assessment.reviews import OutcomeScore
from app.catalogue.editions import Wording
from app.catalogue.shelves import edition_of
from tests.makers.courses import make_course


@pytest.fixture
def edition(db):
    """Two modules of two lessons and a quiz each, and a final assessment."""
    version = make_course(db)
    return edition_of(db, version.id, "en", version.compiler)


def score(*lessons: str, right: bool) -> OutcomeScore:
    return OutcomeScore(Wording("Tell"), (1.0, float(right)), "", lessons)


def test_an_open_outcome_leads_to_the_lessons_of_the_quizs_own_module(edition):
    outcomes = [score("lesson-2-1", "lesson-1-2", "lesson-1-1", right=False)]
    again = next_steps(edition, (), 1, outcomes).again
    assert [lesson.key for lesson in again] == ["lesson-1-1", "lesson-1-2"]


def test_what_the_module_does_not_teach_is_found_in_the_others(edition):
    outcomes = [score("lesson-2-1", right=False)]
    assert [each.key for each in next_steps(edition, (), 1, outcomes).again] == ["lesson-2-1"]
    assert [each.key for each in next_steps(edition, (), 0, outcomes).again] == ["lesson-2-1"]


def test_an_outcome_that_is_met_sends_nobody_back(edition):
    assert next_steps(edition, (), 1, [score("lesson-1-1", right=True)]).again == ()


def test_what_is_left_of_the_module_and_of_the_course_is_counted(edition):
    done = ["lesson-1-1", "quiz-1"]
    steps = next_steps(edition, done, 1, ())
    assert (steps.module_left, steps.modules_left, steps.is_complete) == (1, 2, False)
    assert steps.onward.key == "lesson-2-1"
    everything = [each.key for each in edition.activities]
    steps = next_steps(edition, everything, 0, ())
    assert (steps.module_left, steps.modules_left, steps.is_complete) == (0, 0, True)
