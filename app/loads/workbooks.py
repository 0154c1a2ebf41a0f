"""Workbooks: the first sheet of an .xlsx file, read as it streams by; a formula is told, not worked out.

The format is ECMA-376. A library would take five times as long for a hundred thousand rows, or hide
the formulae; what a table of plain cells needs of the standard is this much.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import IO, Any
from xml.parsers import expat

from app.foundation.zips import members_at_most
from app.loads.faults import FileFaulty

PIECE = 1 << 16
# A sheet of two hundred thousand rows unpacks to some hundred megabytes; nothing sound goes beyond.
MOST_UNPACKED = 600_000_000
MOST_SHARED = 64_000_000
MOST_ASIDE = 16_000_000  # of what lies beside the sheet and its texts
MOST_MEMBERS = 2_000
PLACE = 8  # bytes that a shared text takes beside its signs
MOST_COLUMNS = 200
MOST_SIGNS = 100_000  # of a cell; a spreadsheet itself takes a third of that
WORTH_ASKING, RATIO_LIMIT = 1_000_000, 200
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
    KeyError,
    IndexError,
    expat.ExpatError,
)
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))
_DATE_SIGNS = re.compile(r"[ymd]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\[\]]*\]|\\.')
_LETTERS = re.compile(r"[A-Z]{1,4}")  # one more than the last column has

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]


def rows_of_workbook(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row of the first sheet; raises FileFaulty.

    A formula comes as its text with an equals sign before it, as a CSV file would hold it.
    """
    if members_at_most(file) > MOST_MEMBERS:
        raise FileFaulty("swollen-workbook")
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
            yield from _rows(archive)
    except _FAULTS:
        raise FileFaulty("broken-workbook") from None


