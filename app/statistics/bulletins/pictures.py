"""Pictures: a bulletin's tables as a page shows them, in one language: names, figures, a drawing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.statistics.bulletins.contents import (
    TIMES,
    Content,
    Figure,
    PublicTable,
    said_in,
)
from app.statistics.bulletins.words import label_of
from app.statistics.cubes.dimensions import SHARED
from app.statistics.cubes.measures import MEASURES

MOST_LINES = 100
MOST_DRAWN = 36
BY = N_("By %(first)s")
BY_TWO = N_("By %(first)s and %(second)s")
BY_THREE = N_("By %(first)s, %(second)s and %(third)s")
WHOLE = N_("All together")


class Picture(NamedTuple):
    """A table on a page: heads and lines of names and figures, and what of it is drawn.

    `drawn` are pairs of name and figure of the first count by the first thing, which may be times;
    None where there is nothing to draw. `total` is of all lines, of which the page has the first.
    """

    key: str
    title: str
    heads: tuple[str, ...]
    measures: tuple[str, ...]
    lines: list[tuple[list[str], tuple[Figure, ...]]]
    total: int
    drawn: list[tuple[str, int | None]] | None
    drawn_by: str
    is_time: bool

    @property
    def is_whole(self) -> bool:
        """Whether the drawing is a table itself and says all that the table would."""
        is_plain = len(self.heads) == len(self.measures) == 1
        return self.drawn is not None and not self.is_time and is_plain


def pictures_of(content: Content, language: str) -> list[Picture]:
    """Every table of a bulletin, in the order that a reader wants."""
    return [_picture(content, table, language) for table in in_sense(content.tables)]


def in_sense(tables: Sequence[PublicTable]) -> list[PublicTable]:
    """All together, then months, courses, recommendations, places, then what belongs to persons."""
    order = [
        *TIMES,
        "course",
        "recommendation",
        "outcome",
        "unit",
        "institution",
        "country",
        "place",
    ]
    ranked = {name: at for at, name in enumerate(order)}
    return sorted(
        tables,
        key=lambda table: (
            len(table.dimensions),
            [ranked.get(each, len(order)) for each in table.dimensions],
            table.key,
        ),
    )


def _picture(content: Content, table: PublicTable, language: str) -> Picture:
    names = _names(content, language)
    heads = tuple(label_of(each)[language] for each in table.dimensions)
    lines = [
        ([_name(names, *each, language) for each in zip(table.dimensions, row.codes, strict=True)],
         row.figures)
        for row in table.rows[:MOST_LINES]
    ]  # fmt: skip
    first = next((each for each in TIMES if each in table.dimensions), None)
    by = first or next(iter(table.dimensions), "")
    return Picture(
        table.key,
        title_by(heads, language),
        heads,
        tuple(label_of(each)[language] for each in content.measures),
        lines,
        len(table.rows),
        _drawn(content, table, by, names, language) if by else None,
        label_of(by)[language] if by else "",
        first is not None,
    )


def title_by(heads: Sequence[str], language: str) -> str:
    """A table's title: what its rows are by, in words."""
    say = translations_for(language).gettext
    sentence = (WHOLE, BY, BY_TWO, BY_THREE)[len(heads)]
    words = dict(zip(("first", "second", "third"), map(_small, heads), strict=False))
    return say(sentence) % words


def _small(head: str) -> str:
    return head[:1].lower() + head[1:]


def _drawn(
    content: Content, table: PublicTable, by: str, names: Mapping[str, str], language: str
) -> list[tuple[str, int | None]] | None:
    """The first count added up by one dimension; what is not shown anywhere is held back.

    None where the same rounds would be added up more than once.
    """
    if not SHARED.isdisjoint({*table.dimensions} - {by}):
        return None
    at = table.dimensions.index(by)
    counted = next((i for i, m in enumerate(content.measures) if MEASURES[m].unit == "count"), None)
    if counted is None:
        return None
    found: dict[str, int | None] = {}
    for row in table.rows:
        figure, known = row.figures[counted], found.get(row.codes[at])
        found[row.codes[at]] = known if figure is None else int(figure) + (known or 0)
    if not 2 <= len(found) <= MOST_DRAWN:
        return None
    return [(_name(names, by, code, language), figure) for code, figure in sorted(found.items())]


def counted_in(content: Content, language: str) -> str:
    """What the drawings count: the first measure that is a count."""
    first = next((each for each in content.measures if MEASURES[each].unit == "count"), "")
    return label_of(first)[language] if first else ""


def named_in(content: Content, dimension: str, code: str, language: str) -> str:
    """What a code of a dimension is called."""
    return _name(_names(content, language), dimension, code, language)


def _names(content: Content, language: str) -> dict[str, str]:
    return dict(_pairs(content, language))


def _pairs(content: Content, language: str) -> Iterator[tuple[str, str]]:
    for dimension, codes in content.codes.items():
        for code, names in codes:
            yield f"{dimension}={code}", said_in(names, language)


def _name(names: Mapping[str, str], dimension: str, code: str, language: str) -> str:
    if dimension == "month":
        return phrases_of(language).month(code)
    return names.get(f"{dimension}={code}", code)
