"""Boards of learners: reading times, answers chosen, crowds and kept boards, against plain recounts."""

from datetime import date
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from app.catalogue.bank import bank_of
from app.foundation import clock
from app.identity.grants import grant
from app.learning.enrolments import Enrolment
from app.learning.follow_ups import FollowUp
from app.learning.opinions import Opinion
from app.learning.progress import Progress
from app.queue.jobs import later
from app.statistics.teaching.answers import answers_alike
from app.statistics.teaching.boards import KeptBoard, board_of, counted
from app.statistics.teaching.crowds import Crowd, quarters_until
from app.statistics.teaching.jobs import COUNT
from app.statistics.teaching.options import Option, options_chosen
from app.statistics.teaching.times import Timed, lessons_timed
from app.statistics.teaching.voices import Meant, comments_on, voices_of
from tests.browser import text_of
from tests.counting import statements
from tests.makers.attempts import make_attempts, make_places
from tests.makers.courses import make_course
from tests.makers.learning import do
from tests.makers.mails import delivered
from tests.makers.people import make_institute
from tests.makers.quizzes import LESSON, QUIZ, SLUG, make_quiz
from tests.statistics.test_teaching import few

ITEM = "item-1"


def make_readers(db, places, spent) -> None:
    """They did the first lesson in so many seconds, each; none is without a sign."""
    moment = clock.now()
    rows = [
        {"enrolment_id": place, "activity_key": LESSON, "spent": seconds,
         "done_at": moment, "updated_at": moment}
        for place, seconds in zip(places, spent, strict=False)
    ]  # fmt: skip
    db.execute(insert(Progress), rows)


@few
@given(spent=st.lists(st.one_of(st.none(), st.integers(0, 9_000)), min_size=1, max_size=15))
def test_quartiles_are_the_times_at_their_places(db, asked, spent):
    version, places = asked
    save = db.begin_nested()
    make_readers(db, places, spent)
    found = {each.key: each for each in lessons_timed(db, Crowd(version.id))}
    known = sorted(each for each in spent if each is not None)
    wanted = (
        [known[ceil(len(known) * share) - 1] / 60 for share in (0.25, 0.5, 0.75)]
        if len(known) >= 5
        else []
    )
    assert found[LESSON] == Timed(LESSON, found[LESSON].planned, len(known), *wanted)
    save.rollback()


@pytest.mark.parametrize(("median", "slow"), [(15.1, True), (15.0, False), (None, False)])
def test_a_lesson_is_slow_that_takes_half_again_as_long_as_planned(median, slow):
    assert Timed("lesson", 10, 9, 1.0, median, 99.0).is_slow is slow


def shares_by_hand(rows, key):
    """The share of an option among all, the best 27 in 100 and the lowest, ties included."""
    limit = 0.27 * len(rows)
    means = [sum(scores) / len(scores) for _answer, scores in rows]
    best = {at for at, mean in enumerate(means) if sum(m > mean for m in means) + 1 <= limit}
    worst = {at for at, mean in enumerate(means) if sum(m < mean for m in means) + 1 <= limit}
    groups = [set(range(len(rows))), best - worst, worst - best]
    return [
        sum(rows[at][0] == key for at in group) / len(group) if group else 0.0 for group in groups
    ]


@few
@given(st.data())
def test_options_are_shared_out_as_a_plain_recount_does(db, asked, data):
    version, places = asked
    save = db.begin_nested()
    items = bank_of(db, version.id, "en", version.compiler).items
    keys = items[ITEM].part_ids
    score = st.sampled_from([0.0, 0.5, 1.0])
    row = st.tuples(st.sampled_from([*keys, None]), st.tuples(score, score, score, score))
    rows = data.draw(st.lists(row, min_size=18, max_size=26))
    scores, answers = [each for _, each in rows], [each for each, _ in rows]
    make_attempts(db, version, scores, answers=answers, places=places)
    found = options_chosen(answers_alike(db, Crowd(version.id), [ITEM]), items)
    spreads = {each.key: each for each in found}
    assert (ITEM in spreads) == (len(rows) >= 20)
    if ITEM in spreads:
        for option in spreads[ITEM].options:
            wanted = shares_by_hand(rows, option.key or None)
            assert [option.share, option.upper, option.lower] == pytest.approx(wanted)
    save.rollback()


@pytest.mark.parametrize(
    ("option", "idle", "misleading"),
    [
        (("a", False, 0.04, 0.0, 0.1), True, False),
        (("a", False, 0.05, 0.1, 0.01), False, False),
        (("a", False, 0.3, 0.4, 0.25), False, True),
        (("a", True, 0.02, 0.9, 0.0), False, False),
        (("", False, 0.01, 0.5, 0.0), False, False),
    ],
)
def test_a_wrong_option_is_worth_a_look_that_draws_nobody_or_the_strong(option, idle, misleading):
    assert (Option(*option).is_idle, Option(*option).is_misleading) == (idle, misleading)


def test_quarters_run_back_to_the_first_and_never_overlap():
    quarters = quarters_until(date(2026, 2, 3), date(2025, 8, 9))
    assert [each.name for each in quarters] == ["2026-Q1", "2025-Q4", "2025-Q3"]
    assert [each.since for each in quarters[:-1]] == [each.until for each in quarters[1:]]
    assert quarters[1].months == ("2025-10", "2025-12")
    assert len(quarters_until(date(2026, 2, 3), date(1999, 1, 1))) == 12


