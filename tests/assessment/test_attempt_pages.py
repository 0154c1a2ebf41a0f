"""Attempts over HTTP: every kind of question, one page after the other or all on one."""

import json
import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.assessment.attempts import Attempt, AttemptItem
from app.learning.results import Result
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.makers.learning import make_enrolment
from tests.makers.quizzes import (
    MATCHING,
    NUMERIC,
    ORDERING,
    PATH,
    SEVEN,
    asked_in,
    make_quiz,
    right,
    sheet,
    wrong,
)

JSON = {"Accept": "application/json"}
ATTEMPT = f"{PATH}/attempts/1"
CHOSEN = r'name="{name}"[^>]*>(?:(?!</select>).)*<option value="{value}" selected'


def revision_in(answer) -> int:
    return int(re.search(r'name="revision" value="(\d+)"', answer.text)[1])


def marks_in(answer) -> dict[str, str]:
    """For whom the page says that it was made, and of which attempt it is."""
    return dict(re.findall(r'name="(made-for|opened)" value="([^"]+)"', answer.text))


@pytest.mark.parametrize(
    ("answering", "score"), [(right, 1.0), (wrong, 0.0)], ids=["right", "wrong"]
)
def test_each_kind_of_question_is_answered_one_a_page_and_graded(
    engines, found, hers, answering, score
):
    begin(hers)
    for asked in asked_in(engines):
        shown = hers.get(f"{ATTEMPT}?question={asked.position}")
        assert f"Question {asked.position} of 7" in text_of(shown)
        fields = sheet([asked], answering, revision_in(shown))
        onward = hers.post(f"{ATTEMPT}/answers", {**fields, "question": asked.position})
        following = asked.position + 1 if asked.position < 7 else "overview"
        assert onward.headers["location"] == f"{ATTEMPT}?question={following}"
    assert "Every question is answered" in text_of(hers.follow(onward))
    done = hers.post(f"{ATTEMPT}/submission")
    assert done.headers["location"] == f"{ATTEMPT}/result"

    scores = {
        asked.kind: given
        for asked, given in zip(asked_in(engines), found(select(AttemptItem.score)), strict=True)
    }
    assert len(scores) == len(SEVEN)
    assert all(given == pytest.approx(score) for given in scores.values()), scores
    (result,) = found(select(Result).where(Result.source == "quiz"))
    assert (result.score, result.out_of, result.passed) == (7 * score, 7, score == 1)


def test_all_questions_on_one_page_are_answered_at_once(engines, found, hers):
    begin(hers)
    page = hers.get(f"{ATTEMPT}?view=all")
    fields = sheet(asked_in(engines), right, revision_in(page))
    assert all(f'name="{name}"' in page.text for name in fields)
    done = hers.post(f"{ATTEMPT}/submission", fields)
    result = hers.follow(done)
    assert "Passed with 7 of 7" in text_of(result)


def test_what_was_saved_is_shown_again_on_any_device(engines, awa, hers):
    begin(hers)
    for asked in asked_in(engines):
        hers.post(f"{ATTEMPT}/answers", sheet([asked], right, asked.position - 1), headers=JSON)
    other = hers.as_(awa).get(f"{ATTEMPT}?view=all").text
    for asked in asked_in(engines):
        for name, values in right(asked).items():
            for value in values if isinstance(values, list) else [values]:
                ticked = rf'name="{name}" value="{value}" id="[^"]*" checked'
                chosen = CHOSEN.format(name=name, value=value)
                typed = rf'name="{name}"[^>]* value="{value}"'
                assert re.search(f"{ticked}|{chosen}|{typed}", other), (asked.kind, name, value)


def test_the_page_opens_at_the_first_open_question(engines, found, hers):
    begin(hers)
    first, second, *_others = asked_in(engines)
    hers.post(f"{ATTEMPT}/answers", sheet([first]), headers=JSON)
    assert f"Question {second.position} of 7" in text_of(hers.get(ATTEMPT))


def test_an_empty_answer_is_sent_back_and_a_skipped_one_is_not(engines, found, hers):
    begin(hers)
    asked = asked_in(engines)[0]
    fields = {"revision": "0", "question": "1", "shown-1": ""}
    sent_back = hers.post(f"{ATTEMPT}/answers", fields)
    assert sent_back.status_code == 422
    assert "<title>Error: " in sent_back.text
    assert "This question has no answer yet" in text_of(sent_back)
    assert 'role="alert"' in sent_back.text
    target = re.search(r'role="alert".*?href="#([^"]+)"', sent_back.text)[1]
    assert f'id="{target}"' in sent_back.text
    skipped = hers.post(f"{ATTEMPT}/answers", {**fields, "skip": "1"})
    assert skipped.headers["location"] == f"{ATTEMPT}?question=2"
    assert asked.position == 1


