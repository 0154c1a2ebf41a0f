"""Stances: what the register says of each recommendation, held against what the courses teach."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from app.catalogue.compiling.documents import Document
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.manuscripts import Manuscript
from app.i18n.sayings import saying

TEACHES, PERFORMS, GAP = "teaches", "performs", "gap"
_HEADS = ("Recommendation", "Stance", "Lessons", "Answered by")
_WIDTH = 60


class Stance(NamedTuple):
    """One recommendation: what the register says of it, and how many lessons of which courses answer.

    `line` is its place in the register.
    """

    key: str
    said: str
    performed_by: str
    why: str
    line: int
    lessons: dict[str, int]


def stances_in(register: Document, manuscripts: Iterable[Manuscript]) -> list[Stance]:
    """Every recommendation of the register in its order, with the lessons that name it."""
    answered = Counter(
        (lesson.head.recommendation, manuscript.slug)
        for manuscript in manuscripts
        for lesson in manuscript.lessons.values()
    )
    entries: Sequence[dict[str, Any]] = register.root.value()["recommendations"]
    return [
        Stance(
            key=str(entry["id"]),
            said=entry.get("stance") or "",
            performed_by=entry.get("performed_by") or "",
            why=entry.get("why") or "",
            line=register.line("recommendations", number),
            lessons={slug: many for (key, slug), many in answered.items() if key == entry["id"]},
        )
        for number, entry in enumerate(entries)
    ]


def check_stances(path: str, stances: Iterable[Stance], faults: Faults) -> None:
    """Add a fault for every recommendation that claims more, or less, than there is."""
    for each in stances:
        many = sum(each.lessons.values())
        if each.said == TEACHES and not many:
            what = saying("`%(key)s` is said to be taught, and no lesson names it", key=each.key)
            faults.add(
                path, each.line, what, saying("write a lesson on it, or write `stance: gap`")
            )
        elif each.said == GAP and many:
            what = saying(
                "`%(key)s` is said to be a gap, and lessons name it: %(many)s",
                key=each.key,
                many=many,
            )
            faults.add(path, each.line, what, saying("write `stance: teaches`"))
        elif each.said == PERFORMS and not each.performed_by:
            what = saying(
                "`%(key)s` is said to be performed, and nothing is named that does it", key=each.key
            )
            faults.add(path, each.line, what, saying("name a route or table under `performed_by`"))
        elif each.said != TEACHES and not each.performed_by and not each.why:
            what = saying(
                "nothing answers `%(key)s`, and the register does not say why", key=each.key
            )
            faults.add(path, each.line, what, saying("write under `why` what is missing"))


def table_of(stances: Iterable[Stance]) -> str:
    """The coverage of all recommendations as a table of plain text, a line each."""
    rows = [_HEADS, *(_row(each) for each in stances)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )


def _row(stance: Stance) -> tuple[str, str, str, str]:
    named = [f"{slug} ({many})" for slug, many in sorted(stance.lessons.items())]
    if stance.performed_by:
        named.append(f"the platform ({stance.performed_by})")
    said = ", ".join(named) or _cut(stance.why)
    return stance.key, stance.said or "none", str(sum(stance.lessons.values())), said


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH].rpartition(' ')[0]} …"
