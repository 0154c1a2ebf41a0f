"""Another language: 40 percent longer and from right to left, it pushes nothing aside."""

import pytest

from tests.journeys.accessibility import faults_of
from tests.journeys.answers import asked_of, give, right
from tests.journeys.sites import Person, Site
from tests.journeys.walks import (
    OF_STRANGER,
    QUIZZES,
    SLUG,
    have_done,
    place_in_course,
    scenario_path,
)
from tests.journeys.windows import MIDDLE, NARROW, PHONE, Window

pytestmark = pytest.mark.journey

MIRRORED = "ar-XB"
CHOICES = "a.choice"
OF_LEARNER = (
    "/my-learning",
    "/my-learning/transcript",
    "/account",
    f"/courses/{SLUG}",
    f"/courses/{SLUG}/lessons/find-the-gap",
    f"/courses/{SLUG}/withdrawal",
)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_a_learner_goes_from_right_to_left(site, window):
    awa = site.learner()
    hers = window(who=awa)
    have_done(site, place_in_course(site, awa), "why-people-count")
    faults = []
    for path in (*OF_LEARNER[:1], *OF_LEARNER[3:5]):
        hers.open(f"/{MIRRORED}{path}")
        faults += faults_of_mirrored(hers)
    faults += sit_quiz(hers, site, awa)
    assert faults == []


def sit_quiz(window: Window, site: Site, who: Person) -> list[str]:
    """Begin, answer and hand in by the buttons' places, since their words are not English."""
    window.open(f"/{MIRRORED}/courses/{SLUG}/quizzes/{QUIZZES[0]}")
    faults = faults_of_mirrored(window)
    primary = window.page.locator("main form .button").first
    window.press(primary)
    for asked in asked_of(site, who):
        give(window.page, right(asked))
        if asked.kind == "matching":
            faults += faults_of_mirrored(window)
        window.press(primary)
    window.press(primary)
    assert "6" in window.heading()
    assert window.page.url.endswith("/result")
    return faults + faults_of_mirrored(window)


def faults_of_mirrored(window: Window) -> list[str]:
    """What axe finds, once it is sure that the page runs from right to left."""
    page = window.page
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    brand = page.locator(".brand").bounding_box()
    assert brand is not None
    assert brand["x"] > page.viewport_size["width"] / 2
    return [f"{page.url}: {each}" for each in faults_of(window)]


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_a_scenario_runs_from_right_to_left(site, window):
    eve = window()
    eve.open(f"/{MIRRORED}{scenario_path(site)}")
    faults = faults_of_mirrored(eve)
    while eve.page.locator(CHOICES).count():
        eve.press(eve.page.locator(CHOICES).last)
        faults += faults_of_mirrored(eve)
    eve.open(f"/en-XA{scenario_path(site)}")
    assert faults + faults_of(eve) == []


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_longer_words_push_nothing_out_of_sight(site, window):
    awa = site.learner()
    place_in_course(site, awa)
    for walker, paths in ((window(), OF_STRANGER.values()), (window(who=awa), OF_LEARNER)):
        for path in paths:
            walker.open(f"/{MIRRORED}{path}")
            for size in (NARROW, PHONE, MIDDLE):
                walker.page.set_viewport_size(size)
                walker.check_width()
