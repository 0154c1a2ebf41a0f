"""Spots: the field of a form that a line of a quiz's file is about, so that a finding leads there."""

from collections.abc import Sequence
from typing import NamedTuple

from app.catalogue.compiling.documents import Entry, Node
from app.studio.questions import WITH_ROWS

RULES = ("title", "pass_mark", "attempts", "draw", "time_limit")
STEM, QUESTIONS, SETTINGS = "stem", "questions", "settings"
_FIELDS = {"type": "kind"} | {
    each: each for each in ("outcome", "sources", "answer", "tolerance", "unit")
}
_SAID = {"right": "if_right", "true": "if_right", "wrong": "if_wrong", "false": "if_wrong"}
_SIDES = {"feedback": "reason", "right": "other"}


class Spot(NamedTuple):
    """The id of a field, and of which question; without one it is of the quiz itself."""

    field: str
    number: int = 0
    key: str = ""


def spot_at(root: Node, line: int, rows: Sequence[int] = ()) -> Spot:
    """What the line is about; `rows` are the numbers of a question's rows in a form that has more."""
    found = _last(root.entries, line)
    name = found[1].key if found else ""
    if found is None or name != "items":
        return Spot(name if name in RULES else SETTINGS)
    asked = _last(found[1].node.entries, line)
    if asked is None:
        return Spot(QUESTIONS)
    place, item = asked
    key = item.node.under("key")
    return Spot(_field(item.node, line, rows), place + 1, key.node.text if key else "")


def _field(item: Node, line: int, rows: Sequence[int]) -> str:
    found = _last(item.entries, line)
    if found is None:
        return STEM
    _place, entry = found
    inner = _last(entry.node.entries, line) if line > entry.line else None
    if entry.key == "feedback":
        return _SAID.get(inner[1].key if inner else "", "if_right")
    if entry.key in WITH_ROWS.values():
        place, row = inner or (0, None)
        number = rows[place] if place < len(rows) else place + 1
        return f"{_side(entry.key, row, line)}-{number}"
    return _FIELDS.get(entry.key, STEM)


def _side(name: str, row: Entry | None, line: int) -> str:
    """The field of a row: its text, the right side of a pair, or the reason."""
    found = _last(row.node.entries, line) if row else None
    side = _SIDES.get(found[1].key if found else "", "row")
    return "row" if side == "other" and name != WITH_ROWS["matching"] else side


def _last(entries: Sequence[Entry], line: int) -> tuple[int, Entry] | None:
    """The last entry that begins at this line or before, with its place."""
    begun = [(place, each) for place, each in enumerate(entries) if each.line <= line]
    return begun[-1] if begun else None
