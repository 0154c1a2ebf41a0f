"""A picture's size is read from its own bytes, and broken bytes have none."""

import base64

import pytest

from app.catalogue.compiling.pictures import is_whole, size_of
from tests.makers.sources import example, faults_of, make_source

# The smallest files of each kind, three by two pixels where the kind allows it.
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffff") + bytes.fromhex(
    "c0000b080002000301011100ffd9"
)
GIF = b"GIF89a\x03\x00\x02\x00\x80\x00\x00"
WEBP = b"RIFF\x00\x00\x00\x00WEBP"
LOSSY = WEBP + b"VP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x03\x00\x02\x00"
LOSSLESS = WEBP + b"VP8L\x00\x00\x00\x00\x2f" + ((1 << 14) | 2).to_bytes(4, "little") + bytes(5)
EXTENDED = WEBP + b"VP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x01\x00\x00"


@pytest.mark.parametrize("content", [JPEG, GIF, LOSSY, LOSSLESS, EXTENDED])
def test_width_and_height_are_read(content):
    assert size_of(content) == (3, 2)


def test_a_png_is_read():
    assert size_of(example("full").files["media/counter.png"]) == (6, 4)


@pytest.mark.parametrize("content", [JPEG, GIF, LOSSY, LOSSLESS, EXTENDED])
def test_a_file_cut_short_has_no_size_or_its_own(content):
    for length in range(len(content)):
        assert size_of(content[:length]) in (None, (3, 2))


def test_a_picture_that_was_cut_short_is_not_whole():
    png = example("full").files["media/counter.png"]
    for content in (png, JPEG, EXTENDED[:4] + bytes([22, 0, 0, 0]) + EXTENDED[8:]):
        assert is_whole(content)
        assert not is_whole(content[:-12])
    hidden = b"\xff\xe1\x00\x06" + b"\xff\xd8\xff\xd9"
    assert not is_whole(JPEG[:2] + hidden + JPEG[2:-2])


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (0, "is not what `.png` says: save it anew in that form"),
        (100_000, "the picture has over 50 million dots: make it smaller first"),
    ],
)
def test_a_picture_that_no_page_could_show_is_a_fault(width, said):
    png = example("full").files["media/counter.png"]
    content = png[:16] + 2 * width.to_bytes(4, "big") + png[24:]
    assert faults_of(make_source(**{"media/a.png": content})) == [f"media/a.png:1: {said}"]


def test_other_bytes_have_no_size():
    for content in (b"", b"\xff\xd8\xff", b"RIFF" + b"x" * 30, base64.b64encode(GIF)):
        assert size_of(content) is None
