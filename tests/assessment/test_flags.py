"""Flags: a question to look at again is kept with the attempt; an old page never takes it off."""

import pytest
from sqlalchemy import select

from app.assessment.attempts import Attempt, AttemptItem
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.makers.quizzes import PATH, asked_in, right

ATTEMPT = f"{PATH}/attempts/1"
FLAGGED = select(AttemptItem.position).where(AttemptItem.is_flagged).order_by(AttemptItem.position)


def send(browser, position: int, *, before: str = "", now: str = "", skips: bool = True):
    """What the page of one question sends, made while the flag was `before`."""
    sent = {"revision": "0", "question": str(position), f"shown-{position}": ""}
    sent |= {f"flagged-{position}": before} | ({f"flag-{position}": now} if now else {})
    sent |= {"skip": "1"} if skips else {}
    return browser.post(f"{ATTEMPT}/answers", sent)


def test_a_flag_is_kept_shown_everywhere_and_taken_off(found, hers):
    begin(hers)
    send(hers, 2, now="1")
    assert found(FLAGGED) == [2]
    assert found(select(Attempt.revision)) == [0]  # no answer is older for a flag
    page = hers.get(f"{ATTEMPT}?question=2").text
    assert 'name="flag-2" value="1" checked' in page
    assert 'aria-label="Question 3, not answered"' in page
    assert 'aria-label="Question 2, not answered, flagged"' in hers.get(f"{ATTEMPT}?view=all").text
    overview = text_of(hers.get(f"{ATTEMPT}?question=overview"))
    assert "0 answered 7 open 1 flagged" in overview
    assert "You wanted to look at question 2 again." in overview
    send(hers, 2, before="1")
    assert found(FLAGGED) == []


def test_a_page_that_is_sent_back_shows_the_flag_that_came_with_it(found, hers):
    begin(hers)
    sent_back = send(hers, 2, now="1", skips=False)
    assert sent_back.status_code == 422
    assert 'name="flag-2" value="1" checked' in sent_back.text
    handed_in = {"revision": "0", "shown-3": "", "flagged-3": "", "flag-3": "1"}
    asked_again = hers.post(f"{ATTEMPT}/submission", handed_in)
    assert asked_again.status_code == 422
    assert "You wanted to look at questions 2, 3 again." in text_of(asked_again)
    assert found(FLAGGED) == [2, 3]


@pytest.mark.parametrize(("before", "stands"), [("", [1]), ("1", [])])
def test_a_page_changes_a_flag_only_where_its_reader_did(found, hers, before, stands):
    """An older page that never showed the flag leaves it; one that showed it took it off."""
    begin(hers)
    send(hers, 1, now="1")
    send(hers, 1, before=before)
    assert found(FLAGGED) == stands


def test_an_answer_of_an_older_page_counts_though_the_flag_is_newer(engines, found, hers):
    begin(hers)
    send(hers, 1, now="1")
    fields = right(asked_in(engines)[0])
    told = hers.post(
        f"{ATTEMPT}/answers",
        {"revision": "0", "shown-1": "", **fields},
        headers={"Accept": "application/json"},
    )
    assert (told.json()["saved"], told.json()["kept"]) == ([1], [])
    assert found(FLAGGED) == [1]


def test_each_review_leads_to_the_paragraph_that_cites_the_same_source(hers):
    begin(hers)
    result = hers.follow(hers.post(f"{ATTEMPT}/submission", {"anyway": "1"}))
    lesson = "/en/courses/asking-well/lessons/the-lesson"
    block = hers.get(lesson).text.partition('id="b-')[2][:10]
    assert (
        result.text.count(f'Read again: <a href="{lesson}#b-{block}">What can be counted</a>') == 7
    )
