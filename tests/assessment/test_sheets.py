"""Sheets: what a page sends is read, and what no page of ours could send is refused."""

import pytest

from app.assessment.answers import AnswerTooLong, AnswerUnknown
from app.assessment.sheets import RevisionUnknown, read_sheet
from app.assessment.sittings import Answered
from app.catalogue.bank import BankItem

PARTS = {"single": "abc", "multiple": "abc", "matching": "abc", "ordering": "abc"}
KINDS = ("single", "multiple", "true-false", "numeric", "matching", "ordering", "short")
BANK = {
    kind: BankItem(
        kind, b"", kind, None, {},
        ("true", "false") if kind == "true-false" else tuple(PARTS.get(kind, "")),
    )
    for kind in KINDS
}  # fmt: skip
ITEMS = [Answered(position, kind, None, 0) for position, kind in enumerate(KINDS, 1)]
SINGLE, MULTIPLE, TRUTH, NUMERIC, MATCHING, ORDERING, SHORT = range(1, 8)


def read(*fields: tuple[str, str], newest: int = 9):
    return read_sheet([("revision", "4"), *fields], ITEMS, BANK, newest)


@pytest.mark.parametrize(
    ("position", "fields", "answer"),
    [
        (SINGLE, [("answer-1", "b")], "b"),
        (SINGLE, [("shown-1", "")], None),
        (MULTIPLE, [("answer-2", "c"), ("answer-2", "a")], ["a", "c"]),
        (MULTIPLE, [("answer-2", "c"), ("answer-2", "c")], ["c"]),
        (MULTIPLE, [("answer-2", "b"), ("answer-2", "a"), ("answer-2", "c")], ["a", "b", "c"]),
        (MULTIPLE, [("shown-2", "")], None),
        (TRUTH, [("answer-3", "false")], "false"),
        (NUMERIC, [("answer-4", " 12,5 ")], "12,5"),
        (NUMERIC, [("answer-4", "")], None),
        (MATCHING, [("answer-5-a", "b"), ("answer-5-b", "")], {"a": "b"}),
        (MATCHING, [("answer-5-a", ""), ("answer-5-b", "")], None),
        (ORDERING, [("answer-6-c", "1"), ("answer-6-a", "3")], {"c": 1, "a": 3}),
        (ORDERING, [("shown-6", "")], None),
        (SHORT, [("answer-7", "مُتَوَسِّط")], "مُتَوَسِّط"),
        (SHORT, [("answer-7", "   ")], None),
    ],
)
def test_fields_are_read_into_the_stored_form(position, fields, answer):
    assert read(*fields).answers == {position: answer}


def test_each_answer_has_the_revision_that_its_page_saw():
    sheet = read(("shown-1", ""), ("answer-1", "a"), ("shown-3", "7"), ("answer-3", "true"))
    assert sheet.seen == {1: 4, 3: 7}


@pytest.mark.parametrize(
    "fields",
    [
        [("answer-1", "d")],
        [("answer-1", "a"), ("answer-1", "b")],
        [("answer-1", "true")],
        [("answer-1-a", "a")],
        [("answer-2", "a"), ("answer-2", "x")],
        [("answer-3", "a")],
        [("answer-4-a", "1")],
        [("answer-5", "a")],
        [("answer-5-d", "a")],
        [("answer-5-a", "d")],
        [("answer-6-a", "0")],
        [("answer-6-a", "4")],
        [("answer-6-a", "1.0")],
        [("answer-6-a", "١")],
        [("answer-6-x", "1")],
        [("answer-8", "a")],
        [("answer-0", "a")],
        [("answer--1", "a")],
        [("answer-01", "a")],
        [("answer-99999999999999999999", "a")],
        [("answer-1-a-b", "a")],
        [("answer-١", "a")],
        [("shown-8", "")],
        [("shown-1-a", "")],
        [("answer-", "a")],
    ],
)
def test_what_the_question_does_not_offer_is_refused(fields):
    with pytest.raises(AnswerUnknown):
        read(*fields)


@pytest.mark.parametrize("revision", ["", "-1", "1.0", "x", "٣", "10", "9" * 40, "0x1", " 1"])
def test_a_revision_that_no_page_could_have_seen_is_refused(revision):
    with pytest.raises(RevisionUnknown):
        read_sheet([("revision", revision), ("answer-1", "a")], ITEMS, BANK, 9)
    if revision:
        with pytest.raises(RevisionUnknown):
            read(("shown-1", revision), ("answer-1", "a"))


def test_a_typed_answer_of_500_characters_is_read_and_a_longer_one_refused():
    assert read(("answer-7", "é" * 500)).answers == {SHORT: "é" * 500}
    with pytest.raises(AnswerTooLong):
        read(("answer-7", "é" * 501))


def test_fields_of_the_page_itself_are_no_answers():
    assert read(("question", "1"), ("skip", "1"), ("anyway", "1"), ("view", "all")).answers == {}
