"""A long list as a file, in a browser: asked for, made by the worker, taken and deleted."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.catalogue.courses import Course
from app.identity.users import User
from app.learning.enrolments import enrol
from app.main import worker_of
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import user_id_of
from tests.journeys.windows import PHONE, Look

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
LIST = "/en/statistics/completions/list?measure=enrolled"


@pytest.fixture
def short(site):
    """The site offers the file of one row at once, and of no more."""
    usual = site.app.state.settings
    site.app.state.settings = usual.model_copy(update={"rows_at_once": 1})
    people = site.learner(), site.learner()
    with site.engines.writing() as db:
        course_id = db.scalars(select(Course.id).where(Course.slug == "human-factor")).one()
        for person in people:
            enrol(db, db.get_one(User, user_id_of(db, person)).id, course_id, "en")
    yield
    site.app.state.settings = usual


def test_a_long_list_is_made_and_taken_without_scripts(site, window, short, tmp_path: Path):
    boss = site.administrator()
    plain = window(Look(size=PHONE, scripts=False), boss)
    plain.open(LIST)
    plain.press(plain.button("Have the whole list made as CSV"))
    plain.press(plain.link("See how far it is"))
    assert "It waits for its turn." in plain.text()
    lively = window(who=boss)
    lively.open(plain.page.url.removeprefix(site.address))
    assert faults_of(lively) == []
    worker_of(site.app).run_until_idle()
    expect(lively.page.get_by_role("heading", name="The file is ready")).to_be_visible()
    assert faults_of(lively) == []
    plain.press(plain.link("See how far it is"))
    saved = plain.download(plain.link("Take the file"))
    saved.save_as(tmp_path / "list.csv")
    at_once = plain.page.request.get(LIST.replace("list?", "list.csv?")).body()
    assert (tmp_path / "list.csv").read_bytes() == at_once
    plain.press(plain.link("Files made for you"))
    assert "ready," in plain.text()
    lively.open("/en/statistics/files")
    assert faults_of(lively) == []
    plain.press(plain.page.locator("main h2 a").first)
    plain.press(plain.button("Delete this file"))
    assert "No file now" in plain.text()
