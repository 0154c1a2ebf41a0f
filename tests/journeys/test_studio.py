"""The studio in a browser: without scripts from nothing to a sound course, with them nothing lost."""

import re

import pytest
from playwright.sync_api import expect

from app.identity.grants import AUTHOR, grant
from app.studio.drafts import draft_for
from app.studio.inspections import findings_of
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import user_id_of
from tests.journeys.windows import Look, fields
from tests.makers.people import make_institute

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
PAUSE = 8_000  # milliseconds before a text that could not be sent is sent again


@pytest.fixture
def author(site):
    who = site.learner()
    with site.engines.writing() as db:
        grant(db, user_id_of(db, who), AUTHOR, make_institute(db).id)
    return who


def begin(window, title: str) -> None:
    window.open("/en/studio")
    window.press(window.link("Begin a new course"))
    fields(window, {"Title": title})
    window.press(window.button("Begin"))


def test_an_author_without_scripts_writes_a_sound_course(site, window, author):
    hers = window(Look(scripts=False), author)
    begin(hers, "Night shifts")
    fields(hers, {"Title of a new lesson: First module": "Handing over"})
    hers.press(hers.button("Add a lesson"))
    fields(
        hers, {"Text, in Markdown": "One nurse leaves [@S1].\n\n::: note Mind\nThe list.\n:::\n"}
    )
    hers.press(hers.button("Preview"))
    expect(hers.page.locator("#preview .box")).to_contain_text("The list.")
    hers.press(hers.button("Save"))
    hers.press(hers.link("Night shifts"))
    hers.press(hers.page.get_by_role("button", name="Move up: Handing over"))
    hers.press(hers.button("Take this back"))
    assert "The outline is as it was before." in hers.text()
    hers.press(hers.link("What stayed with you?"))
    hers.page.get_by_label("Type of a new question").select_option("ordering")
    hers.press(hers.button("Add a question"))
    fields(hers, {"Question": "What comes first?", "Step 1": "Read", "Step 2": "Ask"})
    hers.press(hers.button("Add a row"))
    fields(hers, {"Step 3": "Sign", "Said after a right answer": "So it is safe.",
                  "Said after a wrong answer": "Read first.", "Sources": "S1"})  # fmt: skip
    hers.press(hers.button("Save"))
    expect(hers.page.get_by_role("region", name="As learners see it")).to_contain_text("Sign")
    hers.open("/en/studio/night-shifts/findings")
    assert "The course has no faults." in hers.text()
    with site.engines.reading() as db:
        draft = draft_for(db, user_id_of(db, author), "night-shifts")
        assert not [each for each in findings_of(db, draft) if each.is_grave]


def test_what_is_typed_is_saved_and_two_tabs_lose_nothing(window, author):
    hers = window(Look(), author)
    begin(hers, "Day shifts")
    assert faults_of(hers) == []
    hers.press(hers.link("First lesson"))
    page, text = hers.page, hers.page.get_by_label("Text, in Markdown")
    status = page.locator("[data-status]")
    other = window(Look(), author)
    other.open(page.url)

    # Typed with the keyboard alone: the preview follows, and the save comes by itself.
    text.press("Control+End")
    page.keyboard.type("\n\nMore of it.")
    expect(page.locator("#preview")).to_contain_text("More of it.")
    expect(status).to_contain_text("Saved")
    page.get_by_role("button", name="Note box").press("Enter")
    page.keyboard.type("It is short.")
    box = "More of it.\n\n::: note Its title\nIt is short.\n:::\n\n"
    expect(text).to_have_value(re.compile(f"{box}$"))
    page.keyboard.press("Control+z")
    expect(status).to_contain_text("Saved")

    # The line drops; what is typed then goes out when it is back.
    hers.context.set_offline(True)
    page.keyboard.type(" Offline.")
    expect(status).to_contain_text("The line is lost")
    hers.context.set_offline(False)
    expect(status).to_contain_text("Saved")
    hers.complaints.clear()

    # The other tab saw an older text: it is told, and both are shown.
    other.page.get_by_label("Text, in Markdown").press("Control+End")
    other.page.keyboard.type(" From the other tab.")
    told = other.page.locator("[data-status]")
    expect(told).to_contain_text("Somebody else has saved this lesson")
    other.complaints.clear()
    other.press(other.button("Compare the two texts"), 409)
    assert "From the other tab." in other.text()
    assert "Offline." in other.text()
    assert faults_of(other) == []
    other.press(other.button("Keep mine"))
    hers.open(page.url)
    assert faults_of(hers) == []
    for place in ("/facts", "/quizzes/first-quiz/questions/question-1"):
        hers.open(f"/en/studio/day-shifts{place}")
        assert faults_of(hers) == [], place


def test_a_text_waits_for_the_server_and_for_who_was_signed_out(site, window, author):
    hers = window(Look(), author)
    begin(hers, "Late shifts")
    hers.page.clock.install()
    hers.press(hers.link("First lesson"))
    page, text = hers.page, hers.page.get_by_label("Text, in Markdown")
    status = page.locator("[data-status]")
    save = re.compile("/lessons/[^/]+$")

    page.route(save, lambda route: route.fulfill(status=503, body="Away"), times=1)
    text.press("Control+End")
    page.keyboard.type("\n\nWho comes late.")
    expect(status).to_contain_text("The line is lost")
    page.clock.fast_forward(PAUSE)
    expect(status).to_contain_text("Saved")

    hers.context.clear_cookies()
    page.keyboard.type(" And who goes.")
    expect(status).to_contain_text("You are signed out")
    hers.context.add_cookies([site.cookie_of(author)])
    page.clock.fast_forward(PAUSE)
    expect(status).to_contain_text("Saved")

    # Where the browser has no room or keeps nothing, the server alone does.
    page.evaluate("void (Storage.prototype.setItem = () => { throw new Error('full') })")
    page.keyboard.type(" And who stays.")
    expect(status).not_to_contain_text("Saved ")
    page.clock.fast_forward(PAUSE)
    expect(status).to_contain_text("Saved")
    hers.complaints.clear()
    hers.open(page.url)
    assert "Who comes late. And who goes. And who stays." in text.input_value()
