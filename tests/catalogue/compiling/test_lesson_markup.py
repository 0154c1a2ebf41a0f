"""What each element of a lesson becomes in HTML, and what is said when it is not whole."""

import re
from hashlib import sha256

import pytest

from tests.makers.sources import (
    compiled,
    example,
    faults_of,
    html_of,
    lesson_saying,
    make_source,
    text_of,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="1">Hi</text></svg>'


def ids_out(html: str) -> str:
    """The HTML without the ids that blocks have."""
    return re.sub(r' id="b-[0-9a-f]{10}(-\d+)?"', "", html)


def test_the_first_paragraph_is_the_opening():
    html = text_of(compiled(make_source()), "lesson/first-lesson").html
    assert html.startswith('<p class="opening" id="b-')
    assert '<a class="cite" href="#R1">[R1]</a>' in html


def test_a_block_is_called_after_its_source_text_and_a_repeat_is_numbered():
    html = html_of("Same words.\n\n- Same\n  words.\n\nSame words.")
    first = "b-" + sha256(b"Same words.").hexdigest()[:10]
    assert f'<p id="{first}">' in html
    assert f'<li id="{first}-2">' in html
    assert f'<p id="{first}-3">' in html


def test_headings_make_the_outline():
    course = compiled(
        make_source(lesson=lesson_saying("## First *part*\n\nA.\n\n### Deeper\n\nB."))
    )
    text = text_of(course, "lesson/first-lesson")
    assert [(h["level"], h["text"]) for h in text.parts["headings"]] == [
        ("2", "First part"),
        ("3", "Deeper"),
    ]
    for heading in text.parts["headings"]:
        assert f'<h{heading["level"]} id="{heading["id"]}">' in text.html


def test_a_note_an_example_and_something_to_try():
    html = ids_out(
        html_of(
            "## Part\n\n::: note One *country*\nA.\n:::\n\n::: example Reading it\nHow?\n\n"
            "1. First.\n2. Second.\n:::\n\n:::: try Your turn\nDo it.\n\n::: answer\nDone.\n:::\n::::"
        )
    )
    assert (
        '<div class="box box--note" role="note"><h3>One <em>country</em></h3><p>A.</p></div>'
        in html
    )
    assert '<p class="box__kind">Worked example</p><h3>Reading it</h3><p>How?</p>' in html
    assert '<ol class="steps" role="list"><li>First.</li><li>Second.</li></ol></section>' in html
    assert (
        "<p>Do it.</p><details><summary>Compare with a model answer</summary><p>Done.</p>"
        "</details></section>" in html
    )


def test_a_box_before_any_section_has_a_heading_of_the_first_level():
    assert "<h2" in html_of("::: note A\nB.\n:::")


def test_a_term_is_defined_once_before_the_block_that_names_it():
    glossary = "- term: Base line\n  definition: What *was*.\n  sources: [R1]\n"
    html = ids_out(
        html_of("A [[base line]].\n\nThe [[Base line|lines]].", **{"glossary.yaml": glossary})
    )
    assert html.count("<aside") == 1
    assert html.index("<aside") < html.index("<p>A ")
    assert (
        '<aside class="aside" id="term-base-line"><dfn>Base line</dfn>: What <em>was</em>. '
        '<a class="cite" href="#R1">[R1]</a></aside>' in html
    )
    assert '<a class="term" href="#term-base-line">lines</a>' in html


def test_a_drawing_stands_in_the_page_and_carries_its_alternative_text():
    html = html_of(
        '::: figure media/a.svg "It says: \\"hi\\""\nCaption [@R1].\n:::', **{"media/a.svg": SVG}
    )
    assert '<svg viewBox="0 0 9 9" role="img" aria-label="It says: &quot;hi&quot;">' in html
    assert '<text x="1">Hi</text></svg></div><figcaption><strong>Figure 1.</strong> Caption' in html


def test_a_picture_has_its_size_and_waits_until_it_is_seen():
    picture = example("full").files["media/counter.png"]
    html = html_of('::: figure media/c.png "A counter"\nC.\n:::', **{"media/c.png": picture})
    assert (
        '<img src="media:c.png" alt="A counter" width="6" height="4" loading="lazy" '
        'decoding="async">' in html
    )


def test_a_film_loads_nothing_and_offers_captions_in_every_language_it_has():
    course = compiled(example("full"))
    english = text_of(course, "lesson/waiting-times").html
    assert '<video controls="" preload="none" src="media:talk.mp4">' in english
    said_first = english.index('KB</span></figcaption><video controls=""')
    assert said_first < english.index("<summary>Read the transcript</summary>")
    assert 'srclang="en" label="English" default=""' in english
    assert 'srclang="fr" label="Français">' in english
    french = text_of(course, "lesson/waiting-times", "fr").html
    assert 'srclang="fr" label="Français" default=""' in french
    assert "<summary>Read the transcript</summary>" in english


def test_a_formula_becomes_mathml_that_says_its_source():
    html = html_of("A $\\frac{a}{b} < 1$ and \\$5 to \\$6, or $5 and $6.")
    assert '<math alttext="\\frac{a}{b} &lt; 1" xmlns="http://www.w3.org/1998/Math/MathML"' in html
    assert "<mfrac>" in html
    assert html.count("<math") == 1
    assert "$5 to $6, or $5 and $6." in html


def test_a_table_has_a_name_and_heads():
    html = html_of(
        "| A | B |\n|---|---|\n| 1 | [[x\\|y]] |",
        **{"glossary.yaml": "- term: x\n  definition: X.\n"},
    )
    assert (
        '<div class="table-box" role="region" tabindex="0" aria-label="Table 1: A, B"><table>'
        '<thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>' in html
    )
    assert '<td><a class="term" href="#term-x">y</a></td>' in html


def test_links_lead_out_to_a_mailbox_and_to_lessons_of_the_course():
    html = html_of(
        "[a](https://example.org/?a=1&b=2) [b](mailto:a@b.example) [c](lesson:first-lesson) "
        "<https://example.org>"
    )
    assert '<a href="https://example.org/?a=1&amp;b=2">a</a>' in html
    assert '<a href="mailto:a@b.example">b</a>' in html
    assert '<a href="lesson:first-lesson">c</a>' in html
    assert '<a href="https://example.org">https://example.org</a>' in html


def test_what_is_to_be_matched_is_said_between_its_two_lists():
    recall = """```recall
- key: a
  type: matching
  stem: Who holds what?
  pairs:
    - {left: A minister, right: A portfolio}
    - {left: An auditor, right: An opinion}
```"""
    html = html_of(recall)
    said = html.partition("</ol>")[2].partition("<ul>")[0]
    assert said == '<p class="quiet">Match each with one of these:</p>'


def test_a_recall_set_is_played_without_a_form():
    html = text_of(compiled(example("full")), "lesson/four-questions").html
    assert "<form" not in html
    assert "<input" not in html
    assert (
        "<li><details><summary>Who is the head?</summary><p><strong>Not right</strong></p>" in html
    )
    assert "<summary>Show the answer</summary><p><strong>40 percent</strong></p>" in html


def test_what_is_put_in_order_is_not_shown_in_order():
    recall = "```recall\n- key: a\n  type: ordering\n  stem: Order?\n  sequence: [a, b, c]\n```"
    html = html_of(recall)
    assert html.index("<li>c</li>") < html.index("<details>")
    assert "<ul><li>a</li>" not in html


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("# Title", "8: headings have two levels here: begin the line with `## ` or `### `"),
        ("### Deep", "8: the first heading is `###`: begin it with `## `"),
        ("a\n\n---\n\nb", "10: a rule across the page is not used: begin a section with `## ` instead"),
        ("<div>x</div>", "8: HTML is not used: write Markdown; write a lone `<` as `\\<`"),
        ("a <!-- b -->", "8: HTML (`<!-- b -->`) is not used"),
        ("![a](media/a.png)", "8: a picture stands inside a line: use `::: figure media/name"),
        ("a\\\nb", "8: a line break stands inside a paragraph: begin a new paragraph"),
        ("::: note A\nB", "8: the box `note` is not closed: end it with a line `:::`"),
        ("B\n:::", "9: `:::` closes a box that is not open: take the line out"),
        ("##Part", "8: no plain space stands behind the sign that begins the line: type the space anew"),
        ("##\u00a0Part", "8: no plain space stands behind the sign that begins the line"),
        ("A\n-\u00a0b", "9: no plain space stands behind the sign that begins the line"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "10: the row has 3 cells under a head of 2: give the head as many"),
        ("> | a |\n> |---|\n> | 1 | 2 |", "10: the row has 2 cells under a head of 1"),
        ("| a | b |\n|---|\n| 1 | 2 |", "8: a row of a table stands here without its table"),
        ("A [b][1].\n\n[1]: https://a.example", "10: a footnote or an address stands apart"),
        ("A &#x202e;b.", "8: an unseen sign, U+202E, stands here"),
        ("::: example\nA.\n:::", "8: `example` has no title: write `::: example Its title`"),
        ("::: try A\nB.\n:::", "8: `try` does not end with one model answer"),
        ("::: answer\nB.\n:::", "8: `answer` cannot stand on its own: move it out of there"),
        ("::: note A\n::: try B\nC.\n:::\n:::", "9: `try` cannot stand inside `note`"),
        ("::: note A\n## B\n:::", "9: a heading stands in a box: move it out of the box"),
        ("- ::: note A\n  B\n  :::", "8: `note` cannot stand in a list"),
        ("::: figure media/a.svg\nB.\n:::", "8: `figure` needs a file and a text in quotation marks"),
        ('::: figure media/a.svg ""\nB.\n:::', "8: `figure` needs a file and a text"),
        ('::: figure media/a.svg "B"\nC.\n:::', "8: there is no file `media/a.svg`"),
        ('::: figure media/b.csv "B"\nC.\n:::', "8: this box shows a picture or drawing, not `media/b.csv`"),
        ('::: figure media/c.svg "B"\n:::', "8: the caption is not one paragraph"),
        ("::: video media/t.mp4\nA.\n:::", "8: `video` needs `captions`: write `::: video media/name captions=media/name`"),
        ("::: audio media/t.mp3\nA.\n:::", "8: `audio` needs `transcript`"),
        ("[a](javascript:alert)", "8: the address `javascript:alert` is not allowed: begin it with https://, mailto: or lesson:"),
        ("[a](/x)", "8: the address `/x` is not allowed"),
        ("[a](lesson:first-lessn)", "8: there is no lesson `first-lessn`: did you mean `first-lesson`?"),
        ("A [[term]].", "8: there is no term `term`: add it to the glossary (glossary.yaml)"),
        (
            "| A |\n|---|\n| [[baseline|start]] |",
            "10: a term begins with `[[` and does not end: close it with `]]`; in a table",
        ),
        ("One\ntwo [@R9].", "9: there is no source `R9`"),
        ("A $\\frac{a$ b.", "8: the formula cannot be drawn"),
        ("A $\\nosuch{a}$ b.", "8: the formula cannot be drawn: `\\nosuch` is not known"),
        ("```recall\n- key: a\n  typ: short\n```", "9: entry 1 has no `type`"),
        ("> " * 12 + "deep", "8: lists or quotations lie too deep in each other"),
        ("a" * 5001, "8: this block has over 5000 signs: split it into several"),
    ],
)  # fmt: skip
def test_an_element_that_is_not_whole_is_a_fault(body, said):
    files = {"media/b.csv": "a\n", "media/c.svg": SVG}
    found = faults_of(make_source(lesson=lesson_saying(body), **files))
    assert any(f"first-lesson.md:{said}" in fault for fault in found), found


