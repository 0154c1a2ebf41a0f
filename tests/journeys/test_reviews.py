"""A draft read from outside by a link on its way to learners, without scripts on a phone."""

import pytest

from app.catalogue.compiling.folders import CourseFiles
from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER, grant
from app.identity.users import user_called
from app.studio.drafts import draft_from
from tests.journeys.sites import Person, Site
from tests.journeys.windows import PHONE, Look
from tests.makers.people import make_institute
from tests.makers.sources import LESSON, make_source

pytestmark = pytest.mark.journey
SAID = "Which parts does a course have at least?"
LOOK, SLUG = Look(PHONE, scripts=False), "read-from-outside"


def somebody(site: Site, *roles: str) -> Person:
    """A person at the institute who holds these roles on it."""
    who = site.learner()
    with site.engines.writing() as db:
        user = user_called(db, who.email)
        for role in roles:
            grant(db, user.id, role, make_institute(db).id)
    return who


def draft_of(site: Site, who: Person) -> None:
    """The small course as a draft of this person."""
    with site.engines.writing() as db:
        institute, files = make_institute(db), dict(make_source().files)
        course = files["course.yaml"].decode().replace("capacita-institute", institute.key)
        files["course.yaml"] = course.encode()
        draft_from(db, user_called(db, who.email).id, CourseFiles(SLUG, files), institute)


def test_a_draft_goes_from_its_author_to_a_learner(site, window):
    author, reviewer = somebody(site, AUTHOR), somebody(site, REVIEWER)
    publisher = somebody(site, PUBLISHER)
    draft_of(site, author)
    at = f"/en/studio/{SLUG}/review"
    writes = window(LOOK, author)
    writes.open(at)
    writes.press(writes.button("Hand in for review"))
    writes.page.get_by_label("Name").fill("Prof. Amara Diallo")
    writes.press(writes.button("Make a link"))
    link = writes.page.locator(".token a").get_attribute("href")
    outside = window(LOOK)
    outside.open(link)
    outside.press(outside.link("What a course is made of"))
    outside.page.locator(".answerer summary").last.click()
    outside.page.get_by_label("Your comment").last.fill(SAID)
    outside.press(outside.page.get_by_role("button", name="Send the comment").last)
    assert outside.page.get_by_text(SAID).is_visible()
    reads = window(LOOK, reviewer)
    reads.open(f"{at}/files/{LESSON}")
    reads.press(reads.page.get_by_role("button", name="Resolve"))
    assert reads.page.get_by_text("Resolved").is_visible()
    reads.open(at)
    reads.press(reads.button("Approve"))
    publishes = window(LOOK, publisher)
    publishes.open(at)
    publishes.press(publishes.page.get_by_role("link", name="Publish", exact=True))
    publishes.press(publishes.button("Publish revision 1"))
    assert publishes.page.get_by_text("Published: version 1").is_visible()
    learns = window(LOOK, site.learner())
    learns.open(f"/en/courses/{SLUG}/lessons/first-lesson")
    assert learns.heading() == "What a course is made of"
