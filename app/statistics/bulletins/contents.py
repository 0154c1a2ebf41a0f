"""Contents: what a bulletin says, as plain values; all its files are made from these alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from app.i18n.languages import ENGLISH

LANGUAGES = ("en", "fr", "ar")
TIMES = ("month", "quarter", "year")
UNSAID = "_U"  # the code of what nobody said, as SDMX lists of codes have it
Names = Mapping[str, str]
Figure = float | int | None


class Code(NamedTuple):
    """A value of a dimension: its code in files, and its name in each language."""

    code: str
    names: Names


class PublicRow(NamedTuple):
    """Codes in the order of the table's dimensions, and figures in that of its measures.

    None is a figure that is fewer than the threshold in each of its months, or not shown.
    """

    codes: tuple[str, ...]
    figures: tuple[Figure, ...]


class PublicTable(NamedTuple):
    """A protected table; its key is what its rows are by, joined: `course-month`, or `all`."""

    dimensions: tuple[str, ...]
    rows: tuple[PublicRow, ...]

    @property
    def key(self) -> str:
        return "-".join(self.dimensions) or "all"


class Earlier(NamedTuple):
    """A revision that went before: its number, the day it was released, its manifest's SHA-256."""

    revision: int
    released: str
    manifest: str


class Change(NamedTuple):
    """A cell that another revision showed differently; none is a figure that is not shown."""

    table: str
    codes: tuple[str, ...]
    measure: str
    before: Figure
    after: Figure


class Before(NamedTuple):
    """As many months directly before, "2025-01" to "2025-12", and each measure's figure of all."""

    since: str
    until: str
    figures: tuple[Figure, ...]


class Content(NamedTuple):
    """All that a bulletin says: months as "2026-11", the moment as ISO 8601 in UTC.

    `institution` is a key, or empty for everybody. `reason` says why it revises the earlier ones,
    in `reason_language`.
    """

    key: str
    revision: int
    titles: Names
    institution: str
    institution_names: Names
    since: str
    until: str
    as_of: str
    threshold: int
    measures: tuple[str, ...]
    codes: Mapping[str, tuple[Code, ...]]
    tables: tuple[PublicTable, ...]
    reason: str = ""
    reason_language: str = ""
    earlier: tuple[Earlier, ...] = ()
    changes: tuple[Change, ...] = ()
    before: Before | None = None

    def in_order(self) -> "Content":
        """The same with every list in the order of its codes, as files have it."""
        tables = (each._replace(rows=tuple(sorted(each.rows, key=_codes))) for each in self.tables)
        return self._replace(
            titles=_by_language(self.titles),
            institution_names=_by_language(self.institution_names),
            codes={name: _in_order(self.codes[name]) for name in sorted(self.codes)},
            tables=tuple(sorted(tables, key=lambda table: (len(table.dimensions), table.key))),
            changes=tuple(sorted(self.changes, key=lambda each: each[:3])),
        )


def said_in(names: Names, language: str) -> str:
    """The name in a language, else in English, else the first there is."""
    return names.get(language) or names.get(ENGLISH.code) or next(iter(names.values()), "")


def changes_between(before: Content, after: Content) -> tuple[Change, ...]:
    """Every cell that the two show differently; a cell that one of them lacks is not shown there."""
    was, now = dict(_cells(before)), dict(_cells(after))
    told = {(table.key, measure) for table in before.tables for measure in before.measures}
    return tuple(
        Change(*place, was.get(place), now.get(place))
        for place in sorted(was.keys() | now.keys())
        if (place[0], place[2]) in told and was.get(place) != now.get(place)
    )


def as_data(content: Content) -> dict[str, Any]:
    """The content as what JSON holds, to be kept with its bulletin."""
    return content._asdict() | {
        "codes": {name: [list(each) for each in codes] for name, codes in content.codes.items()},
        "tables": [[table.dimensions, table.rows] for table in content.tables],
    }


def content_of(data: Mapping[str, Any]) -> Content:
    """The content that `as_data` was made of."""
    codes = {
        name: tuple(Code(code, names) for code, names in codes)
        for name, codes in data["codes"].items()
    }
    tables = tuple(
        PublicTable(
            tuple(dimensions),
            tuple(PublicRow(tuple(codes), tuple(figures)) for codes, figures in rows),
        )
        for dimensions, rows in data["tables"]
    )
    before = data.get("before")
    return Content(
        **{
            **data,
            "measures": tuple(data["measures"]),
            "codes": codes,
            "tables": tables,
            "earlier": tuple(Earlier(*each) for each in data["earlier"]),
            "before": Before(before[0], before[1], tuple(before[2])) if before else None,
            "changes": tuple(
                Change(table, tuple(of), measure, before, after)
                for table, of, measure, before, after in data["changes"]
            ),
        }
    )


def _cells(content: Content) -> Iterator[tuple[tuple[str, tuple[str, ...], str], Figure]]:
    for table in content.tables:
        for row in table.rows:
            for measure, figure in zip(content.measures, row.figures, strict=True):
                yield (table.key, row.codes, measure), figure


def _in_order(codes: Iterable[Code]) -> tuple[Code, ...]:
    named = (Code(code, _by_language(names)) for code, names in codes)
    return tuple(sorted(named, key=lambda each: each.code))


def _by_language(names: Names) -> Names:
    """The names in the order of languages, which databases do not keep."""
    return {each: names[each] for each in LANGUAGES if each in names}


def _codes(row: PublicRow) -> tuple[str, ...]:
    return row.codes
