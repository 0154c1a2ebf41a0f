"""Sections: a table of a bulletin as a part of its report: finding, drawing, rows."""

from collections.abc import Sequence
from typing import Any

from app.i18n.catalogues import translations_for
from app.i18n.languages import direction_of
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.statistics.bulletins.contents import TIMES, UNSAID, Content, Figure, PublicRow, PublicTable
from app.statistics.bulletins.pictures import named_in, title_by
from app.statistics.bulletins.sheets import sheet_of
from app.statistics.bulletins.words import label_of
from app.statistics.cubes.measures import MEASURES
from app.statistics.reports.drawings import columns_drawn, lengths_of, map_drawn
from app.statistics.reports.sentences import drawn_measure, finding_of, written

MOST_ROWS, MOST_FINE_ROWS = 40, 20  # of a table by one thing, and by several
MOST_MONTHS = 36
SORTED = N_("The highest figures stand first.")
BORDERS = N_("The map is drawn from Natural Earth, which belongs to everybody, in equal areas; small countries are dots. Where its lines run and what it calls a country says nothing about whose land that is, and is not endorsed by anybody here.")  # fmt: skip
TOGETHER = ("enrolled", "completed")  # drawn side by side by month where both are there


def section_of(content: Content, table: PublicTable, language: str) -> dict[str, Any]:
    """What the press sets of a table; its rows are the highest, or the first months."""
    phrases, at = phrases_of(language), drawn_measure(content)
    is_time = table.dimensions[0] in TIMES
    is_plain = len(table.dimensions) == 1
    rows = (
        list(table.rows)
        if (is_time and is_plain) or at is None
        else sorted(table.rows, key=_highest(at))
    )
    shown = rows[: MOST_ROWS if is_plain else MOST_FINE_ROWS]
    names = [_names(content, table, row, language) for row in shown]
    drawn = [] if at is None else [_whole(row.figures[at]) for row in shown]
    pairs = list(zip((", ".join(each) for each in names), drawn, strict=False))
    heads = [label_of(each)[language] for each in table.dimensions]
    counted = "" if at is None else label_of(content.measures[at])[language]
    return {
        "title": title_by(heads, language),
        "finding": _finding(pairs, counted, language) if is_plain else translations_for(language).gettext(SORTED),
        "heads": heads,
        "measures": [label_of(each)[language] for each in content.measures],
        "rows": [
            {"names": each, "figures": _figures(content.measures, row, language)}
            for each, row in zip(names, shown, strict=True)
        ],
        "bars": lengths_of(pairs) if is_plain and not is_time and pairs else [],
        "columns": _columns(content, shown, names, language) if is_time and is_plain else None,
        "map": (
            map_drawn([(_code(row), name[0], value) for row, name, value
                       in zip(shown, names, drawn, strict=True)], phrases)
            if table.dimensions == ("country",) and drawn else None
        ),
        "borders": translations_for(language).gettext(BORDERS),
        "alt": f"{counted}: {finding_of(pairs, language)}",
        "more": _more(len(rows) - len(shown), sheet_of(table.key), language),
        "held": any(figure is None for row in shown for figure in row.figures),
    }  # fmt: skip


def _finding(pairs: Sequence[tuple[str, int | None]], counted: str, language: str) -> str:
    return f"{counted}. {finding_of(pairs, language)}" if pairs else ""


def _columns(
    content: Content, rows: Sequence[PublicRow], names: Sequence[Sequence[str]], language: str
) -> dict[str, Any] | None:
    """The months as columns: enrolled beside completed, or the one count that there is."""
    if not 2 <= len(rows) <= MOST_MONTHS:
        return None
    counted = [each for each in content.measures if MEASURES[each].unit == "count"]
    series = [each for each in TOGETHER if each in counted] or counted[:1]
    if not series:
        return None
    figures = [
        (label_of(each)[language], [_whole(row.figures[content.measures.index(each)]) for row in rows])
        for each in series
    ]  # fmt: skip
    return columns_drawn(
        [each[0] for each in names], figures, direction_of(language), phrases_of(language)
    )


def _names(content: Content, table: PublicTable, row: PublicRow, language: str) -> list[str]:
    pairs = zip(table.dimensions, row.codes, strict=True)
    return [named_in(content, dimension, code, language) for dimension, code in pairs]


def _highest(at: int) -> Any:
    """The order of rows: the highest figure first, what nobody said last."""
    return lambda row: (UNSAID in row.codes, -(row.figures[at] or 0), row.codes)


def _whole(figure: Figure) -> int | None:
    return None if figure is None else int(figure)


def _code(row: PublicRow) -> str:
    return row.codes[0]


def _figures(measures: Sequence[str], row: PublicRow, language: str) -> list[str]:
    pairs = zip(measures, row.figures, strict=True)
    return [written(measure, figure, language) for measure, figure in pairs]


def _more(count: int, path: str, language: str) -> str:
    """How many rows the file has besides, and which file that is."""
    if count <= 0:
        return ""
    return translations_for(language).ngettext(
        "One more row is in the file %(path)s.",
        "%(num)d more rows are in the file %(path)s.",
        count,
    ) % {"num": count, "path": path}