def _check_size(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    whole = sum(each.file_size for each in members)
    is_bomb = any(
        each.file_size > WORTH_ASKING and each.file_size > RATIO_LIMIT * each.compress_size
        for each in members
    )
    if is_bomb or whole > MOST_UNPACKED:
        raise FileFaulty("swollen-workbook")


def _rows(archive: zipfile.ZipFile) -> Iterator[tuple[int, list[str]]]:
    path, is_1904 = _first_sheet(archive)
    names = set(archive.namelist())
    strings = _strings(archive) if "xl/sharedStrings.xml" in names else []
    dates = _date_styles(archive) if "xl/styles.xml" in names else frozenset()
    sheet = _Sheet(strings, dates, date(1904, 1, 1) if is_1904 else date(1899, 12, 30))
    for _piece in _parsed(archive, path, sheet.start, sheet.text, sheet.end):
        yield from sheet.taken()
    yield from sheet.taken()


def _parsed(
    archive: zipfile.ZipFile, path: str, start: Start, text: Text, end: Text
) -> Iterator[None]:
    """Parse a member piece by piece; no document type is read, so no entity can swell it."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    parser.CharacterDataHandler = text
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(path) as member:
        while piece := member.read(PIECE):
            parser.Parse(piece, False)
            yield
    parser.Parse(b"", True)


def _refuse_doctype(*_told: Any) -> None:
    raise FileFaulty("broken-workbook")


def _whole(archive: zipfile.ZipFile, path: str, start: Start, text: Text | None = None,
           end: Text | None = None, most: int = MOST_ASIDE) -> None:  # fmt: skip
    if archive.getinfo(path).file_size > most:
        raise FileFaulty("swollen-workbook")
    for _piece in _parsed(
        archive, path, start, text or (lambda _t: None), end or (lambda _n: None)
    ):
        pass


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, bool]:
    sheets: list[str] = []
    targets: dict[str, str] = {}
    epochs: list[str] = []

    def in_book(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            sheets.extend(value for key, value in attributes.items() if key.endswith(" id"))
        elif name == "workbookPr":
            epochs.append(attributes.get("date1904", "0"))

    def in_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    _whole(archive, "xl/workbook.xml", in_book)
    _whole(archive, "xl/_rels/workbook.xml.rels", in_relations)
    target = targets[sheets[0]]
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return path, bool(epochs) and epochs[0] in {"1", "true"}


def _strings(archive: zipfile.ZipFile) -> list[str]:
    shared = _Shared()
    _whole(archive, "xl/sharedStrings.xml", shared.start, shared.text, shared.end, MOST_UNPACKED)
    return shared.texts


class _Shared:
    """Collects the texts that cells share; `rPh` is how one is read aloud."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._inside = {"t": False, "rPh": False}
        self._size, self._signs = 0, 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name in self._inside:
            self._inside[name] = True
        elif name == "si":
            self._parts, self._signs = [], 0
            self._grow(PLACE)

    def text(self, words: str) -> None:
        if not self._inside["t"] or self._inside["rPh"]:
            return
        self._signs += len(words)
        self._grow(len(words))
        self._parts.append(words)

    def end(self, name: str) -> None:
        if name in self._inside:
            self._inside[name] = False
        elif name == "si":
            self.texts.append("".join(self._parts))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._signs > MOST_SIGNS or self._size > MOST_SHARED:
            raise FileFaulty("swollen-workbook")


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The numbers of the cell styles that show a day."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    is_inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            is_inside[0] = True
        elif name == "xf" and is_inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        if name == "cellXfs":
            is_inside[0] = False

    _whole(archive, "xl/styles.xml", start, None, end)
    own = {key for key, code in formats.items() if _DATE_SIGNS.search(_QUOTED.sub("", code))}
    return frozenset(at for at, key in enumerate(styles) if key in _DATES or key in own)


class _Sheet:
    """Collects rows while a sheet is parsed."""

    def __init__(self, strings: list[str], dates: frozenset[int], epoch: date) -> None:
        self._strings, self._dates, self._epoch = strings, dates, epoch
        self._rows: list[tuple[int, list[str]]] = []
        self._line, self._at, self._cells = 0, 0, list[str]()
        self._kind, self._style, self._collects, self._signs = "n", 0, "", 0
        self._parts: list[str] = []
        self._formula: str | None = None

    def taken(self) -> list[tuple[int, list[str]]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._place(attributes.get("r", ""))
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._parts, self._formula, self._signs = [], None, 0
        elif name == "row":
            self._line = int(attributes.get("r", self._line + 1))
            self._cells, self._at = [], -1
        elif name in {"v", "t", "f"}:
            self._collects = name
            if name == "f":
                self._formula = ""

    def text(self, words: str) -> None:
        if not self._collects:
            return
        self._signs += len(words)
        if self._signs > MOST_SIGNS:
            raise FileFaulty("swollen-workbook")
        if self._collects == "f":
            self._formula = f"{self._formula}{words}"
        else:
            self._parts.append(words)

    def end(self, name: str) -> None:
        if name in {"v", "t", "f"}:
            self._collects = ""
        elif name == "c":
            self._cells.extend([""] * (self._at - len(self._cells)))
            self._cells.append(self._value("".join(self._parts)))
        elif name == "row":
            self._rows.append((self._line, self._cells))

    def _place(self, reference: str) -> None:
        """A cell that does not say its column is the next; none lies behind the last, or over it."""
        letters = _LETTERS.match(reference)
        at = 0
        for letter in letters.group() if letters else "":
            at = at * 26 + ord(letter) - 64
        self._at = at - 1 if letters else self._at + 1
        if max(self._at, len(self._cells)) >= MOST_COLUMNS:
            raise FileFaulty("swollen-workbook")

    def _value(self, words: str) -> str:
        if self._formula is not None:
            return f"={self._formula}"
        if self._kind == "s":
            return self._strings[int(words)] if words else ""
        if self._kind == "e":
            return f"={words}"
        if self._kind != "n" or not words:
            return words
        number = float(words)
        if self._style in self._dates and number == int(number) and 0 < number < 3_000_000:
            return (self._epoch + timedelta(days=int(number))).isoformat()
        return str(int(number)) if number == int(number) and abs(number) < 1e15 else words
