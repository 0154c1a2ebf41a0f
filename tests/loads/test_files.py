"""Files: text and workbooks as people save them are read; what is broken is said, and where."""

import pytest

from app.foundation.zips import ENTRY
from app.loads.columns import layout_of, read_row
from app.loads.faults import FileFaulty
from app.loads.people import COLUMNS
from app.loads.sheets import rows_of
from tests.makers.loads import workbook

SHEET = "xl/worksheets/sheet1.xml"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
GOOD = "mail,name\nawa@example.org,Éva Ñandú آوا\n"


def crafted(cells: str, **more: bytes) -> bytes:
    """A workbook of two rows of these cells, and perhaps other parts."""
    rows = f"<row>{cells}</row>" * 2
    sheet = f'<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData></worksheet>'
    return workbook([], **{SHEET: sheet.encode()}, **more)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("Éva", '"Éva').replace("آوا", 'آوا"').encode(),
        f"\n\n{GOOD}\n,\n".encode(),
        f"sep=|\r\n{GOOD}".replace(",", "|").encode("utf-8-sig"),
        workbook([["mail", "name"], ["awa@example.org", "Éva Ñandú آوا"]]),
    ],
    ids=[
        "plain",
        "marked",
        "utf-16",
        "semicolons",
        "tabs",
        "mac",
        "quotes",
        "blanks",
        "told",
        "xlsx",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_file_is_read_however_it_was_saved(content, size):
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    if content.startswith(b"PK"):
        pieces = [content]
    head, row = rows_of(pieces)
    assert head.cells == ["mail", "name"]
    assert row.cells == ["awa@example.org", "Éva Ñandú آوا"]
    assert row.line == head.line + 1


def test_the_old_encoding_is_read_only_when_told():
    content = GOOD.replace("Ñandú آوا", "€").encode("cp1252")
    with pytest.raises(FileFaulty) as fault:
        list(rows_of([content]))
    assert (fault.value.code, fault.value.values) == ("encoding", {"line": 2})
    assert list(rows_of([content], "windows-1252"))[1].cells[1] == "Éva €"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"mail,name\n", "empty"),
        (b"\x00\x01\x02", "no-text"),
        (b"\xd0\xcf\x11\xe0 old", "old-workbook"),
        (b"PK\x03\x04 broken", "broken-workbook"),
        (b'mail,name\na@b.example,"never closed\n' + b"x\n" * 90_000, "open-quote"),
        ("mail,name\n".encode("utf-16")[:-1], "encoding"),
        (workbook([["a"]], **{"xl/worksheets/sheet1.xml": b" " * 30_000_000}), "swollen-workbook"),
        (workbook([["a"]], **{"xl/sharedStrings.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
         "broken-workbook"),
        (workbook([["a"]], **{"xl/workbook.xml": b"<workbook/>"}), "broken-workbook"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(content, code):
    with pytest.raises(FileFaulty) as fault:
        list(rows_of([content]))
    assert fault.value.code == code


LONG = "x" * 100_001
# As large as styles must not be, and packed as well as those of a spreadsheet are.
STYLES = b"<styleSheet>" + b"".join(b"%d" % 7**number + b" " * 10_000 for number in range(1_600))


@pytest.mark.parametrize(
    "content",
    [
        crafted("<c/>" * 201),
        crafted('<c r="A1"/>' * 201),
        crafted(f'<c t="inlineStr"><is><t>{LONG}</t></is></c>'),
        crafted(f"<c><f>{LONG}</f></c>"),
        crafted('<c t="s"><v>0</v></c>', **{"xl/sharedStrings.xml": f"<sst><si><t>{LONG}</t></si></sst>".encode()}),
        crafted("<c/>", **{"xl/styles.xml": STYLES + b"</styleSheet>"}),
        b"PK\x03\x04" + ENTRY * 2_001,
    ],
    ids=["unnamed", "over", "long", "long formula", "long shared", "styles", "members"],
)  # fmt: skip
def test_a_workbook_that_would_fill_the_memory_is_not_read(content):
    with pytest.raises(FileFaulty) as fault:
        list(rows_of([content]))
    assert fault.value.code == "swollen-workbook"


def test_what_is_just_within_the_limits_is_read():
    cell = f'<c t="inlineStr"><is><t>{LONG[1:]}</t></is></c>'
    first, _second = rows_of([crafted("<c/>" * 199 + cell)])
    assert first.cells == [*[""] * 199, LONG[1:]]


@pytest.mark.parametrize("cell", ["<c><v>1e999</v></c>", '<c s="1"><v>2999999</v></c>'])
def test_a_number_that_is_no_day_and_no_number_breaks_the_workbook_in_words(cell):
    with pytest.raises(FileFaulty) as fault:
        list(rows_of([crafted(cell)]))
    assert fault.value.code == "broken-workbook"


def test_a_workbook_gives_days_numbers_and_shared_texts_and_tells_formulae():
    rows = [
        ["mail", "name", "from", "number"],
        [("", ""), ('t="s"', "<v>1</v>"), ('s="1"', "<v>46023</v>"), ("", "<v>4711.0</v>")],
        ["", ('t="str"', '<f>WEBSERVICE("x")</f><v>Awa</v>'), ('t="e"', "<v>#REF!</v>"),
         ('t="b"', "<v>1</v>")],
    ]  # fmt: skip
    _head, first, second = rows_of([workbook(rows)])
    assert first.cells == ["", "Bilal Haddad", "2026-01-01", "4711"]
    assert second.cells == ["", '=WEBSERVICE("x")', "=#REF!", "1"]


@pytest.mark.parametrize(
    "head",
    [
        ["mail", "name", "unit"],
        ["E-mail", "Name", "Institution code"],
        [" NAME ", "UNIT", "what is wrong", "", "Mail"],
        ["Adresse électronique", "Nom\u200f", "Code de l'institution"],
    ],
)
def test_columns_are_known_by_their_names_in_any_order(head):
    layout = layout_of(head, COLUMNS, 1)
    assert {column.key for column in layout if column} == {"mail", "name", "unit"}


@pytest.mark.parametrize(
    ("head", "code", "values"),
    [
        (["mail", "nom de guerre", "unit"], "column-unknown",
         {"name": "nom de guerre", "place": 2, "line": 3}),
        (["mail", "E-mail", "name", "unit"], "column-twice", {"name": "E-mail"}),
        (["mail", "name"], "column-missing", {"name": "Institution code"}),
    ],
)  # fmt: skip
def test_a_head_that_will_not_do_is_said(head, code, values):
    with pytest.raises(FileFaulty) as fault:
        layout_of(head, COLUMNS, 3)
    assert (fault.value.code, fault.value.values) == (code, values)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("mail", "awa at example", "no-address"),
        ("mail", "a@b.example, c@d.example", "no-address"),
        ("name", "", "missing"),
        ("name", "x" * 201, "too-long"),
        ("name", "=1+1", "formula"),
        ("name", "'=1+1", "formula"),
        ("name", "+SUM(A1)", "formula"),
        ("name", " \u200e=1+1", "formula"),
        ("name", "@SUM(A1)", "formula"),
        ("name", "A\x07wa", "unprintable"),
        ("unit", "Ünit", "no-code"),
        ("unit", "x" * 65, "no-code"),
        ("language", "tlh", "no-language"),
        ("gender", "person", "no-choice"),
        ("country", "XX", "no-country"),
        ("place", "Dakar", "no-place"),
        ("from", "44 BC", "no-day"),
        ("from", "-0044-03-15", "no-day"),
        ("from", "0044-03-15", "day-absurd"),
        ("from", "2026-02-30", "no-day"),
        ("from", "01/02/2026", "no-day"),
        ("from", "2031-01-01", "day-ahead"),
        ("from", "9999-01-01", "day-absurd"),
        ("from", "2026-01-02 12:00", "no-day"),
        ("number", "x" * 51, "too-long"),
    ],
)
def test_a_bad_cell_is_told_by_its_column(column, cell, code):
    row = {"mail": "awa@example.org", "name": "Awa", "unit": "institute", column: cell}
    layout = layout_of(list(row), COLUMNS, 1)
    told = read_row(2, list(row.values()), layout)
    assert [(fault.column, fault.code) for fault in told.faults] == [(column, code)]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("number", "\u200e47\u200e11\u200f", "4711"),
        ("mail", "awa@example.org\u200e", "awa@example.org"),
        ("name", "\u200fعمر", "عمر"),
        ("name", "می\u200cخواهم", "می\u200cخواهم"),  # within a word it is written
        ("unit", "institute\u200b", "institute"),
        ("from", "2026-01-02\u200f", "2026-01-02"),
        ("from", "2026-01-02 00:00:00", "2026-01-02"),
        ("from", "2026-01-02T00:00:00.000", "2026-01-02"),
    ],
)
def test_what_nobody_sees_or_means_makes_nobody_another(column, cell, value):
    row = {"mail": "awa@example.org", "name": "Awa", "unit": "institute", column: cell}
    told = read_row(2, list(row.values()), layout_of(list(row), COLUMNS, 1))
    assert (told.values[column], told.faults) == (value, [])


def test_swapped_columns_are_recognised_and_surplus_cells_told():
    layout = layout_of(["mail", "name", "unit"], COLUMNS, 1)
    swapped = read_row(2, ["Awa Diop", "awa@example.org", "institute"], layout)
    assert [(fault.column, fault.code) for fault in swapped.faults] == [("name", "swapped")]
    surplus = read_row(3, ["awa@example.org", "Awa", "institute", "more"], layout)
    assert [fault.code for fault in surplus.faults] == ["too-many-cells"]


def test_what_people_write_is_read_as_they_mean_it():
    row = {"mail": "Awa.Diop@Example.ORG", "name": "  Awa   Diop ", "unit": "Roads_North 7",
           "gender": "Femme", "country": "sn", "place": "sn-dk", "from": "٢٠٢٦-٠١-٠٢",
           "number": " 47 11 "}  # fmt: skip
    told = read_row(2, list(row.values()), layout_of(list(row), COLUMNS, 1))
    assert not told.faults
    assert told.values == {
        "mail": "Awa.Diop@example.org", "name": "Awa Diop", "unit": "roads-north-7",
        "gender": "woman", "country": "SN", "place": "SN-DK", "from": "2026-01-02",
        "number": "4711",
    }  # fmt: skip
