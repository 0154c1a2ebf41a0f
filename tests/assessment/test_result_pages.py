"""Results: the verdict, what to do next, how each outcome went, and why each answer is so."""

from sqlalchemy import select

from app.credentials.certificates import Certificate
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.makers.learning import do, make_enrolment
from tests.makers.quizzes import (
    LESSON,
    PATH,
    SEVEN,
    asked_in,
    make_quiz,
    right,
    sheet,
    wrong,
)

ATTEMPT = f"{PATH}/attempts/1"


def hand_in(browser, engines, answering=right):
    begin(browser)
    fields = sheet(asked_in(engines), answering) | {"anyway": "1"}
    return browser.follow(browser.post(f"{ATTEMPT}/submission", fields))


def test_every_option_has_its_reason_whatever_was_chosen(engines, hers):
    for answer in (hand_in(hers, engines, wrong), hers.get(f"{ATTEMPT}/result")):
        said = text_of(answer)
        for item in SEVEN:
            assert item["stem"] in said
            for part in (*item.get("options", ()), *item.get("pairs", ())):
                assert part["feedback"] in said
        assert "It lies between them." in said
        assert "Draw two groups and look." in said
        assert "Look at the lesson again." in said
        assert "That is what the lesson says." not in said
        assert "[R1] A handbook" in said


def test_what_was_given_and_what_is_right_stand_beside_each_other(engines, hers):
    said = text_of(hand_in(hers, engines, wrong))
    assert "13.6 letters Your answer · Not right 12.5 letters Right answer" in said
    assert "certainly not this Your answer · Not right median Right answer" in said
    assert (
        "Mean Your match: The one in the middle · Not right Right match: The sum by the number"
        in said
    )
    assert "Ask Your place: 2 · Not right Right place: 1" in said
    assert "A mean can hide two groups. True Right answer" in said
    assert "False Your answer · Not right" in said


def test_a_failed_attempt_leads_to_the_lesson_and_to_another_try(engines, hers):
    answer = hand_in(hers, engines, wrong)
    said = text_of(answer)
    assert "Not passed yet: 0 of 7" in said
    assert "The pass mark is 70%, 5 of 7." in said
    assert "What is still open is taught here: What can be counted" in said
    assert "Try again" in said
    assert "Count what matters 0 of 7" in said


def test_questions_to_learn_from_come_first(engines, hers):
    asked = asked_in(engines) if begin(hers) else []
    fields = sheet(asked[:6]) | wrong(asked[6]) | {"shown-7": "", "anyway": "1"}
    said = text_of(hers.follow(hers.post(f"{ATTEMPT}/submission", fields)))
    stems = [asked[6].definition["stem"], *(each.definition["stem"] for each in asked[:6])]
    places = [said.index(stem) for stem in stems]
    assert places == sorted(places)
    assert "Passed with 6 of 7" in said


def test_what_is_left_of_the_module_is_said_and_comes_next(engines, hers):
    answer = hand_in(hers, engines)
    assert "One part of module 1 is left." in text_of(answer)
    assert f'class="button" href="/en/courses/asking-well/lessons/{LESSON}"' in answer.text


def test_a_completed_course_leads_to_its_certificate(db, awa, browser, engines, found):
    place = make_enrolment(db, awa, make_quiz(db))
    do(db, place, LESSON)
    db.commit()
    answer = hand_in(browser.as_(awa), engines)
    (code,) = found(select(Certificate.code))
    assert "The course is complete." in text_of(answer)
    assert f'href="/en/certificates/{code}"' in answer.text


def test_open_questions_are_shown_as_not_answered(engines, hers):
    begin(hers)
    answer = hers.follow(hers.post(f"{ATTEMPT}/submission", {"anyway": "1"}))
    said = text_of(answer)
    assert "Not passed yet: 0 of 7" in said
    assert "Mean Not answered Right match: The sum by the number" in said
    assert "Your answer ·" not in said


def test_a_new_version_does_not_change_an_old_result(db, hers, engines):
    before = text_of(hand_in(hers, engines))
    make_quiz(db, SEVEN[:2], edition=2)
    db.commit()
    after = text_of(hers.get(f"{ATTEMPT}/result"))
    assert "Passed with 7 of 7" in after
    assert before.partition("By outcome")[2] == after.partition("By outcome")[2]


def test_an_open_attempt_has_no_result_yet(hers):
    begin(hers)
    assert hers.get(f"{ATTEMPT}/result").headers["location"] == ATTEMPT
