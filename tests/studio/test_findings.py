"""Findings: what a check says, in English on the console and in the reader's language in the studio."""

from app.i18n.catalogues import translations_for
from app.i18n.sayings import counting, saying, told
from app.studio.inspections import findings_of
from app.web.pages import marked
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.sources import LESSON, QUIZ, make_source

FRENCH, ARABIC = translations_for("fr"), translations_for("ar")


def test_a_saying_is_english_and_can_be_said_with_its_values():
    said = saying("there is no lesson `%(key)s`", key="100% sure")
    assert said == "there is no lesson `100% sure`"
    assert told(said, FRENCH) == "il n’y a pas de leçon `100% sure`"
    inside = saying("%(field)s %(what)s", field=saying("the file"), what=saying("is empty"))
    assert inside == "the file is empty"
    assert told(inside, FRENCH) == "le fichier est vide"
    assert told("what nobody marked", FRENCH) == "what nobody marked"


def test_a_saying_counts_as_each_language_counts():
    for number, english, arabic in ((1, "decision", "قرار واحد"), (2, "decisions", "قراران")):
        said = counting(
            number,
            "the longest path has %(num)s decision",
            "the longest path has %(num)s decisions",
        )
        assert said == f"the longest path has {number} {english}"
        assert arabic in told(said, ARABIC)


def test_the_studio_says_findings_in_the_readers_language(browser, db, bilal):
    text = make_source().files[LESSON].decode().replace("[@R1]", "[@R99]")
    draft = make_draft(db, bilal, **{LESSON: text})
    own = browser.as_(bilal)
    (found,) = [each for each in findings_of(db, draft) if "R99" in each.what]
    assert "there is no source `R99`: " in found.shown()
    db.rollback()
    english = own.get("/en/studio/first-course/findings")
    assert "There is no source R99 Add it to the sources" in text_of(english)
    french = own.get("/fr/studio/first-course/findings")
    assert "Il n’y a pas de source R99" in text_of(french)
    assert "there is no source" not in french.text.lower()
    arabic = own.get("/ar/studio/first-course/findings").text
    assert '<code dir="ltr">R99</code>' in arabic


def test_a_finding_leads_to_its_place_as_the_form_counts_it(browser, db, bilal):
    text = make_source().files[LESSON].decode() + "\nA claim [@R99].\n"
    quiz = make_source().files[QUIZ].decode().replace("sources: [R1]", "sources: [R98]", 1)
    make_draft(db, bilal, **{LESSON: text, QUIZ: quiz})
    own, home = browser.as_(bilal), "/en/studio/first-course"
    shown = own.get(f"{home}/findings").text
    assert f'href="{home}/lessons/first-lesson#findings">line 3</a>' in shown
    assert 'data-line="3">line 3</a>' in own.get(f"{home}/lessons/first-lesson").text
    assert f'href="{home}/quizzes/first-quiz#findings">question 1</a>' in shown


def test_what_is_to_be_typed_is_marked_and_nothing_else_is_markup():
    assert marked("write a lone `<` as `\\<`") == (
        'Write a lone <code dir="ltr">&lt;</code> as <code dir="ltr">\\&lt;</code>'
    )
    assert marked("begin with `## `") == 'Begin with <code dir="ltr">##</code>'
