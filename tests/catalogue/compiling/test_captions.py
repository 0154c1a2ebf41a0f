"""Captions are read line by line, and the first fault has its line."""

import pytest

from app.catalogue.compiling.captions import caption_fault

HEAD = "WEBVTT\n\n"
CUE = "00:01.000 --> 00:04.000\nText.\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + CUE,
        "\ufeffWEBVTT - A talk\nKind: captions\n\n" + CUE,
        f"{HEAD}NOTE of the editor\n\nintroduction\n{CUE}\n01:00:05.000 --> 01:00:09.500 line:0\nA\nB",
        HEAD.replace("\n", "\r\n") + CUE,
    ],
)
def test_sound_captions_have_no_fault(text):
    assert caption_fault(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("1\n00:00:01,000 --> 00:00:04,000\nText.\n", 1, "not WEBVTT"),
        (f"WEBVTT\n{CUE}", 2, "no empty line"),
        (f"{HEAD}Text alone.\n", 3, "no line of times"),
        (f"{HEAD}00:01,000 --> 00:04,000\nText.\n", 3, "cannot be read"),
        (f"{HEAD}name\n00:99.000 --> 00:04.000\nText.\n", 4, "cannot be read"),
        (f"{HEAD}00:04.000 --> 00:04.000\nText.\n", 3, "ends before"),
        (f"{HEAD}{CUE}\n00:00.500 --> 00:02.000\nText.\n", 6, "above it"),
        (f"{HEAD}00:01.000 --> 00:04.000\n", 3, "no words"),
        ("WEBVTT\n", 1, "no caption"),
        ("", 1, "not WEBVTT"),
    ],
)
def test_a_fault_has_its_line(text, line, said):
    fault = caption_fault(text.encode())
    assert fault.line == line
    assert said in fault.what


def test_bytes_that_are_no_text_have_their_line():
    assert caption_fault(HEAD.encode() + b"00:01.000 --> 00:04.000\n\xff\n").line == 4
