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
        text = there.text.replace(*((NEW, OLD) if NEW in there.text else (OLD, NEW)))
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


KEPT = "This browser keeps a text of this block"
PAUSE = 8_000  # milliseconds before a block that could not be sent is sent again
LISTING = f"/en/studio/{SLUG}/languages/fr?show=all&part=lesson/two-kinds-of-problem"


@pytest.fixture
def two(site, window):
    """The windows of two authors who look at the same blocks."""
    people = [site.learner() for _each in range(2)]
    with site.engines.writing() as db:
        institution_id = db.scalars(select(Course.institution_id).where(Course.slug == SLUG)).one()
        for each in people:
            grant(db, user_id_of(db, each), AUTHOR, institution_id)
        open_draft(db, user_id_of(db, people[0]), SLUG)
    windows = [window(who=each) for each in people]
    for each in windows:
        each.page.clock.install()
        each.open(LISTING)
    yield windows
    for each in windows:
        each.complaints.clear()  # of lost lines and of conflicts


def first_block(window):
    """The block at the top of a window, its field, and what is said of it."""
    block = window.page.locator("form[data-block]").first
    return block, block.locator("textarea"), block.locator("[data-status]")


def say(window, text: str) -> None:
    """Write the first block anew and wait until it is saved."""
    _block, field, status = first_block(window)
    field.fill(text)
    expect(status).to_have_text("Saved.")


def test_a_text_given_up_after_a_collision_does_not_come_back(two):
    hers, his = two
    say(hers, "Son texte à elle.")
    block, field, status = first_block(his)
    field.fill("Son texte à lui.")
    expect(status).to_contain_text("Somebody else has saved this block")
    his.press(block.get_by_role("button", name="Save"), 409)
    assert his.page.get_by_label("Yours").input_value() == "Son texte à lui."
    assert faults_of(his) == []
    his.press(his.link("Keep theirs"))
    his.open(LISTING)
    expect(field).to_have_value("Son texte à elle.")
    expect(his.page.get_by_text(KEPT)).to_have_count(0)
    assert his.page.evaluate("localStorage.length") == 0


def test_a_block_is_sent_again_when_the_server_is_back(two):
    hers, _his = two
    _block, field, status = first_block(hers)
    away = {"status": 503, "body": "Away"}
    hers.page.route("**/blocks/*", lambda route: route.fulfill(**away), times=1)
    field.fill("Un texte qui attend.")
    expect(status).to_contain_text("The line is lost")
    hers.page.clock.fast_forward(PAUSE)
    expect(status).to_have_text("Saved.")


def test_a_block_is_saved_where_the_browser_keeps_nothing(two):
    hers, _his = two
    hers.page.evaluate("void (Storage.prototype.setItem = () => { throw new Error('full') })")
    say(hers, "Un texte sans place ici.")
    hers.open(LISTING)
    expect(first_block(hers)[1]).to_have_value("Un texte sans place ici.")


def test_a_text_never_sent_is_offered_and_compared_with_what_came_since(two):
    hers, his = two
    _block, field, status = first_block(his)
    his.context.set_offline(True)
    field.fill("Jamais envoyé.")
    expect(status).to_contain_text("The line is lost")
    his.page.close()
    his.context.set_offline(False)
    say(hers, "Le texte venu depuis.")
    his.page = his.context.new_page()
    his.open(LISTING)
    block, field, status = first_block(his)
    expect(field).to_have_value("Le texte venu depuis.")
    expect(his.page.get_by_text(KEPT)).to_contain_text("Jamais envoyé.")
    assert faults_of(his) == []
    his.page.get_by_role("button", name="Take it").click()
    expect(field).to_have_value("Jamais envoyé.")
    expect(status).to_contain_text("Somebody else has saved this block")
    his.press(block.get_by_role("button", name="Save"), 409)
    his.press(his.button("Save this text"))
    assert his.page.evaluate("localStorage.length") == 0
