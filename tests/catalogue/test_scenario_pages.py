"""A scenario is played by anybody, by links alone; the address holds the path and nothing else does."""

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from app.assessment.next_steps import next_steps
from app.catalogue.audiences import Found
from app.catalogue.cards import cards_of
from app.catalogue.compiling.compilations import compile_course
from app.catalogue.publishing import store_derived
from app.catalogue.scenarios import PathUnknown, Step, scenario_called, walked
from app.catalogue.shelves import edition_of
from app.learning.ways import next_in
from app.tables import metadata
from tests.browser import text_of
from tests.counting import statements
from tests.makers.learning import do, make_enrolment
from tests.makers.scenarios import (
    COURSE,
    GOOD,
    MIXED,
    POOR,
    SCENARIO,
    SMALL,
    make_scenario,
    make_scenario_of,
)
from tests.makers.sources import RECOMMENDATIONS, example

LESSON = f"{COURSE}/lessons/waiting-times"
ABSURD = (
    "no-such-choice",
    "explain",  # a choice of a later step
    f"{GOOD}.explain",  # beyond the end
    f"{GOOD}.",
    f".{GOOD}",
    "ask-the-owner..explain",
    "ask-the-owner.ask-the-owner",
    "ASK-THE-OWNER",
    "the-figure",  # a step, not a choice
    "ask-the-owner%2Esay-one-week%2Eno",
    "a" * 3000,
    ".".join(["ask-the-owner"] * 400),
    "%00",
    "ask-the-owner%00",
    "%ff%fe",
    "%E2%80%AE",
    "%F0%9F%92%A9",
    "'%20OR%201=1--",
    "<script>",
    "ask-the-owner&path=print-it",
    "&path=ask-the-owner",
)


@pytest.fixture
def scenario(db):
    version = make_scenario(db)
    db.commit()
    return version


def links_in(html: str) -> list[str]:
    """The addresses of the choices, in order."""
    return [unescape(each) for each in re.findall(r'class="choice" href="([^"#]+)#chosen"', html)]


def test_anyone_meets_the_situation_and_its_choices(scenario, eve):
    answer = eve.get(SCENARIO)
    told = text_of(answer)
    for said in (
        "Before the press release",
        "You are the press officer of a passport office.",
        "Scenario 4 min · 2 KB at most 4 decisions",
        "waiting fell by 40 percent [R1]",
        "Nobody says what was compared with what.",
        "Decision 1: what do you do?",
    ):
        assert said in told
    assert links_in(answer.text) == [
        f"{SCENARIO}?path={key}" for key in ("ask-the-owner", "print-it", "leave-it-out")
    ]
    assert "without a baseline" not in told  # a reason stands behind its choice
    assert "Your way so far" not in told


def test_a_choice_shows_why_and_what_follows_and_the_way_there(scenario, eve):
    answer = eve.get(f"{SCENARIO}?path=print-it")
    told = text_of(answer)
    assert "You chose: Write the release with the figure as it stands." in told
    assert "A figure without a baseline shows no change. [R1]" in told
    assert "What happens then A journalist calls" in told
    assert "Decision 2: what do you do?" in told
    assert "1. Your head hands you one line: waiting fell by 40 percent" in told
    assert f'href="{SCENARIO}#situation"' in answer.text
    assert "<title>Decision 2: Before the press release" in answer.text


@pytest.mark.parametrize(
    ("path", "said", "sign"),
    [(GOOD, "A good ending", "done"), (MIXED, "A mixed ending", "care"),
     (POOR, "A poor ending", "fault")],
)  # fmt: skip
def test_an_ending_says_in_words_and_by_a_sign_how_it_went(scenario, eve, path, said, sign):
    answer = eve.get(f"{SCENARIO}?path={path}")
    told = text_of(answer)
    assert f"{said} This is one of the 3 endings of this scenario." in told
    assert f'<use href="#sign-{sign}"/></svg><div><h2>{said}</h2>' in answer.text
    assert "Try another way" in told
    assert not links_in(answer.text)


def test_an_ending_leads_to_its_lesson_and_back_to_every_decision(scenario, eve):
    answer = eve.get(f"{SCENARIO}?path={GOOD}")
    assert "Read again: Waiting times, heard and seen" in text_of(answer)
    assert f'class="button" href="{LESSON}"' in answer.text
    for path in ("", "?path=ask-the-owner", "?path=ask-the-owner.say-one-week"):
        assert f'href="{SCENARIO}{path}#situation"' in answer.text
    assert "Read again" not in text_of(eve.get(f"{SCENARIO}?path={MIXED}"))


def test_every_way_can_be_walked_by_its_links(scenario, eve):
    waiting, endings = [SCENARIO], set()
    while waiting:
        answer = eve.get(waiting.pop())
        assert answer.status_code == 200
        assert len(answer.content) < 40_000
        onward = links_in(answer.text)
        waiting += onward
        if not onward:
            endings.add(re.search(r"A (good|mixed|poor) ending", answer.text)[1])
    assert endings == {"good", "mixed", "poor"}


@pytest.mark.parametrize("path", ABSURD, ids=lambda path: path[:30])
def test_a_path_that_leads_nowhere_is_refused_in_words(scenario, eve, path):
    answer = eve.get(f"{SCENARIO}?path={path}")
    assert answer.status_code == 404
    assert re.search("No path of this scenario|no page at this address", text_of(answer))


def test_only_a_scenario_is_played(scenario, eve):
    for key in ("no-such-scenario", "four-questions", "reading-quiz", "final-assessment"):
        assert eve.get(f"{COURSE}/scenarios/{key}").status_code == 404
    assert eve.get(f"{COURSE}/lessons/before-the-press").status_code == 404
    assert eve.get(f"{COURSE}/quizzes/before-the-press").status_code == 404
    assert eve.get(f"{SCENARIO}?path=").status_code == 200


