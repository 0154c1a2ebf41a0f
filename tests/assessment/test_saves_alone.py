"""Saves alone: on PostgreSQL one answer is one statement, and whoever is overtaken looks again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from app.assessment import saves
from app.assessment.attempts import Attempt, AttemptItem
from app.learning.results import Result
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.counting import statements
from tests.makers.quizzes import PATH, asked_in, right, sheet, wrong
from tests.operations.test_outages import WHO, end, lose_connections

JSON = {"Accept": "application/json"}
ATTEMPT = f"{PATH}/attempts/1"
REVISION = select(Attempt.revision)
ANSWERED = (
    select(AttemptItem.position)
    .where(AttemptItem.answer.is_not(None))
    .order_by(AttemptItem.position)
)

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def give(browser, asked, revision: int = 0):
    """Save the answer to one question, as the page's script does."""
    return browser.post(f"{ATTEMPT}/answers", sheet([asked], right, revision), headers=JSON)


@contextmanager
def meanwhile(engines, act):
    """Do something once, after the attempt was looked at and before its answer is written."""
    acts = [act]

    def overtake(_connection, _cursor, statement, *_rest):
        if statement.startswith("WITH moved") and acts:
            acts.pop()()

    event.listen(engines.write, "before_cursor_execute", overtake)
    try:
        yield
    finally:
        event.remove(engines.write, "before_cursor_execute", overtake)
    assert not acts


def test_an_answer_is_looked_at_and_written_in_two_statements(engines, found, hers):
    begin(hers)
    first, second, *_ = asked_in(engines)
    give(hers, first)
    with statements(engines) as sent:
        assert give(hers, second, 1).json()["saved"] == [2]
    assert [each.split()[0] for each in sent] == ["SELECT", "WITH"]
    assert (found(REVISION), found(ANSWERED)) == ([2], [1, 2])


def test_what_stands_already_is_not_written_again(engines, found, hers):
    begin(hers)
    first = asked_in(engines)[0]
    give(hers, first)
    with statements(engines) as sent:
        assert give(hers, first).json() | {"says": ""} == {
            "revision": 1, "saved": [1], "kept": [], "open": [], "says": ""
        }  # fmt: skip
    assert [each.split()[0] for each in sent] == ["SELECT"]


def test_who_is_overtaken_by_another_answer_saves_after_it(engines, found, hers):
    begin(hers)
    first, second, *_ = asked_in(engines)
    with meanwhile(engines, lambda: give(hers, first)):
        assert give(hers, second).json()["revision"] == 2
    assert (found(REVISION), found(ANSWERED)) == ([2], [1, 2])


def test_who_is_overtaken_by_a_newer_answer_to_the_same_keeps_that(engines, found, hers):
    begin(hers)
    asked = next(each for each in asked_in(engines) if each.kind == "true-false")
    own = select(AttemptItem.answer).where(AttemptItem.position == asked.position)
    with meanwhile(engines, lambda: give(hers, asked)):
        other = sheet([asked], wrong)
        told = hers.post(f"{ATTEMPT}/answers", other, headers=JSON).json()
    assert (told["saved"], told["kept"]) == ([], [asked.position])
    assert found(own) == ["true"]


def test_who_is_overtaken_by_the_submission_is_told_that_it_is_over(engines, found, hers):
    begin(hers)
    first = asked_in(engines)[0]
    with meanwhile(engines, lambda: hers.post(f"{ATTEMPT}/submission", {"anyway": "1"})):
        refused = give(hers, first)
    assert refused.status_code == 409
    assert "This attempt ended" in refused.json()["says"]
    assert found(ANSWERED) == []
    assert found(select(Result.score)) == [0.0]


@pytest.mark.parametrize(
    ("act", "status", "words"),
    [
        ({"answer-{}": "false"}, 409, "A newer answer was kept"),
        ({"anyway": "1"}, 409, "This attempt ended"),
    ],
    ids=["newer", "over"],
)
def test_who_is_overtaken_on_a_page_without_a_script_meets_its_page(
    engines, found, hers, act, status, words
):
    begin(hers)
    asked = next(each for each in asked_in(engines) if each.kind == "true-false")
    place = asked.position
    theirs = {name.format(place): value for name, value in act.items()}
    path = "submission" if "anyway" in act else "answers"
    first = {"revision": "0", f"shown-{place}": ""} | theirs
    with meanwhile(engines, lambda: hers.post(f"{ATTEMPT}/{path}", first, headers=JSON)):
        page = hers.post(f"{ATTEMPT}/answers", sheet([asked], right) | {"question": str(place)})
    assert page.status_code == status
    assert words in text_of(page)
    assert found(select(AttemptItem.answer).where(AttemptItem.position == place)) == [
        theirs.get(f"answer-{place}")
    ]


def test_an_answer_kept_when_the_line_broke_is_told_as_saved(engines, found, hers, monkeypatch):
    """Nobody heard that it was written; the turn is had again and finds it standing."""
    begin(hers)
    first = asked_in(engines)[0]
    statement = saves._SAVE_ALONE
    write, broken = statement.run, []

    def breaking(db, values):
        written = write(db, values)
        if not broken:
            broken.append(end(engines, [db.scalar(WHO)]))
            db.scalar(WHO)
        return written

    monkeypatch.setattr(statement, "run", breaking)
    told = give(hers, first).json()
    assert broken == [1]
    assert (told["revision"], told["saved"], told["kept"]) == (1, [1], [])
    assert (found(REVISION), found(ANSWERED)) == ([1], [1])


def test_what_needs_a_transaction_has_one_though_all_connections_were_lost(engines, found, hers):
    begin(hers)
    sent = sheet(asked_in(engines)[:2], right)
    lost = lose_connections(engines)
    assert hers.post(f"{ATTEMPT}/answers", sent, headers=JSON).json()["saved"] == [1, 2]
    for _each in range(lost):  # or the next test would meet those that are left
        hers.get(ATTEMPT)
        hers.post(f"{ATTEMPT}/answers", sent, headers=JSON)
    assert found(ANSWERED) == [1, 2]


def test_many_answers_at_once_all_stand(engines, found, hers):
    """As when a lost line is back and two tabs send what they hold."""
    begin(hers)
    asked = asked_in(engines)
    together = threading.Barrier(len(asked))

    def send(each):
        together.wait(20)
        return give(hers, each)

    with ThreadPoolExecutor(len(asked)) as senders:
        told = list(senders.map(send, asked))
    assert {answer.status_code for answer in told} == {200}
    assert (found(REVISION), found(ANSWERED)) == ([len(asked)], [each.position for each in asked])
    assert sorted(answer.json()["revision"] for answer in told) == [*range(1, len(asked) + 1)]


@pytest.mark.parametrize("more", [{"flag-1": "1", "flagged-1": ""}, "another answer"])
def test_more_than_an_answer_is_saved_whole_or_not_at_all(engines, found, hers, more):
    begin(hers)
    asked = asked_in(engines)
    sent = sheet(asked[:2], right) if isinstance(more, str) else sheet(asked[:1], right) | more
    with statements(engines, written=True) as said:
        hers.post(f"{ATTEMPT}/answers", sent, headers=JSON)
    assert any("FOR UPDATE" in each for each in said)  # the turn was had again, in a transaction
    assert found(ANSWERED) == ([1, 2] if isinstance(more, str) else [1])
    assert found(select(AttemptItem.is_flagged).where(AttemptItem.position == 1)) == [
        not isinstance(more, str)
    ]
