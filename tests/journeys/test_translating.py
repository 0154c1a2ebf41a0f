"""Translating in the studio: one sentence changes, one block opens, and it is mended by keyboard."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.catalogue.courses import Course
from app.identity.grants import AUTHOR, TRANSLATOR, grant
from app.studio.changes import save
from app.studio.drafts import open_draft, text_in
from app.studio.translating.segments import segments_of
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import user_id_of
from tests.journeys.windows import PHONE

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
SLUG = "leadership-and-learning"
LESSON = "what-leadership-is-for/two-kinds-of-problem.md"
OLD, NEW = "Ask what the problem asks of people.", "First ask what the problem asks of people."
MENDED = "Demandez d’abord ce que le problème exige des personnes."


@pytest.mark.parametrize("prefix", ["en", "ar-XB"])
def test_a_changed_sentence_is_one_block_to_renew(site, window, prefix):
    author, translator = site.learner(), site.learner()
    with site.engines.writing() as db:
        institution_id = db.scalars(select(Course.institution_id).where(Course.slug == SLUG)).one()
        grant(db, user_id_of(db, author), AUTHOR, institution_id)
        grant(db, user_id_of(db, translator), TRANSLATOR("fr"), institution_id)
        draft = open_draft(db, user_id_of(db, author), SLUG)
        there = text_in(db, draft, LESSON)
        text = there.text.replace(OLD, NEW) if prefix == "en" else there.text.replace(NEW, OLD)
        assert text != there.text
        save(db, user_id_of(db, author), draft, LESSON, text.encode(), there.revision)
    hers = window(who=translator)
    hers.open(f"/{prefix}/studio/{SLUG}/languages")
    assert faults_of(hers) == []
    hers.page.set_viewport_size(PHONE)
    hers.open(f"/{prefix}/studio/{SLUG}/languages/fr?show=stale")
    block = hers.page.locator("form[data-block]")
    expect(block).to_have_count(1)
    expect(block.locator("ins")).to_have_count(1)
    assert faults_of(hers) == []
    block.locator("textarea").fill(MENDED)
    hers.page.keyboard.press("Control+Enter")
    expect(block).to_have_attribute("data-open", "false")
    hers.open(f"/{prefix}/studio/{SLUG}/languages/fr?show=stale")
    expect(block).to_have_count(0)


ADDED = " And now you."
PATIENCE = 30_000  # milliseconds that a whole course may take on a busy machine


def test_an_offer_is_taken_by_keyboard_and_a_file_after_a_look(site, window):
    author = site.learner()
    with site.engines.writing() as db:
        author_id = user_id_of(db, author)
        institution_id = db.scalars(select(Course.institution_id).where(Course.slug == SLUG)).one()
        grant(db, author_id, AUTHOR, institution_id)
        draft = open_draft(db, author_id, SLUG)
        there = text_in(db, draft, LESSON)
        known = {each.source for each in segments_of(db, draft, "fr") if not each.is_open}
        line = next(line for line in there.text.split("\n") if line in known and len(line) > 80)
        text = there.text.replace(f"\n{line}\n", f"\n{line}\n\n{line}{ADDED}\n", 1)
        save(db, author_id, draft, LESSON, text.encode(), there.revision)
    hers = window(who=author)
    hers.open(f"/en/studio/{SLUG}/languages/fr?show=missing&part=lesson/two-kinds-of-problem")
    block = hers.page.locator("form[data-block]").filter(has_text=ADDED)
    expect(block.locator("[data-offer]").first).to_be_visible()
    assert faults_of(hers) == []
    block.locator("textarea").press("Alt+1")
    expect(block.locator("textarea")).not_to_be_empty()
    expect(block.locator("[name=doubtful]")).to_be_checked()
    expect(block.locator("[data-state]")).to_have_text("doubtful", timeout=PATIENCE)
    catalogue = hers.page.request.get(f"/en/studio/{SLUG}/languages/fr/files/all.po").text()
    finished = catalogue.replace("#, fuzzy\n", "")
    hers.open(f"/en/studio/{SLUG}/languages/fr/files")
    sent = {"name": "fr.po", "mimeType": "text/plain", "buffer": finished.encode()}
    hers.page.get_by_label("PO or XLIFF 2 file").set_input_files(sent)
    hers.page.get_by_role("button", name="Look at the file").click()
    take = hers.page.get_by_role("button", name="Take")
    expect(take).to_be_visible(timeout=PATIENCE)
    assert faults_of(hers) == []
    take.click()
    expect(hers.page.get_by_role("status").first).to_contain_text("taken", timeout=PATIENCE)
