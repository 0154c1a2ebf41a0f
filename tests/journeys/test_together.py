"""Courses made together, by keyboard: owned by two, adapted by a third, kept up with their origin."""

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.publishing import publish
from app.identity.grants import STUDIO_ROLES, grant
from app.studio.changes import save
from app.studio.drafts import draft_for, text_in
from tests.journeys.accessibility import faults_of
from tests.journeys.keyboards import Keyboard
from tests.journeys.sites import Person, Site, user_id_of
from tests.journeys.windows import PHONE, Window
from tests.makers.people import HEALTH, make_institute, make_institution
from tests.makers.sources import LESSON, RECOMMENDATIONS, lesson_saying, make_source

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
SLUG, OURS = "a-shared-course", "our-shared-course"
PAGES = (
    "/studio/origins", f"/studio/origins/{SLUG}/adaptation", "/studio/new", f"/studio/{OURS}",
    f"/studio/{OURS}/activity", f"/studio/{OURS}/upstream", f"/studio/{SLUG}/owners",
    f"/courses/{OURS}", f"/courses/{OURS}/lessons/first-lesson",
)  # fmt: skip


def published(db: Session, words: str, slug: str = SLUG, **files: bytes) -> None:
    source = make_source(lesson=lesson_saying(words))
    course = source.files["course.yaml"].decode().replace("capacita-institute", "institute")
    told = {**source.files, "course.yaml": course.encode(), **files}
    publish(db, compile_course(CourseFiles(slug, told), RECOMMENDATIONS))


def colleagues(site: Site) -> tuple[Person, Person]:
    """Somebody at the institute that owns the course, and somebody at another institution."""
    paul, nadia = site.learner(), site.learner()
    with site.engines.writing() as db:
        published(db, "As it was.")
        places = (make_institute(db), make_institution(db, *HEALTH))
        for who, institution in zip((paul, nadia), places, strict=True):
            for role in STUDIO_ROLES:
                grant(db, user_id_of(db, who), role, institution.id)
    return paul, nadia


def look(window: Window, *paths: str) -> None:
    for path in paths:
        window.page.set_viewport_size(PHONE)
        window.open(path)
        assert faults_of(window) == [], path


def test_a_course_is_adapted_kept_up_and_owned_together_by_keyboard(site, window):
    paul, nadia = colleagues(site)
    hers, his = window(who=nadia), window(who=paul)
    keys = Keyboard(hers)
    hers.open("/en/studio")
    keys.go("Adapt a course")
    assert hers.page.get_by_role("link", name=": A first course").count()
    hers.open(f"/en/studio/origins/{SLUG}/adaptation")  # others of the site are called so too
    keys.type("title", "Our own course")
    keys.type("slug", OURS)
    keys.to("licence")
    keys.go("Adapt")
    expect(hers.page.get_by_role("status")).to_contain_text("Your course is made")
    with site.engines.writing() as db:
        author_id = user_id_of(db, nadia)
        draft = draft_for(db, author_id, OURS)
        lesson, course = text_in(db, draft, LESSON), text_in(db, draft, "course.yaml")
        ours = lesson_saying("As we say it.").encode()
        save(db, author_id, draft, LESSON, ours, lesson.revision)
        published(db, "As it is in our course.", OURS, **{"course.yaml": course.content})
        published(db, "As it is now.")
    hers.open(f"/en/studio/{OURS}")
    keys.go("See what has changed")
    keys.go("Go on from version", 422)
    assert hers.focused() == "div.notice.notice--fault"
    keys.to(f"file:{LESSON}")
    hers.page.keyboard.press("Space")
    keys.go("Go on from version")
    expect(hers.page.get_by_role("status")).to_contain_text("Taken in")
    keys.go("Take this back")
    his.open(f"/en/studio/{SLUG}/owners")
    his_keys = Keyboard(his)
    if his.page.locator("select#institution").count():
        his_keys.to("institution")
        his_keys.choose("institution", HEALTH[0])
    else:  # the site has many
        his_keys.type("institution_words", HEALTH[0])
    his_keys.go("Ask it to own the course too")
    hers.open("/en/studio")
    keys.go("Accept: A first course")
    assert "from now on" in hers.text()
    look(hers, *(f"/ar-XB{path}" for path in PAGES))
