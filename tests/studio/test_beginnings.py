"""New courses: begun from skeletons of the platform and from drafts that colleagues offer."""

import pytest
from sqlalchemy import select

from app.catalogue.findings import check_course
from app.catalogue.recommendations import load_recommendations
from app.identity.grants import AUTHOR
from app.settings import ROOT
from app.studio.drafts import Draft, draft_from, files_of, texts_of
from app.studio.inspections import findings_of
from app.studio.skeletons.skeletons import (
    SKELETONS,
    WRITTEN_IN,
    Beginning,
    TemplateUnknown,
    begun_from_draft,
    begun_from_skeleton,
)
from tests.makers.drafts import make_author, make_draft
from tests.makers.people import HEALTH, cast, make_institute, make_institution


def told(language="en", institution="institute"):
    return Beginning("new-one", "A new one", language, institution, "Awa Diop", "HR1")


@pytest.mark.parametrize("language", [*WRITTEN_IN, "es"])
@pytest.mark.parametrize("key", SKELETONS)
def test_every_skeleton_passes_the_check_in_every_language_it_is_written_in(key, language):
    begun = begun_from_skeleton(key, told(language))
    faults = [each for each in check_course(begun.source, {"HR1"}) if each.is_grave]
    assert [each.shown() for each in faults] == []
    course = begun.source.files["course.yaml"].decode()
    assert f"language: {language}" in course
    assert "title: A new one" in course


def test_a_template_is_offered_to_its_institutions_authors_and_to_nobody_else(db, browser, bilal):
    make_draft(db, bilal, **{"media/notes.csv": "to,hand\n"})
    colleague = cast(db, "Carla Reis", make_institute(db))
    make_author(db, colleague)
    health = make_institution(db, *HEALTH)
    stranger = cast(db, "Nadia Rahal", health, roles=(AUTHOR,), on=health)
    db.commit()
    author, other = browser.as_(colleague), browser.as_(stranger)
    typed = {"title": "Our own", "slug": "our-own", "institution": "institute",
             "recommendation": "LL1", "begin": "draft:first-course"}  # fmt: skip
    assert "draft:first-course" not in author.get("/en/studio/new").text
    assert author.post("/en/studio/new", typed).status_code == 404
    author.post("/en/studio/first-course/template", {"offered": "yes"})
    assert "draft:first-course" in author.get("/en/studio/new").text
    assert "draft:first-course" not in other.get("/en/studio/new").text
    assert other.post("/en/studio/new", typed | {"institution": HEALTH[0]}).status_code == 404
    author.post("/en/studio/new", typed)
    made = db.scalars(select(Draft).where(Draft.slug == "our-own")).one()
    files = files_of(db, made).files
    assert files["media/notes.csv"] == b"to,hand\n"
    assert "title: Our own" in texts_of(db, made)["course.yaml"].text
    assert not [each for each in findings_of(db, made) if each.is_grave]
    db.commit()
    author.post("/en/studio/first-course/template", {"offered": "no"})
    with pytest.raises(TemplateUnknown):
        begun_from_draft(db, {made.institution_id}, "first-course", told())


def test_a_course_begun_from_a_skeleton_is_a_draft_of_its_author(db, bilal):
    load_recommendations(db, ROOT / "courses" / "recommendations")
    make_author(db, bilal)
    begun = begun_from_skeleton("case-course", told("fr"))
    draft = draft_from(db, bilal.id, begun.source, make_institute(db), begun.media)
    assert not [each for each in findings_of(db, draft) if each.is_grave]
    with pytest.raises(TemplateUnknown):
        begun_from_skeleton("no-skeleton", told())
