"""An item's stored form: stable letters, the answers in it, one hash for one content."""

import pytest
from pydantic import TypeAdapter

from app.catalogue.item_types import ITEM_TYPES, Answers, AnyItem, Words, item_hash

ITEMS = TypeAdapter(AnyItem)
SINGLE = {
    "key": "one",
    "type": "single",
    "outcome": "o",
    "sources": ["R1"],
    "stem": "What?",
    "options": [{"text": "A", "right": "true", "feedback": "Yes."}, {"text": "B"}],
}


def item(**fields):
    return ITEMS.validate_python({"key": "one", "stem": "What?", **fields})


def test_the_stored_form_of_a_single_choice():
    assert ITEMS.validate_python(SINGLE).content() == {
        "type": "single",
        "stem": "What?",
        "sources": ["R1"],
        "options": [
            {"id": "a", "text": "A", "right": True, "feedback": "Yes."},
            {"id": "b", "text": "B", "right": False, "feedback": None},
        ],
    }


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        (
            {"type": "true-false", "answer": "false", "feedback": {"true": "T.", "false": "F."}},
            {"answer": False, "feedback": {"true": "T.", "false": "F."}},
        ),
        (
            {"type": "numeric", "answer": "75", "tolerance": "0.5", "unit": "percent"},
            {"answer": 75, "tolerance": 0.5, "unit": "percent", "feedback": None},
        ),
        (
            {
                "type": "matching",
                "pairs": [{"left": "A", "right": "1"}, {"left": "B", "right": "2"}],
            },
            {
                "pairs": [
                    {"id": "a", "left": "A", "right": "1", "feedback": None},
                    {"id": "b", "left": "B", "right": "2", "feedback": None},
                ]
            },
        ),
        (
            {
                "type": "ordering",
                "sequence": ["x", "y"],
                "feedback": {"right": "R.", "wrong": "W."},
            },
            {
                "sequence": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}],
                "feedback": {"right": "R.", "wrong": "W."},
            },
        ),
        ({"type": "short", "accept": ["a", "the a"]}, {"accept": ["a", "the a"], "feedback": None}),
    ],
)
def test_the_stored_form_of_the_other_types(fields, content):
    assert item(**fields).content() == {
        "type": fields["type"],
        "stem": "What?",
        "sources": [],
        **content,
    }


def test_the_hash_is_that_of_the_content_and_not_of_its_place():
    content = ITEMS.validate_python(SINGLE).content()
    other_place = SINGLE | {"key": "two", "outcome": "p"}
    assert item_hash(ITEMS.validate_python(other_place).content()) == item_hash(content)
    assert item_hash(dict(reversed(content.items()))) == item_hash(content)
    assert item_hash(content | {"stem": "Which?"}) != item_hash(content)
    # Results name items by this hash, so that it must never change by accident.
    assert item_hash(content).hex() == (
        "38a7659b3edc3ff3ccc4dd240fdcab60c3401813e242a0ffe697b2e2ff42b7d8"
    )


def test_what_readers_see_holds_no_answer():
    wording = ITEMS.validate_python(SINGLE).wording()
    assert wording == {
        "stem": Words("What?"),
        "options": [
            {"id": "a", "text": Words("A"), "feedback": Words("Yes.")},
            {"id": "b", "text": Words("B"), "feedback": None},
        ],
    }
    short = item(type="short", accept=["a"]).wording()
    assert type(short["accept"][0]) is Answers


def test_there_are_seven_types():
    mapping = ITEMS.json_schema()["discriminator"]["mapping"]
    assert set(mapping) == set(ITEM_TYPES)
