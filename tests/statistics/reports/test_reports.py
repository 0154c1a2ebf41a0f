"""Reports: a tagged PDF of a bulletin that says nothing its files do not, the same bytes each time."""

import io
from datetime import date

import pikepdf
import pytest

from app.i18n.phrases import phrases_of
from app.statistics.bulletins.contents import Before, PublicRow, PublicTable
from app.statistics.bulletins.sheets import FEW
from app.statistics.cubes.measures import MEASURES
from app.statistics.reports.papers import Imprint, paper, papers, sheet_for
from app.statistics.reports.presses import ReportUnprintable
from tests.makers.bulletins import make_content, named
from tests.studio.packages.test_handbooks import names_in

RELEASED = Imprint("https://capacita.test/open-data/x/1", date(2026, 4, 3), "a1b2", "c2lnbmF0dXJl")


def year_of(**changes):
    """The quarter with months and countries too, so that there is something to draw."""
    content = make_content()
    months = [
        PublicRow((f"2026-0{at}",), (20 * at, 10 * at if at > 1 else None, 40.5))
        for at in (1, 2, 3)
    ]
    countries = [PublicRow((code,), (30, 20, None)) for code in ("RW", "FR", "FJ")]
    tables = (
        *content.tables,
        PublicTable(("month",), tuple(months)),
        PublicTable(("country",), tuple(countries)),
    )
    codes = content.codes | {"country": tuple(named(c, c) for c in ("RW", "FR", "FJ"))}
    return content._replace(tables=tables, codes=codes, **changes)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_report_is_tagged_and_the_same_each_time(language):
    made = paper(year_of(), RELEASED, language)
    mixed = year_of()
    assert made == paper(mixed._replace(tables=mixed.tables[::-1]), RELEASED, language)
    assert made != paper(year_of(), Imprint(RELEASED.address), language)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith(language)
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        tags = set(names_in(pdf.Root.StructTreeRoot.K))
        told = [str(each.Alt) for each in elements_in(pdf.Root.StructTreeRoot.K) if "/Alt" in each]
    assert {"/H1", "/H2", "/Table", "/TH", "/Figure", "/L", "/TOC"} <= tags
    assert len(told) >= 2
    assert all("20" in each or "30" in each for each in told)


def elements_in(node):
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from elements_in(each)
    elif isinstance(node, pikepdf.Dictionary):
        yield node
        yield from elements_in(node.get("/K", 0))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_figure_of_a_report_stands_in_the_files(language):
    content = year_of()
    sheet = sheet_for(content.in_order(), RELEASED, language)
    phrases = phrases_of(language)
    writers = (phrases.number, phrases.number, phrases.tenths)
    kept = {
        FEW if each is None else written(each)
        for table in content.tables for row in table.rows
        for written, each in zip(writers, row.figures, strict=True)
    }  # fmt: skip
    shown = [each for part in sheet["sections"] for row in part["rows"] for each in row["figures"]]
    assert len(shown) == sum(3 * len(each.rows) for each in content.tables if each.dimensions)
    assert {*shown, *(tile["figure"] for tile in sheet["tiles"])} <= kept
    [months] = [each for each in sheet["sections"] if each["columns"]]
    assert [bar["held"] for bar in months["columns"]["bars"]] == [False, True] + [False] * 4
    assert sheet["sections"][0] is months


def test_a_change_is_said_only_where_noise_cannot_have_made_it():
    [more, unclear, untold] = sheet_for(year_of(), RELEASED, "en")["tiles"]
    assert more["change"] == "90% more than in Oct 2025 – Dec 2025"
    assert untold["change"] == ""
    near = year_of(before=Before("2025-10", "2025-12", (55, 40, 100.0)))
    changes = [each["change"] for each in sheet_for(near, RELEASED, "en")["tiles"]]
    assert changes == ["no clear change since Oct 2025 – Dec 2025"] * 2 + [""]
    assert unclear["change"].startswith("105%")
    assert not any(
        each["change"] for each in sheet_for(year_of(before=None), RELEASED, "en")["tiles"]
    )


