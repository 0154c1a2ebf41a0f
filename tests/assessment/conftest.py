"""The stage of quizzes: awa in a course whose quiz asks one question of each kind."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select

from app.foundation.database import Engines
from tests.browser import Browser
from tests.makers.learning import make_enrolment
from tests.makers.quizzes import PATH, make_quiz


@pytest.fixture
def hers(db, awa, browser) -> Browser:
    """Awa's browser, with a place in the course."""
    make_enrolment(db, awa, make_quiz(db))
    db.commit()
    return browser.as_(awa)


@pytest.fixture
def found(engines: Engines) -> Callable[[Select[Any]], list[Any]]:
    """What a statement of one column finds now, asked outside every other transaction."""

    def ask(statement: Select[Any]) -> list[Any]:
        with engines.reading() as db:
            return list(db.scalars(statement))

    return ask


def begin(browser: Browser, number: int = 1) -> str:
    """Begin an attempt; gives its path."""
    answer = browser.post(f"{PATH}/attempts")
    assert answer.headers["location"] == f"{PATH}/attempts/{number}"
    return answer.headers["location"]
