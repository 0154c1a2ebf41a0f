"""Manuscripts: what an author without files has in mind, every block and every kind of question."""

from typing import NamedTuple

from tests.makers.pictures import MP3, MP4, SVG, VTT
from tests.makers.sources import example

_LESSON = "reading-results/four-questions.md"
_FILES = ("::: figure", "::: download")


class Sent(NamedTuple):
    """Files that a lesson is to show, with the fields of the form that asks about them."""

    files: dict[str, bytes]
    fields: dict[str, str]


class Asking(NamedTuple):
    """A question by its type, its fields by label, and what is ticked."""

    kind: str
    fields: dict[str, str]
    ticked: tuple[str, ...] = ()


TERMS = {
    "baseline": "What was measured before anything was changed.",
    "control group": "People without the measure, to compare with.",
}
CAPTION = {"Caption": "What is seen on the first day [@S1]."}
MEDIA = (
    Sent({"queue.svg": SVG}, {"What it shows": "One bar, which is full.", **CAPTION}),
    Sent({"talk.mp4": MP4, "talk.en.vtt": VTT}, CAPTION),
    Sent({"voice.mp3": MP3, "voice.en.md": b"Good morning. This is the counter.\n"}, CAPTION),
    Sent({"questions.csv": b"who,when\n"}, {"What it shows": "The questions as a table."}),
)
_SAID = {"Said after a right answer": "So it is.", "Said after a wrong answer": "Read it again."}
_WHY = {f"Why {number}": f"The lesson says so, part {number}." for number in (1, 2, 3)}
QUESTIONS = (
    Asking(
        "single",
        {"Question": "Which figure can you compare?", "Option 1": "One with a baseline",
         "Option 2": "One with a slogan", "Why 1": "So it can.", "Why 2": "A slogan says nothing."},
        ("This is right: 1",),
    ),
    Asking(
        "multiple",
        {"Question": "Who can measure it?", "Option 1": "The office", "Option 2": "An auditor",
         "Option 3": "The queue", **_WHY},
        ("This is right: 1", "This is right: 2"),
    ),
    Asking(
        "numeric",
        {"Question": "It fell from 40 to 30. By what share?", "Right number": "25",
         "Tolerance": "0.5", "Unit": "percent", **_SAID},
    ),
    Asking(
        "matching",
        {"Question": "What does each give you?", "Left side 1": "A baseline",
         "Right side 1": "The state before", "Left side 2": "A control group",
         "Right side 2": "The state without it", "Why 1": "Before.", "Why 2": "Without."},
    ),
    Asking(
        "ordering",
        {"Question": "In which order?", "Step 1": "Measure", "Step 2": "Change",
         "Step 3": "Measure again", **_SAID},
    ),
    Asking("short", {"Question": "What is measured first?", "Answer 1": "baseline", **_SAID}),
)  # fmt: skip


def text_of_every_block(lesson: str) -> str:
    """The full example's lesson but for its files, which are sent; `lesson` is one to go on with."""
    head, body = example("full").files[_LESSON].decode().split("---\n", 2)[1:]
    assert "title" in head
    paragraphs = body.split("\n\n")
    kept = [each for each in paragraphs if not each.startswith(_FILES)]
    text = "\n\n".join(kept).replace("R1; @R2", "S1").replace("R1", "S1").replace("R2", "S1")
    return text.replace("lesson:waiting-times", f"lesson:{lesson}").replace(
        "outcome: read-figure", "outcome: first-outcome"
    )
