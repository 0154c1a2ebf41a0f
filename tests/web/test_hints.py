"""Hints: one sentence for a first visit, put away for good at one press, without a script."""

import pytest

from tests.browser import text_of
from tests.makers.learning import do, make_enrolment
from tests.makers.quizzes import LESSON, SLUG, make_quiz

LESSON_PATH = f"/en/courses/{SLUG}/lessons/{LESSON}"
AWAY = "Do not show this again"


@pytest.fixture
def course(db):
    version = make_quiz(db)
    db.commit()
    return version


def test_a_first_lesson_says_how_to_go_on_until_it_is_put_away(course, eve):
    first = eve.get(LESSON_PATH)
    assert AWAY in text_of(first)
    assert "set-cookie" not in first.headers
    gone = eve.post("/en/hints", {"back": LESSON_PATH})
    assert gone.headers["location"] == LESSON_PATH
    assert "HttpOnly" in gone.headers["set-cookie"]
    assert AWAY not in text_of(eve.get(LESSON_PATH))


def test_whoever_has_done_something_is_no_newcomer(db, course, browser, awa):
    place = make_enrolment(db, awa, course)
    db.commit()
    awas = browser.as_(awa)
    assert "press the button below" in text_of(awas.get(LESSON_PATH))
    do(db, place, LESSON)
    db.commit()
    assert AWAY not in text_of(awas.get(LESSON_PATH))
    assert AWAY not in text_of(awas.get("/en/my-learning"))


def test_my_learning_without_a_course_says_how_to_begin(browser, awa):
    awas = browser.as_(awa)
    assert "leads you back to where you were" in text_of(awas.get("/en/my-learning"))
    awas.post("/en/hints", {"back": "/en/my-learning"})
    assert AWAY not in text_of(awas.get("/en/my-learning"))


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", ""])
def test_a_hint_leads_back_to_no_other_site(eve, back):
    assert eve.post("/en/hints", {"back": back}).headers["location"] == "/en/"
