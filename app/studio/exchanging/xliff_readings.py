"""Readings of XLIFF files: what a translation program made of a catalogue, read with distrust."""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET
from xml.parsers import expat

from app.catalogue.wordings import collapsed
from app.i18n.marking import N_
from app.studio.exchanging.contents import Contents, FileUnreadable, Sent
from app.studio.exchanging.xliffs import FORMER, REMARK

DEEPEST = 40
SPACES = ("urn:oasis:names:tc:xliff:document:2.0}", "urn:oasis:names:tc:xliff:document:2.2}")
OLD_SPACE = "urn:oasis:names:tc:xliff:document:1."
_HEX = re.compile(r"[0-9A-Fa-f]{4,6}")
_LINE = "\0line"


class XmlBroken(FileUnreadable):
    says = N_("This is no whole XML: it stops at line %(line)s.")
    mend = N_("Save the file anew in your translation program, then send it again.")


class XmlTooDeep(FileUnreadable):
    says = N_("The elements of this file are nested too deeply at line %(line)s.")
    mend = N_("Save the file anew in your translation program, then send it again.")


class DocumentTypeFound(FileUnreadable):
    says = N_("The file has a document type at line %(line)s, and an XLIFF file has none.")
    mend = N_("Take the line out, then send the file again.")


class XliffOld(FileUnreadable):
    says = N_("This is XLIFF 1, which says other things than XLIFF 2.")
    mend = N_("Save it as XLIFF 2.0 or 2.1, then send it again.")


class XliffNeeded(FileUnreadable):
    says = N_("This is neither a gettext catalogue nor an XLIFF file.")
    mend = N_("Send the file that you took out here, with your translations in it.")


def contents_of_xliff(content: bytes) -> Contents:
    """The units of an XLIFF 2 file in order; raises FileUnreadable."""
    root = _root(content)
    sent: list[Sent] = []
    for file in root.iterfind("file"):
        for unit in file.iter("unit"):
            sent += _sent(unit)
    return Contents(root.get("srcLang", ""), root.get("trgLang", ""), sent)


def _sent(unit: ET.Element) -> Iterator[Sent]:
    data = {each.get("id", ""): _text(each, {}) for each in unit.iterfind("originalData/data")}
    pieces = [each for each in unit if each.tag in ("segment", "ignorable")]
    segments = [each for each in pieces if each.tag == "segment"]
    source = "".join(_child(each, "source", data) or "" for each in pieces)
    if not source:
        return
    said = [_child(each, "target", data) for each in segments]
    is_whole = all(each for each in said)
    # A program that cuts a block in two may leave the space between without a translation.
    text = "".join(
        _child(each, "target", data)
        or ("" if each.tag == "segment" else _child(each, "source", data) or "")
        for each in pieces
    )
    yield Sent(
        block=(unit.get("name", ""), collapsed(source)),
        text=collapsed(text) if is_whole else "",
        is_doubtful=any(each.get("state", "initial") == "initial" for each in segments),
        previous="".join(_notes(unit, FORMER)),
        remarks=tuple(_notes(unit, REMARK)),
        line=int(unit.get(_LINE, "1")),
    )


def _child(segment: ET.Element, name: str, data: Mapping[str, str]) -> str | None:
    found = segment.find(name)
    return None if found is None else _text(found, data)


def _text(element: ET.Element, data: Mapping[str, str]) -> str:
    parts = [element.text or ""]
    for child in element:
        parts += [_code(child, data), child.tail or ""]
    return "".join(parts)


def _code(element: ET.Element, data: Mapping[str, str]) -> str:
    """What an inline code stands for; marks of review, such as `mrk`, are their words."""
    if element.tag == "cp":
        number = element.get("hex", "")
        known = int(number, 16) if _HEX.fullmatch(number) else 0xFFFD
        return chr(known) if known < 0x110000 and not 0xD800 <= known < 0xE000 else "\ufffd"
    if element.tag == "pc":
        start, end = (data.get(element.get(f"dataRef{side}", ""), "") for side in ("Start", "End"))
        said = _text(element, data)
        return f"[[{said}]]" if start == f"[[{said}|" and end == "]]" else f"{start}{said}{end}"
    if element.tag in ("ph", "sc", "ec"):
        return data.get(element.get("dataRef", ""), "")
    return _text(element, data)


def _notes(element: ET.Element, category: str) -> Iterator[str]:
    for each in element.iterfind("notes/note"):
        if each.get("category") == category and each.text:
            yield each.text


def _root(content: bytes) -> ET.Element:
    """The file as a tree, its own names bare and others' as they are; raises FileUnreadable."""
    builder, parser = ET.TreeBuilder(), expat.ParserCreate(namespace_separator="}")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise XmlTooDeep(line=parser.CurrentLineNumber)
        if depth == 1:
            _check_root(name)
        bare = _bare(name)
        marks = {_LINE: str(parser.CurrentLineNumber)} if bare == "unit" else {}
        builder.start(bare, attributes | marks)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_bare(name))

    def refuse(*_told: object) -> None:
        raise DocumentTypeFound(line=parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except expat.ExpatError as stop:
        raise XmlBroken(line=stop.lineno) from None
    except (ValueError, LookupError, AssertionError):
        raise XmlBroken(line=1) from None


def _bare(name: str) -> str:
    for space in SPACES:
        if name.startswith(space):
            return name.removeprefix(space)
    return f"{{{name}" if "}" in name else f"{{}}{name}"


def _check_root(name: str) -> None:
    if name.startswith(OLD_SPACE):
        raise XliffOld
    if _bare(name) != "xliff":
        raise XliffNeeded
