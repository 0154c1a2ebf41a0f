"""Lessons: the fields and the Markdown of a lesson of a draft, apart and put together again."""

from collections.abc import Sequence
from typing import NamedTuple

from app.catalogue.compiling.declarations import LessonHead
from app.catalogue.compiling.manuscripts import split_lesson
from app.studio.beginnings import yaml_of
from app.studio.outlines import lesson_head


class LessonFields(NamedTuple):
    """What a lesson says: the fields of its head, and its Markdown from line `first_line` on."""

    title: str
    recommendation: str
    outcomes: tuple[str, ...]
    body: str
    first_line: int


def fields_of(path: str, text: str) -> LessonFields:
    """The lesson in its parts; one whose head cannot be read is all body."""
    parts, head = split_lesson(text), lesson_head(text, path)
    if parts is None or head is None:
        return LessonFields("", "", (), text, 1)
    return LessonFields(
        str(head.value("title") or ""),
        str(head.value("recommendation") or ""),
        tuple(head.keys("outcomes")),
        parts[1],
        text[: len(text) - len(parts[1])].count("\n") + 1,
    )


def composed(
    path: str, text: str, *, title: str, recommendation: str, outcomes: Sequence[str], body: str
) -> str:
    """The lesson's file with these fields and this Markdown; remarks in its head stay."""
    fields = {"title": title, "recommendation": recommendation, "outcomes": list(outcomes)}
    sheet = lesson_head(text, path)
    if sheet is None:
        head = yaml_of({name: value for name, value in fields.items() if value}, LessonHead)
    else:
        for name, value in fields.items():
            sheet.put(name, value)
        head = sheet.text()
    return f"---\n{head}---\n{_unix(body)}"


def _unix(text: str) -> str:
    """Forms send two signs for a line's end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
