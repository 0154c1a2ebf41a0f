"""Canonical lessons: the one form of a lesson's Markdown.

One empty line stands between blocks, bullets are hyphens, headings begin with hashes, boxes have
as many colons as their nesting needs. How lines are broken inside a paragraph is the author's.
"""

import re
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling.canonical_documents import canonical_document
from app.catalogue.compiling.declarations import LessonHead, RecallSet
from app.catalogue.compiling.documents import read_document
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.grammars import box_of, lesson_tree
from app.catalogue.compiling.manuscripts import split_lesson
from app.catalogue.wordings import collapsed

_BULLET = re.compile(r"[*+](?=\s)")


class _Uncovered(Exception):
    """A line belongs to no block, so that it would be lost."""


def canonical_lesson(path: str, text: str) -> str | None:
    """The lesson in its one form, or none when its head cannot be read."""
    parts = split_lesson(text)
    document = parts and read_document(path, parts[0], Faults())
    if not parts or not document:
        return None
    head = canonical_document(document, parts[0], LessonHead)
    return f"---\n{head}---\n{canonical_body(parts[1])}"


def canonical_body(text: str) -> str:
    """The Markdown in its one form; what that would change in meaning is only trimmed."""
    trimmed = _trimmed(text)
    tree = lesson_tree(trimmed)
    lines = trimmed.split("\n")
    try:
        written = _trimmed("\n\n".join(_children(tree, lines, 0, len(lines))))
    except _Uncovered:
        return trimmed
    if written == trimmed or _meaning(lesson_tree(written)) == _meaning(tree):
        return written
    return trimmed


def _trimmed(text: str) -> str:
    """The text without spaces at the ends of lines and empty lines at its ends."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n"


def _children(node: SyntaxTreeNode, lines: list[str], first: int, last: int) -> list[str]:
    written, place, before = [], first, ""
    for child in node.children:
        start, end = child.map or (place, place)
        _refuse_text(lines[place:start])
        written.append(_block(child, lines, start, end, before))
        place, before = end, child.type
    _refuse_text(lines[place:last])
    return written


def _refuse_text(lines: list[str]) -> None:
    if any(line.strip() for line in lines):
        raise _Uncovered


def _block(node: SyntaxTreeNode, lines: list[str], start: int, end: int, before: str) -> str:
    """A block in its one form; `before` is the type of the one right before it."""
    if node.type == "box":
        return _box(node, lines, start, end)
    if node.type == "fence":
        return _fence(node, lines[start:end])
    if node.type == "heading":
        return f"{'#' * int(node.tag[1:])} {collapsed(node.children[0].content)}".rstrip()
    if node.type == "paragraph":
        return "\n".join(line.strip() for line in lines[start:end])
    kept = list(lines[start:end])
    # Another list of bullets right before is told apart by its bullets alone.
    if not node.type == before == "bullet_list":
        for item in node.walk():
            if item.type == "list_item" and item.markup in ("*", "+") and item.map:
                place = item.map[0] - start
                kept[place] = _BULLET.sub("-", kept[place], count=1)
    return _without_gaps(kept)


def _box(node: SyntaxTreeNode, lines: list[str], start: int, end: int) -> str:
    box = box_of(node)
    colons = ":" * (3 + _depth(node))
    inner = _children(node, lines, start + 1, end - box.is_closed)
    opening = f"{colons} {box.name} {collapsed(box.rest)}".rstrip()
    return "\n".join([opening, *(["\n\n".join(inner)] if inner else []), colons])


def _depth(node: SyntaxTreeNode) -> int:
    """How many boxes lie inside each other in this one."""
    return max((1 + _depth(child) for child in node.children if child.type == "box"), default=0)


def _fence(node: SyntaxTreeNode, lines: list[str]) -> str:
    document = None
    if node.info.strip() == "recall":
        document = read_document("", node.content, Faults())
    if document is None:
        return "\n".join(lines)
    return f"```recall\n{canonical_document(document, node.content, RecallSet)}```"


def _without_gaps(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _meaning(node: SyntaxTreeNode) -> Any:
    """What readers get from a tree, to tell whether two texts mean the same."""
    if node.is_root:
        return [_meaning(child) for child in node.children]
    box = box_of(node) if node.type == "box" else None
    return (
        node.type,
        node.tag,
        "" if node.info.strip() == "recall" else (node.info, collapsed(node.content)),
        node.hidden,
        node.attrGet("start") if node.type == "ordered_list" else None,
        (box.name, collapsed(box.rest)) if box else None,
        [_meaning(child) for child in node.children if node.type != "inline"],
    )
