"""Questions: the items of a quiz of a draft, as rows of a form and as YAML of its file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.catalogue.compiling.declarations import QuizDeclaration
from app.catalogue.compiling.documents import Entry
from app.catalogue.item_types import ITEM_TYPES
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.studio.sheets import Sheet, node_of, renewed_node

CHOICES = ("single", "multiple")
WITH_ROWS = {"single": "options", "multiple": "options", "matching": "pairs",
             "ordering": "sequence", "short": "accept"}  # fmt: skip
JUDGED = ("numeric", "ordering", "short")
MOST_ROWS = 30


class QuestionUnknown(NotFound):
    """The quiz has no question of this key."""

    says = N_("The quiz has no such question.")
    mend = N_("Somebody may have taken it out. Look at the quiz again.")


@dataclass(frozen=True)
class Row:
    """An option, pair, step or accepted answer; `other` is the right side of a pair."""

    text: str = ""
    other: str = ""
    is_right: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class Question:
    """An item as its form shows it; what its type does not have is empty."""

    key: str
    kind: str
    stem: str = ""
    outcome: str = ""
    sources: str = ""
    answer: str = ""
    tolerance: str = ""
    unit: str = ""
    if_right: str = ""
    if_wrong: str = ""
    rows: tuple[Row, ...] = field(default=())

    @property
    def has_rows(self) -> bool:
        return self.kind in WITH_ROWS

    def as_kind(self, kind: str) -> "Question":
        """The same question as another type; what both have stays."""
        kind = kind if kind in ITEM_TYPES else self.kind
        rows = self.rows or ((Row(), Row()) if kind in WITH_ROWS else ())
        answer = self.answer
        if kind == "true-false" and answer not in ("true", "false"):
            answer = "true"
        if kind == "numeric" and answer in ("true", "false"):
            answer = ""
        return replace(self, kind=kind, rows=rows, answer=answer)

    def with_row(self) -> "Question":
        return replace(self, rows=(*self.rows, Row())[:MOST_ROWS])

    def without_row(self, number: str) -> "Question":
        kept = tuple(row for place, row in enumerate(self.rows) if str(place) != number)
        return replace(self, rows=kept)


def questions_in(sheet: Sheet) -> list[Question]:
    """The questions of a quiz in order."""
    items = sheet.value("items", [])
    found = items if isinstance(items, list) else []
    return [question_from(each) for each in found if isinstance(each, dict)]


def question_in(sheet: Sheet, key: str) -> Question:
    """The question of this key; raises QuestionUnknown."""
    for each in questions_in(sheet):
        if each.key == key:
            return each
    raise QuestionUnknown


def question_from(item: Mapping[str, Any]) -> Question:
    """An item of the file as the form shows it."""
    kind = str(item.get("type") or "single")
    said = item.get("feedback")
    said = said if isinstance(said, dict) else {}
    yes, no = ("true", "false") if kind == "true-false" else ("right", "wrong")
    return Question(
        key=str(item.get("key") or ""),
        kind=kind if kind in ITEM_TYPES else "single",
        stem=str(item.get("stem") or ""),
        outcome=str(item.get("outcome") or ""),
        sources=", ".join(map(str, item.get("sources") or ())),
        answer=str(item.get("answer") or ""),
        tolerance=str(item.get("tolerance") or ""),
        unit=str(item.get("unit") or ""),
        if_right=str(said.get(yes) or ""),
        if_wrong=str(said.get(no) or ""),
        rows=tuple(_rows(kind, item.get(WITH_ROWS.get(kind, "")) or ())),
    )


def item_from(question: Question) -> dict[str, Any]:
    """The item that the file holds: only the fields of its type, and none that is empty."""
    kind = question.kind
    item: dict[str, Any] = {
        "key": question.key,
        "type": kind,
        "outcome": question.outcome,
        "sources": [each for each in question.sources.replace(",", " ").split() if each],
        "stem": question.stem,
    }
    if kind in WITH_ROWS:
        item[WITH_ROWS[kind]] = [_entry(kind, row) for row in question.rows if _is_filled(row)]
    if kind == "true-false":
        item["answer"] = question.answer == "true"
    if kind == "numeric":
        item |= {"answer": _number(question.answer), "tolerance": _number(question.tolerance)}
        item["unit"] = question.unit
    if kind == "true-false" or kind in JUDGED:
        yes, no = ("true", "false") if kind == "true-false" else ("right", "wrong")
        said = {yes: question.if_right, no: question.if_wrong}
        item["feedback"] = {name: text for name, text in said.items() if text}
    return {name: value for name, value in item.items() if value not in (None, "", [], {})}


def put_question(sheet: Sheet, question: Question) -> None:
    """Write the question over the one of its key, or behind all others."""
    items = sheet.value("items", [])
    written, item = [], item_from(question)
    for each in items if isinstance(items, list) else []:
        is_it = isinstance(each, dict) and each.get("key") == question.key
        written.append(item if is_it else each)
    if item not in written:
        written.append(item)
    _put_items(sheet, written)


def move_question(sheet: Sheet, key: str, step: int) -> None:
    """Put a question one place up or down; at an end it stays."""
    items = list(sheet.value("items", []))
    place = next((n for n, each in enumerate(items) if each.get("key") == key), None)
    if place is None:
        raise QuestionUnknown
    if 0 <= place + step < len(items):
        items[place], items[place + step] = items[place + step], items[place]
    _put_items(sheet, items)


def remove_question(sheet: Sheet, key: str) -> None:
    """Take a question out; raises QuestionUnknown."""
    items = list(sheet.value("items", []))
    kept = [each for each in items if each.get("key") != key]
    if len(kept) == len(items):
        raise QuestionUnknown
    _put_items(sheet, kept)


def _put_items(sheet: Sheet, items: Sequence[Any]) -> None:
    """Order and replace the entries of `items`, each with its comments and the scalars it keeps."""
    entry = sheet.root.under("items")
    if entry is None or not items or entry.node.kind != "list":
        sheet.put("items", list(items))
        return
    standing = {str(each.node.value().get("key")): each for each in entry.node.entries}
    renewed = []
    for item in items:
        known = standing.get(str(item.get("key"))) or Entry(node_of(item), 0)
        known.node = renewed_node(known.node, item)
        renewed.append(known)
    entry.node.entries = renewed


def _rows(kind: str, entries: Iterable[Any]) -> Iterable[Row]:
    for each in entries:
        if not isinstance(each, dict):
            yield Row(text=str(each))
        elif kind == "matching":
            yield Row(
                str(each.get("left") or ""),
                str(each.get("right") or ""),
                feedback=str(each.get("feedback") or ""),
            )
        else:
            yield Row(
                text=str(each.get("text") or ""),
                is_right=each.get("right") == "true",
                feedback=str(each.get("feedback") or ""),
            )


def _entry(kind: str, row: Row) -> Any:
    if kind in ("ordering", "short"):
        return row.text
    sides = {"left": row.text, "right": row.other} if kind == "matching" else {"text": row.text}
    if kind in CHOICES and row.is_right:
        sides = {**sides, "right": True}  # type: ignore[dict-item]  # a mark, not a side
    return sides | ({"feedback": row.feedback} if row.feedback else {})


def _is_filled(row: Row) -> bool:
    return bool(row.text or row.other)


def _number(text: str) -> Any:
    """A number as the file writes it; what is none stays, so that a finding can say so."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return text or None
    return value if abs(value) < 1e15 else text


def quiz_sheet(path: str, text: str) -> Sheet:
    """The quiz's file under edit; raises SheetUnreadable."""
    return Sheet(path, text, QuizDeclaration)
