"""Submissions: an attempt is graded once, its result counts once, whoever sends it how often."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.activity.events import Event
from app.assessment.attempts import Attempt, AttemptItem, AttemptsUsedUp, Paper, open_attempt
from app.assessment.sittings import sitting_called
from app.assessment.submissions import has_passed, submit_attempt
from app.catalogue.bank import bank_of
from app.credentials.certificates import Certificate
from app.foundation.database import open_engines
from app.learning.completions import Completion
from app.learning.enrolments import EnrolmentOver, locked, withdraw
from app.learning.results import Result
from tests.assessment.conftest import save
from tests.databases import await_waiting
from tests.makers.learning import do, make_enrolment
from tests.makers.quizzes import (
    LESSON,
    MATCHING,
    QUIZ,
    SHORT,
    TRUE_FALSE,
    asked_in,
    make_quiz,
    right,
    sheet,
    wrong,
)

SENDERS = 20


@pytest.fixture
def version(db):
    return make_quiz(db, [TRUE_FALSE, SHORT])


@pytest.fixture
def place(db, awa, version):
    return make_enrolment(db, awa, version)


def begin(db, place, version, language="en") -> int:
    """The id of the attempt that is open, begun if none is."""
    bank = bank_of(db, version.id, language, version.compiler)
    paper = Paper(place.id, QUIZ, bank.settings[QUIZ], bank.quizzes[QUIZ])
    number = open_attempt(db, paper, language)
    return db.scalars(
        select(Attempt.id).where(Attempt.enrolment_id == place.id, Attempt.number == number)
    ).one()


def answer(db, attempt_id, version, fields) -> None:
    bank = bank_of(db, version.id, "en", version.compiler)
    flat = [
        (name, each)
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    save(db, attempt_id, bank, flat)


def submit(db, attempt_id, version) -> None:
    bank = bank_of(db, version.id, "en", version.compiler)
    submit_attempt(db, sitting_called(db, attempt_id), bank)


def count(db, model) -> int:
    return db.scalar(select(func.count()).select_from(model))


def kinds(db) -> list[str]:
    return list(db.scalars(select(Event.kind).order_by(Event.id)))


def test_an_attempt_is_graded_from_what_is_saved(db, engines, place, version):
    attempt_id = begin(db, place, version)
    db.commit()
    answer(db, attempt_id, version, sheet(asked_in(engines)[:1]))
    submit(db, attempt_id, version)
    result = db.scalars(select(Result)).one()
    assert (result.source_key, result.score, result.out_of) == (str(attempt_id), 1, 2)
    assert not result.passed
    assert kinds(db)[-3:] == ["attempt-opened", "attempt-graded", "result-recorded"]


def test_a_second_submission_changes_nothing(db, engines, place, version):
    attempt_id = begin(db, place, version)
    submit(db, attempt_id, version)
    before = (db.scalars(select(Attempt.submitted_at)).one(), kinds(db))
    submit(db, attempt_id, version)
    assert (db.scalars(select(Attempt.submitted_at)).one(), kinds(db)) == before
    assert count(db, Result) == 1


def test_twenty_submissions_at_once_count_once(db, database_url, engines, place, version):
    do(db, place, LESSON)
    attempt_id = begin(db, place, version)
    db.commit()
    answer(db, attempt_id, version, sheet(asked_in(engines)))
    db.commit()
    many = open_engines(database_url, SENDERS)
    together = threading.Barrier(SENDERS)

    def send(_number: int) -> None:
        bank = None
        with many.reading() as own:
            bank = bank_of(own, version.id, "en", version.compiler)
        together.wait(20)
        with many.writing() as own:
            submit_attempt(own, sitting_called(own, attempt_id), bank)

    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(send, range(SENDERS)))
    many.close()
    with engines.reading() as own:
        assert count(own, Result) == 2  # the lesson's and the quiz's
        assert count(own, Completion) == 1
        assert count(own, Certificate) == 1
        assert kinds(own).count("attempt-graded") == 1
        assert kinds(own).count("course-completed") == 1


def test_saving_and_submitting_at_once_neither_lose_nor_lock(
    db, database_url, engines, place, version
):
    """An answer that was acknowledged is graded, whatever the order in which both arrived."""
    attempt_id = begin(db, place, version)
    db.commit()
    asked = asked_in(engines)
    many = open_engines(database_url, SENDERS)
    together = threading.Barrier(SENDERS)
    acknowledged: list[int] = []

    def work(number: int) -> None:
        together.wait(20)
        with many.writing() as own:
            if number % 2:
                submit(own, attempt_id, version)
                return
            sitting = sitting_called(own, attempt_id)
            if sitting.submitted_at is None:
                answer(own, attempt_id, version, sheet(asked, right))
                acknowledged.append(number)

    with ThreadPoolExecutor(SENDERS) as workers:
        list(workers.map(work, range(SENDERS)))
    many.close()
    with engines.reading() as own:
        result = own.scalars(select(Result)).one()
        saved = own.scalars(select(AttemptItem.answer)).all()
        assert result.score == (2 if all(saved) else 0)
        assert all(saved) == bool(acknowledged)


def test_who_holds_the_enrolment_never_waits_for_who_wants_both(db, engines, place, version):
    """The enrolment is locked before the attempt by everybody; and what was waited for is seen."""
    attempt_id = begin(db, place, version)
    db.commit()

    def call():
        with engines.writing() as theirs:
            return sitting_called(theirs, attempt_id)

    with ThreadPoolExecutor(1) as others:
        with engines.writing() as ours:
            locked(ours, place.id)
            called = others.submit(call)
            await_waiting(engines)
            submit(ours, attempt_id, version)
        assert called.result(timeout=30).submitted_at is not None


def test_no_more_attempts_than_the_quiz_allows(db, awa):
    version = make_quiz(db, [TRUE_FALSE], attempts=2)
    place = make_enrolment(db, awa, version)
    for _ in range(2):
        attempt_id = begin(db, place, version)
        assert begin(db, place, version) == attempt_id  # the open one is gone on with
        submit(db, attempt_id, version)
    with pytest.raises(AttemptsUsedUp):
        begin(db, place, version)


def test_each_attempt_asks_first_what_none_before_it_asked(db, awa):
    version = make_quiz(db, draw=3)
    place = make_enrolment(db, awa, version)
    keys = []
    for _ in range(3):
        attempt_id = begin(db, place, version)
        of_it = select(AttemptItem.item_key).where(AttemptItem.attempt_id == attempt_id)
        keys.append(set(db.scalars(of_it)))
        submit(db, attempt_id, version)
    assert [len(each) for each in keys] == [3, 3, 3]
    assert len(set.union(*keys)) == 7


def test_the_best_attempt_completes_and_a_later_one_never_lowers(db, engines, place, version):
    do(db, place, LESSON)
    for answering in (right, wrong):
        attempt_id = begin(db, place, version)
        db.commit()
        number = 1 if answering is right else 2
        answer(db, attempt_id, version, sheet(asked_in(engines, number), answering))
        submit(db, attempt_id, version)
    assert count(db, Completion) == 1
    assert db.scalars(select(Completion.score)).one() == 100


def test_a_round_that_was_left_grades_nothing_and_begins_nothing(db, place, version):
    attempt_id = begin(db, place, version)
    withdraw(db, place.id, "en")
    with pytest.raises(EnrolmentOver):
        submit(db, attempt_id, version)
    with pytest.raises(EnrolmentOver):
        begin(db, place, version)
    assert count(db, Result) == 0


def test_each_right_pair_has_its_share(db, engines, awa):
    version = make_quiz(db, [MATCHING], pass_mark=30)
    place = make_enrolment(db, awa, version)
    attempt_id = begin(db, place, version)
    db.commit()
    answer(db, attempt_id, version, {"revision": "0", "answer-1-a": "a", "answer-1-b": "c"})
    submit(db, attempt_id, version)
    result = db.scalars(select(Result)).one()
    assert (result.score, result.passed) == (pytest.approx(1 / 3), True)


def test_a_right_word_counts_in_every_language_of_the_course(db, engines, awa):
    version = make_quiz(db, [SHORT], french="médiane")
    place = make_enrolment(db, awa, version)
    attempt_id = begin(db, place, version)
    answer(db, attempt_id, version, {"revision": "0", "answer-1": "la médiane"})
    answer(db, attempt_id, version, {"revision": "1", "answer-1": "Médiane."})
    submit(db, attempt_id, version)
    assert db.scalars(select(Result.score)).one() == 1


@pytest.mark.parametrize(
    ("score", "out_of", "mark", "passed"),
    [
        (7, 10, 70, True),
        (6.99, 10, 70, False),
        (sum([1 / 3] * 3) + 6, 10, 70, True),
        (0, 1, 1, False),
        (5, 6, 83, True),
        (0.1 + 0.2, 0.3, 100, True),
    ],
)
def test_the_pass_mark_is_reached_to_a_hair(score, out_of, mark, passed):
    assert has_passed(score, out_of, mark) is passed
