"""Columns: what a kind of load asks for, found by its names in any language, and rows read by them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from app.i18n.catalogues import offered_codes, translations_for
from app.i18n.marking import N_
from app.loads.cells import Read, bare, folded, is_formula, shown
from app.loads.faults import Fault, FileFaulty, Unfit

# What we add to the file of faulty rows; brought back, it says nothing new.
REASON = N_("What is wrong")
# So many different cells of a column are read once; grades, places and days come again and again.
REMEMBERED = 1_000


@dataclass(frozen=True)
class Column:
    """A column by its key and its title, how a cell is read, and whether it may be left out."""

    key: str
    title: str
    read: Read
    is_needed: bool = False
    example: str = ""


class Told(NamedTuple):
    """A row as it was written and as it was read; `number` is its line in the file."""

    number: int
    cells: list[str]
    values: dict[str, Any]
    faults: list[Fault]


def names_of(column: Column, languages: Sequence[str]) -> Iterator[str]:
    """What a column may be called in a file of these languages, folded."""
    yield _folded(column.key)
    for code in languages:
        yield _folded(translations_for(code).gettext(column.title))


def layout_of(head: Sequence[str], columns: Sequence[Column], line: int) -> list[Column | None]:
    """Which column stands where, by the names of the first line; raises FileFaulty."""
    known: dict[str, Column] = {}
    passed = {""}
    names = [_folded(cell) for cell in head]
    # A language is asked only where those before it did not do: its words take a second to read.
    for code in offered_codes():
        if all(name in known or name in passed for name in names):
            break
        known |= {name: column for column in columns for name in names_of(column, [code])}
        passed.add(_folded(translations_for(code).gettext(REASON)))
    layout: list[Column | None] = []
    for place, name in enumerate(names, 1):
        column = known.get(name)
        told = shown(head[place - 1].strip())
        if column is None and name not in passed:
            raise FileFaulty("column-unknown", name=told, place=place, line=line)
        if column is not None and column in layout:
            raise FileFaulty("column-twice", name=told)
        layout.append(column)
    for column in columns:
        if column.is_needed and column not in layout:
            raise FileFaulty("column-missing", name=column.title)
    return [each and replace(each, read=lru_cache(REMEMBERED)(each.read)) for each in layout]


def read_row(number: int, cells: Sequence[str], layout: Sequence[Column | None]) -> Told:
    """A row by its columns; what cannot be read is told, cell by cell."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    kept = list(cells[: len(layout)])
    if len(cells) > len(layout) and any(cell.strip() for cell in cells[len(layout) :]):
        faults.append(Fault("", "too-many-cells", {}))
        kept = list(cells)
    kept += [""] * (len(layout) - len(kept))
    for column, cell in zip(layout, kept, strict=False):
        if column is None:
            continue
        written = bare(cell)
        if not written:
            if column.is_needed:
                faults.append(Fault(column.key, "missing", {}))
            continue
        if is_formula(cell) or is_formula(written):
            faults.append(Fault(column.key, "formula", {}))
            continue
        try:
            values[column.key] = column.read(written)
        except Unfit as unfit:
            faults.append(Fault(column.key, unfit.code, unfit.values))
    return Told(number, kept, values, faults and (_swapped(kept, layout) or faults))


def _swapped(cells: Sequence[str], layout: Sequence[Column | None]) -> list[Fault]:
    """One fault in place of many when an address stands under another name than its own."""
    mail = next((at for at, each in enumerate(layout) if each and each.key == "mail"), None)
    if mail is None or "@" in cells[mail] or not cells[mail].strip():
        return []
    for column, cell in zip(layout, cells, strict=False):
        at, _, domain = cell.strip().partition("@")
        if column and at and "." in domain and " " not in cell.strip():
            return [Fault(column.key, "swapped", {})]
    return []


def _folded(name: str) -> str:
    return folded(name.replace("_", " "))