def test_what_leads_is_said_only_where_noise_cannot_have_put_it_there():
    def leading(*figures):
        rows = tuple(PublicRow((code,), (30, each, None)) for code, each in figures)
        content = year_of()._replace(tables=(PublicTable(("country",), rows),))
        return sheet_for(content, RELEASED, "en")["highlights"]

    [said] = leading(("RW", 900), ("FR", 700), ("FJ", None))
    assert said.endswith(": 900.")
    assert leading(("RW", 900), ("FR", 893)) == []
    assert leading(("RW", 900), ("FJ", None)) == []


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_column_of_hours_has_a_decimal_in_each_row_and_the_map_says_it_takes_no_side(language):
    sheet = sheet_for(year_of().in_order(), RELEASED, language)
    courses = next(each for each in sheet["sections"] if len(each["heads"]) == 2)
    mark = "," if language == "fr" else "."
    hours = {row["figures"][2] for row in courses["rows"]}
    assert {f"51{mark}0", f"40{mark}1", FEW} <= hours
    assert any(each["map"] and "Natural Earth" in each["borders"] for each in sheet["sections"])


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_contents_of_an_annual_report_stand_on_its_first_page(language):
    content = year_of()
    figures = (5409, 5409, 5412, 5412, None, 20147.1, 21.5, 80.3, 29.8)
    fewer = (409, 409, 412, 412, None, 147.1, 21.5, 80.3, 29.8)
    parts = (
        "recommendation",
        "course",
        "month",
        "gender",
        "country",
        "language",
        "mode",
        "grade",
        "unit",
    )
    long = named("2026-01", "Governments that learn from evidence")
    rows = (PublicRow(("2026-01",), figures), PublicRow(("2026-02",), fewer))
    tables = [PublicTable((part,), rows) for part in parts]
    wide = content._replace(
        measures=tuple(MEASURES),
        tables=(PublicTable((), (PublicRow((), figures),)), *tables),
        codes=dict.fromkeys(parts, (long,)),
        before=Before("2025-10", "2025-12", figures),
    )
    with pikepdf.open(io.BytesIO(paper(wide.in_order(), RELEASED, language))) as pdf:
        pages = [each.obj.objgen for each in pdf.pages]
        with pdf.open_outline() as outline:
            brief, key = outline.root[:2]
            at = [
                pages.index(each.to_dictionary_object(pdf).Dest[0].objgen) for each in (brief, key)
            ]
    assert at == [1, 2]


def test_a_loss_is_said_in_words_and_in_its_table():
    rows = tuple(
        PublicRow((f"2026-0{at}",), (20 * at, figure)) for at, figure in ((1, -3.5), (2, 0.0))
    )
    content = make_content(
        measures=("completed", "gain"),
        tables=(PublicTable((), (PublicRow((), (60, -1.2)),)), PublicTable(("month",), rows)),
        codes={},
        before=Before("2025-10", "2025-12", (30, 20.5)),
    )
    sheet = sheet_for(content.in_order(), RELEASED, "en")
    assert any("changed by -1.2 percentage points" in each for each in sheet["summary"])
    [months] = sheet["sections"]
    assert [row["figures"] for row in months["rows"]] == [["20", "-3.5"], ["40", "0.0"]]
    assert sheet["tiles"][1]["figure"] == "-1.2"
    assert sheet["tiles"][1]["change"] == ""
    assert paper(content, RELEASED, "ar")


def test_letters_that_no_font_has_are_refused_and_the_bulletin_goes_without_its_report():
    content = year_of(institution_names=dict.fromkeys(("en", "fr", "ar"), "\U00012000\U00012001"))
    with pytest.raises(ReportUnprintable):
        paper(content, RELEASED, "en")
    assert papers(content, RELEASED) == {}
    assert [*papers(year_of(), RELEASED)] == ["report.en.pdf", "report.fr.pdf", "report.ar.pdf"]


def test_a_table_of_many_rows_says_how_many_are_in_the_file():
    rows = tuple(PublicRow((f"c{at:03}",), (5 + at, 5 + at, None)) for at in range(100))
    content = make_content(tables=(PublicTable(("course",), rows),), codes={"course": ()})
    [part] = sheet_for(content.in_order(), RELEASED, "en")["sections"]
    assert [part["rows"][0]["names"], len(part["rows"])] == [["c099"], 40]
    assert part["more"] == "60 more rows are in the file table-course.csv."
