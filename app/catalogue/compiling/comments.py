"""Comments: remarks and empty lines of a YAML file, tied to the entries that they stand before."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from ruamel.yaml.events import Event, ScalarEvent

from app.catalogue.compiling.documents import Document, Entry, events_of

_BEHIND = re.compile(r"[\s:,\]}]*\s#(.*)")
_BEHIND_MARK = re.compile(r"[|>][-+0-9]*\s+#(.*)")
_BEHIND_HYPHENS = re.compile(r"\s*(?:-\s+)+#(.*)")


@dataclass(slots=True)
class _Lines:
    """Which lines lie inside a text of several lines, and where the last value of a line ends."""

    inside: set[int] = field(default_factory=set)
    ends: dict[int, int] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)

    def take(self, event: Event, lines: list[str]) -> None:
        start, end = event.start_mark, event.end_mark
        if isinstance(event, ScalarEvent) and event.style in ("|", ">"):
            self.marks[start.line] = start.column
            last = end.line + (end.column > 0)
            while last > start.line + 1 and not lines[last - 1].strip():
                last -= 1  # an empty line behind the text stands before what comes next
            self.inside.update(range(start.line + 1, last))
            return
        if (end.line, end.column) > (start.line, start.column):
            self.inside.update(range(start.line + 1, end.line + 1))
            self.ends[end.line] = max(end.column, self.ends.get(end.line, 0))


def gather_comments(document: Document, text: str) -> None:
    """Tie every comment and every empty line of the text to an entry of its document."""
    lines = text.split("\n")
    known = _Lines()
    for event in events_of(text):
        if isinstance(event, ScalarEvent) or type(event).__name__.endswith("EndEvent"):
            known.take(event, lines)
    entries = list(document.entries())
    starts = [entry.line - 1 for entry in entries]
    gaps = {
        number
        for number, line in enumerate(lines)
        if not line.strip() and number not in known.inside
    }
    for number, line in enumerate(lines):
        whole, behind = _comment(number, line, known)
        if whole is not None:
            _before(document, entries, starts, number, whole, has_gap=number - 1 in gaps)
        elif behind is not None and not entries:
            document.tail.append(behind)
        elif behind is not None:
            entries[max(0, bisect_right(starts, number) - 1)].trailing = behind
    _tie_gaps(entries, starts, gaps)


def _comment(number: int, line: str, known: _Lines) -> tuple[str | None, str | None]:
    """The comment that fills the line, or the one behind its last value."""
    if number in known.marks:
        found = _BEHIND_MARK.match(line, known.marks[number])
        return None, _tidy(found[1]) if found else None
    if number in known.ends:
        found = _BEHIND.match(line, known.ends[number])
        return None, _tidy(found[1]) if found else None
    if number in known.inside:
        return None, None
    if line.lstrip().startswith("#"):
        return _tidy(line.lstrip()[1:]), None
    found = _BEHIND_HYPHENS.match(line)
    return (_tidy(found[1]), None) if found else (None, None)


def _before(
    document: Document,
    entries: list[Entry],
    starts: list[int],
    number: int,
    comment: str,
    *,
    has_gap: bool,
) -> None:
    place = bisect_right(starts, number)
    if place == len(entries):
        document.tail.append(comment)
        return
    if not entries[place].comments:
        entries[place].has_gap = has_gap
    entries[place].comments.append(comment)


def _tie_gaps(entries: list[Entry], starts: list[int], gaps: set[int]) -> None:
    last = -1
    for entry, start in zip(entries, starts, strict=True):
        if start != last and not entry.comments and start - 1 in gaps:
            entry.has_gap = True
        last = start


def _tidy(comment: str) -> str:
    return comment.strip()
