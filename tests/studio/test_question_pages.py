"""A quiz and its questions as pages: who reads them only, and where each finding leads."""

import re

import pytest

from app.identity.grants import REVIEWER, grant
from app.studio.asking.spots import Spot, spot_at
from app.studio.questions import quiz_sheet
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.people import make_institute
from tests.makers.sources import QUIZ, make_source

HOME = "/en/studio/first-course/quizzes/first-quiz"
PAGE = f"{HOME}/questions/first-item"
WRITTEN = """\
title: A quiz
pass_mark: 70
items:
  - key: pairs
    type: matching
    outcome: name-the-parts
    sources: [R1]
    stem: What belongs together?
    pairs:
      - left: A module
        right: Lessons
        feedback: It groups them.
      - left: A lesson
        right: Text
  - key: said
    type: short
    stem: >-
      What groups lessons?
      Say it.
    accept: [module, a module]
    feedback:
      right: So it is.
      wrong: Look again.
  - key: one
    type: single
    options:
      - text: A module
        right: true
      - text: A lesson
        feedback: It is in one.
"""


@pytest.fixture
def draft(db, bilal):
    return make_draft(db, bilal)


@pytest.fixture
def reviewer(browser, db, dara):
    grant(db, dara.id, REVIEWER, make_institute(db).id)
    db.commit()
    return browser.as_(dara)


@pytest.mark.parametrize("kind", ["true-false", "single"])
def test_a_question_is_only_read_by_who_cannot_save_it(browser, db, bilal, draft, reviewer, kind):
    own = browser.as_(bilal)
    item = {"kind": kind, "stem": "A module has lessons.", "outcome": "name-the-parts",
            "sources": "R1", "row_text": ["Yes", "No"], "right": ["0"], "revision": 1}  # fmt: skip
    assert own.post(PAGE, item).status_code == 303
    shown = reviewer.get(PAGE).text
    start, end = shown.index('<fieldset class="stack" disabled>'), shown.rindex("</fieldset>")
    for name in ("kind", "stem", "outcome", "sources"):
        assert start < shown.index(f'name="{name}"') < end
    form = shown[shown.index('<form class="stack"') : shown.index('class="stack desk__seen"')]
    assert "<button" not in form
    written = own.get(PAGE).text
    assert "disabled>" not in written
    assert written.count('name="do"') == {"true-false": 2, "single": 5}[kind]
    assert reviewer.post(PAGE, item).status_code == 404


def line_of(words: str, after: str = "") -> int:
    lines = WRITTEN.split("\n")
    first = next((at for at, line in enumerate(lines) if after in line), 0) if after else 0
    return next(at for at, line in enumerate(lines, 1) if at > first and words in line)


@pytest.mark.parametrize(
    ("words", "after", "spot"),
    [
        ("title:", "", Spot("title")),
        ("pass_mark:", "", Spot("pass_mark")),
        ("items:", "", Spot("questions")),
        ("key: pairs", "", Spot("stem", 1, "pairs")),
        ("type: matching", "", Spot("kind", 1, "pairs")),
        ("sources:", "", Spot("sources", 1, "pairs")),
        ("pairs:", "", Spot("row-1", 1, "pairs")),
        ("right: Lessons", "", Spot("other-1", 1, "pairs")),
        ("feedback: It groups", "", Spot("reason-1", 1, "pairs")),
        ("left: A lesson", "", Spot("row-2", 1, "pairs")),
        ("Say it.", "", Spot("stem", 2, "said")),
        ("accept:", "", Spot("row-1", 2, "said")),
        ("feedback:", "key: said", Spot("if_right", 2, "said")),
        ("wrong:", "", Spot("if_wrong", 2, "said")),
        ("right: true", "", Spot("row-1", 3, "one")),
        ("feedback: It is in one.", "", Spot("reason-2", 3, "one")),
    ],
)
def test_a_line_of_the_file_is_about_a_field(words, after, spot):
    root = quiz_sheet("first-quiz.yaml", WRITTEN).root
    assert spot_at(root, line_of(words, after)) == spot


def test_rows_that_the_file_leaves_out_keep_their_numbers_in_the_form():
    root = quiz_sheet("first-quiz.yaml", WRITTEN).root
    assert spot_at(root, line_of("left: A lesson"), [2, 4]).field == "row-4"


def test_every_finding_leads_to_where_it_lies(browser, db, bilal, reviewer, draft):
    own = browser.as_(bilal)
    faulty = {"kind": "single", "stem": "Which part has lessons?", "outcome": "name-the-parts",
              "sources": "R99", "row_text": ["", "A module", "A lesson [@R99]"], "right": ["1"],
              "revision": 1}  # fmt: skip
    look = own.post(PAGE, {**faulty, "do": "look"}).text
    assert set(found_in(look)) >= {"#sources", "#row-3"}
    for each in found_in(look):
        assert f'id="{each.removeprefix("#")}"' in look
    assert own.post(PAGE, faulty).status_code == 303
    page = own.get(HOME)
    leads = found_in(page.text)
    assert f"{PAGE}#sources" in leads
    assert "question 1" in text_of(page)
    assert '"#title"' not in page.text
    assert own.get(leads[0].partition("#")[0]).status_code == 200
    assert set(found_in(reviewer.get(HOME).text)) >= {f"{PAGE}#sources"}


def test_a_finding_of_the_rules_leads_there_for_who_may_change_them(browser, db, bilal, dara):
    quiz = make_source().files[QUIZ].decode()
    make_draft(db, bilal, **{QUIZ: quiz.replace("items:", "pass_mark: 700\nitems:")})
    grant(db, dara.id, REVIEWER, make_institute(db).id)
    db.commit()
    assert "#pass_mark" in found_in(browser.as_(bilal).get(HOME).text)
    read = browser.as_(dara).get(HOME)
    assert "#pass_mark" not in found_in(read.text)
    assert "fields" in text_of(read)


def found_in(page: str) -> list[str]:
    """Where the findings of a page lead."""
    panel = page[page.index('id="findings"') :]
    panel = panel[: panel.index("</section>")]
    return re.findall(r'<a class="num" href="([^"]+)"', panel)
