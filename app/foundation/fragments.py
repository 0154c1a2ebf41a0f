"""Fragments: a piece of sound HTML as a tree of elements, to be taken apart and written again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_VOID = {"br", "col", "hr", "img", "input", "source", "track", "wbr"}
_NAME = re.compile(r"<([^\s/>]+)")


@dataclass(slots=True)
class Element:
    """An element with its start tag as it was written; text stands among its children, escaped."""

    start: str = ""
    tag: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.marks.get("class", "").split()

    @property
    def elements(self) -> list["Element"]:
        """The children that are elements."""
        return [each for each in self.children if isinstance(each, Element)]

    def within(self) -> Iterator["Element"]:
        """The element itself and all inside it, in the order of the text."""
        yield self
        for each in self.elements:
            yield from each.within()

    def text(self) -> str:
        """What a reader sees of it, on one line."""
        return re.sub(r"\s+", " ", unescape("".join(_texts(self)))).strip()

    def html(self) -> str:
        """The element as HTML; of an untouched one, the very same bytes."""
        return self.start + self.inner_html() + self._end()

    def inner_html(self) -> str:
        return "".join(each.html() if isinstance(each, Element) else each for each in self.children)

    def _end(self) -> str:
        found = _NAME.match(self.start)
        return "" if found is None or self.tag in _VOID else f"</{found[1]}>"


def _texts(element: Element) -> Iterator[str]:
    for each in element.children:
        if isinstance(each, Element):
            yield from _texts(each)
            yield "" if _INLINE.fullmatch(each.tag) else " "
        else:
            yield each


_INLINE = re.compile(
    "a|b|bdi|cite|code|dfn|em|i|small|span|strong|su[bp]|tspan|m(i|n|o|row|su[bp])"
)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open = [Element()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = {name: value or "" for name, value in attrs}
        element = Element(self.get_starttag_text() or "", tag, marks)
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_entityref(self, name: str) -> None:
        self.open[-1].children.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.open[-1].children.append(f"&#{name};")


def tree_of(html: str) -> Element:
    """The fragment as an element without a tag, whose children are its blocks.

    Safe markup becomes plain text first, as it would escape what is put together with it.
    """
    builder = _Builder()
    builder.feed(str(html))
    builder.close()
    return builder.open[0]
