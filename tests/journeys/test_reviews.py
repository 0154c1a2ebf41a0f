"""A course's way to its learners: handed in, read from outside by a link, published, taken."""

import pytest

from app.catalogue.compiling.folders import CourseFiles
from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER, grant
from app.identity.users import user_called
from app.studio.drafts import draft_from
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import Person, Site
from tests.journeys.windows import DESKTOP, PHONE, Look
from tests.makers.people import make_institute
from tests.makers.sources import LESSON, make_source

pytestmark = pytest.mark.journey
SAID = "Which parts does a course have at least?"
LOOKS = {"desk": Look(DESKTOP), "no-scripts-phone": Look(PHONE, scripts=False)}


def somebody(site: Site, *roles: str) -> Person:
    """A person at the institute who holds these roles on it."""
    who = site.learner()
    with site.engines.writing() as db:
        user = user_called(db, who.email)
        for role in roles:
            grant(db, user.id, role, make_institute(db).id)
    return who


def draft_of(site: Site, who: Person, slug: str) -> None:
    """The small course as a draft of this person, under a short name of its own."""
    with site.engines.writing() as db:
        institute, files = make_institute(db), dict(make_source().files)
        course = files["course.yaml"].decode().replace("capacita-institute", institute.key)
        files["course.yaml"] = course.encode()
        draft_from(db, user_called(db, who.email).id, CourseFiles(slug, files), institute)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_a_draft_goes_from_its_author_to_a_learner(site, window, look):
    slug = f"way-{'desk' if look.scripts else 'phone'}"
    author, reviewer = somebody(site, AUTHOR), somebody(site, REVIEWER)
    publisher = somebody(site, PUBLISHER)
    draft_of(site, author, slug)
    at = f"/en/studio/{slug}/review"
    writes = window(look, author)
    writes.open(at)
    writes.press(writes.button("Hand in for review"))
    writes.page.get_by_label("Name").fill("Prof. Amara Diallo")
    writes.press(writes.button("Make a link"))
    link = writes.page.locator(".token a").get_attribute("href")
    outside = window(look)
    outside.open(link)
    outside.press(outside.link("What a course is made of"))
    outside.page.locator(".answerer summary").last.click()
    outside.page.get_by_label("Your comment").last.fill(SAID)
    outside.press(outside.page.get_by_role("button", name="Send the comment").last)
    assert outside.page.get_by_text(SAID).is_visible()
    reads = window(look, reviewer)
    reads.open(f"{at}/files/{LESSON}")
    reads.press(reads.page.get_by_role("button", name="Resolve"))
    assert reads.page.get_by_text("Resolved").is_visible()
    if look.scripts:
        assert faults_of(reads) == []
    reads.open(at)
    reads.press(reads.button("Approve"))
    publishes = window(look, publisher)
    publishes.open(at)
    publishes.press(publishes.page.get_by_role("link", name="Publish", exact=True))
    publishes.press(publishes.button("Publish revision 1"))
    assert publishes.page.get_by_text("Published: version 1").is_visible()
    learns = window(look, site.learner())
    learns.open(f"/en/courses/{slug}/lessons/first-lesson")
    assert learns.heading() == "What a course is made of"
