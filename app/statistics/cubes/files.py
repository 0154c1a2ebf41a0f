"""Files of a table: CSV, a workbook with its definitions, Parquet, JSON; the same figures in each."""

import io
import json
from typing import Any

import xlsxwriter

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.statistics.cubes.dimensions import DIMENSIONS, SHARED
from app.statistics.cubes.measures import MEASURES
from app.statistics.cubes.parquets import Column, Kind, parquet_of
from app.statistics.cubes.tables import Table
from app.statistics.exports import defused, small_file

PROTECTED = N_(
    "Counts are adjusted so that nobody can be found in them: 0, or “few”, means fewer than"
    " %(threshold)d in each month."
)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


def written(table: Table, kind: str, language: str) -> bytes:
    """The table as a file of a kind in TYPES."""
    if kind == "csv":
        return small_file(table.heads(), table.cells())
    if kind == "parquet":
        return parquet_of(_columns(table), dict(said_of(table, language)) | _as_of(table))
    return _workbook(table, language) if kind == "xlsx" else _document(table)


def said_of(table: Table, language: str) -> list[tuple[str, str]]:
    """What the figures mean: pairs of a word and its definition, then the protection.

    Rows that share rounds with others say how.
    """
    say = translations_for(language).gettext
    meant = [(label, say(MEASURES[key].definition)) for key, label in table.measures]
    shared = [(key, label) for key, label in table.dimensions if key in SHARED]
    meant += [(label, say(DIMENSIONS[key].definition)) for key, label in shared]
    if table.threshold is not None:
        meant.append((say(N_("Protection")), say(PROTECTED) % {"threshold": table.threshold}))
    return meant


def _workbook(table: Table, language: str) -> bytes:
    held = io.BytesIO()
    say = translations_for(language).gettext
    # Cells are written as what they are, so that nothing of them is taken for a formula or link.
    with xlsxwriter.Workbook(held, {"constant_memory": True, "in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(say(N_("Figures"))[:31])
        for at, head in enumerate(table.heads()):
            sheet.write_string(0, at, head, bold)
        for row, cells in enumerate(table.cells(), 1):
            for at, cell in enumerate(cells):
                _write(sheet, row, at, cell)
        meaning = book.add_worksheet(say(N_("Definitions"))[:31])
        for row, (word, sentence) in enumerate(said_of(table, language)):
            meaning.write_string(row, 0, word, bold)
            meaning.write_string(row, 1, sentence)
    return held.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, str(defused(cell)))
    else:
        sheet.write_number(row, column, cell)


def _columns(table: Table) -> list[Column]:
    """Columns by the file's heads: words, whole numbers of counts, and other numbers."""
    heads, rows = table.heads(), table.cells()
    return [
        Column(head, _kind_of(head), [row[at] for row in rows]) for at, head in enumerate(heads)
    ]


def _kind_of(head: str) -> Kind:
    if head not in MEASURES:
        return "word"
    return "whole" if MEASURES[head].unit == "count" else "number"


def _as_of(table: Table) -> dict[str, str]:
    return {"as_of": table.as_of.isoformat(), "view": table.ask.view}


def _document(table: Table) -> bytes:
    heads = table.heads()
    content = {
        "as_of": table.as_of.isoformat(),
        "since": table.ask.since.isoformat(),
        "until": table.ask.until.isoformat(),
        "view": table.ask.view,
        "threshold": table.threshold,
        "rows": [dict(zip(heads, cells, strict=True)) for cells in table.cells()],
        "totals": dict(zip((key for key, _label in table.measures), table.totals, strict=True)),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
