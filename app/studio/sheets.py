"""Sheets: one YAML file of a draft under structured edits that keep its comments and its form."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from app.catalogue.compiling.canonical_documents import written_document
from app.catalogue.compiling.comments import gather_comments
from app.catalogue.compiling.documents import Entry, Node, read_document
from app.catalogue.compiling.faults import Faults
from app.foundation.errors import Refusal
from app.i18n.marking import N_


class SheetUnreadable(Refusal):
    """The file cannot be read as YAML, so that no form can change it."""

    says = N_("%(path)s cannot be read, so this form cannot change it.")
    mend = N_("Mend its text first; the findings say where.")


class Sheet:
    """A YAML file: its fields are read and put; all that nobody puts stays as it is written."""

    def __init__(self, path: str, text: str, model: type[BaseModel]) -> None:
        document = read_document(path, text, Faults())
        if document is None or document.root.kind == "scalar":
            raise SheetUnreadable(path=path)
        gather_comments(document, text)
        self.document, self.model = document, model

    @property
    def root(self) -> Node:
        return self.document.root

    def value(self, field: str, otherwise: Any = None) -> Any:
        """The field as plain lists, dicts and strings; `otherwise` where there is none."""
        entry = self.root.under(field)
        found = None if entry is None else entry.node.value()
        return otherwise if found is None else found

    def keys(self, field: str) -> list[str]:
        """A list of keys, or none of them when the field is no list."""
        found = self.value(field, [])
        return [str(each) for each in found] if isinstance(found, list) else []

    def put(self, field: str, value: Any) -> None:
        """Let the field say this; an empty value takes it out, the same value leaves it alone."""
        put_under(self.root, field, value)

    def text(self) -> str:
        """The file in its one form."""
        return written_document(self.document, self.model)


def put_under(node: Node, field: str, value: Any) -> None:
    """Let a field of a map say this; None, "" and an empty list or map take the field out."""
    entry = node.under(field)
    is_empty = value is None or value in ("", [], {})
    if entry is None:
        if not is_empty:
            node.entries.append(Entry(node_of(value), 0, field))
        return
    if entry.node.value() == plain_of(value):
        return
    if is_empty:
        node.entries.remove(entry)
    else:
        entry.node = renewed_node(entry.node, value)


def plain_of(value: Any) -> Any:
    """The value as a file gives it back: texts in lists and maps."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    if isinstance(value, Mapping):
        return {key: plain_of(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain_of(each) for each in value]
    return value


def node_of(value: Any) -> Node:
    """A value as a node of a file: texts that look like something else will be quoted."""
    if isinstance(value, str):
        return Node("scalar", 0, '"', value)
    if isinstance(value, Mapping):
        entries = [Entry(node_of(each), 0, key) for key, each in value.items()]
        return Node("map", 0, entries=entries)
    if isinstance(value, Sequence):
        are_keys = all(isinstance(each, str) and " " not in each for each in value)
        style = "flow" if are_keys else ""
        return Node("list", 0, style, entries=[Entry(node_of(each), 0) for each in value])
    return Node("scalar", 0, "", plain_of(value))


def renewed_node(old: Node, value: Any) -> Node:
    """The value where the old one stood: entries that are still there keep their comments."""
    new = node_of(value)
    if old.value() == plain_of(value):
        return old
    if old.kind != new.kind or old.kind == "scalar":
        return new
    if old.kind == "map":
        for entry in old.entries:
            if entry.key not in value:
                entry.key = ""
        old.entries = [entry for entry in old.entries if entry.key]
        for field, each in value.items():
            put_under(old, field, each)
        return old
    return Node("list", old.line, old.style or new.style, entries=_kept_entries(old, value))


def _kept_entries(old: Node, values: Sequence[Any]) -> list[Entry]:
    """An entry for each value, the old one where there is one, so that its comments stay.

    That is the very same, else the one with the same key, else the one at its place.
    """
    left, plain = list(old.entries), [plain_of(each) for each in values]
    entries = []
    for number, value in enumerate(values):
        same = [each for each in left if each.node.value() == plain[number]]
        same = same or [each for each in left if _same_key(each.node, value)]
        same = same or [
            each
            for each in left
            if each is old.entries[min(number, len(old.entries) - 1)]
            and each.node.value() not in plain
        ]
        if same:
            left.remove(same[0])
            same[0].node = renewed_node(same[0].node, value)
        entries.append(same[0] if same else Entry(node_of(value), 0))
    return entries


def _same_key(node: Node, value: Any) -> bool:
    if node.kind != "map" or not isinstance(value, Mapping):
        return False
    found = node.value()
    return any(name in value and found.get(name) == value[name] for name in ("key", "id", "term"))
