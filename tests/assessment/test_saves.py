"""Saves: an answer is kept when given, and no older page ever undoes a newer one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.assessment.attempts import Attempt, AttemptItem, Paper, open_attempt
from app.assessment.sittings import AttemptOver
from app.catalogue.bank import bank_of
from app.foundation import clock
from app.learning.enrolments import EnrolmentOver, withdraw
from tests.assessment.conftest import save
from tests.makers.learning import make_enrolment
from tests.makers.quizzes import QUIZ, SEVEN, SHORT, TRUE_FALSE, make_quiz

CHOICES = ("true", "false")


@pytest.fixture
def place(db, awa):
    return make_enrolment(
        db, awa, make_quiz(db, [TRUE_FALSE, SHORT, SHORT | {"stem": "And?"}], shuffle=False)
    )


@pytest.fixture
def desk(db, place):
    """`save` sends fields from a page that saw a revision; `answers` are what stands."""
    return Desk(db, place)


class Desk:
    def __init__(self, db, place) -> None:
        self.db = db
        self.bank = bank_of(db, place.version_id, "en", 1)
        paper = Paper(place.id, QUIZ, self.bank.settings[QUIZ], self.bank.quizzes[QUIZ])
        open_attempt(db, paper, "en")
        self.attempt_id = db.scalars(select(Attempt.id)).one()

    def save(self, seen: int, **answers: str):
        fields = [("revision", str(seen))]
        for name, value in answers.items():
            fields += [(f"shown-{name[1:]}", ""), (f"answer-{name[1:]}", value)]
        return save(self.db, self.attempt_id, self.bank, fields)

    @property
    def answers(self) -> list[object]:
        rows = select(AttemptItem.answer).order_by(AttemptItem.position)
        return list(self.db.scalars(rows))


def test_a_save_is_the_attempts_next_revision(desk):
    assert desk.save(0, q1="true").revision == 1
    assert desk.save(1, q2="median", q3="mean").revision == 2
    assert desk.answers == ["true", "median", "mean"]


def test_an_older_page_does_not_undo_a_newer_answer(desk):
    desk.save(0, q1="true")
    saved = desk.save(0, q1="false", q2="median")
    assert (saved.saved, saved.kept) == ((2,), (1,))
    assert desk.answers == ["true", "median", None]


def test_a_page_that_saved_one_answer_has_not_seen_the_others_anew(desk):
    """The fault of one revision for a whole page: its own save must not renew its other answers."""
    desk.save(0, q2="median")
    mine = desk.save(0, q1="true").revision
    fields = [
        ("revision", "0"), ("shown-1", str(mine)), ("answer-1", "false"),
        ("shown-2", ""), ("answer-2", "mean"),
    ]  # fmt: skip
    saved = save(desk.db, desk.attempt_id, desk.bank, fields)
    assert (saved.saved, saved.kept) == ((1,), (2,))
    assert desk.answers == ["false", "median", None]


def test_a_repeat_after_a_lost_reply_is_no_conflict(desk):
    first = desk.save(0, q2="median")
    again = desk.save(0, q2="median")
    assert (again.saved, again.kept, again.revision) == (first.saved, (), first.revision)


def test_what_already_stands_writes_nothing(desk):
    desk.save(0, q1="true")
    before = desk.db.scalars(select(AttemptItem.answered_at).where(AttemptItem.position == 1)).one()
    desk.save(1, q1="true")
    assert desk.db.scalars(select(Attempt.revision)).one() == 1
    after = desk.db.scalars(select(AttemptItem.answered_at).where(AttemptItem.position == 1)).one()
    assert before == after


def test_an_answer_can_be_taken_back(desk):
    desk.save(0, q2="median")
    desk.save(1, q2="")
    assert desk.answers == [None, None, None]


def test_nothing_is_saved_once_the_attempt_is_over(desk):
    desk.db.execute(Attempt.__table__.update().values(submitted_at=clock.now()))
    with pytest.raises(AttemptOver):
        desk.save(0, q1="true")
    assert desk.answers == [None, None, None]


def test_nothing_is_saved_in_a_round_that_was_left(desk, place):
    withdraw(desk.db, place.id, "en")
    with pytest.raises(EnrolmentOver):
        desk.save(0, q1="true")


def test_one_faulty_answer_stops_the_whole_page(desk):
    with pytest.raises(Exception, match="AnswerUnknown"):
        desk.save(0, q2="median", q1="perhaps")
    assert desk.answers == [None, None, None]
    assert desk.db.scalars(select(Attempt.revision)).one() == 0


STEPS = st.lists(
    st.tuples(
        st.integers(0, 12),  # which of the pages so far sends, counted back from the newest
        st.sampled_from([1, 2, 3]),
        st.sampled_from(["true", "false", ""]),
    ),
    max_size=14,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_any_sequence_of_saves_from_pages_of_any_age_keeps_the_newest_answer(desk, steps):
    """A page saves over what it has seen, or over its equal, and over nothing else."""
    with desk.db.begin_nested() as point:
        newest, saved_at, pages = {1: None, 2: None, 3: None}, {1: 0, 2: 0, 3: 0}, [0]
        for age, position, value in steps:
            seen = pages[max(len(pages) - 1 - age, 0)]
            answer = value or None
            saved = desk.save(seen, **{f"q{position}": value})
            if newest[position] != answer and saved_at[position] <= seen:
                newest[position], saved_at[position] = answer, saved.revision
                assert saved.saved == (position,)
            elif newest[position] != answer:
                assert saved.kept == (position,)
            assert desk.answers == [newest[1], newest[2], newest[3]]
            pages.append(saved.revision)
        point.rollback()


def test_every_kind_of_answer_comes_back_as_it_was_given(db, awa):
    """JSON of both databases keeps text, lists and mappings."""
    place = make_enrolment(db, awa, make_quiz(db, SEVEN, slug="seven", shuffle=False))
    desk = Desk(db, place)
    given_ = {
        "answer-1": ["b"], "answer-2": ["a", "b"], "answer-3": ["true"], "answer-4": ["12,5"],
        "answer-5-a": ["b"], "answer-6-d": ["1"], "answer-7": ["وسيط 中位数"],
    }  # fmt: skip
    fields = [("revision", "0")] + [(name, each) for name, all_ in given_.items() for each in all_]
    save(db, desk.attempt_id, desk.bank, fields)
    assert desk.answers == ["b", ["a", "b"], "true", "12,5", {"a": "b"}, {"d": 1}, "وسيط 中位数"]
