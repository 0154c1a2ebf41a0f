"""Word files: a .docx as plain Markdown; what was not understood is said with its place."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from xml.etree import ElementTree as ET

from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.i18n.sayings import Saying, saying
from app.studio.packages.rewritings import escaped, safe_start
from app.studio.packages.wordstyles import REL, Styles, W, attribute, has, parsed, relations

DOCUMENT = "word/document.xml"
A, M, WP = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}",
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}",
    "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}",
)
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>]+")
LOOK = saying("look at the document there")


def written_out(
    files: Mapping[str, bytes], name: str, faults: Faults
) -> tuple[str, dict[str, bytes]]:
    """The document as Markdown, and its pictures by the paths that it names."""
    if DOCUMENT not in files:
        faults.add(name, 1, saying("this is no Word document"), saying("save it as .docx"))
        raise CourseFaulty(faults.in_order())
    try:
        return _Reading(files, name, faults).document()
    except (ET.ParseError, RecursionError, ValueError):
        what = saying("the document cannot be read")
        faults.add(name, 1, what, saying("save it anew as .docx"))
        raise CourseFaulty(faults.in_order()) from None


class _Reading:
    """A document while it is read; `place` counts its paragraphs from 1."""

    def __init__(self, files: Mapping[str, bytes], name: str, faults: Faults) -> None:
        self.files, self.name, self.faults = files, name, faults
        self.styles = Styles(files)
        self.links = relations(files, "word/_rels/document.xml.rels")
        self.notes = {
            kind: {attribute(each, "id"): each for each in parsed(files, f"word/{kind}s.xml")}
            for kind in ("footnote", "endnote")
        }
        self.media: dict[str, bytes] = {}
        self.place, self.heading, self.has_title = 0, "", False

    def document(self) -> tuple[str, dict[str, bytes]]:
        body = parsed(self.files, DOCUMENT).find(f"{W}body")
        written = list(self._blocks(body if body is not None else ET.Element("none")))
        return "\n\n".join(_lists_joined(written)) + "\n", self.media

    def _note(self, what: Saying, mend: Saying = LOOK) -> None:
        if self.heading:
            what = saying("%(what)s (under “%(heading)s”)", what=what, heading=self.heading)
        self.faults.remark(self.name, max(1, self.place), what, mend)

    def _blocks(self, parent: ET.Element) -> Iterator[str]:
        for child in parent:
            if child.tag == f"{W}p":
                self.place += 1
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
                yield from self._blocks(child)
            elif child.tag not in _SILENT:
                self._note(saying("`%(name)s` was not understood", name=_bare(child)))

    def _paragraph(self, node: ET.Element) -> Iterator[str]:
        text, pictures = self._line(node), list(self._pictures(node))
        level = self.styles.level_of(node)
        listed = self.styles.list_of(node)
        if level is not None and text:
            self.heading = re.sub(r"\\(.)", r"\1", text.replace("*", ""))[:60]
            self.has_title = self.has_title or level == 0
            yield f"{'#' * min(6, level + 1 if self.has_title else max(1, level))} {text}"
        elif listed is not None and text:
            depth, is_ordered = listed
            yield f"{'    ' * depth}{'1.' if is_ordered else '-'} {text}"
        elif text:
            yield safe_start(text)
        yield from pictures
        for box in node.iter(f"{W}txbxContent"):
            self._note(saying("a text box became plain paragraphs"))
            yield from self._blocks(box)
            break

    def _line(self, node: ET.Element) -> str:
        """The runs of a paragraph, neighbours of one kind set as one."""
        merged = groupby(self._runs(node), itemgetter(0))
        texts = (_marked("".join(text for _, text in runs), mark) for mark, runs in merged)
        return " ".join("".join(texts).split())

    def _runs(self, node: ET.Element) -> Iterator[tuple[str, str]]:
        for child in node:
            if child.tag == f"{W}r":
                yield from self._run(child)
            elif child.tag == f"{W}hyperlink":
                yield "", self._link(child)
            elif child.tag in (
                f"{W}ins",
                f"{W}smartTag",
                f"{W}sdt",
                f"{W}sdtContent",
                f"{W}fldSimple",
            ):
                yield from self._runs(child)
            elif child.tag == f"{W}del":
                self._note(saying("deleted text of tracked changes was left out"))
            elif child.tag in (f"{M}oMath", f"{M}oMathPara"):
                text = "".join(each.text or "" for each in child.iter(f"{M}t"))
                self._note(
                    saying("the formula `%(text)s` was not understood", text=text[:60]),
                    saying("write it as $…$"),
                )
                yield "", escaped(text)

    def _run(self, run: ET.Element) -> Iterator[tuple[str, str]]:
        look = run.find(f"{W}rPr")
        strong, stressed = has(look, "b"), has(look, "i")
        mark = "**" * strong + "*" * stressed
        for child in run:
            write = _PIECES.get(child.tag)
            if child.tag == f"{W}t":
                yield mark, escaped(child.text or "")
            elif child.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                yield (
                    "",
                    self._noted(_bare(child).removesuffix("Reference"), attribute(child, "id")),
                )
            elif write is not None:
                yield mark, write
            elif child.tag in (f"{W}object", f"{W}pict"):
                self._note(
                    saying("an embedded object was left out"), saying("save it as a picture")
                )
            elif child.tag == f"{W}commentReference":
                self._note(saying("a comment was left out"))

    def _noted(self, kind: str, number: str) -> str:
        """A note stands in brackets where it was called, since lessons have none at their foot."""
        note = self.notes[kind].get(number)
        text = " ".join(self._line(each) for each in note.iter(f"{W}p")) if note is not None else ""
        return f" ({text.strip()})" if text.strip() else ""

    def _link(self, node: ET.Element) -> str:
        text = self._line(node)
        target = self.links.get(node.get(f"{REL}id", ""), "")
        if not text or not target:
            return text
        if _ADDRESS.fullmatch(target):
            address = target.replace("(", "%28").replace(")", "%29")
            return f"[{text}]({address})"
        self._note(saying("a link to `%(target)s` was left out", target=target[:60]))
        return text

    def _pictures(self, node: ET.Element) -> Iterator[str]:
        for drawing in node.iter(f"{W}drawing"):
            blip = next(drawing.iter(f"{A}blip"), None)
            target = self.links.get(blip.get(f"{REL}embed", ""), "") if blip is not None else ""
            path = posixpath.normpath(posixpath.join("word", target.lstrip("/"))) if target else ""
            path = path.removeprefix("word/") if path.startswith("word/word/") else path
            about = next(drawing.iter(f"{WP}docPr"), None)
            if path not in self.files:
                if next(drawing.iter(f"{W}txbxContent"), None) is None:
                    self._note(saying("a drawing was left out"), saying("save it as a picture"))
                continue
            name = posixpath.basename(path).lower()
            self.media[name] = self.files[path]
            alt = (about.get("descr") or "") if about is not None else ""
            yield f"![{escaped(' '.join(alt.split()))}]({name})"

    def _table(self, node: ET.Element) -> Iterator[str]:
        self.place += 1
        rows = [
            [self._cell(cell) for cell in row.findall(f"{W}tc")] for row in node.findall(f"{W}tr")
        ]
        rows = [row for row in rows if row]
        if not rows:
            return
        wide = max(map(len, rows))
        if any(len(row) != wide for row in rows) or next(node.iter(f"{W}vMerge"), None) is not None:
            self._note(
                saying("joined cells of a table were taken apart"), saying("look at the table")
            )
        full = [[*row, *[""] * (wide - len(row))] for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in full]
        lines.insert(1, "|" + "---|" * wide)
        yield "\n".join(lines)

    def _cell(self, cell: ET.Element) -> str:
        if next(cell.iter(f"{W}drawing"), None) is not None:
            self._note(
                saying("a picture in a table was left out"), saying("place it before or after")
            )
        return " ".join(filter(None, (self._line(each) for each in cell.iter(f"{W}p"))))


def _marked(text: str, mark: str) -> str:
    """The text in its marks, with the space at its ends outside of them."""
    bare = text.strip()
    if not mark or not bare:
        return text
    before, _, behind = text.partition(bare)
    return f"{before}{mark}{bare}{mark[::-1]}{behind}"


def _lists_joined(written: list[str]) -> Iterator[str]:
    """Items of one list stand line under line, and all else is a block of its own."""
    items: list[str] = []
    for text in [*written, ""]:
        if re.match(r"(?:    )*(?:1\.|-) ", text):
            items.append(text)
            continue
        if items:
            yield "\n".join(items)
            items = []
        if text:
            yield text


def _bare(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


_SILENT = {
    f"{W}{name}"
    for name in ("sectPr", "bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd",
                 "commentRangeStart", "commentRangeEnd", "del", "moveFromRangeStart")
}  # fmt: skip
_PIECES: Mapping[str, str] = {
    f"{W}tab": " ", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "",
}  # fmt: skip
