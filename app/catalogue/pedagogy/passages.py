"""Passages: a lesson's prose, block by block, with its lines, its sections and its boxes."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling.grammars import box_of
from app.catalogue.compiling.lines import plain
from app.catalogue.compiling.manuscripts import LessonSource

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[^\sa-zà-ÿа-я])")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")


class Passage(NamedTuple):
    """One block of text: as it is written, as it is read, and where it stands.

    `box` is the box around it, or nothing; `section` counts the headings before it.
    """

    raw: str
    text: str
    line: int
    kind: str
    box: str
    section: int


def passages_of(lesson: LessonSource) -> list[Passage]:
    """Every block of text of the lesson, without its recall sets."""
    section, found = 0, []
    for node, box in _texts(lesson.tree, ""):
        parent = node.parent
        kind = parent.type if parent is not None else ""
        section += kind == "heading"
        line = lesson.body_line + (node.map[0] if node.map else 0) + 1
        found.append(Passage(node.content, plain(node.content), line, kind, box, section))
    return found


def _texts(node: SyntaxTreeNode, box: str) -> Iterator[tuple[SyntaxTreeNode, str]]:
    for child in node.children:
        if child.type == "inline":
            yield child, box
        elif child.type == "box":
            yield from _texts(child, box_of(child).name)
        else:
            yield from _texts(child, box)


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph."""
    return [each for each in _SENTENCE_END.split(text) if _WORD.search(each)]


def words_of(text: str) -> list[str]:
    """The words of a text; figures are none."""
    return _WORD.findall(text)


def share(part: Sequence[object], whole: Sequence[object]) -> float:
    """What part of the whole, from 0 to 1; nothing of nothing is 0."""
    return len(part) / len(whole) if whole else 0.0
