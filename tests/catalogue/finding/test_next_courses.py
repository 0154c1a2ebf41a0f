"""What to learn next follows the one rule that its page states."""

import re

from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment


def test_what_answers_most_that_is_new_comes_first_and_nothing_begun(db, browser, awa):
    aid = make_course(db, "First aid at work", recommendations=("T0", "HR1"))
    make_course(db, "Night shifts", modules=3, recommendations=("T0", "HR1", "AC1"))
    make_course(db, "Open books", modules=3, recommendations=("AC1", "AC3"))
    make_course(db, "Short books", modules=1, recommendations=("AC1", "HR1"))
    begun = make_course(db, "Trust", recommendations=("PH1", "PH2", "PH3"))
    db.commit()

    def offered() -> list[str]:
        told = browser.as_(awa).get("/en/my-learning/next")
        assert told.status_code == 200
        return re.findall(r'<h2><a href="/en/courses/([^"]+)"', told.text)

    assert offered() == ["trust", "night-shifts", "short-books", "first-aid-at-work", "open-books"]
    complete(db, make_enrolment(db, awa, aid))
    make_enrolment(db, awa, begun)
    db.commit()
    assert offered() == ["open-books", "short-books", "night-shifts"]
    assert "courses you completed do not answer" in text_of(
        browser.as_(awa).get("/en/my-learning/next")
    )
    course = browser.as_(awa).get("/en/courses/first-aid-at-work")
    assert 'href="/en/my-learning/next"' in course.text
