"""What a course's writers see of its learners: counted as a plain recount does, never of a few."""

import csv
import io
from itertools import pairwise
from statistics import correlation as pearson
from statistics import fmean
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalogue.activities import PRETEST
from app.identity.grants import grant
from app.learning.enrolments import start
from app.statistics.teaching.answers import answers_alike
from app.statistics.teaching.crowds import Crowd
from app.statistics.teaching.items import Measured, correlation, items_measured
from app.statistics.teaching.passes import passes_of
from app.statistics.teaching.stages import shown, stages_of
from tests.browser import text_of
from tests.makers.attempts import make_attempts
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.people import make_institute, make_person
from tests.makers.quizzes import QUIZ, SLUG, make_quiz

SCORE = st.sampled_from([0.0, 0.5, 1.0])
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def recounted(scores) -> dict[str, tuple[int, float, float | None]]:
    """The same figures by the textbook's definitions, one attempt after another."""
    found = {}
    for at in range(len(scores[0])):
        answered = [row for row in scores if row[at] is not None]
        own = [row[at] for row in answered]
        others = [
            ([each for place, each in enumerate(row) if place != at and each is not None], row[at])
            for row in answered
        ]
        pairs = [(fmean(rest), score) for rest, score in others if rest]
        ys, xs = [y for y, _ in pairs], [x for _, x in pairs]
        varies = len(set(xs)) > 1 and max(ys) - min(ys) > 1e-9
        if len(own) >= 5:
            found[f"item-{at + 1}"] = len(own), fmean(own), pearson(xs, ys) if varies else None
    return found


def measured_in(db, version) -> list[Measured]:
    return items_measured(answers_alike(db, Crowd(version.id), []))


@few
@given(scores=st.lists(st.tuples(SCORE, SCORE, SCORE, SCORE), min_size=1, max_size=14))
def test_facility_and_discrimination_are_those_of_the_textbook(db, asked, scores):
    version, places = asked
    save = db.begin_nested()
    make_attempts(db, version, scores, places=places)
    make_attempts(db, version, [(1.0, 1.0, 1.0, 1.0)], number=2, places=places[:1])
    measured = {each.key: each for each in measured_in(db, version)}
    wanted = recounted(scores)
    assert {key for key, each in measured.items() if each.facility is not None} == set(wanted)
    for key, (n, facility, apart) in wanted.items():
        assert (measured[key].asked, measured[key].facility) == (n, pytest.approx(facility))
        assert measured[key].discrimination == (apart if apart is None else pytest.approx(apart))
    save.rollback()


def test_an_item_that_some_were_not_given_is_measured_by_who_was(db):
    version = make_quiz(db)
    scores = [(1.0, None, 1.0), (0.0, 1.0, 0.0), (1.0, 1.0, 0.5), (0.0, 0.0, 0.0)] * 2
    scores += [(1.0, 0.0, 1.0)]
    make_attempts(db, version, scores)
    [second] = [each for each in measured_in(db, version) if each.key == "item-2"]
    n, facility, apart = recounted(scores)["item-2"]
    assert (second.asked, n) == (7, 7)
    assert second.facility == pytest.approx(facility)
    assert second.discrimination == pytest.approx(apart)


@pytest.mark.parametrize(
    ("facility", "apart", "weak"),
    [(0.29, 0.5, True), (0.3, 0.5, False), (0.9, 0.09, True), (0.9, 0.1, False),
     (0.9, None, False), (None, None, False), (0.5, -0.4, True)],
)  # fmt: skip
def test_what_is_hard_or_blunt_is_worth_a_look(facility, apart, weak):
    assert Measured("quiz", "item-1", 9, facility, apart).is_weak is weak


def test_there_is_no_correlation_where_nothing_varies():
    assert correlation(5, 5, 5, 2, 1.2, 2) is None
    assert correlation(4, 2, 2, 2, 2, 2) == pytest.approx(1)


