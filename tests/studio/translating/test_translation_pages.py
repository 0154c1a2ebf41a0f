"""Pages of translating: who may open them, what a save answers, and what learners then see."""

import re

import pytest

from app.identity.grants import TRANSLATOR, grant
from app.studio.drafts import Draft, text_in
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.people import make_institute
from tests.makers.sources import compiled, make_source
from tests.makers.sources import text_of as compiled_text

HOME = "/en/studio/first-course/languages"
TITLE = "What a course is made of"


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(db, bilal)


def fields_of(page, source: str) -> tuple[str, dict[str, str]]:
    """Where the block of this source is sent, and what its form holds."""
    form = next(each for each in page.text.split("<form") if f">{source}</p>" in each)
    held = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.partition("doubtful")[0]))
    return re.search(r'action="([^"]+)"', form)[1], held


def test_a_translator_writes_one_language_and_nothing_else(browser, db, awa, dara, bilal, draft):
    grant(db, dara.id, TRANSLATOR("fr"), make_institute(db).id)
    db.commit()
    own = browser.as_(dara)
    assert "first-course" in own.get("/en/studio").text
    languages = own.get(HOME)
    assert f"{HOME}/fr" in languages.text
    assert f"{HOME}/ar" not in languages.text
    assert own.get(f"{HOME}/ar").status_code == 404
    assert own.post(f"{HOME}/fr/policy", {"policy": "held_back", "revision": 1}).status_code == 404
    address, held = fields_of(own.get(f"{HOME}/fr"), TITLE)
    answer = own.post(address, {**held, "text": "De quoi un cours est fait"})
    assert answer.headers["location"].startswith(f"{HOME}/fr?show=open")
    assert "De quoi un cours est fait" in text_in(db, draft, "translations/fr.po").text
    db.commit()
    assert "De quoi un cours est fait" not in text_of(own.get(f"{HOME}/fr"))
    late = own.post(address, {**held, "text": "Autre titre"})
    assert late.status_code == 409
    assert "Autre titre" in late.text
    assert "De quoi un cours est fait" in late.text
    assert browser.as_(awa).get(f"{HOME}/fr").status_code == 403


def test_an_author_says_what_learners_see_before_a_language_is_complete(browser, db, bilal, draft):
    own = browser.as_(bilal)
    page = own.get(HOME)
    revision = re.search(r'name="revision" value="(\d+)"', page.text)[1]
    told = {"policy": "held_back", "revision": revision}
    assert own.post(f"{HOME}/ar/policy", told).status_code == 303
    assert "held_back:" in text_in(db, draft, "course.yaml").text
    db.commit()
    assert own.post(f"{HOME}/xx/policy", told).status_code == 404


PART = (
    'msgid ""\nmsgstr ""\n\nmsgctxt "module/first-module"\nmsgid "{}"\nmsgstr "Première partie"\n'
)


@pytest.mark.parametrize("policy", ["", "falls_back", "held_back"])
def test_a_language_in_parts_is_shown_as_the_course_says(policy):
    source = make_source()
    title = re.search("title: (.+)", source.files["first-module/module.yaml"].decode())[1]
    said = source.files["course.yaml"].decode() + (f"{policy}:\n  - fr\n" if policy else "")
    catalogue = PART.format(title)
    made = compiled(make_source(**{"course.yaml": said, "translations/fr.po": catalogue}))
    shown = {each.owner_key for each in made.texts if each.language == "fr"}
    assert ("fr" in made.facts["languages"]) is (policy != "held_back")
    assert ("lesson/first-lesson" in shown) is (policy == "")
    assert ("module/first-module" in shown) is (policy != "held_back")
    if policy != "held_back":
        assert compiled_text(made, "module/first-module", "fr").title == "Première partie"
