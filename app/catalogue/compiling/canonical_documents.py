"""Canonical documents: the one form of a YAML file.

Fields stand in the order of their declaration. A value stands on its line when it fits into 100
columns, and is folded behind `>-` when it does not. Short lists and maps that were written in
brackets keep them. Comments and single empty lines keep their places.
"""

import re
from textwrap import wrap

from pydantic import BaseModel

from app.catalogue.compiling.comments import gather_comments
from app.catalogue.compiling.documents import Document, Entry, Node
from app.catalogue.compiling.shapes import Place
from app.catalogue.wordings import collapsed

WIDTH = 100

_LEADING = set("-?:,[]{}#&*!|>'\"%@`=<~ ")
_BREAKING = re.compile(r":(?: |$)| #")
_BREAKING_IN_BRACKETS = re.compile(r"[,\[\]{}]")
_OTHER_THAN_TEXT = re.compile(
    r"(?i:null|true|false|yes|no|on|off|y|n)|[-+.\d][\d_.,:eExXoOa-fA-F+-]*|[-+]?\.(?i:inf|nan)"
    r"|\d{4}-\d\d?-\d\d?.*"
)


def canonical_document(document: Document, text: str, model: type[BaseModel]) -> str:
    """The document, which was read from this text, in its one form; words without fields stay."""
    if document.root.kind == "scalar":
        return text
    gather_comments(document, text)
    return written_document(document, model)


def written_document(document: Document, model: type[BaseModel]) -> str:
    """The document in its one form, with the comments that were tied to its entries."""
    _put_in_order(document.root, Place.of(model))
    lines = _collection(document.root, 0)
    lines += [_remark("", comment) for comment in document.tail]
    return "\n".join(lines) + "\n"


def _put_in_order(node: Node, place: Place) -> None:
    if node.kind == "list":
        for number, entry in enumerate(node.entries):
            _put_in_order(entry.node, place.under(number))
        return
    kind = node.under("type")
    if kind is not None and not place.fields:
        place = place.under(kind.node.text)
    ranks = {name: rank for rank, name in enumerate(place.fields)}
    node.entries.sort(key=lambda entry: ranks.get(entry.key, len(ranks)))
    for entry in node.entries:
        _put_in_order(entry.node, place.under(entry.key))


def _collection(node: Node, indent: int) -> list[str]:
    lines: list[str] = []
    for number, entry in enumerate(node.entries):
        if entry.has_gap and number:
            lines.append("")
        space = " " * indent
        comments = list(entry.comments)
        if node.kind == "list" and entry.node.kind == "map" and not _in_brackets("", entry.node):
            comments += _raised(entry.node)
        written = _entry(entry, node.kind, indent)
        if entry.trailing and not _takes_comment(written, entry):
            comments.append(entry.trailing)
        elif entry.trailing:
            written[0] += f"  # {entry.trailing}"
        lines += [*(_remark(space, comment) for comment in comments), *written]
    return lines or [" " * indent + ("[]" if node.kind == "list" else "{}")]


def _raised(node: Node) -> list[str]:
    """The comments of a map's first field, which stand before the hyphen of its entry."""
    if not node.entries:
        return []
    comments, node.entries[0].comments = node.entries[0].comments, []
    return comments


def _entry(entry: Entry, kind: str, indent: int) -> list[str]:
    space, node = " " * indent, entry.node
    head = f"{space}-" if kind == "list" else f"{space}{_key(entry.key)}:"
    if node.kind == "scalar":
        return _scalar(head, node, indent)
    if not node.entries:
        return [f"{head} {'[]' if node.kind == 'list' else '{}'}"]
    bracketed = _in_brackets(head, node)
    if bracketed:
        return [f"{head} {bracketed}"]
    inner = _collection(node, indent + 2)
    if kind == "map":
        return [head, *inner]
    return [f"{head} {inner[0].lstrip(' ')}", *inner[1:]]


def _scalar(head: str, node: Node, indent: int) -> list[str]:
    line = _on_one_line(node, in_brackets=False)
    if line is not None and (len(head) + 1 + len(line) <= WIDTH or " " not in node.text.strip()):
        return [f"{head} {line}"]
    space = " " * (indent + 2)
    folded: list[str] = []
    for number, paragraph in enumerate(_paragraphs(node.text)):
        folded += [""] if number else []
        folded += [
            space + part
            for part in wrap(
                paragraph, WIDTH - len(space), break_long_words=False, break_on_hyphens=False
            )
        ]
    return [f"{head} >-", *folded]


def _in_brackets(head: str, node: Node) -> str | None:
    """The list or map in brackets, when it was so and fits into its line."""
    if node.style != "flow" or any(e.node.kind != "scalar" for e in node.entries):
        return None
    if any(entry.comments or entry.trailing or entry.has_gap for entry in node.entries):
        return None
    values = [_on_one_line(entry.node, in_brackets=True) for entry in node.entries]
    if None in values:
        return None
    if node.kind == "list":
        written = f"[{', '.join(str(value) for value in values)}]"
    else:
        pairs = zip(node.entries, values, strict=True)
        written = f"{{{', '.join(f'{_key(entry.key)}: {value}' for entry, value in pairs)}}}"
    return written if len(head) + 1 + len(written) <= WIDTH else None


def _on_one_line(node: Node, *, in_brackets: bool) -> str | None:
    if node.is_null:
        return "null"
    paragraphs = _paragraphs(node.text)
    if len(paragraphs) > 1:
        return None
    text = paragraphs[0] if paragraphs else ""
    return text if _is_plain(text, node.style, in_brackets=in_brackets) else _quoted(text)


def _is_plain(text: str, style: str, *, in_brackets: bool) -> bool:
    if not text or text[0] in _LEADING or _BREAKING.search(text):
        # A number may begin with a hyphen.
        return not style and bool(re.fullmatch(r"-[\d.]+", text))
    if in_brackets and _BREAKING_IN_BRACKETS.search(text):
        return False
    return not style or not _OTHER_THAN_TEXT.fullmatch(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(key: str) -> str:
    return key if _is_plain(key, "", in_brackets=True) and ":" not in key else _quoted(key)


def _paragraphs(text: str) -> list[str]:
    return [part for part in map(collapsed, text.split("\n")) if part]


def _takes_comment(written: list[str], entry: Entry) -> bool:
    is_folded = len(written) > 1 and entry.node.kind == "scalar"
    is_inside = entry.node.kind != "scalar" and written[0].lstrip().startswith("- ")
    return not is_folded and not is_inside and len(written[0]) + 4 + len(entry.trailing) <= WIDTH


def _remark(space: str, comment: str) -> str:
    return f"{space}# {comment}".rstrip()
