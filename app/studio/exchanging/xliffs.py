"""XLIFF files: a catalogue as OASIS XLIFF 2.1 for translation programs; the same gives the same bytes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from app.catalogue.compiling.readings import Block, direction_of
from app.catalogue.compiling.translations import HEAD, Kept
from app.studio.exchanging.codes import (
    CITATION,
    EMPHASIS,
    LINK,
    STRONG,
    Code,
    Node,
    Pair,
    coded,
)
from app.studio.translating.segments import DOUBTFUL, FRESH, MISSING, STALE, Segment, segment_of
from app.studio.translating.shares import Languages

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
# What is shown to learners is final; whatever a person should look at is initial again.
STATES: Mapping[str, str] = {
    FRESH: 'state="final"',
    STALE: 'state="initial" subState="capacita:stale"',
    DOUBTFUL: 'state="initial" subState="capacita:doubtful"',
    MISSING: 'state="initial"',
}
FORMER, REMARK = "former-source", "remark"
_KINDS: Mapping[str, str] = {
    STRONG: 'type="fmt" subType="xlf:b"',
    EMPHASIS: 'type="fmt" subType="xlf:i"',
    LINK: 'type="link"',
    CITATION: 'type="quote"',
}
_UNSAID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xliff xmlns="{}" version="2.1" srcLang="{}" trgLang="{}">\n'
    '<file id="course" original="{}" canResegment="no" srcDir="{}" trgDir="{}" xml:space="preserve">\n'
)


def xliff_of(slug: str, languages: Languages, entries: Mapping[Block, Kept]) -> str:
    """The whole catalogue, a unit for each block."""
    directions = map(direction_of, languages)
    head = _HEAD.format(NAMESPACE, *map(_said, languages), _said(slug), *directions)
    remarks = entries[HEAD].remarks if HEAD in entries else ()
    units = (_unit(block, each) for block, each in entries.items() if block != HEAD)
    return (
        head + _notes((REMARK, each) for each in remarks) + "".join(units) + "</file>\n</xliff>\n"
    )


def _unit(block: Block, entry: Kept) -> str:
    segment = segment_of(block, entry)
    codes = _Codes()
    source = codes.written(coded(segment.source))
    codes.begin_target()
    target = codes.written(coded(segment.text)) if segment.text else ""
    former = [(FORMER, entry.previous)] if entry.previous else []
    notes = _notes([*former, *((REMARK, each) for each in entry.remarks)])
    said = f"<source>{source}</source>" + (f"<target>{target}</target>" if target else "")
    return (
        f'<unit id="{unit_id(segment)}" name="{_said(segment.owner)}">\n{notes}{codes.originals()}'
        f"<segment {STATES[segment.state]}>{said}</segment>\n</unit>\n"
    )


def unit_id(segment: Segment) -> str:
    """The block's key; an id that begins with a letter is also an XML name."""
    return f"b{segment.key}"


def _notes(notes: Iterable[tuple[str, str]]) -> str:
    lines = [f'<note category="{kind}">{_said(text)}</note>' for kind, text in notes]
    return f"<notes>{''.join(lines)}</notes>\n" if lines else ""


class _Codes:
    """The codes of a unit: a code of the target has the id of the same one in the source."""

    def __init__(self) -> None:
        self._data: dict[str, str] = {}
        self._ids: list[tuple[str, str]] = []
        self._free: list[tuple[str, str]] | None = None

    def begin_target(self) -> None:
        self._free = list(self._ids)

    def written(self, nodes: Iterable[Node]) -> str:
        return "".join(self._node(node) for node in nodes)

    def originals(self) -> str:
        """The marks themselves, which programs show and do not change."""
        lines = [f'<data id="{name}">{_signs(data)}</data>' for data, name in self._data.items()]
        return f"<originalData>{''.join(lines)}</originalData>\n" if lines else ""

    def _node(self, node: Node) -> str:
        if isinstance(node, str):
            return _signs(node)
        kind = f" {_KINDS[node.kind]}" if node.kind in _KINDS else ""
        if isinstance(node, Code):
            name, data = self._id_of(node.data), self._name_of(node.data)
            shown = f' disp="{_said(node.data)}"'
            return f'<ph id="{name}"{kind} canDelete="no" dataRef="{data}"{shown}/>'
        name = self._id_of(_mark_of(node))
        start, end = self._name_of(node.start), self._name_of(node.end)
        return (
            f'<pc id="{name}"{kind} dataRefStart="{start}" dataRefEnd="{end}">'
            f"{self.written(node.inside)}</pc>"
        )

    def _name_of(self, data: str) -> str:
        return self._data.setdefault(data, f"d{len(self._data) + 1}")

    def _id_of(self, mark: str) -> str:
        if self._free is not None:
            found = next((each for each in self._free if each[0] == mark), None)
            if found is not None:
                self._free.remove(found)
                return found[1]
        name = str(len(self._ids) + 1)
        self._ids.append((mark, name))
        return name


def _mark_of(pair: Pair) -> str:
    return f"{pair.start}\0{pair.end}"


def _signs(text: str) -> str:
    """Text as XML; a sign that XML cannot say is written as its number, as XLIFF has it."""
    return "".join(_sign_parts(text))


def _sign_parts(text: str) -> Iterator[str]:
    place = 0
    for found in _UNSAID.finditer(text):
        yield escape(text[place : found.start()], quote=False).replace("\r", "&#13;")
        yield f'<cp hex="{ord(found[0]):04X}"/>'
        place = found.end()
    yield escape(text[place:], quote=False).replace("\r", "&#13;")


def _said(text: str) -> str:
    """Text for an attribute or a remark, without signs that XML cannot say."""
    return (
        escape(_UNSAID.sub("", text))
        .replace("\r", "&#13;")
        .replace("\n", "&#10;")
        .replace("\t", "&#9;")
    )
