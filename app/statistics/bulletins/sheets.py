"""Sheets: tables and lists of codes as CSV, described by the W3C's metadata for tabular data."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.statistics.bulletins.contents import LANGUAGES, TIMES, Content, Names, PublicTable
from app.statistics.bulletins.words import THE_ONE_BEFORE, in_each, label_of, meaning_of
from app.statistics.cubes.measures import MEASURES
from app.statistics.exports import defused

FEW = "s"  # what stands for a figure that is too small to be told, as in SDMX's older codes
METADATA = "csv-metadata.json"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TIME_TYPES: dict[str, Any] = {
    "month": {"base": "gYearMonth"},
    "quarter": {"base": "string", "format": "[0-9]{4}-Q[1-4]"},
    "year": {"base": "gYear"},
}


def sheets(content: Content) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each table, of each list of codes, and of what describes them."""
    for table in content.tables:
        heads = (*table.dimensions, *content.measures)
        yield sheet_of(table.key), as_csv(heads, (_cells(*row) for row in table.rows))
    for dimension, codes in content.codes.items():
        heads = ("code", *(f"name_{each}" for each in LANGUAGES))
        rows = ([code, *(names[each] for each in LANGUAGES)] for code, names in codes)
        yield codes_of(dimension), as_csv(heads, rows)
    if content.before:
        since, until, figures = content.before
        heads = (*BEFORE_HEADS, *content.measures)
        yield BEFORE, as_csv(heads, [_cells((since, until), figures)])
    if content.changes:
        yield CHANGES, as_csv(CHANGE_HEADS, (_change(*each) for each in content.changes))
    yield METADATA, as_json(_metadata(content))


BEFORE, BEFORE_HEADS = "before.csv", ("first_month", "last_month")
CHANGES, CHANGE_HEADS = "changes.csv", ("table", "row", "measure", "before", "after")


def sheet_of(key: str) -> str:
    """The path of a table."""
    return f"table-{key}.csv"


def codes_of(dimension: str) -> str:
    """The path of a dimension's list of codes."""
    return f"codes-{dimension}.csv"


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file as RFC 4180 has it, in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def as_json(value: object) -> bytes:
    """JSON that is always the same for the same value, a member a line."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _cells(codes: Sequence[str], figures: Sequence[object]) -> list[object]:
    return [*codes, *(FEW if each is None else each for each in figures)]


def _change(
    table: str, codes: Sequence[str], measure: str, before: object, after: object
) -> list[object]:
    return [table, " ".join(codes), measure, *_cells((), (before, after))]


def _metadata(content: Content) -> dict[str, Any]:
    tables = [_described(content, table) for table in content.tables]
    tables += [_codes_described(dimension) for dimension in content.codes]
    if content.before:
        tables.append(_before_described(content))
    if content.changes:
        tables.append(_changes_described())
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": _literals(content.titles),
        "dc:license": {"@id": LICENCE},
        "dc:created": content.as_of,
        "dc:temporal": f"{content.since}/{content.until}",
        "tables": tables,
    }


def _described(content: Content, table: PublicTable) -> dict[str, Any]:
    columns = [_dimension(each) for each in table.dimensions]
    schema: dict[str, Any] = {"columns": columns + [_measure(each) for each in content.measures]}
    if table.dimensions:
        schema["primaryKey"] = list(table.dimensions)
    keys = [
        {"columnReference": each,
         "reference": {"resource": codes_of(each), "columnReference": "code"}}
        for each in table.dimensions if each not in TIMES
    ]  # fmt: skip
    if keys:
        schema["foreignKeys"] = keys
    return {"url": sheet_of(table.key), "tableSchema": schema}


def _codes_described(dimension: str) -> dict[str, Any]:
    named = [
        {"name": f"name_{each}", "titles": f"name_{each}", "lang": each, "datatype": "string"}
        for each in LANGUAGES
    ]
    code = {"name": "code", "titles": "code", "datatype": "string", "required": True}
    return {
        "url": codes_of(dimension),
        "dc:title": _literals(label_of(dimension)),
        "tableSchema": {"columns": [code, *named], "primaryKey": "code"},
    }


def _before_described(content: Content) -> dict[str, Any]:
    months = [
        {"name": each, "titles": each, "datatype": TIME_TYPES["month"], "required": True}
        for each in BEFORE_HEADS
    ]
    columns = [*months, *(_measure(each) for each in content.measures)]
    schema = {"columns": columns, "primaryKey": [*BEFORE_HEADS]}
    return {"url": BEFORE, "dc:title": _literals(in_each(THE_ONE_BEFORE)), "tableSchema": schema}


def _changes_described() -> dict[str, Any]:
    columns = [{"name": each, "titles": each, "datatype": "string"} for each in CHANGE_HEADS]
    return {"url": CHANGES, "tableSchema": {"columns": columns}}


def _dimension(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "titles": name,
        "dc:title": _literals(label_of(name)),
        "dc:description": _literals(meaning_of(name)),
        "datatype": TIME_TYPES.get(name, "string"),
        "required": True,
    }


def _measure(name: str) -> dict[str, Any]:
    is_count = MEASURES[name].unit == "count"
    return {
        "name": name,
        "titles": name,
        "dc:title": _literals(label_of(name)),
        "dc:description": _literals(meaning_of(name)),
        "datatype": "nonNegativeInteger" if is_count else "decimal",
        "null": [FEW],
    }


def _literals(names: Names) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in names.items()]