def test_who_came_to_a_step_did_it_or_a_later_one(db):
    version = make_course(db, modules=1, lessons=2)
    people = [make_person(db, f"Person {n}", make_institute(db)) for n in range(4)]
    places = [make_enrolment(db, each, version) for each in people]
    complete(db, places[0])
    do(db, places[1], "lesson-1-2")  # past the first lesson
    start(db, places[2], "en")  # opened an attempt, did nothing; the last one only enrolled
    assert stages_of(db, Crowd(version.id)) == [
        ("", 3), ("lesson-1-1", 2), ("lesson-1-2", 2), ("quiz-1", 1), ("final", 1),
    ]  # fmt: skip


@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_stage_tells_of_fewer_than_five(counts):
    stages = [(str(at), count) for at, count in enumerate(sorted(counts, reverse=True))]
    figures = [count for _key, count in shown(stages)]
    told = [count for count in figures if count is not None]
    assert all(count >= 5 for count in told)
    falls = [before - after for before, after in pairwise(told)]
    assert all(fall == 0 or fall >= 5 for fall in falls)
    assert figures == [*told, *[None] * (len(figures) - len(told))]


@pytest.fixture
def taught(db, bilal):
    """Six learners of a quiz of which the first item is hard; bilal writes at its institute."""
    grant(db, bilal.id, "author", make_institute(db).id)
    version = make_quiz(db)
    make_attempts(db, version, [(0.0, 1.0, x, 1.0) for x in (0.0, 1.0, 0.5, 1.0, 0.0, 1.0)])
    db.commit()
    return version


def test_writers_see_the_weak_questions_first_and_in_a_file(taught, browser, bilal):
    with browser.as_(bilal) as at:
        shown_page = at.get(f"/en/studio/{SLUG}/learners")
        file = at.get(f"/en/studio/{SLUG}/learners.csv")
        nobody = at.get(f"/en/studio/{SLUG}/learners?language=en")  # no result is in English yet
        steps = at.get(f"/en/studio/{SLUG}/learners.csv?table=steps")
    said = text_of(shown_page)
    assert "hard" in said
    assert "6 at the beginning" in said
    assert "Fewer than 5 people are counted by this choice." in text_of(nobody)
    assert steps.text.splitlines()[1] == ",6"
    head, first, *rest = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert head == ["quiz", "question", "answered", "facility", "discrimination", "look"]
    assert first == ["Numbers", "item-1", "6", "0.00", "", "1"]
    assert [row[5] for row in rest] == ["0", "0", "0"]


def test_a_quiz_that_few_tried_is_not_shown(db, taught):
    assert passes_of(db, Crowd(taught.id)) == [(QUIZ, 6, 6, 0)]
    other = make_quiz(db, slug="another", edition=2)
    make_attempts(db, other, [(1.0,)])
    assert passes_of(db, Crowd(other.id)) == [(QUIZ, None, None, None)]


def test_a_pretest_is_no_first_attempt_and_nobody_fails_it(db, taught):
    def answered() -> list[tuple[Any, ...]]:
        """By question: the database promises no order, and adds up thirds in any."""
        rows = answers_alike(db, Crowd(taught.id), [])
        return sorted((*each[:7], round(each.rest, 9), round(each.squares, 9)) for each in rows)

    before = answered()
    make_attempts(db, taught, [(0.0, 0.0, 0.0, 0.0)] * 6, quiz=PRETEST)

    assert len(before) == 12
    assert answered() == before
    assert passes_of(db, Crowd(taught.id)) == [(QUIZ, 6, 6, 0)]


def test_who_writes_elsewhere_finds_nothing(db, taught, browser, dara):
    from tests.makers.people import HEALTH, make_institution

    grant(db, dara.id, "author", make_institution(db, *HEALTH).id)
    db.commit()
    with browser.as_(dara) as at:
        for path in ("learners", "learners.csv"):
            assert at.get(f"/en/studio/{SLUG}/{path}").status_code == 404
