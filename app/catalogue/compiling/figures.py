"""Figures: drawings that stand inside a lesson's HTML, so that they follow its colours and words.

A drawing is rebuilt from a list of allowed shapes. Its texts are blocks like any other, so that a
translation reaches them.
"""

import re
from collections.abc import Callable
from html import escape
from xml.etree import ElementTree as ET

from app.catalogue.compiling.sanitisers import CLASSES, DRAWING, DRAWING_ATTRIBUTES
from app.i18n.sayings import Saying, saying

DEPTH_LIMIT = 20
SIZE_LIMIT = 100_000

_DROPPED = {"title", "desc", "metadata"}
_LOCAL = re.compile(r"url\(#([A-Za-z_][\w.-]*)\)")
_VALUE = re.compile(r"[\w#%.,()+\s-]*")
_SPACES = {"http://www.w3.org/2000/svg", ""}


OUT = saying("take it out of the file")


class DrawingFaulty(Exception):
    """The drawing holds what no figure may; the message says what, `mend` how to mend it."""

    def __init__(self, what: Saying, mend: Saying = OUT) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


def drawing(content: bytes, alternative: str, prefix: str, say: Callable[[str], str]) -> str:
    """The drawing as inline SVG; ids get the prefix, texts go through `say` and come as HTML.

    Without an alternative it is an ornament, which is not read aloud.
    """
    root = _root(content)
    box = _view_box(root)
    inner = "".join(_element(child, root, prefix, say) for child in root)
    marks = "".join(
        _attribute(root, name, value, prefix)
        for name, value in root.attrib.items()
        if name not in ("viewBox", "width", "height", "x", "y", "id", "role", "class")
        and not name.startswith(("{", "aria-", "version", "baseProfile"))
    )
    role = f'role="img" aria-label="{escape(alternative)}"' if alternative else 'aria-hidden="true"'
    return f'<svg viewBox="{box}" {role}{marks}>{inner}</svg>'


def _root(content: bytes) -> ET.Element:
    if len(content) > SIZE_LIMIT:
        raise DrawingFaulty(
            saying("it weighs over 100 KB"), saying("simplify the drawing, or save it as WebP")
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DrawingFaulty(saying("it is not UTF-8 text"), saying("save it as UTF-8")) from None
    if _has_declaration(text):
        raise DrawingFaulty(saying("it has a document type, an entity or CDATA"))
    try:
        # No document type is left, so that no entity can grow; see the line above.
        root = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError) as stop:
        line, _column = getattr(stop, "position", (1, 0))
        raise DrawingFaulty(
            saying("it is not whole XML, as line %(line)s shows", line=line),
            saying("save the drawing anew"),
        ) from None
    if _depth(root) > DEPTH_LIMIT:
        raise DrawingFaulty(
            saying("it is over %(depth_limit)s levels deep", depth_limit=DEPTH_LIMIT),
            saying("ungroup its parts"),
        )
    if _name(root) != "svg":
        raise DrawingFaulty(saying("it is no SVG drawing"), saying("save it as plain SVG"))
    return root


def _has_declaration(text: str) -> bool:
    """Whether a document type, an entity or CDATA stands outside of comments and instructions."""
    at = text.find("<")
    while at >= 0:
        end = at
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
        elif text.startswith("<?", at):
            end = text.find("?>", at + 2)
        if end < 0 or (end == at and text.startswith("<!", at)):
            return True
        at = text.find("<", end + 1)
    return False


def _depth(root: ET.Element) -> int:
    depth, level = 0, [root]
    while level:
        depth, level = depth + 1, [child for element in level for child in element]
    return depth


def _view_box(root: ET.Element) -> str:
    box = root.get("viewBox") or " ".join(
        ["0", "0", *(str(root.get(side, "")).removesuffix("px") for side in ("width", "height"))]
    )
    if not re.fullmatch(r"-?[\d.]+(?:[ ,]+-?[\d.]+){3}", box.strip()):
        raise DrawingFaulty(
            saying("it has no `viewBox`"), saying("save it with a viewBox, such as `0 0 360 240`")
        )
    return box.strip()


def _element(
    element: ET.Element, parent: ET.Element, prefix: str, say: Callable[[str], str]
) -> str:
    tag, behind = _name(element), _said(element.tail, parent, say)
    if tag is None or tag in _DROPPED:
        return behind
    if tag not in DRAWING or tag == "svg":
        raise DrawingFaulty(saying("it holds `<%(tag)s>`", tag=tag))
    marks = "".join(
        _attribute(element, name, value, prefix)
        for name, value in element.attrib.items()
        if not name.startswith("{") or name.endswith("}href")
    )
    inner = _said(element.text, element, say)
    inner += "".join(_element(child, element, prefix, say) for child in element)
    return f"<{tag}{marks}>{inner}</{tag}>{behind}"


def _attribute(element: ET.Element, name: str, value: str, prefix: str) -> str:
    name = "href" if name.endswith("}href") else name
    tag = _name(element)
    if name.lower().startswith("on") or name.lower() == "style":
        mend = saying("save it as plain SVG, with presentation attributes such as `fill`")
        raise DrawingFaulty(saying("`<%(tag)s>` has `%(name)s`", tag=tag, name=name), mend)
    if name == "class":
        kept = " ".join(each for each in value.split() if each in CLASSES)
        return f' class="{kept}"' if kept else ""
    if name not in DRAWING_ATTRIBUTES:
        return ""
    if name == "href":
        if not re.fullmatch(r"#[A-Za-z_][\w.-]*", value):
            raise DrawingFaulty(saying("`<%(tag)s>` points outside the drawing", tag=tag))
        value = f"#{prefix}{value[1:]}"
    elif name == "id":
        value = prefix + value
    elif "url(" in value.lower():
        if not _LOCAL.fullmatch(value.strip()):
            raise DrawingFaulty(
                saying("`%(name)s` of `<%(tag)s>` points outside the drawing", name=name, tag=tag)
            )
        value = _LOCAL.sub(rf"url(#{prefix}\1)", value.strip())
    elif not _VALUE.fullmatch(value):
        raise DrawingFaulty(
            saying(
                "`%(name)s` of `<%(tag)s>` holds signs that no drawing needs", name=name, tag=tag
            )
        )
    return f' {name}="{escape(value)}"'


def _said(text: str | None, around: ET.Element, say: Callable[[str], str]) -> str:
    """A piece of text; only inside a text does it show."""
    if not text or not text.strip() or _name(around) not in ("text", "tspan"):
        return ""
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return f"{before}{say(text)}{after}"


def _name(element: ET.Element) -> str | None:
    """The element's name in SVG; none for what a drawing program added for itself."""
    if not isinstance(element.tag, str):
        return None
    space, _, name = element.tag.rpartition("}")
    return name if space.lstrip("{") in _SPACES else None
