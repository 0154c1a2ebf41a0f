"""Folding: what a reader types and what a text says become the same words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.i18n.foldings import STEMMERS, folded, terms_in, words_of

TOLD = {
    "en": [("institutions", "Institute"), ("learning", "learned"), ("naive", "naïve"), ("“trust”", "TRUST")],
    "fr": [("donnees", "données"), ("l'état", "État"), ("gouvernements", "gouvernement"), ("oeuvre", "œuvre")],
    "es": [("gestion", "gestión"), ("públicos", "publico"), ("ninos", "niños")],
    "ru": [("службы", "служба"), ("учёт", "учет"), ("государственной", "государственная")],
    "ar": [("بيانات", "البيانات"), ("والإدارة", "إدارة"), ("أمانة", "امانه"), ("مُدِيــر", "مدير"), ("٣٤", "34")],
    "zh": [("公共服务", "公共服务"), ("ＧＤＰ", "gdp")],
    "de": [("Züge", "zuge"), ("GROẞ", "gross")],
}  # fmt: skip
PAIRS = [(language, *pair) for language, pairs in TOLD.items() for pair in pairs]


@pytest.mark.parametrize(("language", "typed", "said"), PAIRS)
def test_typed_words_meet_the_words_of_a_text(language, typed, said):
    terms = terms_in(typed, STEMMERS)
    words = folded(said, language).split()
    assert terms
    assert all(not term.isdisjoint(words) for term in terms)


def test_different_words_stay_different():
    assert folded("policy", "en") != folded("police", "en")
    assert folded("мир", "ru") != folded("мера", "ru")
    assert folded("公务员", "zh").split() == ["公务", "务员"]


def test_joining_words_are_looked_for_only_alone():
    assert terms_in("the right to know", STEMMERS) == terms_in("right know", STEMMERS)
    assert [min(term) for term in terms_in("to be", STEMMERS)] == ["to", "be"]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", *STEMMERS, "ar", "zh", "x"]))
def test_any_text_folds_to_letters_and_digits_that_fold_to_themselves(text, language):
    told = folded(text, language)
    assert not set(told) & set("\"'*:&|()!<>-^")
    assert all(0 <= word.start < word.end <= len(text) for word in words_of(text, language))
    assert len(terms_in(text, STEMMERS)) <= 2 * len(text)
