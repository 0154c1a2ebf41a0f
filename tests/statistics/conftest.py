"""A quiz with learners, for examples of hypothesis that undo what they do."""

import pytest

from tests.makers.attempts import make_places
from tests.makers.quizzes import make_quiz


@pytest.fixture
def asked(db):
    """A quiz and the places of twenty-six learners, for examples that undo what they do."""
    version = make_quiz(db)
    return version, make_places(db, version, 26)
