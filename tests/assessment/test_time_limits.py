"""Time limits: said in words, kept on the server, and graded when nobody hands in."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.assessment.attempts import OVERDUE, Attempt
from app.foundation import clock
from app.learning.completions import Completion
from app.learning.enrolments import withdraw
from app.learning.results import Result
from app.main import worker_of
from app.queue.jobs import Job
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.makers.learning import do, make_enrolment
from tests.makers.quizzes import LESSON, PATH, SHORT, TRUE_FALSE, asked_in, make_quiz, sheet, wrong

ATTEMPT = f"{PATH}/attempts/1"


@pytest.fixture
def place(db, awa):
    version = make_quiz(db, [TRUE_FALSE, SHORT], time_limit=20, attempts=2)
    place = make_enrolment(db, awa, version)
    do(db, place, LESSON)
    db.commit()
    return place


@pytest.fixture
def hers(place, awa, browser):
    return browser.as_(awa)


def let_time_pass(engines) -> None:
    """Move the attempt and its job half an hour into the past."""
    half = timedelta(minutes=30)
    with engines.writing() as db:
        attempt = db.scalars(select(Attempt)).one()
        job = db.scalars(select(Job).where(Job.kind == OVERDUE)).one()
        moved = {"opened_at": attempt.opened_at - half, "due_at": attempt.due_at - half}
        db.execute(update(Attempt).values(**moved))
        db.execute(update(Job).where(Job.kind == OVERDUE).values(run_at=job.run_at - half))


def test_the_limit_is_said_before_and_during_an_attempt(engines, hers):
    before = text_of(hers.get(PATH))
    assert "20 min from the moment you begin; what is saved by then is graded" in before
    begin(hers)
    during = text_of(hers.get(ATTEMPT))
    assert "20 minutes are left" in during
    assert "UTC" in during
    assert "You have until" in text_of(hers.get(PATH))


def test_after_the_time_answers_are_refused_and_the_moment_is_said(engines, found, hers):
    begin(hers)
    fields = sheet(asked_in(engines))
    let_time_pass(engines)
    late = hers.post(f"{ATTEMPT}/answers", {**fields, "question": "1"})
    assert late.status_code == 409
    assert "The time is over" in text_of(late)
    told = hers.post(f"{ATTEMPT}/answers", fields, headers={"Accept": "application/json"})
    assert told.status_code == 409
    (due_at,) = found(select(Attempt.due_at))
    assert f"ended on {due_at:%-d %B %Y} at {due_at:%H:%M} UTC" in told.json()["says"]
    assert found(select(Attempt.revision)) == [0]


def test_after_the_time_the_page_offers_the_result_and_grades_what_was_saved(engines, found, hers):
    begin(hers)
    asked = asked_in(engines)
    hers.post(f"{ATTEMPT}/answers", sheet(asked[:1]))
    let_time_pass(engines)
    assert "The time is over" in text_of(hers.get(PATH))
    over = hers.get(ATTEMPT)
    assert over.status_code == 200
    assert "What was saved before is graded." in text_of(over)
    done = hers.post(f"{ATTEMPT}/submission", sheet(asked[1:], revision=1))
    result = text_of(hers.follow(done))
    assert "Not passed yet: 1 of 2" in result
    assert "The time was over on" in result
    assert found(select(Attempt.submitted_at)) == found(select(Attempt.due_at))


def test_an_attempt_that_nobody_hands_in_is_graded_by_the_queue(app, engines, found, hers):
    begin(hers)
    hers.post(f"{ATTEMPT}/answers", sheet(asked_in(engines)))
    worker = worker_of(app)
    assert found(select(Job.run_at).where(Job.kind == OVERDUE)) > found(select(Attempt.due_at))
    worker.run_until_idle()
    assert found(select(Result.id).where(Result.source == "quiz")) == []
    let_time_pass(engines)
    worker.run_until_idle()
    assert found(select(Result.passed).where(Result.source == "quiz")) == [True]
    assert len(found(select(Completion.enrolment_id))) == 1
    assert found(select(Attempt.submitted_at)) == found(select(Attempt.due_at))
    assert found(select(Attempt.graded_at))[0] > found(select(Attempt.due_at))[0]


def test_the_queue_leaves_alone_what_was_handed_in_or_left(app, engines, found, place, hers):
    begin(hers)
    hers.post(f"{ATTEMPT}/submission", sheet(asked_in(engines), wrong))
    graded_at = found(select(Attempt.graded_at))
    let_time_pass(engines)
    worker = worker_of(app)
    worker.run_until_idle()
    assert found(select(Attempt.graded_at)) == graded_at
    begin(hers, 2)
    with engines.writing() as db:
        withdraw(db, place.id, "en")
        db.execute(update(Job).values(run_at=clock.now() - timedelta(minutes=1)))
        db.execute(
            update(Attempt).where(Attempt.number == 2).values(due_at=clock.now() - timedelta(1))
        )
    worker.run_until_idle()
    assert found(select(Attempt.graded_at).where(Attempt.number == 2)) == [None]
    assert found(select(Job.last_error).where(Job.kind == OVERDUE)) == [None, None]


def test_without_a_limit_no_job_waits(db, awa, browser, found):
    make_enrolment(db, awa, make_quiz(db, [TRUE_FALSE]))
    db.commit()
    begin(browser.as_(awa))
    assert found(select(Job.id)) == []
