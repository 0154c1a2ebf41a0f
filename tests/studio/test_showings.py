"""A file is shown in a lesson from the editor: chosen or sent, described, in the format's own words."""

import re
from html import unescape

import pytest

from app.studio.drafts import Draft, files_of, text_in
from app.studio.inspections import findings_of
from app.studio.libraries import Holding
from app.studio.showings import Showing, box_of, faults_of
from tests.browser import text_of
from tests.makers import pictures
from tests.makers.drafts import make_draft
from tests.makers.sources import LESSON
from tests.makers.uploads import form_with

PAGE = "/en/studio/first-course/lessons/first-lesson"
BODY = "A course has modules [@R1].\n"
LESSON_FIELDS = {"title": "What it is made of", "recommendation": "LL1", "outcomes": "name-the-parts",
                 "body": BODY, "revision": 1}  # fmt: skip


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(db, bilal, **{"media/yard.jpg": pictures.photo()})


def box_in(answer) -> str:
    return unescape(re.search(r'data-box="([^"]*)"', answer.text)[1])


def test_a_chosen_picture_stands_in_the_preview_and_what_was_typed_stays(browser, db, bilal, draft):
    own = browser.as_(bilal)
    fields = {**LESSON_FIELDS, "body": "Typed [@R1], not saved.", "media_name": "yard.jpg",
              "media_words": "A yard\nat noon", "media_caption": "# one\nThe yard [@R1]."}  # fmt: skip
    answer = own.post(f"{PAGE}/showing", **form_with(**fields))
    assert answer.status_code == 200
    assert (
        box_in(answer) == '::: figure media/yard.jpg "A yard at noon"\n\\# one The yard [@R1].\n:::'
    )
    assert "Typed [@R1], not saved.\n\n::: figure media/yard.jpg" in unescape(answer.text)
    assert 'alt="A yard at noon" width="1300" height="40"' in answer.text
    assert "/en/studio/first-course/media/yard.jpg/400.webp 400w" in answer.text
    assert "not saved" not in text_in(db, draft, LESSON).text


def test_a_film_comes_with_its_captions_from_the_editor(browser, db, bilal, draft):
    own = browser.as_(bilal)
    films = [
        ("media_upload", "Talk.mp4", pictures.MP4),
        ("media_upload", "talk.en.vtt", pictures.VTT),
    ]
    fields = {**LESSON_FIELDS, "media_caption": "A talk."}
    answer = own.post(f"{PAGE}/showing", **form_with(*films, **fields))
    box = "::: video media/talk.mp4 captions=media/talk.en.vtt\nA talk.\n:::"
    assert box_in(answer) == box
    saved = own.post(PAGE, {**LESSON_FIELDS, "body": f"{BODY}\n{box}\n", "revision": 1})
    assert saved.status_code == 303
    assert {"media/talk.mp4", "media/talk.en.vtt"} < set(files_of(db, draft).files)
    assert [each for each in findings_of(db, draft) if each.is_grave] == []


def test_what_is_missing_is_asked_for_and_the_file_that_came_is_kept(browser, db, bilal, draft):
    own = browser.as_(bilal)
    answer = own.post(
        f"{PAGE}/showing", **form_with(("media_upload", "b.svg", pictures.SVG), **LESSON_FIELDS)
    )
    assert answer.status_code == 422
    said = text_of(answer)
    assert "Say what it shows to people who do not see it" in said
    assert "Write a caption" in said
    assert '<option value="b.svg" selected>' in answer.text
    wrong = own.post(
        f"{PAGE}/showing", **form_with(("media_upload", "a.html", b"<script>"), **LESSON_FIELDS)
    )
    assert "a.html: The bytes of this file are of no kind" in text_of(wrong)
    none = own.post(f"{PAGE}/showing", **form_with(**LESSON_FIELDS))
    assert "Choose a file of the course, or one of your computer." in text_of(none)


WHOLE = Showing(
    "What", is_decorative=False, caption="C.", captions="t.en.vtt", transcript="t.en.md"
)


@pytest.mark.parametrize(
    ("use", "said", "box", "missing"),
    [
        ("drawing", WHOLE._replace(words="", is_decorative=True), "::: figure media/a.x decorative\nC.\n:::",
         {"media_caption"}),
        ("picture", WHOLE, '::: figure media/a.x "What"\nC.\n:::', {"media_words", "media_caption"}),
        ("video", WHOLE._replace(transcript=""), "::: video media/a.x captions=media/t.en.vtt\nC.\n:::",
         {"media_caption", "media_captions"}),
        ("audio", WHOLE, "::: audio media/a.x transcript=media/t.en.md\nC.\n:::",
         {"media_caption", "media_transcript"}),
        ("download", WHOLE._replace(caption=""), '::: download media/a.x "What"\n:::', {"media_words"}),
        ("captions", WHOLE, None, {"media_name"}),
    ],
)  # fmt: skip
def test_each_kind_of_file_has_its_box_and_its_needs(use, said, box, missing):
    file = Holding("a.x", use, 1, 1, (), is_picture=False)
    if box is not None:
        assert faults_of(file, said) == {}
        assert box_of(file, said) == box
    assert set(faults_of(file, Showing(is_decorative=said.is_decorative))) == missing
