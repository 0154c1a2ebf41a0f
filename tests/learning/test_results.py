"""Results: the one way in for what counts; each counts once, and completes once."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.activity.events import Event
from app.catalogue.activities import PRETEST
from app.identity.placements import standing_placement_id
from app.learning.completions import Completion, Passing
from app.learning.enrolments import EnrolmentOver, EnrolmentUnknown, withdraw
from app.learning.progress import done_in
from app.learning.results import Earned, Recorded, Result, passed_in, record_result
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute

KEYS = ["lesson-1-1", "lesson-1-2", "quiz-1", "final"]


def earned(place, key: str, number: int = 1, **more: object) -> Earned:
    source = "lesson" if key.startswith("lesson") else "quiz"
    values = {"passed": True, "language": "en", **more}
    return Earned(
        enrolment_id=place.id,
        activity_key=key,
        source=source,
        source_key=f"{place.id}/{key}/{number}",
        **values,
    )


def count_of(db, model) -> int:
    return db.scalar(select(func.count()).select_from(model))


def kinds(db, kind: str) -> list[Event]:
    return list(db.scalars(select(Event).where(Event.kind == kind)))


def test_a_repeat_returns_the_first_without_effect(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    first = record_result(db, earned(place, "lesson-1-1"))
    events = count_of(db, Event)
    again = record_result(db, earned(place, "lesson-1-1", score=0, passed=False))

    assert again == Recorded(first.result_id, is_new=False, has_completed=False)
    assert count_of(db, Event) == events
    assert db.get(Result, first.result_id).passed


def test_a_lesson_done_is_progress_a_result_and_two_events(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    record_result(db, earned(place, "lesson-1-1"))

    assert done_in(db, place.id) == ("lesson-1-1",)
    (result,) = kinds(db, "result-recorded")
    assert result.payload == {
        "result_id": result.payload["result_id"],
        "activity_key": "lesson-1-1",
        "source": "lesson",
        "score": 1,
        "out_of": 1,
        "passed": True,
    }
    assert len(kinds(db, "lesson-done")) == 1


def test_a_quiz_not_passed_is_kept_but_does_not_count(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    record_result(db, earned(place, "quiz-1", score=2, out_of=6, passed=False))

    assert done_in(db, place.id) == ()
    assert passed_in(db, place.id) == {}
    assert len(kinds(db, "result-recorded")) == 1
    assert len(kinds(db, "started")) == 1


def test_a_passed_quiz_stays_passed_and_the_best_result_counts(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    tries = [(5, True), (6, True), (2, False), (6, True)]
    recorded = [
        record_result(db, earned(place, "quiz-1", number, score=score, out_of=6, passed=passed))
        for number, (score, passed) in enumerate(tries)
    ]

    assert passed_in(db, place.id) == {"quiz-1": Passing(recorded[1].result_id, 6, 6)}
    assert done_in(db, place.id) == ("quiz-1",)


def test_the_last_thing_asked_for_completes_the_course(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1))
    told = [record_result(db, earned(place, key)).has_completed for key in KEYS]

    assert told == [False, False, False, True]
    completion = db.get(Completion, place.id)
    (event,) = kinds(db, "course-completed")
    assert event.happened_at == completion.completed_at
    assert event.payload["minutes"] == 40
    assert completion.placement_id == standing_placement_id(db, awa.id)


def test_a_completion_keeps_the_rule_and_the_results_that_met_it(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1))
    results = {key: record_result(db, earned(place, key)).result_id for key in KEYS}

    assert db.get(Completion, place.id).trace == {
        "rule": {"lessons": "all", "quizzes": "passed", "final": "passed"},
        "lines": [
            {"part": "lessons", "results": {key: results[key] for key in KEYS[:2]}},
            {"part": "quizzes", "results": {"quiz-1": results["quiz-1"]}},
            {"part": "final", "results": {"final": results["final"]}},
        ],
    }


def test_a_course_of_lessons_alone_is_completed_without_a_score(db, awa):
    rule = {"lessons": "all", "quizzes": "none", "final": "none"}
    place = make_enrolment(db, awa, make_course(db, modules=1, rule=rule))
    told = [record_result(db, earned(place, key)).has_completed for key in KEYS[:2]]

    assert told == [False, True]
    assert db.get(Completion, place.id).score is None


def test_a_result_stays_of_the_version_it_was_earned_in(db, app, awa):
    first = make_course(db)
    place = make_enrolment(db, awa, first)
    second = make_course(db, edition=2)
    begun_before = record_result(db, earned(place, "quiz-1", version_id=first.id))
    begun_after = record_result(db, earned(place, "quiz-1", 2))

    results = [db.get(Result, each.result_id) for each in (begun_before, begun_after)]
    assert [each.version_id for each in results] == [first.id, second.id]
    assert [each.version_id for each in kinds(db, "result-recorded")] == [first.id, second.id]


def test_a_completion_is_of_the_day_at_the_learners_institution(db, awa):
    make_institute(db).time_zone = "Pacific/Kiritimati"
    place = make_enrolment(db, awa, make_course(db, modules=1))
    complete(db, place)

    completion = db.get(Completion, place.id)
    there = completion.completed_at.astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert completion.day == there.date()
    assert isinstance(completion.day, date)


def test_more_results_after_completion_complete_nothing_more(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1))
    complete(db, place)
    again = record_result(db, earned(place, "quiz-1", 9, score=6, out_of=6))

    assert again.is_new
    assert not again.has_completed
    assert count_of(db, Completion) == 1
    assert len(kinds(db, "course-completed")) == 1


def pretested(place, score: float) -> Earned:
    return earned(place, PRETEST, score=score, out_of=10, passed=False)


def test_a_gain_is_what_the_final_has_over_the_pretest_in_percent(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1, pretest=True))
    record_result(db, pretested(place, 3.5))
    for key in KEYS[:-1]:
        record_result(db, earned(place, key))
    record_result(db, earned(place, "final", score=9, out_of=10))

    (gain,) = kinds(db, "gain-measured")
    (tried,) = kinds(db, "final-tried")
    assert gain.payload == {"before": 35, "after": 90, "day": tried.payload["day"]}
    assert gain.enrolment_id == place.id


def test_a_gain_may_be_a_loss_and_a_second_try_is_not_measured(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1, pretest=True))
    record_result(db, pretested(place, 8))
    for number, score in enumerate((6, 10)):
        passed = score > 7
        record_result(db, earned(place, "final", number, score=score, out_of=10, passed=passed))

    (gain,) = kinds(db, "gain-measured")
    assert (gain.payload["before"], gain.payload["after"]) == (80, 60)


def test_a_pretest_handed_in_after_a_lesson_measures_nothing(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1, pretest=True))
    for each in (earned(place, "lesson-1-1"), pretested(place, 4), earned(place, "final")):
        record_result(db, each)

    assert kinds(db, "gain-measured") == []


def test_without_a_pretest_in_the_version_or_of_the_learner_nothing_is_measured(db, awa, bilal):
    with_one, without = make_course(db, pretest=True), make_course(db, "Second course")
    taken = make_enrolment(db, bilal, without)
    record_result(db, pretested(taken, 4))
    for place in (taken, make_enrolment(db, awa, with_one)):
        record_result(db, earned(place, "final"))

    assert kinds(db, "gain-measured") == []


def test_a_pretest_is_no_progress_and_never_completes(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1, pretest=True))
    told = record_result(db, pretested(place, 10))

    assert not told.has_completed
    assert done_in(db, place.id) == ()
    assert passed_in(db, place.id) == {}


def test_an_ended_round_takes_no_new_result(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    first = record_result(db, earned(place, "lesson-1-1"))
    withdraw(db, place.id, "en")

    with pytest.raises(EnrolmentOver):
        record_result(db, earned(place, "lesson-1-2"))
    assert record_result(db, earned(place, "lesson-1-1")).result_id == first.result_id
    assert count_of(db, Result) == 1


def test_a_result_of_nobody_is_refused(db):
    with pytest.raises(EnrolmentUnknown):
        record_result(
            db,
            Earned(
                enrolment_id=4711,
                activity_key="lesson-1-1",
                source="lesson",
                source_key="x",
                passed=True,
                language="en",
            ),
        )


def test_a_marker_is_told_apart_from_the_learner(db, awa, bilal):
    place = make_enrolment(db, awa, make_course(db))
    record_result(db, earned(place, "quiz-1", actor_id=bilal.id))

    (event,) = kinds(db, "result-recorded")
    assert (event.actor_id, event.person_id) == (bilal.id, awa.id)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 2)), min_size=1, max_size=14))
def test_any_order_and_repetition_completes_exactly_once(db, awa, done):
    """Whatever comes in, in any order and however often: complete once all is passed, once only."""
    place = make_enrolment(db, awa, make_course(db, modules=1))
    told = []
    for key, number in done:
        told.append(record_result(db, earned(place, key, number)).has_completed)
        so_far = {key for key, _number in done[: len(told)]}
        assert (sum(told) == 1) == (so_far == set(KEYS))
    assert sum(told) == count_of(db, Completion) == len(kinds(db, "course-completed"))
    db.rollback()
