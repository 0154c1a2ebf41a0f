"""YAML is read as text by place, within limits, and every refusal names its line."""

import time

import pytest

from app.catalogue.compiling.documents import read_document
from app.catalogue.compiling.faults import Faults


def read(text: str, first_line: int = 1):
    faults = Faults()
    document = read_document("a.yaml", text, faults, first_line)
    return document, [fault.shown() for fault in faults.in_order()]


def test_every_plain_value_is_text_until_its_field_gives_it_a_type():
    document, _ = read("a: no\nb: 007\nc: 1e3\nd: 2026-11-25\ne: ~\nf:\ng: 'null'\ntrue: x\n")
    assert document.root.value() == {
        "a": "no",
        "b": "007",
        "c": "1e3",
        "d": "2026-11-25",
        "e": None,
        "f": None,
        "g": "null",
        "true": "x",
    }


def test_a_literal_text_keeps_its_paragraphs_and_joins_its_lines():
    document, _ = read(
        "a: |\n  One line\n  of two.\n\n  Second.\nb: >\n  One\n  two.\n\n  Second.\n"
    )
    assert document.root.value() == {"a": "One line of two.\nSecond.", "b": "One two.\nSecond."}


def test_a_value_knows_its_line_in_the_file_around_it():
    document, _ = read("a:\n  - b: 1\n    c: >-\n      x\n      y\n  - d: 2\n", first_line=11)
    assert document.line("a") == 11
    assert document.line("a", 0, "c") == 13
    assert document.line("a", 1, "d") == 16
    assert document.line("a", 1, "missing") == 16


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\n", "a.yaml:1: `&` and `*` are not used: write the text out, or quote it"),
        ("a: 1\nb: *x\n", "a.yaml:2: `&` and `*` are not used: write the text out, or quote it"),
        (
            "a: !!python/object/apply:os.system ['id']\n",
            "a.yaml:1: a tag with `!` is not used: take it out, or quote the text",
        ),
        ("a: !x 1\n", "a.yaml:1: a tag with `!` is not used: take it out, or quote the text"),
        ("a: 1\na: 2\n", "a.yaml:2: `a` stands here twice: keep one of them"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document begins: keep one document in a file"),
        ("", "a.yaml:1: the file is empty: write its fields"),
        (
            "a: b: c\n",
            (
                "a.yaml:1: YAML stops here: no field can begin at this colon: put the text in "
                "quotation marks, since it holds a colon and a space"
            ),
        ),
        (
            "a: “b: c”\n",
            (
                "a.yaml:1: YAML stops here: curly quotation marks hold nothing together: type "
                'straight ones, `"`, around the text'
            ),
        ),
        (
            "a:\n  b: 1\n\u00a0\u00a0c: 2\n",
            "a.yaml:3: a hard space stands before or behind `c`: type the space anew",
        ),
        ('a: "\\ud83d\\ude00"\n', "a.yaml:1: an unseen sign, U+D83D, stands here: type the text"),
        ("? [a]\n: b\n", "a.yaml:1: a list or map stands where a field's name is due: indent it"),
        ("a:\n" + "".join("  " * n + "- \n" for n in range(20)), "over 12 levels deep"),
        ("- a\n" * 20_001, "over 20000 values"),
    ],
)
def test_what_no_course_needs_is_refused_at_its_line(text, said):
    document, faults = read(text)
    assert document is None
    assert len(faults) == 1
    assert said in faults[0]


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(20)),
        "[" * 500_000,
        "{a: " * 200_000,
        "- " * 400_000,
        "a: " + "[x, " * 200_000,
    ],
    ids=["aliases", "brackets", "braces", "hyphens", "lists"],
)
def test_a_bomb_is_refused_before_it_bursts(bomb):
    started = time.monotonic()
    document, faults = read(bomb)
    assert document is None
    assert len(faults) == 1
    assert time.monotonic() - started < 10