def test_a_crowd_is_of_a_language_and_of_a_quarter(db):
    version = make_quiz(db)
    places = make_places(db, version, 7)
    make_readers(db, places, [60] * 7)
    this, last, *_ = quarters_until(clock.now().date(), date(2020, 1, 1))
    earlier = update(Enrolment).where(Enrolment.id.in_(places[:5]))
    db.execute(earlier.values(started_day=last.since))

    def timed(**chosen) -> int:
        return lessons_timed(db, Crowd(version.id, **chosen))[0].timed

    assert [timed(), timed(quarter=last), timed(quarter=this)] == [7, 5, 2]
    assert timed(language="en") == 0
    do(db, db.get(Enrolment, places[0]), QUIZ)
    assert [timed(language="en"), timed(language="fr")] == [1, 0]


def make_voices(db, version, places, said, used) -> None:
    """Opinions and answers three months later, each with the outcomes that it names."""
    of = {"course_id": version.course_id, "version_id": version.id}
    moment = clock.now()
    opinions = [
        {"enrolment_id": place, "worth": 1 + at % 4, "relevance": 4, "intent": 1, "aims": aims,
         "comment": comment, "given_at": moment, "changed_at": moment, **of}
        for at, (place, (aims, comment)) in enumerate(zip(places, said, strict=False))
    ]  # fmt: skip
    letters = [
        {"enrolment_id": place, "used": answer, "aims": aims, "sent_at": moment, **of}
        for place, (answer, aims) in zip(places, used, strict=False)
    ]
    db.execute(insert(Opinion), opinions)
    db.execute(insert(FollowUp), letters)


def test_what_is_meant_and_used_is_told_by_outcome_and_by_recommendation(db):
    version = make_course(db, modules=1, lessons=1, recommendations=("T0", "HR1"))
    bank = bank_of(db, version.id, "en", version.compiler)._replace(
        outcomes={"tell-urgent": None, "call": None},
        lessons={"tell-urgent": ("lesson-1-1",), "call": ()},
    )
    places = make_places(db, version, 8)
    said = [(["tell-urgent"], "b"), (["call"], "A"), ([], None), (None, "c")] * 2
    used = [(4, ["tell-urgent", "call"]), (None, None)] * 3 + [(1, []), (2, ["call"])]
    make_voices(db, version, places, said, used)
    heard = voices_of(db, Crowd(version.id), bank)
    assert (heard.given, heard.asked, heard.told, heard.uses) == (8, 8, 5, [1, 1, 0, 3])
    assert heard.answers == {
        "worth": [2, 2, 2, 2], "relevance": [0, 0, 0, 8], "intent": [8, 0, 0, 0],
    }  # fmt: skip
    assert heard.outcomes == [Meant("tell-urgent", 2, 3), Meant("call", 2, 4)]
    assert heard.recommendations == [Meant("HR1", 2, 3)]
    assert comments_on(db, Crowd(version.id)) == ["A", "A", "b", "b", "c", "c"]


def test_few_voices_tell_nothing(db):
    version = make_course(db, modules=1, lessons=1)
    places = make_places(db, version, 4)
    make_voices(db, version, places, [(["tell-urgent"], "x")] * 4, [(4, ["tell-urgent"])] * 4)
    bank = bank_of(db, version.id, "en", version.compiler)
    heard = voices_of(db, Crowd(version.id), bank)
    assert (heard.answers, heard.uses) == (None, None)
    assert heard.outcomes == [Meant("tell-urgent", None, None)]
    assert comments_on(db, Crowd(version.id)) == []


def test_a_version_of_many_is_counted_at_night_and_looked_up_by_day(
    db, app, browser, engines, bilal
):
    grant(db, bilal.id, "author", make_institute(db).id)
    version = make_quiz(db)
    rows = [(1.0, 0.5, 0.0, 1.0), (0.0, 1.0, 0.0, 0.5)] * 11
    make_attempts(db, version, rows, answers=["a", "b"] * 11)
    places = list(db.scalars(select(Enrolment.id).order_by(Enrolment.id)))
    voices = [(["count-well"], "More cases, please.")] * 5
    make_voices(db, version, places, voices, [(4, ["count-well"])] * 6)
    later(db, COUNT, {"more_than": 4}, unique_key="night")
    db.commit()
    delivered(app)
    crowd = Crowd(version.id)
    with engines.reading() as look, statements(engines) as sent:
        kept = board_of(look, crowd, version.compiler)
    assert len(sent) == 1
    assert kept.as_of is not None
    assert kept._replace(as_of=None) == counted(db, crowd, version.compiler)
    assert len(db.scalars(select(KeptBoard.quarter)).all()) == 4  # two languages, two periods
    make_attempts(db, version, rows)
    db.commit()
    with browser.as_(bilal) as at:
        said = text_of(at.get(f"/en/studio/{SLUG}/learners"))
    assert "the next count is tonight" in said
    assert "22 answers" in said
    assert "Count what matters 100% 100%" in said
    assert "More cases, please." in said
