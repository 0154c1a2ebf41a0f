"""The bank: a version's questions in one language, as the pages of attempts need them."""

import pytest

from app.catalogue.bank import bank_of
from tests.makers.quizzes import LESSON, QUIZ, SEVEN, SHORT, SINGLE, TRUE_FALSE, make_quiz


@pytest.fixture
def version(db):
    return make_quiz(db, [SINGLE, TRUE_FALSE, SHORT], pass_mark=60, french="médiane")


def test_a_quiz_has_its_settings_and_its_items_in_source_order(db, version):
    bank = bank_of(db, version.id, "en", version.compiler)
    assert bank.settings[QUIZ]["pass_mark"] == 60
    assert [item.kind for item in bank.quizzes[QUIZ]] == ["single", "true-false", "short"]
    assert bank.items["item-1"].part_ids == ("a", "b", "c")
    assert bank.items["item-2"].part_ids == ("true", "false")
    assert bank.items["item-3"].part_ids == ()


def test_an_outcome_knows_its_words_and_the_lessons_that_teach_it(db, version):
    bank = bank_of(db, version.id, "en", version.compiler)
    assert bank.items["item-1"].outcome_key == "count-well"
    assert bank.outcomes["count-well"].text == "Count what matters"
    assert bank.lessons["count-well"] == (LESSON,)
    assert bank.titles[QUIZ].text == "Numbers"


def test_a_short_answer_is_accepted_in_every_language_of_the_course(db, version):
    for language in ("en", "fr", "ru"):
        bank = bank_of(db, version.id, language, version.compiler)
        assert bank.accepted["item-3"] == ("median", "the median", "médiane")
    assert bank_of(db, version.id, "en", version.compiler).texts["item-3"].accepted == "median"
    assert bank_of(db, version.id, "fr", version.compiler).texts["item-3"].accepted == "médiane"


def test_what_is_not_in_the_readers_language_says_in_which_it_is(db, version):
    english = bank_of(db, version.id, "en", version.compiler).texts["item-1"]
    assert english.marks == ""
    assert english.parts["a"] == "<span>The waiting time</span>"
    arabic = bank_of(db, version.id, "ar", version.compiler).texts["item-1"]
    assert arabic.marks == ' lang="en" dir="ltr"'
    assert arabic.parts["a"] == '<span lang="en" dir="ltr">The waiting time</span>'
    assert arabic.reasons["b"] == '<span lang="en" dir="ltr">Nobody has counted that yet.</span>'


def test_the_texts_hold_no_answers_but_the_reasons(db):
    version = make_quiz(db, SEVEN, slug="seven")
    bank = bank_of(db, version.id, "en", version.compiler)
    assert set(bank.texts) == {f"item-{number}" for number in range(1, 8)}
    assert [source.id for source in bank.texts["item-1"].sources] == ["R1"]
    assert bank.texts["item-4"].unit == "letters"
    assert bank.texts["item-5"].rights["b"] == "<span>The one in the middle</span>"
