"""Word styles: which paragraphs of a .docx are headings and items, by its styles and numberings."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DEEPEST = 9
_LIST = re.compile(r"list (bullet|number)(?: (\d))?")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parsed(files: Mapping[str, bytes], path: str) -> ET.Element:
    """The root of a part, empty when the document has none; a document type is refused."""
    content = files.get(path)
    if content is None:
        return ET.Element("none")
    if _DOCTYPE.search(content) or b"\0" in content[:4]:
        raise ValueError(f"{path} has a document type, or is not UTF-8")
    # No document type is left, so that no entity can grow; see the line above.
    return ET.fromstring(content)  # noqa: S314


def relations(files: Mapping[str, bytes], path: str) -> dict[str, str]:
    """The targets of a part's links and pictures by their ids."""
    return {each.get("Id", ""): each.get("Target", "") for each in parsed(files, path)}


def attribute(element: ET.Element | None, name: str) -> str:
    """An attribute of Word's own, or nothing."""
    return element.get(f"{W}{name}", "") if element is not None else ""


def has(look: ET.Element | None, name: str) -> bool:
    """Whether a look is switched on."""
    found = look.find(f"{W}{name}") if look is not None else None
    return found is not None and attribute(found, "val") not in ("0", "false", "none", "off")


class Styles:
    """The styles and numberings of one document."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        root = parsed(files, "word/styles.xml")
        self._by_id = {attribute(each, "styleId"): each for each in root.iter(f"{W}style")}
        numbering = parsed(files, "word/numbering.xml")
        kinds = {
            attribute(each, "abstractNumId"): {
                attribute(level, "ilvl"): attribute(level.find(f"{W}numFmt"), "val")
                for level in each.iter(f"{W}lvl")
            }
            for each in numbering.iter(f"{W}abstractNum")
        }
        self._formats = {
            attribute(each, "numId"): kinds.get(
                attribute(each.find(f"{W}abstractNumId"), "val"), {}
            )
            for each in numbering.iter(f"{W}num")
        }

    def level_of(self, paragraph: ET.Element) -> int | None:
        """A heading's level from 1, 0 for the title, none for all else."""
        for look, name in self._looks(paragraph):
            if name == "title":
                return 0
            found = re.fullmatch(r"heading ([1-9])", name)
            if found:
                return int(found[1])
            outline = look.find(f"{W}outlineLvl") if look is not None else None
            if outline is not None and attribute(outline, "val").isdigit():
                level = int(attribute(outline, "val"))
                return level + 1 if level < DEEPEST else None
        return None

    def list_of(self, paragraph: ET.Element) -> tuple[int, bool] | None:
        """An item's depth from 0 and whether its list is numbered, or none."""
        looks = self._looks(paragraph)
        named = [found for _, name in looks if (found := _LIST.fullmatch(name))]
        deeper = int(named[0][2] or 1) - 1 if named else 0
        for look, _name in looks:
            numbered = look.find(f"{W}numPr") if look is not None else None
            if numbered is not None:
                number = attribute(numbered.find(f"{W}numId"), "val")
                depth = attribute(numbered.find(f"{W}ilvl"), "val") or "0"
                form = self._formats.get(number, {}).get(depth, "bullet")
                is_numbered = form not in ("bullet", "none")
                return None if number == "0" else (min(max(int(depth), deeper), 5), is_numbered)
        return (deeper, named[0][1] == "number") if named else None

    def _looks(self, paragraph: ET.Element) -> list[tuple[ET.Element | None, str]]:
        """The paragraph's own look and those of its style and all that this one is based on."""
        own = paragraph.find(f"{W}pPr")
        looks: list[tuple[ET.Element | None, str]] = [(own, "")]
        key = attribute(own.find(f"{W}pStyle"), "val") if own is not None else ""
        for _ in range(DEEPEST):
            style = self._by_id.get(key)
            if style is None:
                break
            name = attribute(style.find(f"{W}name"), "val").lower()
            looks.append((style.find(f"{W}pPr"), name))
            key = attribute(style.find(f"{W}basedOn"), "val")
        return looks
