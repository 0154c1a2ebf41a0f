"""Terms and sources by forms: added, changed, renamed everywhere, and never taken out while named."""

import re

import pytest

from app.settings import ROOT
from app.studio.drafts import Draft, files_of, text_in
from app.studio.entries import SOURCES, TERMS, Kind
from app.studio.inspections import findings_of
from app.studio.namings import source_rename, term_rename
from app.studio.sheets import Sheet, renewed_node
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.sources import LESSON, QUIZ, lesson_saying

HOME = "/en/studio/first-course"
GLOSSARY = """\
# Ours.
- term: baseline
  definition: What was measured first [@R1].
  sources: [R1]
# Not yet.
- term: never named
  definition: A word that no lesson needs.
"""
BODY = """\
The [[Baseline]] and a [[baseline|first measure]] [@R1].

```recall
- key: recall-one
  type: short
  sources: [R1]
  stem: Which word?
  accept: [baseline]
```"""
PO = """\
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

msgctxt "lesson/first-lesson"
msgid "The [[Baseline]] and a [[baseline|first measure]] [@R1]."
msgstr "La [[baseline|valeur de départ]] et une [[baseline|première mesure]] [@R1]."

msgctxt "glossary"
msgid "baseline"
msgstr "valeur de départ"
"""


@pytest.fixture
def draft(db, bilal) -> Draft:
    files = {"glossary.yaml": GLOSSARY, "translations/fr.po": PO}
    return make_draft(db, bilal, lesson=lesson_saying(BODY), **files)


def revision_of(answer) -> str:
    return re.search(r'name="revision" value="(\d+)"', answer.text)[1]


def faults_in(db, draft) -> list[str]:
    return [each.shown() for each in findings_of(db, draft) if each.is_grave]


def test_a_term_is_added_and_changed_and_remarks_stay(browser, db, bilal, draft):
    own = browser.as_(bilal)
    said = text_of(own.get(f"{HOME}/glossary"))
    assert "2 terms" in said
    assert "Named in: A lesson" in said
    added = own.post(
        f"{HOME}/glossary", {"term": "Queue", "definition": "People\r\nwho wait.", "sources": "R1"}
    )
    assert added.headers["location"] == f"{HOME}/glossary?done=added"
    page = own.get(f"{HOME}/glossary/never%20named")
    fields = {
        "term": "never named",
        "definition": "Another meaning.",
        "revision": revision_of(page),
    }
    assert own.post(f"{HOME}/glossary/never%20named", fields).status_code == 303
    text = text_in(db, draft, "glossary.yaml").text
    assert text == GLOSSARY.replace("A word that no lesson needs.", "Another meaning.") + (
        "- term: Queue\n  definition: People who wait.\n  sources: [R1]\n"
    )


def test_another_name_is_followed_by_texts_and_translations(browser, db, bilal, draft):
    own = browser.as_(bilal)
    fields = {
        "term": "starting value",
        "definition": "First [@R1].",
        "sources": "R1",
        "revision": 1,
    }
    assert own.post(f"{HOME}/glossary/baseline", fields).status_code == 303
    lesson = text_in(db, draft, LESSON).text
    assert "The [[Starting value]] and a [[starting value|first measure]]" in lesson
    french = text_in(db, draft, "translations/fr.po").text
    assert 'msgid "The [[Starting value]] and a [[starting value|first measure]] [@R1]."' in french
    assert "[[starting value|valeur de départ]]" in french
    assert '#, fuzzy\n#| msgid "baseline"\nmsgctxt "glossary"\nmsgid "starting value"' in french
    assert faults_in(db, draft) == []
    db.refresh(draft)
    assert draft.revision == 2
    db.commit()
    seen = revision_of(own.get(f"{HOME}/sources/R1"))
    fields = {"id": "Guide-9", "title": "The guide", "year": "2026", "revision": seen}
    assert own.post(f"{HOME}/sources/R1", fields).status_code == 303
    files = files_of(db, draft).files
    for path in (LESSON, QUIZ, "glossary.yaml", "translations/fr.po"):
        assert b"Guide-9" in files[path], path
        assert b"R1" not in files[path], path
    assert faults_in(db, draft) == []


def test_what_is_named_stays_and_what_is_not_goes(browser, db, bilal, draft):
    own = browser.as_(bilal)
    kept = own.post(f"{HOME}/glossary/baseline", {"do": "remove", "revision": 1})
    assert kept.status_code == 409
    assert "The course still names baseline" in text_of(kept)
    assert f'href="{HOME}/lessons/first-lesson"><bdi>A lesson</bdi>' in kept.text
    cited = own.post(f"{HOME}/sources/R1", {"do": "remove", "revision": 1})
    page = own.get(f"{HOME}/sources/R1")
    for each in (cited, page):
        assert ".yaml" not in text_of(each), "who writes in the browser has never seen files"
        for way in ("lessons/first-lesson", "quizzes/first-quiz", "glossary/baseline"):
            assert f'href="{HOME}/{way}"><bdi>' in each.text
        assert "Glossary: baseline" in text_of(each)
    assert "Take out" not in text_of(page)
    gone = own.post(f"{HOME}/glossary/never%20named", {"do": "remove", "revision": 1})
    assert gone.status_code == 303
    assert "never named" not in text_in(db, draft, "glossary.yaml").text


