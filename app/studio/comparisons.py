"""Comparisons: two texts of one file side by side, line by line."""

from difflib import SequenceMatcher
from typing import NamedTuple


class Side(NamedTuple):
    """Lines of one text that follow each other; `is_own` says that the other text has others."""

    text: str
    is_own: bool


def compared(mine: str, theirs: str) -> tuple[list[Side], list[Side]]:
    """Both texts cut where they differ, in order."""
    one, other = mine.splitlines(keepends=True), theirs.splitlines(keepends=True)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    left, right = [], []
    for tag, first, last, start, end in matcher.get_opcodes():
        if first < last:
            left.append(Side("".join(one[first:last]), tag != "equal"))
        if start < end:
            right.append(Side("".join(other[start:end]), tag != "equal"))
    return left, right
