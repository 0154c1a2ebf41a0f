"""Makers of loads: a file brought, looked at, and worked on as the worker would."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from app.foundation.database import Engines
from app.identity.institutions import Institution
from app.identity.users import User
from app.loads.loads import Brought, Load, bring
from app.loads.rows import Shown, rows_shown
from app.loads.surroundings import root_of
from app.loads.works import work_on

PEOPLE = ("mail", "number", "name", "unit", "grade", "from")
UNITS = ("code", "parent", "kind", "name", "from")
ENROLMENTS = ("mail", "number", "course")
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet(head: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """A CSV file of plain cells."""
    return "\n".join(delimiter.join(cells) for cells in [head, *rows]).encode()


def make_load(
    db: Session, kind: str, at: Institution, by: User, content: bytes, encoding: str = ""
) -> Load:
    """A file brought and committed; nobody has looked at it yet."""
    file = Brought("rows.csv", [content[:7], content[7:]], encoding)
    load = bring(db, kind, at.id, root_of(db, at.id), by.id, file)
    db.commit()
    return load


def looked_at(
    db: Session, engines: Engines, kind: str, at: Institution, by: User, content: bytes,
    encoding: str = "",
) -> Load:  # fmt: skip
    """A file brought and looked at."""
    load = make_load(db, kind, at, by, content, encoding)
    return worked(db, engines, load)


def worked(db: Session, engines: Engines, load: Load, step: Any = None) -> Load:
    """The load after a step was taken and the worker has done what it asks for."""
    if step is not None:
        step(db, load)
    db.commit()
    work_on(engines, load.id)
    db.refresh(load)
    db.commit()
    return load


def rows_of_load(db: Session, load: Load, fate: str = "") -> list[Shown]:
    """The rows of a load, of one fate or all."""
    return rows_shown(db, load.id, fate, 0, 10_000)


def codes_of(db: Session, load: Load) -> dict[int, list[str]]:
    """What is wrong with each refused row, by line."""
    return {
        row.number: [fault.code for fault in row.faults]
        for row in rows_of_load(db, load, "refused")
    }


def workbook(rows: Sequence[Sequence[str | tuple[str, str]]], **more: bytes) -> bytes:
    """An .xlsx file of one sheet; a pair is a cell's type and its XML."""
    lines = "".join(
        f'<row r="{at}">{"".join(_cell(each, at, place) for place, each in enumerate(cells))}</row>'
        for at, cells in enumerate(rows, 1)
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{links}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="rId1" Type="{links}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {space}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f"<sst {space}><si><t>Awa</t></si>"
        "<si><r><t>Bilal </t></r><r><t>Haddad</t></r><rPh><t>no</t></rPh></si></sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{lines}</sheetData></worksheet>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**parts, **more}.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _cell(cell: str | tuple[str, str], line: int, place: int) -> str:
    reference = f"{chr(65 + place)}{line}"
    if isinstance(cell, tuple):
        return f'<c r="{reference}" {cell[0]}>{cell[1]}</c>'
    if not cell:
        return ""
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
