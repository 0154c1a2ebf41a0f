"""Translating in the studio: one sentence changes, one block opens, and it is mended by keyboard."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.catalogue.courses import Course
from app.identity.grants import AUTHOR, TRANSLATOR, grant
from app.studio.changes import save
from app.studio.drafts import open_draft, text_in
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
