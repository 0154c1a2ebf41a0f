"""The keyboard alone: from signing in to a passed quiz, with the focus in sight at every stop."""

import pytest

from tests.journeys.answers import Asked, asked_of, right
from tests.journeys.keyboards import Keyboard
from tests.journeys.sites import PASSWORD
from tests.journeys.walks import PRETESTED, QUIZZES, SLUG

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_the_keyboard_alone_leads_through_every_kind_of_question(site, window):
    awa = site.learner()
    hers = window()
    keys = Keyboard(hers)
    hers.open("/en/my-learning")
    keys.to("password")
    keys.go("Sign in", 422)
    assert hers.focused() == "div.notice.notice--fault"
    keys.type("email", awa.email)
    keys.type("password", PASSWORD)
    hers.type_enter()
    keys.go("Find a course")
    keys.go("The human factor")
    keys.go("Start this course")
    keys.to("Staff and infrastructure")
    keys.keys.press("Enter")
    assert "Not right" in keys.window.page.locator(".recall details[open]").inner_text()
    assert "Staff and infrastructure" in keys.here()["name"]
    keys.go("Mark as read and go on")
    keys.go("Mark as read and go on")
    kinds = set()
    for key in reversed(QUIZZES):
        hers.open(f"/en/courses/{SLUG}/quizzes/{key}")
        keys.go("Begin")
        attempt = hers.page.url
        for asked in asked_of(site, awa):
            if asked.kind in kinds and key != QUIZZES[0]:
                continue
            hers.open(f"{attempt}?question={asked.position}")
            answer(keys, asked)
            keys.go("Save and go on")
            kinds.add(asked.kind)
    keys.go("Hand in")
    assert hers.heading() == "Passed with 6 of 6"
    assert len(kinds) == 7


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_the_keyboard_alone_takes_the_pretest_before_the_course(site, window):
    hers = window(who=site.learner())
    keys = Keyboard(hers)
    hers.open(f"/en/courses/{PRETESTED}")
    keys.go("Start this course")
    assert hers.heading() == "What do you know already?"
    keys.go("Begin the pretest")
    keys.go("Skip for now")
    keys.go("Overview, to hand in")
    keys.go("Hand in", 422)
    keys.go("Hand in anyway")
    assert hers.heading().startswith("You had 0 of ")
    keys.go("Go on")
    keys.go("Mark as read and go on")
    hers.open(f"/en/courses/{PRETESTED}/quizzes/pretest")
    assert "You had 0 of " in hers.page.inner_text("main")


def answer(keys: Keyboard, asked: Asked) -> None:
    """The right answer, by Tab, Space, arrows and letters."""
    given = right(asked)
    fields = [each.field for each in given]
    if asked.kind in {"numeric", "short"}:
        keys.type(*given[0])
    elif asked.kind == "multiple":
        values = {each.value for each in given}
        while values:
            seen = keys.to(*fields)
            if seen["value"] in values:
                keys.keys.press("Space")
                values.discard(seen["value"])
    elif asked.kind == "ordering":
        keys.arrange([step["text"] for step in asked.definition["sequence"]])
    elif asked.kind == "matching":
        for _part in given:
            field = keys.to(*fields)["field"]
            keys.choose(field, dict(given)[field])
    else:
        keys.to(*fields)
        keys.keys.press("Space")
        keys.choose(*given[0])


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_menus_and_the_skip_link_keep_the_focus_where_the_reader_is(site, window):
    eve = window()
    keys = Keyboard(eve)
    eve.open("/en/")
    keys.to("Skip to the content")
    keys.keys.press("Enter")
    keys.keys.press("Tab")
    assert eve.page.evaluate("document.activeElement.closest('main') !== null")
    eve.open("/en/")
    keys.to("Language:")
    keys.keys.press("Enter")
    keys.to("RTL")
    keys.keys.press("Escape")
    assert "Language:" in keys.here()["name"]
    assert eve.page.locator("details.menu[open]").count() == 0