def test_a_part_of_an_answer_is_kept_and_the_rest_asked_for(db, awa, browser):
    make_enrolment(db, awa, make_quiz(db, [MATCHING, NUMERIC], shuffle=False))
    db.commit()
    hers = browser.as_(awa)
    begin(hers)
    part = {"revision": "0", "question": "1", "shown-1": "", "answer-1-a": "a", "answer-1-b": ""}
    sent_back = hers.post(f"{ATTEMPT}/answers", part)
    assert sent_back.status_code == 422
    assert "This answer is not complete yet" in text_of(sent_back)
    assert re.search(CHOSEN.format(name="answer-1-a", value="a"), sent_back.text)
    words = {"revision": "1", "question": "2", "shown-2": "", "answer-2": "about twelve"}
    sent_back = hers.post(f"{ATTEMPT}/answers", words)
    assert sent_back.status_code == 422
    assert "cannot be read as a number" in text_of(sent_back)
    assert 'value="about twelve"' in sent_back.text
    assert "Not complete" in text_of(hers.get(f"{ATTEMPT}?question=overview"))


@pytest.mark.parametrize("places", ["1244", "124"], ids=["one place twice", "one step left out"])
def test_steps_without_a_place_each_are_kept_and_sent_back(db, engines, awa, browser, places):
    make_enrolment(db, awa, make_quiz(db, [ORDERING]))
    db.commit()
    hers = browser.as_(awa)
    begin(hers)
    asked = asked_in(engines)
    given = dict(zip(right(asked[0]), places, strict=False))
    fields = {"revision": "0", "question": "1", "shown-1": "", **given}
    sent_back = hers.post(f"{ATTEMPT}/answers", fields)
    assert sent_back.status_code == 422
    assert "This answer is not complete yet" in text_of(sent_back)
    # The page knows of what it saved: the mended answer goes on from it.
    mended = sheet(asked, right, revision_in(sent_back))
    onward = hers.post(f"{ATTEMPT}/answers", {**mended, "question": "1"})
    assert onward.headers["location"] == f"{ATTEMPT}?question=overview"
    done = hers.post(f"{ATTEMPT}/submission")
    assert "Passed with 1 of 1" in text_of(hers.follow(done))


def test_a_script_is_told_what_was_saved(engines, found, hers):
    begin(hers)
    first, second, *_others = asked_in(engines)
    told = hers.post(f"{ATTEMPT}/answers", sheet([first, second]), headers=JSON)
    assert told.status_code == 200
    assert told.json() == {
        "revision": 1,
        "saved": [1, 2],
        "kept": [],
        "open": [],
        "says": "2 of 7 answers are saved. You can close this page and go on from any device.",
    }
    cleared = {"revision": "1", "shown-1": ""}
    told = hers.post(f"{ATTEMPT}/answers", cleared, headers=JSON).json()
    assert (told["revision"], told["saved"], told["open"]) == (2, [1], [1])


def test_open_questions_are_asked_about_once_more_before_handing_in(engines, found, hers):
    begin(hers)
    asked = asked_in(engines)
    sent_back = hers.post(f"{ATTEMPT}/submission", sheet(asked[:5]))
    assert sent_back.status_code == 422
    assert "2 questions are still open" in text_of(sent_back)
    assert "Hand in anyway" in text_of(sent_back)
    assert len(found(select(AttemptItem.answer).where(AttemptItem.answer.is_not(None)))) == 5
    assert found(select(Result.id)) == []
    done = hers.post(f"{ATTEMPT}/submission", {"anyway": "1"})
    assert "Passed with 5 of 7" in text_of(hers.follow(done))


def test_handing_in_again_leads_to_the_same_result(engines, found, hers):
    begin(hers)
    first = hers.post(f"{ATTEMPT}/submission", {**sheet(asked_in(engines)), "anyway": "1"})
    again = hers.post(f"{ATTEMPT}/submission", {**sheet(asked_in(engines), wrong), "anyway": "1"})
    assert first.headers["location"] == again.headers["location"] == f"{ATTEMPT}/result"
    assert "Passed with 7 of 7" in text_of(hers.follow(again))
    assert len(found(select(Result.id))) == 1


def test_a_double_click_begins_one_attempt(engines, found, hers):
    begin(hers)
    begin(hers)
    assert found(select(Attempt.number)) == [1]


