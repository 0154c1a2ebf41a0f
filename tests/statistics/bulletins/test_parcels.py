"""Files of a bulletin: the same content gives the same bytes, and every format says the same."""

import csv
import io
import json
import random
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from app.statistics.bulletins.contents import (
    Earlier,
    PublicRow,
    PublicTable,
    as_data,
    changes_between,
    content_of,
)
from app.statistics.bulletins.parcels import archive_of, files_of, manifest_of
from app.statistics.bulletins.words import UNITS, label_of, meaning_of
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES
from tests.makers.bulletins import FIRST_AID, NIGHTS, make_content, named

FIGURES = st.one_of(
    st.none(), st.integers(5, 10**9), st.floats(0, 10**6).map(lambda f: round(f, 1))
)
ROWS = st.dictionaries(
    st.tuples(st.sampled_from([FIRST_AID, NIGHTS]), st.sampled_from(["2026-01", "2026-02"])),
    st.tuples(FIGURES, FIGURES, FIGURES),
    min_size=1,
)


def archive(content) -> bytes:
    files = files_of(content)
    return archive_of(files, manifest_of(content, files, "a" * 16, "2026-04-03"), b"s" * 64)


@settings(max_examples=12, deadline=None)
@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_a_bulletin_is_byte_for_byte_the_same_in_any_order_of_its_rows(rows, seed: random.Random):
    table = PublicTable(("course", "month"), tuple(PublicRow(*each) for each in rows.items()))
    content = make_content(tables=(table, *make_content().tables[::2]))
    mixed = list(table.rows)
    seed.shuffle(mixed)
    codes = {name: content.codes[name][::-1] for name in reversed(content.codes)}
    other = content._replace(
        codes=codes, tables=(*content.tables[:0:-1], table._replace(rows=tuple(mixed)))
    )
    assert archive(other) == archive(content)
    assert archive(content_of(json.loads(json.dumps(as_data(content))))) == archive(content)


def test_every_format_says_the_same_figures():
    content = make_content().in_order()
    files = files_of(content)
    expected = dict(_cells_of_sheets(content, files))
    assert len(expected) == 3 * 7
    assert _cells_of_csv(files) == expected
    assert _cells_of_json(files) == expected


def _cells_of_sheets(content, files):
    """Cells by measure, course, gender and period, read from the tables' own files."""
    for table in content.tables:
        for row in csv.DictReader(io.StringIO(files[f"table-{table.key}.csv"].decode())):
            for measure in content.measures:
                figure = None if row[measure] == "s" else float(row[measure])
                key = (row.get("course", "_T"), row.get("gender", "_T"))
                yield (measure.upper(), *key, row.get("month", "2026-01-01/P3M")), figure


def _cells_of_csv(files):
    rows = csv.DictReader(io.StringIO(files["sdmx-data.csv"].decode()))
    cells = {}
    for row in rows:
        key = (row["INDICATOR"], row["COURSE"], row["GENDER"], row["TIME_PERIOD"])
        cells[key] = float(row["OBS_VALUE"]) if row["OBS_STATUS"] == "A" else None
        assert row["STRUCTURE_ID"] == "CAPACITA:INTERIOR_2026_Q1(1.0.0)"
        assert (row["OBS_VALUE"] == "") == (row["OBS_STATUS"] == "Q")
    return cells


def _cells_of_json(files):
    told = json.loads(files["sdmx-data.json"])["data"]
    dimensions = told["structures"][0]["dimensions"]["observation"]
    cells = {}
    for place, (figure, *_attributes) in told["dataSets"][0]["observations"].items():
        values = [
            dimension["values"][int(at)]
            for dimension, at in zip(dimensions, place.split(":"), strict=True)
        ]
        cells[tuple(each.get("id") or each["value"] for each in values)] = figure
    return cells


def test_what_the_structure_refers_to_is_in_it():
    files = files_of(make_content())
    told = json.loads(files["sdmx-structure.json"])["data"]
    kinds = {
        "codelist.Codelist": told["codelists"],
        "conceptscheme.ConceptScheme": told["conceptSchemes"],
        "datastructure.DataStructure": told["dataStructures"],
        "datastructure.Dataflow": told["dataflows"],
    }
    known = {
        f"urn:sdmx:org.sdmx.infomodel.{kind}={each['agencyID']}:{each['id']}({each['version']})"
        for kind, found in kinds.items()
        for each in found
    }
    known |= {
        f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=CAPACITA:CONCEPTS(1.0.0).{each['id']}"
        for each in told["conceptSchemes"][0]["concepts"]
    }
    named_in = json.dumps(told) + files["sdmx-data.json"].decode()
    assert set(_urns(named_in)) <= known
    assert len(set(_urns(named_in))) > 10
    listed = {each["id"]: {code["id"] for code in each["codes"]} for each in told["codelists"]}
    assert listed["CL_COURSE"] == {"_T", FIRST_AID, NIGHTS}
    assert listed["CL_INDICATOR"] == {"ENROLLED", "COMPLETED", "HOURS"}


def test_a_figure_is_called_a_number_and_no_drawing_in_each_language():
    files = files_of(make_content())
    concepts = json.loads(files["sdmx-structure.json"])["data"]["conceptSchemes"][0]["concepts"]
    names = next(each["names"] for each in concepts if each["id"] == "OBS_VALUE")
    assert names == {"en": "Figure", "fr": "Chiffre", "ar": "الرقم"}


def _urns(text: str):
    return (
        part.split('"')[0] for part in text.split('"urn:sdmx:')[1:] for part in [f"urn:sdmx:{part}"]
    )


