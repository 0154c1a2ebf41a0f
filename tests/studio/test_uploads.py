"""Uploads: known by their bytes alone, made fit to be kept, refused in words."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.compiling.folders import belongs
from app.catalogue.compiling.signatures import is_what_it_says
from app.catalogue.files import StoredFile
from app.foundation.zips import ENTRY
from app.i18n.refusals import said
from app.studio.uploads import MOST_MEMBERS, Ready, Refused
from tests.makers import pictures
from tests.makers.uploads import taken


def archive(*names: str, mimetype: str = "") -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "x")
    return written.getvalue()


OPEN = "application/vnd.oasis.opendocument"
TAKEN = (
    ("Queue at Noon.PNG", pictures.drawn("JPEG", (9, 9)), "queue-at-noon.jpg"),
    ("C:\\My files\\Hof & Garten.gif", pictures.drawn("GIF", (9, 9), "P"), "hof-garten.png"),
    ("شعار.avif", pictures.drawn("AVIF", (9, 9)), "file.webp"),
    ("talk.mov", pictures.MP4, "talk.mp4"),
    ("voice.exe", pictures.MP3, "voice.mp3"),
    ("Talk one.fr.vtt", pictures.VTT, "talk-one.fr.vtt"),
    ("talk.en.md", b"People wait.\n", "talk.en.md"),
    ("drawing.txt", pictures.SVG, "drawing.svg"),
    ("said.svg", b"<?xml version='1.0'?>\n<!-- a -->\n<!-- <b> --> " + pictures.SVG, "said.svg"),
    ("form.docx", pictures.PDF, "form.pdf"),
    ("plan.zip", archive("[Content_Types].xml", "xl/workbook.xml"), "plan.xlsx"),
    ("plan", archive("content.xml", mimetype=f"{OPEN}.text"), "plan.odt"),
    ("four-questions.csv", b"a,b\n", "four-questions.csv"),
)  # fmt: skip
REFUSED = (
    ("page.html", b"<script>alert(1)</script>", "of no kind"),
    ("photo.jpg", b"<script>alert(1)</script>", "of no kind"),
    ("run.exe", b"MZ\x90\0", "of no kind"),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of no kind"),
    ("all.zip", archive("a.txt"), "of no kind"),
    ("broken.docx", b"PK\x03\x04 and no more", "of no kind"),
    ("crowd.docx", b"PK\x03\x04" + ENTRY * (MOST_MEMBERS + 1), "an archive of over 5000 parts"),
    ("plan.xlsm", archive("[Content_Types].xml", "xl/vbaProject.bin"), "holds macros"),
    ("talk.en.vtt", pictures.VTT.replace(b".000 -->", b",000 -->"), "Captions, line 3: these times"),
    ("talk.en.vtt", b"1\n00:01,000 --> 00:02,000\nA\n", "Captions, line 1: the first line"),
    ("queue.svg", pictures.SVG.replace(b"<rect", b"<script>1</script><rect"), "<script>"),
    ("queue.svg", b"<!DOCTYPE svg><svg></svg>", "of no kind"),
    ("queue.svg", b"<!---->" * 200 + b"<!DOCTYPE svg>" + pictures.SVG, "of no kind"),
    ("notes.txt", b"\xff\xfe\0", "of no kind"),
    ("moving.gif", pictures.moving("GIF"), "moves"),
    ("nothing.txt", b"", "is empty"),
    ("long.md", b"x" * 100_001, "100 KB"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "content", "stored"), TAKEN, ids=lambda value: str(value)[:12])
def test_a_file_is_named_by_what_it_is(name, content, stored):
    ready = taken(name, content)
    assert isinstance(ready, Ready), said(ready.because, "en").whole
    assert ready.name == stored
    assert belongs(f"media/{stored}")


@pytest.mark.parametrize(("name", "content", "words"), REFUSED, ids=lambda value: str(value)[:12])
def test_what_cannot_be_taken_is_refused_in_words(name, content, words):
    refused = taken(name, content)
    assert isinstance(refused, Refused), refused
    assert words in said(refused.because, "en").whole


MARKS = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF....WEBP", b"....ftypisom", b"OggS",
         b"....ftypavif", b"\x1aE\xdf\xa3webm", b"ID3", b"WEBVTT", b"<svg>", b"<html><script>", b"%PDF-",
         b"PK\x03\x04", b""]  # fmt: skip
ENDINGS = [
    "png",
    "jpg",
    "gif",
    "webp",
    "mp4",
    "webm",
    "mp3",
    "ogg",
    "vtt",
    "svg",
    "html",
    "pdf",
    "",
]


@settings(max_examples=150, deadline=None, database=None)
@given(
    st.sampled_from(MARKS),
    st.binary(max_size=120),
    st.text(max_size=12),
    st.sampled_from(ENDINGS),
)
def test_whatever_comes_under_whatever_name_is_shown_only_as_what_it_is(mark, rest, stem, ending):
    content = mark + rest
    outcome = taken(f"{stem}.{ending}", content)
    kept = [(outcome.name, outcome.content)] if isinstance(outcome, Ready) else []
    # As it is kept, and as it would be had it come by a way that does not look at bytes.
    for name, stored in [*kept, (f"file.{ending}", content)]:
        file = StoredFile(f"media/{name}", b"", len(stored), stored[:64])
        assert file.shown_as is None or is_what_it_says(name, stored)
        assert file.shown_as is None or file.shown_as.partition("/")[0] in (
            "image", "video", "audio", "text",
        )  # fmt: skip
        assert file.shown_as not in ("image/svg+xml", "text/html", "application/pdf")
        if stored.lstrip().startswith((b"<", b"%PDF", b"PK")):
            assert file.shown_as is None
    assert all(belongs(f"media/{name}") for name, _stored in kept)
