"""A course's files at a phone's width: sent, described and shown, with scripts and without."""

import pytest
from playwright.sync_api import expect

from app.identity.grants import AUTHOR, grant
from app.studio.drafts import draft_for
from app.studio.inspections import findings_of
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import user_id_of
from tests.journeys.windows import PHONE, Look, fields
from tests.makers import pictures
from tests.makers.people import make_institute

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
YARD = {"name": "The Yard.jpg", "mimeType": "image/jpeg", "buffer": pictures.photo()}
TALK = {"name": "talk.mp4", "mimeType": "video/mp4", "buffer": pictures.MP4}
WORDS = {"name": "talk.en.vtt", "mimeType": "text/vtt", "buffer": pictures.VTT}


@pytest.fixture
def author(site):
    who = site.learner()
    with site.engines.writing() as db:
        grant(db, user_id_of(db, who), AUTHOR, make_institute(db).id)
    return who


def begin(window, title: str) -> None:
    window.open("/en/studio/new")
    fields(window, {"Title": title})
    window.press(window.button("Begin"))


def test_without_scripts_files_are_sent_renamed_and_shown(site, window, author):
    hers = window(Look(PHONE, scripts=False), author)
    begin(hers, "Courtyards")
    hers.press(hers.link("Pictures and files"))
    hers.page.get_by_label("Add files").set_input_files([YARD, TALK])
    hers.press(hers.button("Add to the course"))
    assert "Added the-yard.jpg, talk.mp4" in hers.text()
    hers.press(hers.link("the-yard.jpg"))
    fields(hers, {"Name": "Yard at noon"})
    hers.press(hers.button("Rename"))
    assert hers.heading() == "yard-at-noon.jpg"
    hers.press(hers.link("Courtyards"))
    hers.press(hers.link("First lesson"))
    hers.page.get_by_text("Show a picture, film or file").click()
    hers.page.get_by_label("A file of the course").select_option("yard-at-noon.jpg")
    hers.press(hers.button("Put it into the text"), 422)
    assert "Say what it shows to people who do not see it" in hers.text()
    fields(hers, {"What it shows": "A yard with a queue", "Caption": "The yard [@S1]."})
    hers.press(hers.button("Put it into the text"))
    expect(hers.page.get_by_role("img", name="A yard with a queue")).to_be_visible()
    hers.press(hers.button("Save"))
    hers.press(hers.link("Courtyards"))
    hers.press(hers.link("Pictures and files"))
    assert "Used in: First lesson" in hers.text()
    hers.press(hers.link("Courtyards"))
    hers.press(hers.link("Glossary"))
    hers.page.locator("#term").fill("yard")
    fields(hers, {"What it means": "A place to wait."})
    hers.press(hers.button("Add a term"))
    assert "1 term" in hers.text()
    with site.engines.reading() as db:
        draft = draft_for(db, user_id_of(db, author), "courtyards")
        assert not [each for each in findings_of(db, draft) if each.is_grave]


def test_with_scripts_a_file_goes_to_the_cursor_and_nothing_is_left(window, author):
    hers = window(Look(PHONE), author)
    begin(hers, "Talks")
    hers.press(hers.link("First lesson"))
    page, text = hers.page, hers.page.get_by_label("Text, in Markdown")
    text.fill("Before [@S1].\n\nAfter.\n")
    text.evaluate("area => area.setSelectionRange(15, 15)")
    page.get_by_text("Show a picture, film or file").click()
    page.get_by_label("Or files of your computer").set_input_files([TALK, WORDS])
    page.get_by_role("button", name="Put it into the text").click()
    expect(page.locator("#media_caption-error")).to_contain_text("Write a caption")
    expect(page.get_by_label("A file of the course")).to_have_value("talk.mp4")
    expect(page.get_by_label("Captions of a film")).to_have_value("talk.en.vtt")
    page.locator("#media_caption").fill("A talk.")
    page.get_by_role("button", name="Put it into the text").click()
    box = "::: video media/talk.mp4 captions=media/talk.en.vtt\nA talk.\n:::"
    expect(text).to_have_value(f"Before [@S1].\n\n{box}\n\nAfter.\n")
    expect(page.locator("#preview video")).to_be_attached()
    expect(page.locator("[data-status]")).to_contain_text("Saved")
    hers.complaints.clear()  # the refused form answers 422, which a script asked for
    assert faults_of(hers) == []
    for place in ("/files", "/sources"):
        hers.open(f"/en/studio/talks{place}")
        assert faults_of(hers) == [], place
