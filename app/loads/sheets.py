"""Sheets: the rows of a file that somebody brought, as text or as a workbook, one after another."""

import codecs
import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from app.loads.faults import FileFaulty
from app.loads.workbooks import rows_of_workbook

MOST_ROWS = 200_000
OTHER_ENCODING = "windows-1252"
IN_MEMORY = 4_000_000
ENOUGH = 8  # bytes to know a kind of file by
ZIP, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


# The line with which Excel and others tell a file's delimiter before its head.
_DELIMITER = re.compile(r'\s*"?sep=([\t;,|])"?\s*', re.IGNORECASE)


class Row(NamedTuple):
    """A row by its line in the file, counted from 1; empty rows are passed over."""

    line: int
    cells: list[str]


def rows_of(pieces: Iterable[bytes], encoding: str = "") -> Iterator[Row]:
    """The rows of a file in order, the head first; raises FileFaulty.

    Text is UTF-8 or UTF-16, unless `encoding` names the other one that may be told.
    """
    rest = iter(pieces)
    first = b""
    while len(first) < ENOUGH and (piece := next(rest, b"")):
        first += piece
    if first.startswith(OLD_WORKBOOK):
        raise FileFaulty("old-workbook")
    rows = _workbook(first, rest) if first.startswith(ZIP) else _text(first, rest, encoding)
    count = 0
    for row in rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        if count > MOST_ROWS:
            raise FileFaulty("too-many-rows", most=MOST_ROWS)
        count += 1
        yield row
    if count < 2:
        raise FileFaulty("empty")


def _workbook(first: bytes, rest: Iterator[bytes]) -> Iterator[Row]:
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        file.write(first)
        for piece in rest:
            file.write(piece)
        for line, cells in rows_of_workbook(file):
            yield Row(line, cells)


def _text(first: bytes, rest: Iterator[bytes], encoding: str) -> Iterator[Row]:
    codec = next((name for mark, name in _MARKS if first.startswith(mark)), "")
    if not codec and b"\x00" in first:
        raise FileFaulty("no-text")
    lines = _lines(chain([first], rest), codec or encoding or "utf-8")
    begun: list[str] = []
    while not "".join(begun).strip() and (line := next(lines, "")):
        begun.append(line)
    told = _DELIMITER.fullmatch("".join(begun))
    delimiter = told[1] if told else max("\t;,", key="".join(begun).count)
    if told:
        begun = ["\n"] * len(begun)  # which is passed over, and counts among the lines
    reader = csv.reader(chain(begun, lines), delimiter=delimiter, strict=True)
    passed = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FileFaulty("open-quote", line=passed + 1) from None
        yield Row(passed + 1, cells)
        passed = reader.line_num


def _lines(pieces: Iterable[bytes], codec: str) -> Iterator[str]:
    """The lines of a text with their ends; a broken character is told by its line."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)("strict"), True)
    count, kept = 0, ""
    for piece, is_last in _with_last(pieces):
        try:
            text = kept + decoder.decode(piece, is_last)
        except UnicodeDecodeError as fault:
            before = fault.object[: fault.start].decode(codec, "replace")
            raise FileFaulty("encoding", line=count + before.count("\n") + 1) from None
        if "\x00" in text:
            raise FileFaulty("no-text")
        *lines, kept = text.split("\n")
        yield from (f"{line}\n" for line in lines)
        count += len(lines)
    if kept:
        yield kept


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    held: bytes | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    yield held or b"", True
