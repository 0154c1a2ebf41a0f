"""Captions: WebVTT read line by line, so that a fault has its place (W3C WebVTT 1)."""

import re
from typing import NamedTuple

from app.i18n.sayings import Saying, saying

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+.*)?")
_ASIDE = ("NOTE", "STYLE", "REGION")

NO_HEAD = saying("the first line is not WEBVTT")
NO_GAP = saying("no empty line stands after the head")
NO_TIME = saying("no line of times such as 00:01.000 --> 00:04.000 stands here")
BAD_TIME = saying("these times cannot be read; write them as in 00:01.000 --> 00:04.000")
NO_LENGTH = saying("the caption ends before it begins")
BACKWARDS = saying("the caption begins before the one above it")
NO_WORDS = saying("the caption has no words")
NO_CUES = saying("the file holds no caption")
NOT_TEXT = saying("the file is not UTF-8 text")


class CaptionFault(NamedTuple):
    """What is wrong with captions, and the line on which it stands, from 1."""

    line: int
    what: Saying


def caption_fault(content: bytes) -> CaptionFault | None:
    """The first fault of a WebVTT file, or none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as stop:
        return CaptionFault(content[: stop.start].count(b"\n") + 1, NOT_TEXT)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        return CaptionFault(1, NO_HEAD)
    return _fault_of_blocks(lines)


def _fault_of_blocks(lines: list[str]) -> CaptionFault | None:
    begun, place, has_cues = 0, 1, False
    while place < len(lines) and lines[place].strip():
        if "-->" in lines[place]:
            return CaptionFault(place + 1, NO_GAP)
        place += 1
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        end = next((n for n in range(place, len(lines)) if not lines[n].strip()), len(lines))
        if lines[place].split(maxsplit=1)[0] not in _ASIDE:
            fault, begun = _fault_of_cue(lines[place:end], place + 1, begun)
            if fault:
                return fault
            has_cues = True
        place = end
    return None if has_cues else CaptionFault(1, NO_CUES)


def _fault_of_cue(block: list[str], line: int, before: int) -> tuple[CaptionFault | None, int]:
    """The fault of one caption, which may have a name above its times, and when it begins."""
    is_named = "-->" not in block[0] and len(block) > 1
    times, at = (block[1], line + 1) if is_named else (block[0], line)
    if "-->" not in times:
        return CaptionFault(line, NO_TIME), before
    found = _CUE.fullmatch(times.strip())
    if found is None:
        return CaptionFault(at, BAD_TIME), before
    begins, ends = (_thousandths(found.groups()[n : n + 4]) for n in (0, 4))
    if ends <= begins:
        return CaptionFault(at, NO_LENGTH), begins
    if begins < before:
        return CaptionFault(at, BACKWARDS), begins
    if len(block) == 1 + is_named:
        return CaptionFault(at, NO_WORDS), begins
    return None, begins


def _thousandths(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
