"""Codes: the marks in a block that translation programs must not let anybody break."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Union

# Kinds of code, as XLIFF names them: its type, and a type below it.
CITATION, EXAMPLE, FORMULA, PLACEHOLDER = "citation", "example", "formula", "placeholder"
TERM, LINK, STRONG, EMPHASIS = "term", "link", "strong", "emphasis"
DEEPEST = 10

_CODE = re.compile(
    r"(?P<example>`[^`]+`)"
    r"|(?P<formula>\$[^$\s][^$]*\$)"
    r"|(?P<citation>\[@[^\[\]]+\])"
    r"|(?P<placeholder>%\(\w+\)[sd]|\{\w*\}|__+)"
    r"|\[\[(?P<key>[^\[\]|]+)(?:\|(?P<term>[^\[\]|]+))?\]\]"
    r"|\[(?P<link>[^\[\]]+)\](?P<to>\([^()\s]+\))"
    r"|\*\*(?=[^\s*])(?P<strong>(?:[^*]|\*(?!\*))*?[^\s*])\*\*(?!\*)"
    r"|(?<!\*)\*(?=[^\s*])(?P<emphasis>[^*]*?[^\s*])\*(?!\*)"
)
_SIGNS = {STRONG: "**", EMPHASIS: "*"}


class Code(NamedTuple):
    """A mark that stands for itself, such as a citation."""

    data: str
    kind: str


class Pair(NamedTuple):
    """Marks around words, such as stars; the words between them are translated."""

    start: str
    end: str
    kind: str
    inside: "tuple[Node, ...]"


Node = Union[str, Code, Pair]  # noqa: UP007 - a name inside its own meaning needs quotes


def coded(text: str, depth: int = 0) -> tuple[Node, ...]:
    """The text as words and codes; `plain` gives the same text back."""
    return tuple(_coded(text, depth))


def plain(nodes: Iterable[Node]) -> str:
    """The text of the nodes. A term that is called by its key needs no word behind it."""
    return "".join(map(_plain, nodes))


def _coded(text: str, depth: int) -> Iterator[Node]:
    place = 0
    for found in _CODE.finditer(text) if depth < DEEPEST else ():
        kind = found.lastgroup or ""
        node = _pair(found, kind, depth)
        if node is None:
            continue
        if found.start() > place:
            yield text[place : found.start()]
        yield node
        place = found.end()
    if place < len(text):
        yield text[place:]


def _pair(found: re.Match[str], kind: str, depth: int) -> Node | None:
    if kind in ("key", TERM):
        key, word = found["key"], found["term"]
        # A term with its key as its word would come back without it.
        return None if word == key else Pair(f"[[{key}|", "]]", TERM, coded(word or key, DEEPEST))
    if kind == "to":
        return Pair("[", f"]{found['to']}", LINK, coded(found["link"], depth + 1))
    if kind in _SIGNS:
        return Pair(_SIGNS[kind], _SIGNS[kind], kind, coded(found[kind], depth + 1))
    return Code(found[0], kind)


def _plain(node: Node) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, Code):
        return node.data
    said = plain(node.inside)
    is_key = node.start == f"[[{said}|" and node.end == "]]"
    return f"[[{said}]]" if is_key else f"{node.start}{said}{node.end}"
