"""What an answer is worth: the seven item types, typed numbers and words in any writing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.grading import folded, numbers_of, score_of

SINGLE = {"options": [{"id": "a", "right": False}, {"id": "b", "right": True}]}
MULTIPLE = {"options": [{"id": i, "right": i in "ac"} for i in "abc"]}
PAIRS = {"pairs": [{"id": i} for i in "abc"]}
STEPS = {"sequence": [{"id": i} for i in "abc"]}


@pytest.mark.parametrize(
    ("kind", "definition", "answer", "score"),
    [
        ("single", SINGLE, "b", 1),
        ("single", SINGLE, "a", 0),
        ("single", SINGLE, None, 0),
        ("multiple", MULTIPLE, ["a", "c"], 1),
        ("multiple", MULTIPLE, ["a"], 0),
        ("multiple", MULTIPLE, ["a", "b", "c"], 0),
        ("true-false", {"answer": True}, "true", 1),
        ("true-false", {"answer": False}, "true", 0),
        ("numeric", {"answer": 12.5, "tolerance": 0.1}, "12,6", 1),
        ("numeric", {"answer": 12.5, "tolerance": 0.1}, "12.61", 0),
        ("numeric", {"answer": 1250, "tolerance": 0}, "1,250", 1),
        ("numeric", {"answer": 1250, "tolerance": 0}, "١٢٥٠", 1),
        ("numeric", {"answer": 0.3, "tolerance": 0}, "0.3", 1),
        ("numeric", {"answer": 5, "tolerance": 1}, "five", 0),
        ("matching", PAIRS, {"a": "a", "b": "b", "c": "c"}, 1),
        ("matching", PAIRS, {"a": "a", "b": "c"}, 1 / 3),
        ("ordering", STEPS, {"a": 1, "b": 2, "c": 3}, 1),
        ("ordering", STEPS, {"a": 2, "b": 1, "c": 3}, 0),
        ("ordering", STEPS, {"a": 1, "b": 2}, 0),
        ("short", {"accept": ["on merit"]}, "  On   MERIT. ", 1),
        ("short", {"accept": ["on merit"]}, "by rank", 0),
    ],
)
def test_an_answer_is_worth(kind, definition, answer, score):
    assert score_of(kind, definition, answer) == pytest.approx(score)


def test_a_short_answer_counts_in_the_language_of_the_attempt():
    assert score_of("short", {"accept": ["merit"]}, "mérite", ["mérite"]) == 1


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("1 250,5", ["1250.5"]),
        ("1.250,5", ["1250.5"]),
        ("1,250.5", ["1250.5"]),
        ("1’250’000", ["1250000"]),
        ("1.250.000", ["1250000"]),
        ("-3", ["-3"]),
        ("−3", ["-3"]),
        ("75 %", ["75"]),
        ("1.25", ["1.25"]),
        ("1,250", ["1.250", "1250"]),
        ("1e5", []),
        ("NaN", []),
        ("", []),
        ("9" * 400, []),
    ],
)
def test_a_typed_number_is_read(typed, numbers):
    assert numbers_of(typed) == {Decimal(number) for number in numbers}


@given(st.text(max_size=500))
def test_no_text_breaks_the_reading_of_numbers_and_words(text):
    numbers_of(text)
    assert folded(folded(text)) == folded(text)


@given(st.permutations("abcd"))
def test_only_the_right_order_scores(order):
    steps = {"sequence": [{"id": i} for i in "abcd"]}
    places = {step: place for place, step in enumerate(order, 1)}
    assert score_of("ordering", steps, places) == float("".join(order) == "abcd")
