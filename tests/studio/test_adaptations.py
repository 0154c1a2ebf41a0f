"""Courses made from published ones: what their licence lets, what comes along, what they say."""

import re

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.foundation import clock
from app.identity.grants import STUDIO_ROLES
from app.studio.adaptations import (
    CourseNotThere,
    LicenceForbids,
    LicenceUnfit,
    Wanted,
    adapt,
    adaptable_courses,
)
from app.studio.changes import save
from app.studio.drafts import AuthorNeeded, Draft, SlugTaken, files_of, text_in
from app.studio.inspections import findings_of
from app.studio.origins import origin_of
from app.studio.releases import carry_out, plan, ready
from app.studio.submissions import approve, submit
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.people import HEALTH, cast, make_institute, make_institution
from tests.makers.sources import QUIZ, example

SLUG, OTHER = "first-course", "our-course"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>\n'
FRENCH = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: fr\\n"

msgctxt "course"
msgid "A first course"
msgstr "Un premier cours"
"""


@pytest.fixture
def nadia(db):
    """Author of the ministry of health, and all else there."""
    health = make_institution(db, *HEALTH)
    return cast(db, "Nadia Rahal", health, roles=STUDIO_ROLES, on=health)


@pytest.fixture
def paul(db):
    institute = make_institute(db)
    return cast(db, "Paul Okoro", institute, roles=STUDIO_ROLES, on=institute)


def publish(db, author, reviewer, draft):
    submit(db, author.id, draft)
    approve(db, reviewer.id, draft, draft.revision)
    release = plan(db, reviewer.id, draft, clock.now(), whole_only=True, matters=False)
    return carry_out(db, release, draft, ready(db, draft))


def published(db, author, reviewer, licence="CC-BY-4.0", **changes) -> Draft:
    course = example("minimal").files["course.yaml"].decode()
    licensed = course.replace("authors:", f"licence: {licence}\nauthors:")
    draft = make_draft(db, author, **{"course.yaml": licensed, **changes})
    publish(db, author, reviewer, draft)
    return draft


def wanted(db, licence="CC-BY-4.0", key=HEALTH[0], slug=OTHER):
    institution = make_institute(db) if key == "institute" else make_institution(db, *HEALTH)
    return Wanted(slug, "Our own course", institution, licence)


def adapted(db, person, **more) -> Draft:
    address = f"https://example.org/courses/{SLUG}"
    return adapt(db, person.id, person.name, SLUG, wanted(db, **more), address)


@pytest.mark.parametrize(
    ("licence", "own", "refusal"),
    [
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", LicenceForbids),
        ("All-rights-reserved", "All-rights-reserved", LicenceForbids),
        ("CC-BY-SA-4.0", "CC-BY-4.0", LicenceUnfit),
        ("CC-BY-NC-4.0", "CC-BY-4.0", LicenceUnfit),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0", None),
        ("CC0-1.0", "All-rights-reserved", None),
    ],
)
def test_a_licence_says_whether_others_may_adapt_and_owners_are_not_asked(
    db, bilal, paul, nadia, licence, own, refusal
):
    published(db, bilal, paul, licence)
    if refusal:
        with pytest.raises(refusal):
            adapted(db, nadia, licence=own)
    else:
        assert adapted(db, nadia, licence=own).slug == OTHER
    copied = adapted(db, bilal, licence="CC-BY-4.0", key="institute", slug="a-copy")
    assert not [each for each in findings_of(db, copied) if each.is_grave]


def test_a_copy_of_ones_own_is_whole_and_an_adaptation_lacks_the_questions_that_count(
    db, bilal, paul, nadia
):
    media = {"media/plan.svg": DRAWING, "translations/fr.po": FRENCH}
    origin = published(db, bilal, paul, **media)
    before = files_of(db, origin).files
    copy = files_of(db, adapted(db, bilal, key="institute", slug="a-copy")).files
    assert {**copy, "course.yaml": b""} == {**before, "course.yaml": b""}
    fork = adapted(db, nadia)
    theirs = files_of(db, fork).files
    assert {p for p in before if theirs.get(p) != before[p]} == {"course.yaml", QUIZ}
    assert b"first-quiz-question" in theirs[QUIZ]
    assert not [each for each in findings_of(db, fork) if each.is_grave]
    standing = origin_of(db, fork)
    assert (standing.course.slug, standing.base.number, standing.has_news) == (SLUG, 1, False)
    assert origin_of(db, origin) is None
    kinds = db.scalars(select(Event.kind).where(Event.kind == "course-adapted")).all()
    assert len(kinds) == 2


def test_an_adaptation_belongs_to_its_institution_and_keeps_saying_where_it_comes_from(
    db, bilal, paul, nadia, dara
):
    published(db, bilal, paul, "CC-BY-SA-4.0")
    with pytest.raises(AuthorNeeded):
        adapted(db, dara, licence="CC-BY-SA-4.0")
    with pytest.raises(SlugTaken):
        adapted(db, nadia, licence="CC-BY-SA-4.0", slug=SLUG)
    with pytest.raises(CourseNotThere):
        adapt(db, nadia.id, "Nadia", "no-course", wanted(db), "")
    fork = adapted(db, nadia, licence="CC-BY-SA-4.0")
    course = text_in(db, fork, "course.yaml")
    stripped = (
        course.text.partition("adapted_from:")[0] + course.text[course.text.index("authors:") :]
    )
    freed = stripped.replace("CC-BY-SA-4.0", "CC-BY-4.0")
    save(db, nadia.id, fork, "course.yaml", freed.encode(), course.revision)
    said = [each.what for each in findings_of(db, fork) if each.is_grave]
    assert said == [
        "the course was made from `first-course` and does not say so",
        "a course made from one under `CC-BY-SA-4.0` cannot be under `CC-BY-4.0`",
    ]
    assert origin_of(db, fork).course.slug == SLUG


def test_courses_of_another_audience_are_not_offered(db, bilal, paul, nadia, dara):
    closed = example("minimal").files["course.yaml"].decode()
    draft = make_draft(
        db, bilal, **{"course.yaml": closed.replace("authors:", "audience: institution\nauthors:")}
    )
    publish(db, bilal, paul, draft)
    assert adaptable_courses(db, nadia.id) == []
    assert [each.is_own for each in adaptable_courses(db, bilal.id)] == [True]
    with pytest.raises(CourseNotThere):
        adapted(db, nadia)


def test_pages_offer_a_course_refuse_in_words_and_name_the_origin_everywhere(
    db, browser, eve, bilal, paul, nadia, awa
):
    published(db, bilal, paul, "CC-BY-SA-4.0")
    db.commit()
    author = browser.as_(nadia)
    assert browser.as_(awa).get("/en/studio/origins").status_code in (403, 404)
    listed = text_of(author.get("/en/studio/origins"))
    assert re.search(r"Adapt ?: A first course", listed), listed
    at = f"/en/studio/origins/{SLUG}/adaptation"
    typed = {"title": "Our own course", "slug": OTHER, "institution": HEALTH[0]}
    refused = author.post(at, {**typed, "licence": "CC-BY-4.0"})
    assert refused.status_code == 422
    assert "cannot be under CC BY 4.0" in text_of(refused)
    assert author.post(at, {**typed, "slug": SLUG, "licence": "CC-BY-SA-4.0"}).status_code == 422
    author.post(at, {**typed, "licence": "CC-BY-SA-4.0"})
    fork = db.scalars(select(Draft).where(Draft.slug == OTHER)).one()
    second = cast(db, "Omar Said", make_institution(db, *HEALTH), roles=STUDIO_ROLES,
                  on=make_institution(db, *HEALTH))  # fmt: skip
    publish(db, nadia, second, fork)
    db.commit()
    said = "Adapted from A first course, version 1, by Institute of Public Administration, CC BY SA 4.0"
    for path in ("", "/lessons/first-lesson", "/quizzes/first-quiz", "/print", "/glossary"):
        assert said in text_of(eve.get(f"/en/courses/{OTHER}{path}")).replace(" ,", ","), path
    page = eve.get(f"/en/courses/{OTHER}/lessons/first-lesson").text
    address = f"/courses/{SLUG}"
    assert f'{address}"><cite>' in page
    assert eve.get(address).headers["location"] == f"/en{address}"
    for kind in ("site", "pdf", "epub", "zip"):
        assert eve.get(f"/en/courses/{OTHER}/take-along/{kind}").status_code == 200, kind