def test_a_handed_in_attempt_takes_no_more_answers(engines, found, hers):
    begin(hers)
    fields = sheet(asked_in(engines))
    hers.post(f"{ATTEMPT}/submission", fields)
    late = hers.post(f"{ATTEMPT}/answers", {**sheet(asked_in(engines), wrong), "question": "1"})
    assert late.status_code == 409
    assert "Answers sent after that are not counted" in text_of(late)
    told = hers.post(f"{ATTEMPT}/answers", sheet(asked_in(engines), wrong), headers=JSON)
    assert told.status_code == 409
    assert re.fullmatch(
        r"This attempt ended on \d+ \w+ \d{4} at \d\d:\d\d UTC\. "
        r"Answers sent after that are not counted\.",
        json.loads(told.text)["says"],
    )
    assert hers.get(ATTEMPT).headers["location"] == f"{ATTEMPT}/result"
    assert set(found(select(AttemptItem.score))) == {1.0}


def test_another_persons_attempt_does_not_exist(db, engines, found, bilal, hers, browser):
    begin(hers)
    make_enrolment(db, bilal, make_quiz(db))
    db.commit()
    his = browser.as_(bilal)
    for path in (ATTEMPT, f"{ATTEMPT}/result"):
        assert his.get(path).status_code == 404
    for path in (f"{ATTEMPT}/answers", f"{ATTEMPT}/submission"):
        assert his.post(path, sheet(asked_in(engines))).status_code == 404
    assert found(select(Attempt.revision)) == [0]


@pytest.mark.parametrize("has_begun", [True, False], ids=["begun", "not-begun"])
def test_a_page_of_who_sat_here_before_writes_nothing_for_who_signed_in_since(
    db, engines, found, bilal, hers, browser, has_begun
):
    page = hers.get(begin(hers))
    typed = sheet(asked_in(engines)) | marks_in(page) | {"anyway": "1"}
    make_enrolment(db, bilal, make_quiz(db))
    db.commit()
    his = browser.as_(bilal)
    if has_begun:
        begin(his)
    for path in (f"{ATTEMPT}/answers", f"{ATTEMPT}/submission"):
        assert "Somebody else is signed in here now" in text_of(his.post(path, typed))
        assert his.post(path, typed, headers=JSON).status_code == 401
    assert set(found(select(Attempt.revision))) == {0}
    assert set(found(select(Attempt.submitted_at))) == {None}
    assert hers.post(f"{ATTEMPT}/answers", typed, headers=JSON).status_code == 200


def test_a_page_of_an_earlier_round_writes_nothing_in_the_next_one(engines, found, hers):
    page = hers.get(begin(hers))
    hers.post("/en/courses/asking-well/withdrawal")
    hers.post("/en/courses/asking-well/enrolment")
    begin(hers)
    typed = sheet(asked_in(engines)) | marks_in(page)
    answer = hers.post(f"{ATTEMPT}/answers", typed)
    assert answer.status_code == 409
    assert "You have left this course" in answer.text
    assert found(select(Attempt.revision)) == [0, 0]


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(engines, hers, eve):
    begin(hers)
    asked = eve.get(f"{ATTEMPT}?question=3")
    assert asked.status_code == 303
    assert asked.headers["location"].startswith("/en/sign-in?next=")
    answered = eve.post(f"{ATTEMPT}/answers", sheet(asked_in(engines)))
    assert answered.headers["location"] == f"/en/sign-in?{urlencode({'next': ATTEMPT})}"
    told = eve.post(f"{ATTEMPT}/answers", sheet(asked_in(engines)), headers=JSON)
    assert told.status_code == 401
    assert set(told.json()) == {"says", "mend"}


def test_a_round_that_was_left_takes_no_more_answers(engines, found, hers):
    begin(hers)
    hers.post("/en/courses/asking-well/withdrawal")
    for answer in (
        hers.get(ATTEMPT),
        hers.post(f"{ATTEMPT}/answers", sheet(asked_in(engines))),
        hers.post(f"{ATTEMPT}/answers", sheet(asked_in(engines)), headers=JSON),
        hers.post(f"{ATTEMPT}/submission", sheet(asked_in(engines))),
    ):
        assert answer.status_code == 409
        assert "You have left this course" in answer.text
    assert found(select(Attempt.revision)) == [0]
    assert found(select(Result.id)) == []


def test_a_page_brought_by_a_form_can_be_opened_by_its_address(engines, found, hers):
    begin(hers)
    for path in (f"{ATTEMPT}/answers", f"{ATTEMPT}/submission"):
        assert hers.get(path).headers["location"] == ATTEMPT


@pytest.mark.parametrize("asked", ["0", "8", "-1", "1.5", "x", "٣", "9" * 30, "1%00"])
def test_an_unknown_question_is_refused(hers, asked):
    begin(hers)
    assert hers.get(f"{ATTEMPT}?question={asked}").status_code == 404