@pytest.mark.parametrize(
    "body",
    [
        "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | |\n| 1 \\| 2 | 3 |\nlast",
        "Staff #1, |x|, a [@R1]: word, -1",
        "[@R1]: so they say.",
        ":::\u00a0note A\nB.\n:::",
    ],
)
def test_what_reads_as_it_is_written_is_no_fault(body):
    found = faults_of(make_source(lesson=lesson_saying(body)))
    assert not [fault for fault in found if "canonical" not in fault]


def test_curly_quotation_marks_hold_what_a_figure_shows():
    body = "::: figure media/c.svg “Two bars”\nC.\n:::"
    assert 'aria-label="Two bars"' in html_of(body, **{"media/c.svg": SVG})


def test_a_lesson_opens_with_a_paragraph():
    lesson = lesson_saying("").replace("The opening [@R1].", "- A list [@R1].")
    found = faults_of(make_source(lesson=lesson))
    assert (
        "first-module/first-lesson.md:6: the lesson opens without a paragraph: write one first"
        in found
    )


def test_spaces_behind_the_hyphens_of_a_head_are_put_in_form():
    lesson = make_source().files["first-module/first-lesson.md"].decode()
    found = faults_of(make_source(lesson=lesson.replace("---\n", "--- \n")))
    assert len(found) == 1
    assert "not in canonical form" in found[0]


def test_a_lesson_without_a_head_is_told_how_it_begins():
    found = faults_of(make_source(lesson="Just words.\n"))
    assert found[0] == (
        "first-module/first-lesson.md:1: the lesson has no head: begin with a line `---`, fields, "
        "and `---`"
    )
