"""The pretest: the final assessment asked once before the course, where it counts for nothing."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.assessment.attempts import Attempt
from app.learning.completions import Completion
from tests.browser import text_of
from tests.makers.quizzes import (
    LESSON,
    PATH,
    SAID,
    SEVEN,
    SLUG,
    asked_in,
    make_quiz,
    right,
    sheet,
    wrong,
)

COURSE = f"/en/courses/{SLUG}"
OFFER = "What do you know already? Take the pretest first"
PRETEST, FIRST = f"{COURSE}/quizzes/pretest", f"{COURSE}/lessons/{LESSON}"


@pytest.fixture
def version(db):
    made = make_quiz(db, final=True, pretest=True, time_limit=20)
    db.commit()
    return made


@pytest.fixture
def hers(version, awa, browser):
    """Awa's browser, with a place in the course."""
    own = browser.as_(awa)
    assert own.post(f"{COURSE}/enrolment").headers["location"] == PRETEST
    return own


def take(browser, engines, path=PRETEST, answering=right, whole=7):
    """A quiz begun and handed in, with as many questions answered."""
    begun = browser.post(f"{path}/attempts", {"view": "all"}).headers["location"].partition("?")[0]
    fields = sheet(asked_in(engines)[:whole], answering) | {"anyway": "1"}
    for position in range(whole + 1, 8):
        fields |= {f"shown-{position}": ""}
    return browser.follow(browser.post(f"{begun}/submission", fields))


def test_whoever_starts_is_offered_the_pretest_and_may_skip_it(hers):
    said = hers.get(PRETEST)
    assert "What do you know already?" in text_of(said)
    assert "for nothing: no certificate and no pass mark hangs on it" in text_of(said)
    assert f'href="{FIRST}"' in said.text
    course = hers.get(COURSE)
    assert f'href="{PRETEST}"' in course.text
    assert OFFER in text_of(course)

    hers.post(f"{FIRST}/progress")
    assert f'href="{PRETEST}"' not in hers.get(COURSE).text


def test_once_begun_it_is_offered_no_more_and_still_found(hers, engines):
    begun = hers.post(f"{PRETEST}/attempts").headers["location"]
    course = hers.get(COURSE)
    assert OFFER not in text_of(course)
    assert f'href="{PRETEST}">Pretest</a>' in course.text
    assert f'href="{begun}">Continue the pretest' in hers.get(PRETEST).text

    take(hers, engines, answering=wrong)
    course = hers.get(COURSE)
    assert OFFER not in text_of(course)
    assert f'href="{PRETEST}">Pretest</a>' in course.text
    hers.post(f"{COURSE}/withdrawal")
    hers.post(f"{COURSE}/enrolment")
    assert OFFER in text_of(hers.get(COURSE))


def test_a_stranger_reads_what_it_is_and_needs_a_place(version, bilal, browser):
    assert "It needs a place in the course" in text_of(browser.get(PRETEST))
    own = browser.as_(bilal)
    assert "Start this course" in text_of(own.get(PRETEST))
    assert "needs a place in the course" in text_of(own.post(f"{PRETEST}/attempts"))


def test_its_result_says_how_many_were_right_and_no_answer(hers, engines):
    answer = take(hers, engines, whole=3)
    said = text_of(answer)
    assert "You had 3 of 7" in said
    assert "Count what matters 3 of 7" in said
    assert f'class="button" href="{FIRST}"' in answer.text
    for reason in (*SAID.values(), "Minutes can be counted.", "Right answer", "pass mark is"):
        assert reason not in said
    assert "You had 3 of 7" in text_of(hers.get(PRETEST))


def test_all_right_is_no_pass_no_progress_and_no_completion(hers, engines, found):
    take(hers, engines)
    assert "0 of 2" not in text_of(hers.get(COURSE))
    assert found(select(Completion.enrolment_id)) == []
    (graded,) = found(select(Event.payload).where(Event.kind == "attempt-graded"))
    assert (graded["score"], graded["passed"]) == (7, False)
    assert "Final assessment" in text_of(hers.get(COURSE))


def test_it_has_no_time_limit_and_one_attempt(hers, engines, found):
    take(hers, engines, answering=wrong)
    assert found(select(Attempt.due_at)) == [None]
    refused = hers.post(f"{PRETEST}/attempts")
    assert refused.status_code == 409
    assert "The pretest can be taken once" in text_of(refused)


def test_after_a_lesson_it_is_over(hers):
    hers.post(f"{FIRST}/progress")
    assert "Your course has begun" in text_of(hers.get(PRETEST))
    assert hers.post(f"{PRETEST}/attempts").status_code == 409


def test_the_final_says_what_was_known_before_and_tells_the_ledger_once(hers, engines, found):
    take(hers, engines, whole=2)
    hers.post(f"{FIRST}/progress")
    said = text_of(take(hers, engines, PATH))
    assert "Passed with 7 of 7" in said
    assert "Before the course you had 2 of 7." in said

    take(hers, engines, PATH)
    (gained,) = found(select(Event.payload).where(Event.kind == "gain-measured"))
    assert (gained["before"], gained["after"]) == (29, 100)


def test_the_pages_of_a_pretest_speak_of_no_pass_mark(hers, engines):
    begun = hers.post(f"{PRETEST}/attempts").headers["location"]
    for address in (begun, f"{begun}?view=all", f"{begun}?question=overview"):
        said = text_of(hers.get(address))
        assert "Pretest" in said
        assert "Pass mark" not in said
        assert "the answers come with the final assessment" in said
    hers.post(f"{begun}/answers", sheet(asked_in(engines)))
    assert "You see what was right" not in text_of(hers.get(f"{begun}?question=overview"))
    assert "The pretest is under way" in text_of(hers.get(PRETEST))


def test_a_course_without_one_has_no_such_page(db, awa, browser):
    make_quiz(db, SEVEN[:2], final=True)
    db.commit()
    own = browser.as_(awa)
    assert own.post(f"{COURSE}/enrolment").headers["location"] == FIRST
    assert own.get(PRETEST).status_code == 404
    assert own.post(f"{PRETEST}/attempts").status_code == 404


def test_a_new_round_may_take_it_again(hers, engines):
    take(hers, engines)
    hers.post(f"{COURSE}/withdrawal")
    assert hers.post(f"{COURSE}/enrolment").headers["location"] == PRETEST
    assert "Begin the pretest" in text_of(hers.get(PRETEST))