def test_every_place_that_names_a_source_is_one_of_the_editor(db, browser, bilal):
    module = "title: First module\nsources: [R1]\nlessons: [first-lesson]\nquiz: first-quiz\n"
    files = {"first-module/module.yaml": module, "glossary.yaml": "- term: [R1\n"}
    make_draft(db, bilal, **files, **{"first-module/old.md": "Once [@R1]."})
    page = browser.as_(bilal).get(f"{HOME}/sources/R1")
    assert page.status_code == 200
    for way in ("modules/first-module", "source/first-module%2Fold.md"):
        assert f'href="{HOME}/{way}"><bdi>' in page.text


WRONG = (
    (
        "glossary",
        {"term": "BASELINE", "definition": "X."},
        "Another entry has this name already.",
    ),
    ("glossary", {"term": "a [b]", "definition": "X."}, "without brackets and bars"),
    ("glossary", {"term": "b", "definition": "X.", "sources": "R1, R9"}, "have no R9"),
    ("sources", {"id": "r 1", "title": "X"}, "Begin with a capital letter"),
    ("sources", {"id": "R1", "title": "X"}, "Another entry has this name already."),
    ("sources", {"id": "R2", "title": "X", "year": "26", "url": "ftp://x"}, "in four digits"),
    ("sources", {"id": "R2", "title": ""}, "Write the title of the source."),
)


def test_a_wrong_entry_comes_back_as_it_was_typed(browser, bilal, draft):
    own = browser.as_(bilal)
    for page, fields, said in WRONG:
        answer = own.post(f"{HOME}/{page}", fields)
        assert answer.status_code == 422, fields
        assert said in text_of(answer)
        assert f'value="{next(iter(fields.values()))}"' in answer.text


def test_only_a_change_of_the_same_term_by_another_is_a_choice_and_a_stranger_sees_none(
    browser, db, bilal, dara, draft
):
    own = browser.as_(bilal)
    own.post(f"{HOME}/glossary", {"term": "queue", "definition": "People who wait."})
    fields = {"term": "baseline", "definition": "Mine.", "revision": 1}
    assert own.post(f"{HOME}/glossary/baseline", fields).status_code == 303
    glossary = text_in(db, draft, "glossary.yaml").text
    assert "People who wait." in glossary
    assert "Mine." in glossary
    db.commit()
    late = own.post(f"{HOME}/glossary/baseline", {**fields, "definition": "Mine, later."})
    assert late.status_code == 409
    assert "Somebody saved this entry while you wrote. It says now: Term baseline" in text_of(late)
    assert "Mine, later." in late.text
    assert "People who wait." not in text_of(late)
    again = {**fields, "definition": "Mine, later.", "revision": revision_of(late)}
    assert own.post(f"{HOME}/glossary/baseline", again).status_code == 303
    for path in ("glossary", "sources", "glossary/baseline", "sources/R1"):
        assert browser.as_(dara).get(f"{HOME}/{path}").status_code == 403
    assert own.get(f"{HOME}/glossary/nothing").status_code == 404


@pytest.mark.parametrize("kind", [TERMS, SOURCES], ids=lambda kind: kind.path)
def test_a_list_that_changes_in_nothing_keeps_every_sign(kind: Kind):
    for path in sorted((ROOT / "courses").glob(f"*/{kind.path}")):
        sheet = Sheet(kind.path, path.read_text(), kind.model)
        sheet.document.root = renewed_node(sheet.root, sheet.root.value())
        assert sheet.text() == path.read_text(), path


def test_a_rename_and_the_one_back_leave_every_course_as_it_was():
    for path in sorted((ROOT / "courses").glob("*/*/*.*"))[::15]:
        text = path.read_text()
        for name in sorted(set(re.findall(r"@([A-Z]\w+)", text)))[:3]:
            there, back = source_rename(name, "Z-new"), source_rename("Z-new", name)
            assert name not in re.findall(r"@([A-Z][A-Za-z0-9-]*)", there(text))
            assert back(there(text)) == text, path
        for name in re.findall(r"\[\[([^\[\]|]+)", text)[:2]:
            there, back = term_rename(name, "zz new"), term_rename("zz new", name)
            assert "zz new" in there(text).lower()
            assert back(there(text)).lower() == text.lower(), path
