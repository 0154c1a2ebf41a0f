"""Nothing that a source holds can run in a reader's page, wherever it is put."""

import json
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser

import pytest

from app.catalogue.compiling.faults import CourseFaulty, Fault
from app.catalogue.compiling.figures import DrawingFaulty, drawing
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.sanitisers import sanitised
from tests.makers.languages import foreign_words
from tests.makers.sources import (
    compiled,
    edited,
    example,
    faults_of,
    html_of,
    lesson_saying,
    make_source,
)

# What stays harmless text where Markdown may stand.
HARMLESS = [
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "[x](java\tscript:alert(1))",
    "$\\text{<b>alert(1)</b>}$",
    "media:x lesson:y",
    '="media:a.png"',
]
REFUSED = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    '"><script>alert(1)</script>',
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<!--><script>alert(1)</script>-->",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:x)",
    "[x](//evil.example/x)",
    '[x](https://example.org/"onmouseover="alert(1))',
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\style{background:url(//evil.example)}{x}$",
    "[@<script>]",
    "[[<script>|<img src=x onerror=alert(1)>]]",
]
LESSON, QUIZ = "reading-results/four-questions.md", "reading-results/reading-quiz.yaml"
PLACES = {
    "course title": ("course.yaml", "Reading results"),
    "course summary": ("course.yaml", "Read a published figure, ask who measured it, and say what it shows."),
    "outcome": ("course.yaml", "Interpret a published figure by who measured it and what it was compared with"),
    "author": ("course.yaml", "Example institute of administration"),
    "module title": ("asking-well/module.yaml", "Asking well"),
    "lesson title": (LESSON, "Four questions to a figure"),
    "opening": (LESSON, "Is that good news?"),
    "heading": (LESSON, "The share in a formula"),
    "list": (LESSON, "It is no rank."),
    "box title": (LESSON, "One office, one summer"),
    "table head": (LESSON, "Land office"),
    "table cell": (LESSON, "An auditor"),
    "alternative text": (LESSON, "Two bars. Before: 50 minutes. After: 30 minutes."),
    "caption": (LESSON, "Waiting before and after the new counter"),
    "step": (LESSON, "With the week before the holidays."),
    "task": (LESSON, "Take one figure that your office published."),
    "model answer": (LESSON, "Both can be answered in a day."),
    "download": (LESSON, "The four questions as a table"),
    "quotation": (LESSON, "A quotation stands in a block of its own."),
    "formula": (LESSON, "\\text{change}"),
    "recall stem": (LESSON, "An office reports a fall of 40 percent."),
    "recall option": (LESSON, "Who is the head?"),
    "recall unit": (LESSON, "percent\n  feedback"),
    "recall pair": (LESSON, "The auditor\n"),
    "recall step": (LESSON, "Measure again"),
    "stem": (QUIZ, "Which figure can you compare?"),
    "option": (QUIZ, "One with a slogan"),
    "feedback": (QUIZ, "A slogan compares nothing."),
    "accept": ("final-assessment.yaml", "the baseline"),
    "reference title": ("bibliography.yaml", "How offices report"),
    "reference authors": ("bibliography.yaml", "Example and Sample"),
    "reference address": ("bibliography.yaml", "https://example.org/how-offices-report"),
    "definition": ("glossary.yaml", "What was measured before anything was *changed*."),
    "drawing": ("media/queue.svg", "Before: 50 minutes"),
    "transcript": ("media/talk.en.md", "People wait for half an hour."),
    "translated title": ("translations/fr.po", "Quatre questions à un chiffre"),
    "translated block": ("translations/fr.po", "Par rapport à quoi ?"),
    "translated term": ("translations/fr.po", "valeur de départ"),
    "translated drawing": ("translations/fr.po", "Avant : 50 minutes"),
}  # fmt: skip
TEXTS = ("alt", "alttext", "aria-label", "label")
ALLOWED_SCHEMES = ("https:", "http:", "mailto:", "media:", "lesson:", "#")


class Watch(HTMLParser):
    """Notes what could run or load: scripts, event attributes, styles, foreign addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.dangers: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style", "iframe", "object", "embed", "form", "base", "link", "meta",
                   "foreignobject", "animate", "set", "input", "textarea", "button", "image"):  # fmt: skip
            self.dangers.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name in ("style", "srcdoc", "formaction", "ping"):
                self.dangers.append(f"{tag} {name}")
            if name in ("href", "src", "xlink:href", "poster", "action"):
                if not (value or "").startswith(ALLOWED_SCHEMES):
                    self.dangers.append(f"{tag} {name}={value}")
            elif (
                name not in TEXTS
                and "url(" in (value or "").lower()
                and not value.startswith("url(#")
            ):
                self.dangers.append(f"{tag} {name}={value}")

    def handle_comment(self, data):
        self.dangers.append("comment")


def dangers_in(html: str) -> list[str]:
    watch = Watch()
    watch.feed(html)
    watch.close()
    return watch.dangers


def pieces(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from pieces(each)
    elif isinstance(value, list):
        for each in value:
            yield from pieces(each)


def html_pieces(course) -> Iterator[str]:
    """Every piece that a template puts into a page as HTML; the others are plain text."""
    plain = {"summary", "purpose", "headings", "accept"}
    for text in course.texts:
        yield text.html
        yield from pieces({k: v for k, v in text.parts.items() if k not in plain})


def quoted_for(place: str, payload: str) -> str:
    """The payload so that the file stays whole, since it is the text that is to be tried."""
    path, old = PLACES[place]
    if path.endswith(".po"):
        return json.dumps(payload, ensure_ascii=False)[1:-1]
    if path.endswith(".yaml") or place.startswith("recall") or place == "lesson title":
        rest = old[old.index("\n") :] if "\n" in old else ""
        return "'" + payload.replace("'", "''") + "'" + rest
    return payload


def source_saying(place: str, payload: str) -> CourseFiles:
    """The full course with the payload at the place."""
    path, old = PLACES[place]
    text = example("full").files[path].decode()
    assert old in text
    changed = text.replace(old, quoted_for(place, payload), 1)
    return CourseFiles("full", dict(example("full").files) | {path: changed.encode()})


def assert_harmless(source: CourseFiles) -> None:
    for html in html_pieces(compiled(source)):
        assert dangers_in(html) == [], html
        assert sanitised(html) == html


@pytest.mark.parametrize("payload", HARMLESS)
def test_text_that_only_looks_like_code_stays_text(payload):
    assert_harmless(source_saying("opening", payload))


@pytest.mark.parametrize("payload", REFUSED)
def test_markup_that_could_run_is_a_fault(payload):
    with pytest.raises(CourseFaulty) as refusal:
        compiled(source_saying("opening", payload))
    assert {(fault.path, fault.line) for fault in refusal.value.faults} == {(LESSON, 6)}


@pytest.mark.parametrize("place", PLACES)
def test_no_text_runs_wherever_it_stands(place):
    try:
        assert_harmless(source_saying(place, " ".join(HARMLESS[:4])))
    except CourseFaulty:
        assert place in ("formula", "reference address")
    for payload in (" ".join([*HARMLESS, *REFUSED]), REFUSED[0], REFUSED[7]):
        # Where Markdown is not read the payload is only text, elsewhere it is a fault.
        with suppress(CourseFaulty):
            assert_harmless(source_saying(place, payload))


def test_the_watch_sees_what_it_is_there_for():
    assert dangers_in("<img src=x onerror=alert(1)><p style=a>") == [
        "img src=x",
        "img onerror",
        "p style",
    ]


@pytest.mark.parametrize("payload", [*HARMLESS, *REFUSED])
def test_the_last_gate_alone_lets_nothing_through(payload):
    assert dangers_in(sanitised(payload)) == []
    assert dangers_in(sanitised(f"<p title='{payload}'>{payload}</p>")) == []


def test_a_terms_name_makes_no_attribute():
    html = html_of(
        'A [[x" onfocus="alert(1)|word]].',
        **{"glossary.yaml": '- term: x" onfocus="alert(1)\n  definition: X.\n'},
    )
    assert '<aside class="aside" id="term-x-onfocus-alert-1-">' in html
    assert dangers_in(html) == []


def test_entities_stay_text():
    assert "<p" in html_of("&lt;script&gt;alert(1)&lt;/script&gt;")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html_of(
        "&lt;script&gt;alert(1)&lt;/script&gt;"
    )
    assert "&lt;b&gt;" in html_of("`<b>`")


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<style>@import url(//evil.example)</style>",
        "<foreignObject><p>x</p></foreignObject>",
        "<a href='https://evil.example'><rect/></a>",
        "<image href='https://evil.example/x.png'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onclick' to='alert(1)'/>",
        "<rect onclick='alert(1)'/>",
        "<rect ONCLICK='alert(1)'/>",
        "<rect style='fill:url(//evil.example)'/>",
        "<use href='https://evil.example/x.svg#a'/>",
        "<use xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='data:image/svg+xml,x'/>",
        "<rect fill='url(https://evil.example/#a)'/>",
        "<rect fill='URL( //evil.example )'/>",
        "<rect mask='\\75 rl(https://evil.example)'/>",
        "<rect clip-path='url(#a) url(//evil.example)'/>",
        "<text><tspan onclick='x'>a</tspan></text>",
        "<g>" * 30 + "</g>" * 30,
        "<svg><rect/></svg>",
        "<!DOCTYPE svg>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
    ],
)
def test_a_drawing_holds_shapes_and_words_only(inner):
    content = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inner}</svg>'.encode()
    if "h:script" in inner:
        drawn = drawing(content, "a", "f-", str)
        assert "script" not in drawn
        assert "alert" not in drawn
        return
    with pytest.raises(DrawingFaulty) as stop:
        drawing(content, "a", "f-", str)
    assert foreign_words(Fault("a.svg", 1, stop.value.what, stop.value.mend)) == set()


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg viewBox="0 0 1 1">&b;</svg>',
        b'<?a <!-- ?><!DOCTYPE svg [<!ENTITY b "c">]><?d --> ?><svg viewBox="0 0 1 1">&b;</svg>',
        b'<?xml version="1.0" encoding="utf-16"?><svg/>',
        "<svg viewBox='0 0 1 1'/>".encode("utf-16"),
        b"<svg viewBox='0 0 1 1'",
        b"<html/>",
        b"<svg/>",
        b"<svg viewBox='0 0 1 1;evil'/>",
        b"<svg viewBox='0 0 1 1'>" + b"<g/>" * 40_000 + b"</svg>",
    ],
)
def test_what_is_no_plain_drawing_is_refused(content):
    with pytest.raises(DrawingFaulty) as stop:
        drawing(content, "a", "f-", str)
    assert foreign_words(Fault("a.svg", 1, stop.value.what, stop.value.mend)) == set()


def test_drawings_keep_their_ids_apart():
    content = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><g id="main"/></defs>'
        b'<use href="#main"/><rect fill="url(#main)"/></svg>'
    )
    drawn = drawing(content, "a", "figure-2-", str)
    assert 'id="figure-2-main"' in drawn
    assert 'href="#figure-2-main"' in drawn
    assert 'fill="url(#figure-2-main)"' in drawn


@pytest.mark.parametrize(
    "sign",
    ["\u202e", "\u2066", "\x00", "\x1b", "\x07", "\ufeff"],
    ids=lambda sign: f"{ord(sign):04X}",
)
def test_a_sign_that_nobody_sees_is_refused_at_its_line(sign):
    for path in ("course.yaml", "first-module/first-lesson.md"):
        files = dict(example("minimal").files)
        lines = files[path].decode().split("\n")
        lines[2] += f" a{sign}b"
        files[path] = "\n".join(lines).encode()
        found = faults_of(CourseFiles("minimal", files))
        assert any(
            f.startswith(f"{path}:3: an unseen sign, U+{ord(sign):04X}, stands here") for f in found
        ), found


def test_a_translation_cannot_bring_in_another_source_or_hide_one():
    for text in ("Un bureau [@R1].", "Un bureau [@R1; @R2; @R1].", "Un bureau."):
        source = edited(
            "translations/fr.po",
            "encore le dire [@R1; @R2].",
            f"encore le dire. {text}",
            name="full",
        )
        assert any("the translation cites other sources" in fault for fault in faults_of(source))


def test_a_huge_lesson_is_refused_unread():
    found = faults_of(make_source(lesson=lesson_saying("[" * 200_000)))
    assert any("the file has 200 KB, over the 100 KB that it may have" in fault for fault in found)