def test_playing_writes_nothing_and_needs_no_cookie(db, scenario, eve):
    def rows():
        return [
            db.scalar(select(func.count()).select_from(each)) for each in metadata.sorted_tables
        ]

    before = rows()
    for path in ("", "?path=print-it", f"?path={POOR}"):
        eve.get(f"{SCENARIO}{path}")
    db.rollback()
    assert rows() == before
    assert not eve.client.cookies


def test_the_course_the_outline_and_the_lessons_lead_through_it(scenario, eve):
    course = text_of(eve.get(COURSE))
    assert "Scenario: Before the press release 4 min · 2 KB" in course
    last, quiz = eve.get(LESSON).text, f"{COURSE}/quizzes/reading-quiz"
    assert f'href="{SCENARIO}" rel="next"' in last
    assert '<use href="#sign-fork"/>' in last
    played = eve.get(SCENARIO).text
    assert f'href="{LESSON}" rel="prev"' in played
    assert f'href="{quiz}" rel="next"' in played
    assert f'href="{SCENARIO}" aria-current="page"' in played


def test_no_count_of_time_or_progress_has_a_scenario_in_it(db, app, scenario, eve, awa):
    assert "13 min ·" in text_of(eve.get(COURSE))  # the module without the scenario
    place = make_enrolment(db, awa, scenario)
    db.commit()
    own = eve.as_(awa)
    for key in ("four-questions", "waiting-times", "reading-quiz"):
        do(db, place, key)
    db.commit()
    edition = edition_of(db, scenario.id, "en", scenario.compiler)
    assert edition.minutes == sum(edition.stations)
    (card,) = cards_of(db, (Found(scenario.id, scenario.compiler, 0),), "en")
    assert card.stations == edition.stations
    assert next_steps(edition, ("four-questions",), 1, ()).module_left == 2
    onward = next_in(edition, ("four-questions", "waiting-times"))
    assert onward is not None
    assert onward.key == "reading-quiz"
    db.rollback()
    assert 'module--done" id="module-1"' in own.get(COURSE).text


def test_marking_the_lesson_before_it_leads_into_it(db, scenario, eve, awa):
    make_enrolment(db, awa, scenario)
    db.commit()
    answer = eve.as_(awa).post(f"{LESSON}/progress")
    assert answer.headers["location"] == SCENARIO


def test_a_learner_finds_it_in_two_statements_once_it_was_read(db, app, scenario, eve, awa):
    make_enrolment(db, awa, scenario)
    db.commit()
    own = eve.as_(awa)
    own.get(SCENARIO)
    with statements(app.state.engines) as asked:
        own.get(f"{SCENARIO}?path={GOOD}")
    assert len(asked) == 2


def test_what_is_not_translated_stands_in_its_own_language(scenario, eve):
    arabic = eve.get(SCENARIO.replace("/en/", "/ar-XB/") + f"?path={POOR}").text
    assert '<h1><span lang="en" dir="ltr">Before the press release</span></h1>' in arabic
    assert '<div class="scenario__text stack" lang="en" dir="ltr"><p>Two days later' in arabic
    assert '<span lang="en" dir="ltr">That is not an answer' in arabic


def test_a_part_that_is_not_translated_stands_in_the_language_of_the_course(db, scenario):
    edition = edition_of(db, scenario.id, "fr", scenario.compiler)
    french = scenario_called(db, edition, "before-the-press", scenario.compiler, str)
    assert french.title == "Avant le communiqué de presse"
    assert french.role == "Vous êtes l’attaché de presse d’un bureau des passeports."
    step = french.steps["the-figure"]
    assert '<p><span lang="en" dir="ltr">Nobody says what was compared' in step.html
    assert step.begins.startswith('<span lang="en" dir="ltr">Your head hands you one line')
    assert french.stale == 27


def test_a_course_for_some_is_played_by_them_alone(db, scenario, eve):
    course = metadata.tables["courses"]
    db.execute(course.update().values(audience="institution"))
    db.commit()
    assert eve.get(SCENARIO).status_code == 404


def test_recompiling_keeps_the_scenario(db, scenario, eve):
    store_derived(db, scenario, compile_course(example("full"), RECOMMENDATIONS))
    db.commit()
    assert eve.get(f"{SCENARIO}?path={GOOD}").status_code == 200


WAYS = {
    "one": {"a": "two", "b": "three"},
    "two": {"a": "three", "b": "poor"},
    "three": {"a": "good", "b": "poor", "c": "poor"},
    "good": "good",
    "poor": "poor",
}


@pytest.fixture
def small(db):
    version = make_scenario_of(db, WAYS)
    edition = edition_of(db, version.id, "en", version.compiler)
    return scenario_called(db, edition, "a-scenario", version.compiler, str)


@settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some.one_of(some.text(), some.lists(some.sampled_from("abcd.")).map(".".join)))
def test_any_path_leads_to_a_step_or_is_refused(small, path):
    try:
        walk = walked(small, path)
    except PathUnknown:
        return
    assert isinstance(walk.step, Step)
    assert walk.path == path
    keys = path.split(".") if path else []
    assert [each.choice.key for each in walk.decisions] == keys
    assert len(keys) <= small.decisions


def test_any_query_is_answered(small, db, eve):
    db.commit()

    @settings(deadline=None, max_examples=40)
    @given(some.text(max_size=60))
    def played(query):
        assert eve.get(SMALL, params={"path": query}).status_code in {200, 404}

    played()
