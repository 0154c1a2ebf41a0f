"""The pages of the studio: who may open them, what a save answers, and what is never lost."""

import re

import pytest

from app.identity.grants import REVIEWER, grant
from app.studio.drafts import Draft, files_of, text_in
from app.studio.inspections import findings_of
from tests.browser import text_of
from tests.makers.drafts import make_author, make_draft
from tests.makers.people import cast, make_institute
from tests.makers.sources import LESSON, QUIZ

HOME = "/en/studio/first-course"
FINAL = "final-assessment.yaml"
PAGE = f"{HOME}/lessons/first-lesson"
BODY = "A course has modules [@R1].\n\nA new paragraph.\n"


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(db, bilal)


def lesson(revision: int, **more: object) -> dict[str, object]:
    said = {"title": "What it is made of", "recommendation": "LL1", "outcomes": "name-the-parts"}
    return {**said, "body": BODY, "revision": revision, **more}


def revision_of(answer) -> int:
    return int(re.search(r'name="revision" value="(\d+)"', answer.text)[1])


def test_a_draft_is_no_page_for_a_stranger_and_only_read_by_a_reviewer(
    browser, db, bilal, awa, dara, draft
):
    assert browser.as_(dara).get("/en/studio").status_code == 403
    make_author(db, awa)
    grant(db, dara.id, REVIEWER, make_institute(db).id)
    db.commit()
    reviewer = browser.as_(dara)
    page = reviewer.get(HOME)
    assert page.status_code == 200
    assert "Add a lesson" not in page.text
    assert reviewer.post(f"{HOME}/modules", {"title": "More"}).status_code == 404
    assert reviewer.post(PAGE, lesson(1)).status_code == 404
    assert "Studio" not in text_of(browser.get("/en/"))


def test_a_course_begins_with_parts_that_pass_the_check(browser, db, bilal, draft):
    own = browser.as_(bilal)
    wish = {"title": "Night shifts", "institution": "institute", "recommendation": "LL1"}
    assert own.post("/en/studio/new", {**wish, "slug": "first-course"}).status_code == 422
    for faulty in ("new", "A course", "../../etc", "a/b", "a\u202eb"):
        assert own.post("/en/studio/new", {**wish, "slug": faulty}).status_code == 422
    assert own.post("/en/studio/new", {**wish, "language": "en-or-so"}).status_code == 422
    answer = own.post("/en/studio/new", wish)
    assert answer.headers["location"] == "/en/studio/night-shifts"
    begun = db.query(Draft).filter_by(slug="night-shifts").one()
    assert [each for each in findings_of(db, begun) if each.is_grave] == []
    assert "Night shifts" in text_of(own.get("/en/studio"))


def test_a_save_carries_its_revision_and_a_conflict_shows_both_texts(browser, db, bilal, draft):
    dina = make_author(db, cast(db, "Dina Aziz", make_institute(db)))
    db.commit()
    own, other = browser.as_(bilal), browser.as_(dina)
    seen = revision_of(own.get(PAGE))
    saved = other.post(PAGE, lesson(seen, body="Theirs, as it stands [@R1].\n"))
    assert saved.status_code == 303
    answer = own.post(PAGE, lesson(seen))
    assert answer.status_code == 409
    page = text_of(answer)
    assert answer.text.count('role="region" dir="auto">') == 2  # each text by its own script
    assert "Theirs, as it stands" in page
    assert "A new paragraph." in page
    assert "Dina Aziz saved this file" in page
    # Keeping mine, or a text of both, is a save over theirs.
    fields = {"text": "---\ntitle: Both\nrecommendation: LL1\n---\nBoth [@R1].\n"}
    kept = own.post(f"{HOME}/source/{LESSON}", {**fields, "revision": revision_of(answer)})
    assert kept.status_code == 303
    assert text_in(db, draft, LESSON).text == fields["text"]


def test_the_file_of_a_lesson_that_no_module_names_opens_under_its_path(browser, db, bilal, draft):
    own = browser.as_(bilal)
    module = f"{HOME}/source/first-module/module.yaml"
    assert own.post(module, {"text": "title: [", "revision": 1}).status_code == 303
    assert LESSON in text_of(own.get(f"{HOME}/source/{LESSON}"))


