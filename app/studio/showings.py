"""Showings: the box by which a lesson shows a file of its library, written as authors write it."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.i18n.marking import N_
from app.studio.libraries import Holding

CHOSEN, WORDS, CAPTION = "media_name", "media_words", "media_caption"
CAPTIONS, TRANSCRIPT = "media_captions", "media_transcript"
BESIDE = ("captions", "transcript")  # files that stand beside a recording, never by themselves
_OPENING = re.compile(r"[#>+*`|~-]|:::|\d+[.)]")

NONE_CHOSEN = N_("Choose a file of the course, or one of your computer.")
NOT_SHOWN = N_("Captions and transcripts stand beside a film or sound: choose that one first.")
NO_WORDS = N_("Say what it shows to people who do not see it, or mark it as decorative.")
NO_LABEL = N_("Say what the file is.")
NO_CAPTION = N_("Write a caption: what it means, and where it comes from.")
NO_CAPTIONS = N_("A film needs captions: add a VTT file, such as talk.en.vtt.")
NO_TRANSCRIPT = N_("Sound needs a transcript: add an MD file, such as talk.en.md.")


class Showing(NamedTuple):
    """What an author says of a file that a lesson shall show."""

    words: str = ""
    is_decorative: bool = False
    caption: str = ""
    captions: str = ""
    transcript: str = ""


def showable(files: Sequence[Holding]) -> list[Holding]:
    """The files that a lesson can show by themselves."""
    return [each for each in files if each.use not in BESIDE]


def faults_of(file: Holding | None, said: Showing) -> dict[str, str]:
    """What is missing, as message ids by the fields of the form."""
    if file is None:
        return {CHOSEN: NONE_CHOSEN}
    if file.use in BESIDE:
        return {CHOSEN: NOT_SHOWN}
    found = {}
    is_figure = file.use in ("drawing", "picture")
    if is_figure and not said.is_decorative and not said.words:
        found[WORDS] = NO_WORDS
    if file.use == "download" and not said.words:
        found[WORDS] = NO_LABEL
    if file.use != "download" and not said.caption:
        found[CAPTION] = NO_CAPTION
    if file.use == "video" and not said.captions:
        found[CAPTIONS] = NO_CAPTIONS
    if file.use == "audio" and not said.transcript:
        found[TRANSCRIPT] = NO_TRANSCRIPT
    return found


def box_of(file: Holding, said: Showing) -> str:
    """The box in the format's own Markdown; to be asked only where there is no fault."""
    if file.use in ("video", "audio"):
        beside: Mapping[str, str] = {"captions": said.captions, "transcript": said.transcript}
        if file.use == "audio":
            beside = {"transcript": said.transcript}
        named = "".join(f" {name}=media/{each}" for name, each in beside.items() if each)
        opening = f"::: {file.use} {file.path}{named}"
    elif file.use == "download":
        opening = f'::: download {file.path} "{_one_line(said.words)}"'
    else:
        words = "decorative" if said.is_decorative else f'"{_one_line(said.words)}"'
        opening = f"::: figure {file.path} {words}"
    caption = _paragraph(said.caption)
    return "\n".join([opening, *([caption] if caption else []), ":::"])


def with_box(body: str, box: str) -> str:
    """The lesson's Markdown with the box behind it."""
    return f"{body.rstrip()}\n\n{box}\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _paragraph(text: str) -> str:
    """The text as one paragraph: what would begin a list, heading or box is only text here."""
    line = _one_line(text)
    return f"\\{line}" if _OPENING.match(line) and not line[0].isdigit() else line
