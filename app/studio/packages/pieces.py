"""Pieces: the HTML of a course as plain values that a press sets: blocks, and lines within them."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping

from app.catalogue.compiling.media import media_type_of
from app.catalogue.compiling.sanitisers import DRAWING
from app.foundation.fragments import Element, tree_of
from app.studio.packages.formulae import formula_of

Piece = dict[str, object]
Line = list["str | Piece"]

# Ink and paper: what the colours of a drawing are in print.
COLOURS = {
    "--paper": "#ffffff", "--surface": "#ffffff", "--sunken": "#e8eeeb", "--ink": "#13211f",
    "--soft": "#485956", "--hair": "#cfd9d5", "--edge": "#6b7c78", "--way": "#0b4f55",
    "--deep": "#06363b", "--tint": "#e0efed", "--on": "#ffffff", "--mark": "#f2ab1d",
    "--mark-tint": "#fdf2d8", "--mark-ink": "#6d4400", "--brick": "#a12a1b",
    "--brick-tint": "#fbe9e6",
}  # fmt: skip
_VARIABLE = re.compile(r"var\((--[a-z-]+)\)")
_HEADS = {"h2": 3, "h3": 4, "h4": 5}
_MARKED = {"strong": "strong", "em": "emph", "cite": "emph", "code": "code", "dfn": "strong"}
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_ENTITY = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0", "&amp;": "&"}
_NAMED = re.compile("|".join(_ENTITY))
_LINES = {"span", "a", "bdi", "small", "math", *_MARKED}
_STYLED = re.compile(r' (?:fill|font-size|font-weight)="[^"]*"')


class Setting:
    """Turns HTML into pieces; `labels` are what a link may lead to, `media` the files by name."""

    def __init__(self, labels: frozenset[str], media: Mapping[str, bytes]) -> None:
        self.labels, self.media = labels, media

    def blocks(self, html: str) -> list[Piece]:
        return self.children(tree_of(html))

    def line(self, html: str) -> Line:
        return self.inline(tree_of(html))

    def children(self, element: Element) -> list[Piece]:
        """The blocks inside an element; loose text between them becomes a paragraph."""
        made: list[Piece] = []
        loose: list[Element | str] = []
        for each in [*element.children, None]:
            if isinstance(each, str) or (each is not None and each.tag in _LINES):
                loose.append(each)
                continue
            text = self.inline(Element(children=loose))
            if any(not isinstance(part, str) or part.strip() for part in text):
                made.append({"k": "p", "c": text})
            loose = []
            made += self.block(each) if each is not None else ()
        return made

    def block(self, element: Element) -> Iterator[Piece]:
        write = self._BLOCKS.get(element.tag)
        if write is not None:
            yield from write(self, element)
        else:
            yield from self.children(element)

    def inline(self, element: Element) -> Line:
        line: Line = []
        for each in element.children:
            if isinstance(each, str):
                line.append(_NAMED.sub(lambda found: _ENTITY[found[0]], _SPACE.sub(" ", each)))
            elif each.tag == "math":
                line.append(formula_of(each))
            elif each.tag in _MARKED:
                line.append({"k": _MARKED[each.tag], "c": self.inline(each)})
            elif each.tag == "a":
                line.append(self._link(each))
            elif "lang" in each.marks:
                marks = {name: each.marks.get(name, "ltr") for name in ("lang", "dir")}
                line.append({"k": "spoken", **marks, "c": self.inline(each)})
            else:
                line += self.inline(each)
        return _joined(line)

    def _link(self, element: Element) -> Piece:
        address = element.marks.get("href", "")
        inner = self.inline(element)
        kind, _, name = address.partition(":")
        label = f"lesson-{name}" if kind == "lesson" else address.removeprefix("#")
        if address.startswith(("http://", "https://", "mailto:")):
            return {"k": "link", "to": address, "c": inner}
        cited = "cite" in element.classes
        label = f"source-{label}" if cited else label
        is_known = label in self.labels
        kind = "cite" if cited else "ref"
        return {"k": kind, "to": label if is_known else "", "c": inner}

    def _paragraph(self, element: Element) -> Iterator[Piece]:
        kind = "opening" if "opening" in element.classes else "p"
        kind = "label" if "box__kind" in element.classes else kind
        yield {"k": kind, "c": self.inline(element)}

    def _heading(self, element: Element) -> Iterator[Piece]:
        yield {"k": "h", "level": _HEADS[element.tag], "c": self.inline(element)}

    def _list(self, element: Element) -> Iterator[Piece]:
        items = [self.children(each) for each in element.elements]
        start = element.marks.get("start") or "1"
        yield {"k": element.tag, "start": int(start), "c": items}

    def _pairs(self, element: Element) -> Iterator[Piece]:
        pairs = zip(element.elements[::2], element.elements[1::2], strict=False)
        yield {"k": "pairs", "c": [[self.inline(a), self.children(b)] for a, b in pairs]}

    def _quotation(self, element: Element) -> Iterator[Piece]:
        yield {"k": "quote", "c": self.children(element)}

    def _code(self, element: Element) -> Iterator[Piece]:
        yield {"k": "pre", "text": element.text()}

    def _section(self, element: Element) -> Iterator[Piece]:
        """A box, unless it is of those that stand elsewhere in a book: its terms and sources."""
        if "aside" in element.classes or "sources" in element.classes:
            return
        if "recall__item" in element.classes:
            yield {"k": "item", "c": self.children(element)}
            return
        if "box" not in element.classes:
            yield from self.children(element)
            return
        kind = next((n for n in ("note", "try") if f"box--{n}" in element.classes), "plain")
        yield {"k": "box", "kind": kind, "c": [_lower(each) for each in self.children(element)]}

    def _details(self, element: Element) -> Iterator[Piece]:
        summary, *rest = element.elements
        inner = self.children(Element(children=list(rest)))
        yield {"k": "answer", "label": self.inline(summary), "c": inner}

    def _figure(self, element: Element) -> Iterator[Piece]:
        caption = next((e for e in element.elements if e.tag == "figcaption"), Element())
        shown = next((e for e in element.within() if e.tag in ("svg", "img")), None)
        if shown is None:
            yield {"k": "quiet", "c": self.inline(caption)}
            yield from (p for e in element.elements if e.tag == "details" for p in self._details(e))
            return
        alt = shown.marks.get("aria-label") or shown.marks.get("alt", "")
        svg = drawn(shown) if shown.tag == "svg" else self._photograph(shown)
        yield {"k": "figure", "alt": alt, "svg": svg, "c": self.inline(caption)}

    def _photograph(self, img: Element) -> str:
        """A picture as a drawing that holds it: the press is handed texts alone."""
        name = img.marks["src"].removeprefix("media:")
        kind = media_type_of(name)
        packed = b64encode(self.media[name]).decode()
        size = f'width="{img.marks["width"]}" height="{img.marks["height"]}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
            f'<image {size} href="data:{kind};base64,{packed}"/></svg>'
        )

    def _table(self, element: Element) -> Iterator[Piece]:
        rows = [each for each in element.within() if each.tag == "tr"]
        head, *body = ([self.inline(cell) for cell in row.elements] for row in rows)
        yield {"k": "table", "head": head, "rows": body}

    def _mathematics(self, element: Element) -> Iterator[Piece]:
        yield {"k": "p", "c": [formula_of(element)]}

    _BLOCKS: Mapping[str, Callable[["Setting", Element], Iterator[Piece]]] = {
        "p": _paragraph,
        "h2": _heading,
        "h3": _heading,
        "h4": _heading,
        "ul": _list,
        "ol": _list,
        "dl": _pairs,
        "blockquote": _quotation,
        "pre": _code,
        "section": _section,
        "aside": _section,
        "div": _section,
        "details": _details,
        "figure": _figure,
        "table": _table,
        "math": _mathematics,
    }


def drawn(svg: Element) -> str:
    """A drawing as a file of its own, in the colours of print."""
    for each in svg.within():
        each.start = _VARIABLE.sub(lambda found: COLOURS[found[1]], each.start)
        classes = [name for name in each.classes if name.startswith("f-")]
        if classes and each.tag in DRAWING:
            marks = ' fill="#485956"' if "f-soft" in classes else ' fill="#13211f"'
            marks += ' font-weight="700" font-size="16"' if "f-head" in classes else ""
            each.start = _STYLED.sub("", each.start).replace(
                f"<{each.tag}", f"<{each.tag}{marks}", 1
            )
    svg.start = svg.start.replace(
        "<svg",
        '<svg xmlns="http://www.w3.org/2000/svg" color="#13211f" font-size="14" '
        'font-family="Noto Sans, Amiri" ',
        1,
    )
    return svg.html().replace("&nbsp;", "\u00a0")


def _joined(line: Line) -> Line:
    """The line with neighbouring texts as one."""
    made: Line = []
    for each in line:
        if isinstance(each, str) and made and isinstance(made[-1], str):
            made[-1] += each
        else:
            made.append(each)
    return made


def _lower(piece: Piece) -> Piece:
    """A heading in a box names the box and stands in no table of contents."""
    return {**piece, "k": "name"} if piece["k"] == "h" else piece
