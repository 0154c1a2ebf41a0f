"""Rules: a rule holds when every line of it does, whatever came first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import Step, evaluate, part_of, requirements_of
from tests.makers.courses import make_course

STEPS = (
    Step("lesson-1", "lessons", 10),
    Step("lesson-2", "lessons", 12),
    Step("quiz-1", "quizzes", 5),
    Step("final", "final", 20),
)
ALL = {"lessons": "all", "quizzes": "passed", "final": "passed"}
KEYS = [step.key for step in STEPS]


def test_nothing_done_leaves_every_line_missing():
    trace = evaluate(ALL, STEPS, ())

    assert [(line.part, len(line.missing)) for line in trace.missing] == [
        ("lessons", 2),
        ("quizzes", 1),
        ("final", 1),
    ]
    assert trace.minutes == 47
    assert not trace.is_met


def test_what_is_missing_is_said_by_key_and_in_minutes():
    trace = evaluate(ALL, STEPS, {"lesson-1", "quiz-1"})

    assert [(line.part, line.missing, line.minutes) for line in trace.missing] == [
        ("lessons", ("lesson-2",), 12),
        ("final", ("final",), 20),
    ]


def test_all_done_meets_the_rule():
    trace = evaluate(ALL, STEPS, KEYS)
    assert trace.is_met
    assert [line.met for line in trace.lines] == [("lesson-1", "lesson-2"), ("quiz-1",), ("final",)]


@pytest.mark.parametrize(
    ("rule", "enough"),
    [
        ({"lessons": "all", "quizzes": "none", "final": "none"}, ["lesson-1", "lesson-2"]),
        ({"lessons": "none", "quizzes": "passed", "final": "none"}, ["quiz-1"]),
        ({"lessons": "none", "quizzes": "none", "final": "passed"}, ["final"]),
    ],
)
def test_a_line_that_is_not_asked_for_does_not_count(rule, enough):
    assert evaluate(rule, STEPS, enough).is_met
    assert not evaluate(rule, STEPS, enough[1:]).is_met


def test_a_rule_that_asks_for_nothing_is_never_met():
    nothing = {"lessons": "none", "quizzes": "none", "final": "none"}
    assert not evaluate(nothing, STEPS, KEYS).is_met


def test_a_line_without_any_activity_holds():
    lessons = STEPS[:2]
    assert evaluate(ALL, lessons, ["lesson-1", "lesson-2"]).is_met


def test_what_belongs_to_another_version_does_not_count():
    assert not evaluate(ALL, STEPS, ["lesson-1", "old-lesson", "quiz-1", "final"]).is_met


@given(st.permutations(KEYS), st.sets(st.sampled_from(KEYS)))
def test_the_order_of_doing_does_not_matter(order, done):
    in_order = [key for key in order if key in done]
    assert evaluate(ALL, STEPS, in_order) == evaluate(ALL, STEPS, done)


@given(st.sets(st.sampled_from(KEYS)), st.sampled_from(KEYS))
def test_doing_more_never_undoes(done, more):
    before, after = evaluate(ALL, STEPS, done), evaluate(ALL, STEPS, done | {more})
    assert after.minutes <= before.minutes
    assert after.is_met or not before.is_met


def test_parts_follow_from_what_an_activity_is():
    assert part_of("lesson", is_final=False) == "lessons"
    assert part_of("quiz", is_final=False) == "quizzes"
    assert part_of("quiz", is_final=True) == "final"


def test_requirements_are_those_of_the_version(db):
    version = make_course(db, modules=1, lessons=2, rule={"lessons": "all"})
    required = requirements_of(db, version.id)

    assert required.rule == {"lessons": "all"}
    assert [step.part for step in required.steps] == ["lessons", "lessons", "quizzes", "final"]
    assert required.course_minutes == version.minutes