def test_the_codebook_describes_every_column_and_every_code():
    files = files_of(make_content())
    about = json.loads(files["csv-metadata.json"])
    assert [each["url"] for each in about["tables"]] == [
        each for each in sorted(files, key=lambda path: (path[0] == "b", path[0] != "t", len(path)))
        if each.startswith(("table-", "codes-", "before"))
    ]  # fmt: skip
    rows = {
        path: list(csv.DictReader(io.StringIO(files[path].decode())))
        for path in files
        if path.startswith(("table-", "codes-", "before"))
    }
    for table in about["tables"]:
        schema, found = table["tableSchema"], rows[table["url"]]
        assert [each["name"] for each in schema["columns"]] == list(found[0])
        for key in schema.get("foreignKeys", ()):
            codes = {each["code"] for each in rows[key["reference"]["resource"]]}
            assert {each[key["columnReference"]] for each in found} <= codes
    [hours] = [c for c in about["tables"][0]["tableSchema"]["columns"] if c["name"] == "hours"]
    assert hours["null"] == ["s"]
    assert {each["@language"] for each in hours["dc:description"]} == {"en", "fr", "ar"}


def test_a_revision_says_each_cell_that_changed_and_no_other():
    before = make_content()
    first = before.tables[0]._replace(rows=(PublicRow((), (57, 44, None)),))
    after = before._replace(tables=(first, *before.tables[1:]), measures=before.measures)
    changes = changes_between(before, after)
    assert [tuple(each)[2:] for each in changes] == [("completed", 41, 44), ("hours", 120.5, None)]
    assert changes_between(before, before) == ()
    revised = after._replace(
        revision=2,
        reason="A course was counted twice.",
        earlier=(Earlier(1, "2026-04-03", "ab" * 32),),
        changes=changes,
    )
    files = files_of(revised)
    assert files["changes.csv"].decode().splitlines() == [
        "table,row,measure,before,after", "all,,completed,41,44", "all,,hours,120.5,s",
    ]  # fmt: skip
    manifest = json.loads(manifest_of(revised, files, "k", "2026-05-02"))
    assert manifest["why"] == "A course was counted twice."
    assert manifest["revises"] == [{"revision": 1, "released": "2026-04-03", "manifest": "ab" * 32}]


def test_every_measure_and_dimension_has_its_words():
    assert {each.unit for each in MEASURES.values()} == UNITS.keys()
    for name in (*MEASURES, *DIMENSIONS):
        assert all(meaning_of(name).values())
        assert all(label_of(name).values())


def test_whoever_reads_a_course_without_completions_learns_that_some_cannot_have_any():
    defined = files_of(make_content())["definitions.en.md"].decode()
    assert "A course whose rule asks for nothing is never completed." in defined
    assert "gives none" in meaning_of("certified")["en"]


def test_names_cannot_become_formulas_or_markdown():
    codes = {"course": (named(FIRST_AID, "=HYPERLINK(1)"), named(NIGHTS, "b"))}
    odd = make_content(codes=make_content().codes | codes, titles={"en": "[a](http://b) *c*"})
    files = files_of(odd)
    assert "'=HYPERLINK" in files["codes-course.csv"].decode()
    assert files["definitions.en.md"].decode().startswith("# \\[a\\](http://b) \\*c\\*\n")
    assert "\n- `enrolled`: " in files["definitions.en.md"].decode()
    assert "\n- `enrolled`\N{NO-BREAK SPACE}: " in files["definitions.fr.md"].decode()


def test_names_stand_in_one_order_whatever_the_database_makes_of_them():
    turned = {"ar": "ا", "fr": "f", "en": "e"}
    content = make_content(titles=turned, institution_names=turned)
    sorted_names = dict(sorted(turned.items(), key=lambda pair: ("en", "fr", "ar").index(pair[0])))
    assert archive(content) == archive(
        content._replace(titles=sorted_names, institution_names=sorted_names)
    )


def test_the_archive_lists_manifest_and_signature_first():
    held = zipfile.ZipFile(io.BytesIO(archive(make_content())))
    assert held.namelist()[:2] == ["manifest.json", "manifest.json.sig"]
    told = json.loads(held.read("manifest.json"))["files"]
    assert [each["path"] for each in told] == held.namelist()[2:]
    assert all(each["bytes"] == len(held.read(each["path"])) for each in told)


def test_a_loss_and_an_outcome_are_told_in_every_format():
    rows = (PublicRow(("nights$2Frest",), (-3.5,)), PublicRow(("nights$2Fwake",), (0.0,)))
    content = make_content(
        measures=("gain",),
        tables=(PublicTable(("outcome",), rows),),
        codes={"outcome": tuple(named(each.codes[0], "Rest") for each in rows)},
        before=None,
    )
    files = files_of(content)
    assert files["table-outcome.csv"].decode().splitlines()[1:] == [
        "nights$2Frest,-3.5", "nights$2Fwake,0.0",
    ]  # fmt: skip
    [row, _other] = csv.DictReader(io.StringIO(files["sdmx-data.csv"].decode()))
    assert (row["OUTCOME"], row["OBS_VALUE"], row["UNIT_MEASURE"]) == (
        "nights$2Frest", "-3.5", "POINTS",
    )  # fmt: skip
    about = json.loads(files["csv-metadata.json"])["tables"][0]["tableSchema"]["columns"]
    assert [each["datatype"] for each in about] == ["string", "decimal"]
    assert "all outcomes of a course share its figures" in files["definitions.en.md"].decode()
