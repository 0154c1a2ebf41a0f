"""Every file has one form; writing it twice changes nothing, and it always says the same."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.catalogue.compiling.canonical_documents import canonical_document
from app.catalogue.compiling.canonical_lessons import canonical_body
from app.catalogue.compiling.declarations import QuizDeclaration
from app.catalogue.compiling.documents import read_document
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.formats import canonical
from app.catalogue.compiling.grammars import lesson_tree
from app.catalogue.wordings import collapsed
from tests.makers.sources import EXAMPLES, edited, example, faults_of


def written(text: str) -> str:
    """The canonical form of a quiz file, in which any field may stand."""
    return canonical("a-module/a-quiz.yaml", text.encode()).decode()


def value(text: str):
    document = read_document("a.yaml", text, Faults())
    assert document, text
    return document.root.value()


@pytest.mark.parametrize("name", ["minimal", "full"])
def test_the_examples_are_written_as_they_would_be(name):
    for path, content in example(name).files.items():
        assert canonical(path, content) == content


def test_fields_stand_in_the_order_of_the_guide_and_remarks_go_with_them():
    assert (
        written(
            "# On the whole quiz.\n"
            "items:\n"
            "# On the first item.\n"
            "- stem: What?   # a remark behind\n"
            "  accept: [ a,b ]\n"
            "  feedback: {wrong: No., right: Yes.}\n"
            "\n\n"
            "  # On the type.\n"
            "  type: short\n"
            "  key: one\n"
            "\n"
            "- key: two\n"
            "pretest:   true\n"
            "required: true\n"
            "pass_mark:   80\n"
            "title: 'A title'\n"
            "# At the end.\n"
        )
        == "title: A title\n"
        "pass_mark: 80\n"
        "required: true\n"
        "pretest: true\n"
        "# On the whole quiz.\n"
        "items:\n"
        "  # On the first item.\n"
        "  - key: one\n"
        "\n"
        "    # On the type.\n"
        "    type: short\n"
        "    stem: What?  # a remark behind\n"
        "    accept: [a, b]\n"
        "    feedback: {right: Yes., wrong: No.}\n"
        "\n"
        "  - key: two\n"
        "# At the end.\n"
    )


def test_a_text_stands_on_its_line_or_is_folded():
    short, long = "x" * 86, "word " * 30
    assert written(f"title: {short}\n") == f"title: {short}\n"
    folded = written(f"title: {long}\n")
    assert folded.startswith("title: >-\n  word word")
    assert max(map(len, folded.splitlines())) <= 100
    assert value(folded) == {"title": long.strip()}


@pytest.mark.parametrize(
    ("wrote", "stands"),
    [
        ("title: 'a: b'", 'title: "a: b"'),
        ("title: 'a'", "title: a"),
        ("title: '16.6'", 'title: "16.6"'),
        ("title: 16.6", "title: 16.6"),
        ("title: 'no'", 'title: "no"'),
        ("title: no", "title: no"),
        ("title: 'say \"a\"'", 'title: say "a"'),
        ("title: '# a'", 'title: "# a"'),
        ("title: |\n  a\n  b\n\n  c", "title: >-\n  a b\n\n  c"),
        ("title: ~", "title: null"),
        ("title:", "title: null"),
        ("title: ''", 'title: ""'),
        ("title: 'a\u00a0: b'", 'title: "a\u00a0: b"'),
        ("items: [ ]", "items: []"),
        ("items: [a, 'b, c']", 'items: [a, "b, c"]'),
        ("items:\n- a\n- b", "items:\n  - a\n  - b"),
        ("title: -5", "title: -5"),
        ("title: '-'", 'title: "-"'),
        ("title: \u0065\u0301te\u0301", "title: été"),
    ],
)
def test_a_value_is_written_in_one_way(wrote, stands):
    assert written(wrote + "\n") == stands + "\n"
    assert written(stands + "\n") == stands + "\n"


def test_a_file_that_cannot_be_read_is_left_as_it_is():
    for text in ("title: [\n", "a: &x 1\n", "\xff"):
        assert canonical("a-module/a-quiz.yaml", text.encode("latin-1")) == text.encode("latin-1")
    assert canonical("media/a.csv", b"a \r\n") == b"a \r\n"


@pytest.mark.parametrize(
    ("wrote", "stands"),
    [
        ("a  \nb\n\n\n\nc", "a\nb\n\nc\n"),
        ("## Head ##\ntext", "## Head\n\ntext\n"),
        ("Head\n----\ntext", "## Head\n\ntext\n"),
        ("* a\n* b", "- a\n- b\n"),
        ("+ a\n\n\n+ b", "- a\n\n- b\n"),
        ("- a\n\n* b", "- a\n\n* b\n"),
        (":::note   A  b\n\ntext\n\n:::::\nmore", "::: note A b\ntext\n:::\n\nmore\n"),
        (
            "::: try A\nb\n::: answer\nc\n:::\n:::",
            ":::: try A\nb\n\n::: answer\nc\n:::\n::::\n",
        ),
        ("a\n```\n  code:::\n\n\n\nmore\n```", "a\n\n```\n  code:::\n\n\n\nmore\n```\n"),
        (
            "```recall\n- type: short\n  key:   a\n```",
            "```recall\n- key: a\n  type: short\n```\n",
        ),
        ("   indented\n  text", "indented\ntext\n"),
        ("1. a\n2. b\n\n   c", "1. a\n2. b\n\n   c\n"),
        ("| a |\n|---|\n| b |\n\n\n\nc", "| a |\n|---|\n| b |\n\nc\n"),
    ],
)
def test_markdown_has_one_form(wrote, stands):
    assert canonical_body(wrote) == stands
    assert canonical_body(stands) == stands


def test_the_check_names_the_first_line_that_differs():
    found = faults_of(
        edited("first-module/module.yaml", "lessons: [first-lesson]", "lessons: [ first-lesson ]")
    )
    assert found == [
        "first-module/module.yaml:4: not in canonical form: run `capacita courses format minimal`"
    ]


def test_windows_ends_of_lines_are_brought_to_one_form():
    text = (EXAMPLES / "minimal" / "course.yaml").read_bytes()
    assert canonical("course.yaml", b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")) == text


def test_words_without_fields_stay_as_they_are():
    words = b"The report of 2009 # see the shelf\n"
    lesson = b"---\n>\n  title: A\n---\nText.\n"
    recall = b"---\ntitle: A\n---\nText.\n\n```recall\nto come\n```\n"
    assert canonical("bibliography.yaml", words) == words
    assert canonical("a-module/a-lesson.md", lesson) == lesson
    assert canonical("a-module/a-lesson.md", recall) == recall


def test_a_remark_behind_an_empty_list_stays():
    formed = canonical("glossary.yaml", b"[]  # none yet\n")
    assert formed == b"[]\n# none yet\n" == canonical("glossary.yaml", formed)


def test_an_empty_line_behind_a_text_stays_when_the_text_is_folded():
    formed = canonical("course.yaml", f"summary: {'word ' * 30}\n\npurpose: B\n".encode())
    assert b"\n\npurpose: B\n" in formed
    assert canonical("course.yaml", formed) == formed


WORDS = some.text(
    some.one_of(
        some.sampled_from(":#-'\"[]{},&*!|>%@`?=<~\\ .0aé中\u00a0\u200d\n"),
        some.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Cn", "Co"]),
    ),
    max_size=120,
)
QUOTED = WORDS.map(lambda text: "'" + " ".join(text.split("\n")).replace("'", "''") + "'")
SCALARS = some.one_of(QUOTED, some.sampled_from(["a", "no", "16.6", "-1", "~", "2026-11-25"]))
COMMENTS = some.sampled_from(["", "", "", "  # why", " # a # b"])
GAPS = some.sampled_from(["", "", "\n", "# over\n", "\n# over\n\n"])


@some.composite
def documents(draw) -> str:
    """A quiz file with remarks, gaps, brackets and any order of fields."""
    lines = [
        f"{draw(GAPS)}{key}: {draw(SCALARS)}{draw(COMMENTS)}\n"
        for key in draw(some.permutations(["title", "minutes", "draw", "extra"]))
    ]
    lines.append(f"{draw(GAPS)}items:{draw(COMMENTS)}\n")
    for _ in range(draw(some.integers(1, 3))):
        fields = draw(some.permutations(["key", "type", "stem", "accept"]))
        for number, key in enumerate(fields):
            start = "- " if number == 0 else "  "
            gap = draw(GAPS).replace("#", "  #") if number else draw(GAPS)
            if key == "accept" and draw(some.booleans()):
                lines.append(
                    f"{gap}{start}{key}: [{draw(QUOTED)}, {draw(QUOTED)}]{draw(COMMENTS)}\n"
                )
            elif key == "accept":
                listed = "".join(f"    {draw(GAPS)}    - {draw(SCALARS)}\n" for _ in range(2))
                lines.append(f"{gap}{start}{key}:\n{listed}")
            else:
                lines.append(f"{gap}{start}{key}: {draw(SCALARS)}{draw(COMMENTS)}\n")
    return "".join(lines)


def normal(read):
    """What a reader of the file gets: texts with their white space collapsed, fields unordered."""
    if isinstance(read, dict):
        return {key: normal(each) for key, each in read.items()}
    if isinstance(read, list):
        return [normal(each) for each in read]
    if isinstance(read, str):
        return "\n".join(part for part in map(collapsed, read.split("\n")) if part)
    return read


@settings(max_examples=100, deadline=None)
@given(documents())
def test_a_document_keeps_its_values_and_remarks_and_settles_at_once(text):
    text = unicodedata.normalize("NFC", text)
    document = read_document("a.yaml", text, Faults())
    if document is None:
        return
    once = canonical_document(document, text, QuizDeclaration)
    assert written(once) == once
    assert normal(value(once)) == normal(value(text))
    assert once.count("why") == text.count("why")
    assert once.count("# over") == text.count("# over")


BLOCKS = some.sampled_from(
    [
        "Words of *some* kind [@R1].",
        "Two\nlines",
        "## A head",
        "Head\n---",
        "- a\n- b",
        "* a\n* b\n  * c",
        "1. a\n1. b",
        "> quoted\n> again",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "```\ncode  \n\n\n:::\n```",
        "```recall\n- type: short\n  key: a\n```",
        "$$\na = b\n$$",
        "::: note A\nInside\n:::",
        ":::try B\n\ntask\n::: answer\nc\n:::\n\n::::",
        ":::",
        "::: note open",
        "    deep",
        "***",
        "<div>",
        "a\\\nb",
        "- - -",
        "+ +",
        "*",
        "\\",
        "#",
        "`` ` ``",
        "~~~\n~~~",
        "-\n- a",
    ]
)
LINES = some.text(some.sampled_from("#*+-`~:>|$[]()!\\_ \n\nab1."), max_size=60)
BODIES = some.lists(
    some.tuples(some.one_of(BLOCKS, LINES), some.sampled_from(["\n", "\n\n", "\n\n\n"])), max_size=8
).map(lambda parts: "".join(block + gap for block, gap in parts))


def shape(node):
    """A tree as nested kinds and words, without what canonical form may change."""
    return (
        node.type,
        node.tag if node.type == "heading" else "",
        collapsed(node.content) if node.type in ("inline", "math_block") else "",
        [] if node.type == "inline" else [shape(child) for child in node.children],
    )


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_markdown_keeps_its_meaning_and_settles_at_once(text):
    once = canonical_body(text)
    assert canonical_body(once) == once
    assert shape(lesson_tree(once)) == shape(lesson_tree(_trimmed(text)))


def _trimmed(text: str) -> str:
    """Spaces at the ends of lines make line breaks, which no lesson has."""
    return "\n".join(line.rstrip() for line in text.split("\n"))
