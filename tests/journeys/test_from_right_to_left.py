"""The studio from right to left on a phone: axe finds nothing, and nothing runs out of the page."""

import pytest
from sqlalchemy import select

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.courses import Course
from app.catalogue.publishing import publish
from app.identity.grants import AUTHOR, STUDIO_ROLES
from app.learning.enrolments import enrol
from app.studio.changes import save
from app.studio.drafts import open_draft, text_in
from app.studio.submissions import approve, submit
from tests.journeys.accessibility import ALL, RUN, axe, faults_of
from tests.journeys.sites import Person, Site, user_id_of
from tests.journeys.test_authoring import somebody
from tests.journeys.windows import NARROW, PHONE, Look
from tests.makers.attempts import make_attempts, make_places
from tests.makers.learning import complete
from tests.makers.people import make_institute
from tests.makers.quizzes import SEVEN, make_quiz
from tests.makers.sources import RECOMMENDATIONS, example
from tests.statistics.test_learner_boards import make_readers, make_voices

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
SLUG, LESSON = "a-whole-course", "reading-results/four-questions.md"
# Those that no other journey shows to axe.
PAGES = (
    "modules/reading-results", "quizzes/reading-quiz", "quizzes/reading-quiz/questions/reading-5",
    "quizzes/reading-quiz/new", "findings", "files/talk.mp4", "glossary", "glossary/baseline",
    "sources", "sources/R1", "review", f"review/files/{LESSON}", "changes", "release",
    "languages/fr/files", "learners", f"source/{LESSON}", "parts/four-questions/removal",
)  # fmt: skip


def approved(site: Site, author: Person, reviewer: Person) -> None:
    """The full example is published; a changed sentence of it is approved."""
    with site.engines.writing() as db:
        files = dict(example("full").files)
        key = make_institute(db).key.encode()
        files["course.yaml"] = files["course.yaml"].replace(b"capacita-institute", key)
        publish(db, compile_course(CourseFiles(SLUG, files), RECOMMENDATIONS))
        author_id = user_id_of(db, author)
        draft = open_draft(db, author_id, SLUG)
        there = text_in(db, draft, LESSON)
        assert there is not None
        text = there.text.replace("Is that good news?", "Is this good news?")
        save(db, author_id, draft, LESSON, text.encode(), there.revision)
        submit(db, author_id, draft)
        approve(db, user_id_of(db, reviewer), draft, draft.revision)


def test_the_studio_is_sound_from_right_to_left(site, window):
    author, reviewer = (somebody(site, *STUDIO_ROLES, "administrator") for _ in range(2))
    approved(site, author, reviewer)
    hers = window(Look(PHONE, scheme="dark"), author)
    faults = []
    for path in PAGES:
        hers.page.set_viewport_size(PHONE)
        hers.open(f"/ar-XB/studio/{SLUG}/{path}")
        assert hers.page.locator("html").get_attribute("dir") == "rtl"
        hers.page.evaluate(axe())
        faults += [f"{path}: {each}" for each in hers.page.evaluate(RUN, ALL)]
        hers.page.set_viewport_size(NARROW)
        hers.check_width()
    assert faults == []


def test_what_learners_say_and_how_they_fare_is_sound_from_right_to_left(site, window):
    author, learner = somebody(site, AUTHOR, "administrator"), site.learner()
    with site.engines.writing() as db:
        version = make_quiz(db, slug="a-board-with-figures")
        places = make_places(db, version, 24)
        scores = [[float((at + nth) % 3 > 0) for nth in range(len(SEVEN))] for at in range(24)]
        make_attempts(db, version, scores, answers=["a", "b", "c", None] * 6, places=places)
        make_readers(db, places, range(60, 1_500, 60))
        said = [(["count-well"], "Short and clear."), ([], "شكرا على الدرس")] * 6
        make_voices(db, version, places, said, [(2, ["count-well"]), (4, [])] * 5)
        course_id = db.scalars(select(Course.id).where(Course.slug == "human-factor")).one()
        complete(db, enrol(db, user_id_of(db, learner), course_id, "en"))
    faults = []
    for who, path in (
        (author, "studio/a-board-with-figures/learners"), (learner, "courses/human-factor/opinion"),
    ):  # fmt: skip
        theirs = window(Look(PHONE), who)
        theirs.open(f"/ar-XB/{path}")
        faults += [f"{path}: {each}" for each in faults_of(theirs)]
    assert faults == []
