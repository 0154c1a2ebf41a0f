"""Comparisons: two texts of one file side by side, line by line, and one text of both."""

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


def joined(base: str, mine: str, theirs: str) -> str:
    """Mine with what theirs changed elsewhere; where both changed the same lines, mine stays."""
    lines, own, other = (each.splitlines(keepends=True) for each in (base, mine, theirs))
    hunks = _hunks(lines, own)
    hunks += [each for each in _hunks(lines, other) if not any(map(each.meets, hunks))]
    for hunk in sorted(hunks, reverse=True):
        lines[hunk.first : hunk.last] = hunk.lines
    return "".join(lines)


class _Hunk(NamedTuple):
    """Lines that stand for those from `first` to before `last` of the text they come from."""

    first: int
    last: int
    lines: list[str]

    def meets(self, other: "_Hunk") -> bool:
        return self.first <= other.last and other.first <= self.last


def _hunks(base: list[str], other: list[str]) -> list[_Hunk]:
    codes = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [
        _Hunk(first, last, other[start:end])
        for tag, first, last, start, end in codes
        if tag != "equal"
    ]
