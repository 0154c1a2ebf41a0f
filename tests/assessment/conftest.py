"""The stage of quizzes: awa in a course whose quiz asks one question of each kind."""

import pytest

from app.assessment.saves import Saved, decide, write
from app.assessment.sittings import answered_items, sitting_called
from tests.browser import Browser
from tests.makers.learning import make_enrolment
from tests.makers.quizzes import PATH, make_quiz


@pytest.fixture
def hers(db, awa, browser) -> Browser:
    """Awa's browser, with a place in the course."""
    make_enrolment(db, awa, make_quiz(db))
    db.commit()
    return browser.as_(awa)


def begin(browser: Browser, number: int = 1) -> str:
    """Begin an attempt; gives its path."""
    answer = browser.post(f"{PATH}/attempts")
    assert answer.headers["location"] == f"{PATH}/attempts/{number}"
    return answer.headers["location"]


def save(db, attempt_id: int, bank, fields) -> Saved:
    """Save what a page sends, with the attempt's row held."""
    sitting = sitting_called(db, attempt_id)
    return write(db, sitting, decide(sitting, answered_items(db, attempt_id), bank, fields))