def test_a_preview_shows_the_text_as_it_is_typed_and_saves_nothing(browser, db, bilal, draft):
    own = browser.as_(bilal)
    typed = lesson(1, body="An opening [@R9].\n\n::: note Mind\nText.\n:::\n<script>x</script>\n")
    answer = own.post(f"{PAGE}/preview", typed)
    assert answer.status_code == 200
    assert '<div class="box' in answer.text or 'class="box' in answer.text
    assert "<script>x" not in answer.text
    assert "R9" in text_of(answer)
    assert 'data-line="1"' in answer.text
    assert text_in(db, draft, LESSON).revision == 1


def test_what_is_too_large_or_forged_is_refused_in_words(browser, bilal, draft):
    own = browser.as_(bilal)
    huge = own.post(PAGE, lesson(1, body="x" * 10_000_000))
    assert huge.status_code == 413
    assert "more than the page can take" in text_of(huge)
    large = own.post(PAGE, lesson(1, body="x" * 120_000))
    assert large.status_code == 413
    assert "100 KB" in text_of(large)
    for path in ("..%2Fcourse.yaml", "first-module/x.html", "media/x.svg"):
        answer = own.post(f"{HOME}/source/{path}", {"text": "x", "revision": 0})
        assert answer.status_code in (404, 422), path


def test_an_outline_is_arranged_and_taken_back(browser, db, bilal, draft):
    own = browser.as_(bilal)
    before = dict(files_of(db, draft).files)
    db.commit()
    own.post(f"{HOME}/modules", {"title": "Second part"})
    answer = own.post(f"{HOME}/modules/first-module/lessons", {"title": "Ein zweites — قانون"})
    key = answer.headers["location"].rpartition("/")[2]
    assert key == "ein-zweites"
    own.post(f"{HOME}/places", {"key": key, "way": "up"})
    page = text_of(own.get(HOME))
    assert page.index("Ein zweites") < page.index("What a course is made of")
    for _ in range(3):
        own.post(f"{HOME}/places", {"key": "first-lesson", "way": "down"})
    page = text_of(own.get(HOME))
    assert page.index("Second part") < page.index("What a course is made of")
    own.post(f"{HOME}/parts/second-part/title", {"title": "Another name"})
    own.post(f"{HOME}/places", {"key": "second-part", "module": "", "place": 0})
    assert "No learner is under way" in text_of(own.get(f"{HOME}/parts/second-part/removal"))
    own.post(f"{HOME}/parts/second-part/removal")
    assert "What a course is made of" not in text_of(own.get(HOME))
    revision = db.get(Draft, draft.id, populate_existing=True).revision
    db.commit()
    own.post(f"{HOME}/undo", {"revision": revision})
    files = files_of(db, draft).files
    assert "second-part/first-lesson.md" in files
    assert files["second-part/first-lesson.md"] == before[LESSON]
    db.commit()
    assert own.post(f"{HOME}/final").headers["location"].endswith("/final-assessment")
    assert b"final: final-assessment" in files_of(db, draft).files["course.yaml"]
    for page in (HOME, f"{HOME}/review"):
        assert "Final assessment Final assessment" not in text_of(own.get(page))


def test_a_new_lesson_leaves_the_key_of_the_pretest_free(browser, bilal, draft):
    lessons = f"{HOME}/modules/first-module/lessons"
    answer = browser.as_(bilal).post(lessons, {"title": "Pretest"})
    assert answer.headers["location"].endswith("/lessons/pretest-2")


def test_facts_are_saved_and_rows_come_and_go_without_scripts(browser, db, bilal, draft):
    own, page = browser.as_(bilal), f"{HOME}/facts"
    facts = {
        "title": "Another title", "summary": "S.", "purpose": "P.", "licence": "CC-BY-4.0",
        "authors": "Nia Mensah\nBilal Haddad", "recommendations": ["LL1", "HR1"],
        "outcome_key": ["name-the-parts", ""], "outcome_text": ["Name them", "Explain them"],
        "outcome_level": ["remember", "apply"], "lessons": "all", "quizzes": "passed",
        "final": "none", "keeps_progress": "true", "revision": 1,
    }  # fmt: skip
    assert own.post(page, {**facts, "do": "add"}).text.count('name="outcome_text"') == 3
    assert own.post(page, {**facts, "do": "remove-0"}).text.count('name="outcome_text"') == 1
    wrong = own.post(page, {**facts, "recommendations": [], "title": ""})
    assert wrong.status_code == 422
    assert "Explain them" in wrong.text
    assert own.post(page, facts).status_code == 303
    course = text_in(db, draft, "course.yaml").text
    assert "title: Another title\n" in course
    assert "- key: explain-them\n    text: Explain them\n    level: apply\n" in course
    db.commit()
    assert own.post(page, facts).status_code == 303
    assert own.post(page, {**facts, "title": "A third"}).status_code == 409


