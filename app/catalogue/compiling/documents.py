"""Documents: YAML files as trees of nodes that know their lines and comments.

Only plain lists, mappings and scalars are read. Every scalar is text until the field that it
fills gives it a type, so that `no` in an answer stays a word. Anchors, aliases, tags and a second
document are faults, and so are more than 12 levels or 20,000 nodes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from app.catalogue.compiling.faults import Faults
from app.catalogue.wordings import unseen_sign
from app.i18n.sayings import Saying, saying

DEPTH_LIMIT = 12
NODES_LIMIT = 20_000
ONE_COURSE = 256  # documents, recall sets among them, whose events are kept

_NULL = ("", "~", "null", "Null", "NULL")
_CURLY = re.compile(r"(?:^\s*-|:)\s+[“”„«‘’]")
_HARD_SPACES = "\u00a0\u202f"
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")

Step = str | int


@dataclass(slots=True)
class Node:
    """A scalar, list or map; `style` is the scalar's sign, or "flow" for one in brackets."""

    kind: Literal["scalar", "list", "map"]
    line: int
    style: str = ""
    text: str = ""
    entries: list["Entry"] = field(default_factory=list)

    @property
    def is_null(self) -> bool:
        return self.kind == "scalar" and not self.style and self.text in _NULL

    def value(self) -> Any:
        """The node as plain lists, dicts, strings and None."""
        if self.kind == "list":
            return [entry.node.value() for entry in self.entries]
        if self.kind == "map":
            return {entry.key: entry.node.value() for entry in self.entries}
        return None if self.is_null else self.text

    def under(self, step: Step) -> "Entry | None":
        if isinstance(step, int):
            is_there = self.kind == "list" and step < len(self.entries)
            return self.entries[step] if is_there else None
        return next((entry for entry in self.entries if entry.key == step), None)


@dataclass(slots=True)
class Entry:
    """A place in a list or map: what stands there, after which comments and empty line."""

    node: Node
    line: int
    key: str = ""
    comments: list[str] = field(default_factory=list)
    trailing: str = ""
    has_gap: bool = False


@dataclass(slots=True)
class Document:
    """A whole YAML file; `first_line` is where it begins in its file."""

    path: str
    root: Node
    first_line: int = 1
    tail: list[str] = field(default_factory=list)

    def line(self, *steps: Step) -> int:
        """The line of the value at these steps, or of the nearest thing above it."""
        node, line = self.root, self.root.line
        for step in steps:
            entry = node.under(step)
            if entry is not None:
                node, line = entry.node, entry.line
        return line + self.first_line - 1

    def entries(self) -> Iterator[Entry]:
        """Every entry in order of the file, outer ones before inner ones."""
        waiting = list(reversed(self.root.entries))
        while waiting:
            entry = waiting.pop()
            yield entry
            waiting.extend(reversed(entry.node.entries))


class Unreadable(Exception):
    """The YAML cannot be read, or holds what no course needs; the message says what."""

    def __init__(self, line: int, what: Saying, mend: Saying) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


def read_document(path: str, text: str, faults: Faults, first_line: int = 1) -> Document | None:
    """The document, or none after adding the fault that stops it from being read."""
    try:
        return Document(path, _composed(text), first_line)
    except Unreadable as stop:
        faults.add(path, stop.line + first_line - 1, stop.what, stop.mend)
    except MarkedYAMLError as stop:
        mark = stop.problem_mark or stop.context_mark
        line = mark.line + 1 if mark else 1
        faults.add(
            path,
            line + first_line - 1,
            *_explained(stop, text.split("\n")[line - 1 : line]),
        )
    except YAMLError:
        faults.add(
            path,
            first_line,
            saying("YAML stops here: a sign stands in the file that no text holds"),
            saying("write plain UTF-8 text"),
        )
    return None


_kept: dict[str, tuple[Event, ...]] = {}


def events_of(text: str) -> Iterator[Event]:
    """The parser's events; a text is read for its values, its form and its comments in turn.

    They come one by one, so that a bomb is refused before it bursts, and are kept once all came.
    """
    kept = _kept.get(text)
    if kept is not None:
        yield from kept
        return
    events = []
    for event in YAML(typ="safe", pure=True).parse(text):
        events.append(event)
        yield event
    while len(_kept) >= ONE_COURSE:
        _kept.pop(next(iter(_kept)), None)
    _kept[text] = tuple(events)