def test_questions_are_written_with_a_form(browser, db, bilal, draft):
    own, quiz = browser.as_(bilal), f"{HOME}/quizzes/first-quiz"
    wish = {
        "kind": "single", "stem": "Which part has lessons?", "outcome": "name-the-parts",
        "sources": "R1", "row_text": ["A module", "A lesson"], "right": ["0"],
        "row_feedback": ["It groups them.", "It is one."], "revision": 1,
    }  # fmt: skip
    look = own.post(f"{quiz}/new", {**wish, "do": "look"})
    assert "Question 2 of 2 · one answer" in text_of(look)
    assert own.post(f"{quiz}/new", {**wish, "do": "add"}).text.count('name="row_text"') == 3
    as_pairs = own.post(f"{quiz}/new", {**wish, "kind": "matching", "do": "kind"})
    assert as_pairs.text.count('name="row_other"') == 2
    answer = own.post(f"{quiz}/new", wish)
    assert answer.status_code == 303
    assert "Which part has lessons?" in text_of(own.get(quiz))
    assert [each for each in findings_of(db, draft) if each.is_grave] == []
    stored = text_in(db, draft, QUIZ).text
    assert "        right: true\n" in stored
    db.commit()
    rules = {"title": "Q", "pass_mark": 80, "attempts": 3, "required": "true", "revision": 2}
    assert own.post(quiz, rules).status_code == 303
    db.commit()
    text = text_in(db, draft, QUIZ).text
    assert text.startswith("title: Q\npass_mark: 80\nattempts: 3\nshuffle: false\nitems:\n")


def test_only_the_final_is_offered_before_the_course(browser, db, bilal, draft):
    own, box = browser.as_(bilal), 'name="pretest" value="true"'
    assert box not in own.get(f"{HOME}/quizzes/first-quiz").text
    final = own.post(f"{HOME}/final").headers["location"]
    page = own.get(final)
    assert f"{box} aria-describedby" in page.text
    rules = {"title": "Final", "shuffle": "true", "required": "true", "revision": revision_of(page)}
    assert own.post(final, {**rules, "pretest": "true"}).status_code == 303
    assert text_in(db, draft, FINAL).text.startswith("title: Final\npretest: true\nitems:\n")
    db.commit()
    page = own.get(final)
    assert f"{box} checked" in page.text
    assert own.post(final, {**rules, "revision": revision_of(page)}).status_code == 303
    assert text_in(db, draft, FINAL).text.startswith("title: Final\nitems:\n")


def test_every_page_of_the_studio_answers(browser, bilal, draft):
    own = browser.as_(bilal)
    for place in ("", "/findings", "/facts", "/source/glossary.yaml", "/quizzes/first-quiz/new",
                  "/quizzes/first-quiz/questions/first-item", "/parts/first-quiz/removal"):  # fmt: skip
        assert own.get(f"{HOME}{place}").status_code == 200, place
    assert own.get(f"{HOME}/media/none.png").status_code == 404
    assert own.post(f"{HOME}/closing").headers["location"] == "/en/studio?done=closed"


def test_a_module_says_which_outcomes_it_serves_and_keeps_the_rest(browser, db, bilal, draft):
    own = browser.as_(bilal)
    path = "first-module/module.yaml"
    before = text_in(db, draft, path).text
    db.commit()
    page = own.get(f"{HOME}/modules/first-module")
    same = {"title": "First module", "recommendations": "LL1", "outcomes": "name-the-parts"}
    fields = {**same, "revision": revision_of(page)}
    assert own.post(f"{HOME}/modules/first-module", fields).status_code == 303
    assert text_in(db, draft, path).text == before
    db.commit()
    answer = own.post(f"{HOME}/modules/first-module", {**fields, "title": "Other", "outcomes": []})
    assert answer.status_code == 422
    assert "Choose at least one outcome that the module serves." in text_of(answer)
    own.post(f"{HOME}/modules/first-module", {**fields, "title": "Other"})
    assert text_in(db, draft, path).text == before.replace("First module", "Other")
    db.commit()
    assert own.post(f"{HOME}/modules/first-module", {**fields, "title": "Late"}).status_code == 409
    assert own.get(f"{HOME}/modules/nothing").status_code == 404