def _composed(text: str) -> Node:
    building = _Building()
    for event in events_of(text):
        building.take(event)
    if building.root is None:
        raise Unreadable(1, saying("the file is empty"), saying("write its fields"))
    return building.root


class _Building:
    """A tree under construction, fed with the parser's events."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._keys: list[tuple[str, int] | None] = []
        self._count = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        self._refuse(event, line)
        if isinstance(event, ScalarEvent):
            self._place_scalar(event, line)
        elif isinstance(event, SequenceStartEvent | MappingStartEvent):
            kind: Literal["list", "map"] = (
                "list" if isinstance(event, SequenceStartEvent) else "map"
            )
            node = Node(kind, line, style="flow" if event.flow_style else "")
            self._place(node, line)
            self._open.append(node)
            self._keys.append(None)
        elif type(event).__name__ in ("SequenceEndEvent", "MappingEndEvent"):
            self._open.pop()
            self._keys.pop()

    def _refuse(self, event: Event, line: int) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1 or event.version or event.tags:
                raise Unreadable(
                    line, saying("a second document begins"), saying("keep one document in a file")
                )
        if isinstance(event, StreamStartEvent | StreamEndEvent) or not isinstance(event, NodeEvent):
            return
        if isinstance(event, AliasEvent) or event.anchor:
            raise Unreadable(
                line, saying("`&` and `*` are not used"), saying("write the text out, or quote it")
            )
        if getattr(event, "tag", None):
            raise Unreadable(
                line, saying("a tag with `!` is not used"), saying("take it out, or quote the text")
            )
        self._count += 1
        if self._count > NODES_LIMIT:
            raise Unreadable(
                line,
                saying("over %(nodes_limit)s values", nodes_limit=NODES_LIMIT),
                saying("split the file"),
            )
        if len(self._open) >= DEPTH_LIMIT:
            raise Unreadable(
                line,
                saying("over %(depth_limit)s levels deep", depth_limit=DEPTH_LIMIT),
                saying("nest it less"),
            )

    def _place_scalar(self, event: ScalarEvent, line: int) -> None:
        text = event.value.strip("\n")
        sign = unseen_sign(text)
        if sign:
            what = saying("an unseen sign, %(sign)s, stands here", sign=sign)
            raise Unreadable(line, what, saying("type the text anew"))
        if self._open and self._open[-1].kind == "map" and self._keys[-1] is None:
            if text != text.strip(_HARD_SPACES):
                raise Unreadable(
                    line,
                    saying("a hard space stands before or behind `%(text)s`", text=text.strip()),
                    saying("type the space anew"),
                )
            if any(entry.key == text for entry in self._open[-1].entries):
                raise Unreadable(
                    line,
                    saying("`%(text)s` stands here twice", text=text),
                    saying("keep one of them"),
                )
            self._keys[-1] = (text, line)
            return
        style = event.style or ""
        if style == "|":
            text = "\n".join(" ".join(p.split("\n")) for p in _EMPTY_LINE.split(text))
        self._place(Node("scalar", line, style, text), line)

    def _place(self, node: Node, line: int) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.kind == "list":
            parent.entries.append(Entry(node, line))
            return
        if self._keys[-1] is None:
            raise Unreadable(
                line,
                saying("a list or map stands where a field's name is due"),
                saying("indent it"),
            )
        key, key_line = self._keys[-1]
        self._keys[-1] = None
        parent.entries.append(Entry(node, key_line, key))


def _explained(stop: MarkedYAMLError, lines: list[str]) -> tuple[Saying, Saying]:
    said = str(stop.problem or stop.context or "")
    if any(_CURLY.search(line) for line in lines):
        return (
            saying("YAML stops here: curly quotation marks hold nothing together"),
            saying('type straight ones, `"`, around the text'),
        )
    if "mapping values are not allowed" in said:
        return (
            saying("YAML stops here: no field can begin at this colon"),
            saying("put the text in quotation marks, since it holds a colon and a space"),
        )
    if "tab" in said or "\\t" in said:
        return saying("YAML stops here: a tab"), saying("indent with spaces, never with tabs")
    if "block end" in said or "indent" in said:
        return (
            saying("YAML stops here: the line is indented otherwise than its neighbours"),
            saying("give lines of one level the same indent"),
        )
    return (
        saying("YAML stops here: the line cannot be read"),
        saying("look at quotation marks, brackets and indents in this line and the one before"),
    )
