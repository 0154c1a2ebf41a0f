"""Snapshots: the engine asked once for each table of a bulletin, protected whoever asks.

What goes public is protected by cell keys also for those who see exact counts, and an institution
counts among the three things that a table narrows by.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.errors import Refusal
from app.foundation.snapshots import in_one_snapshot
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.identity.institutions import institution_called, name_of_institution
from app.statistics.attributions import THEN
from app.statistics.bulletins.contents import (
    LANGUAGES,
    TIMES,
    UNSAID,
    Before,
    Code,
    Content,
    Figure,
    Names,
    PublicRow,
    PublicTable,
)
from app.statistics.cubes.cubes import Answer, Ask, answer
from app.statistics.cubes.measures import MEASURES
from app.statistics.cubes.names import Named, names_of
from app.statistics.protecting.cells import RULE
from app.statistics.questions import first_day, month_after
from app.statistics.scopes import Scope

MOST_ROWS = 50_000
ITSELF = "_SELF"  # the code of a unit that is the institution itself
_ODD = re.compile(r"^[_@-]|[^A-Za-z0-9_@-]")  # what no code holds, or begins with here
ALL = N_("All institutions")
TITLE = N_("Learning: %(institution)s, %(since)s to %(until)s")
TITLE_OF_ALL = N_("Learning at all institutions, %(since)s to %(until)s")


class TooLarge(Refusal):
    """The tables have more rows than a bulletin holds."""

    says = N_("These tables have more than %(most)d rows.")
    mend = N_("Choose fewer tables, or a shorter period.")


class Wish(NamedTuple):
    """What a bulletin is to hold: tables by what their rows are by, months as "2026-11"."""

    key: str
    institution: str
    since: str
    until: str
    measures: tuple[str, ...]
    tables: tuple[tuple[str, ...], ...]


def wish_of(content: Content) -> Wish:
    """What a bulletin holds, to be asked for anew."""
    tables = tuple(each.dimensions for each in content.tables)
    return Wish(
        content.key, content.institution, content.since, content.until, content.measures, tables
    )


@in_one_snapshot
def snapshot(db: Session, scope: Scope, wish: Wish) -> Content:
    """The tables as they are now, all of one moment; raises TooLarge and what the engine says of narrow questions."""
    since, until = first_day(wish.since), month_after(first_day(wish.until))
    found: list[tuple[tuple[str, ...], Answer]] = []
    for by in wish.tables:
        ask = Ask(wish.measures, by, since, until, "", wish.institution, THEN)
        found.append((by, answer(db, scope, ask, exact=False)))
        if sum(len(each.rows) for _by, each in found) > MOST_ROWS:
            raise TooLarge(most=MOST_ROWS)
    named = {each: _codes_of(db, each, found, wish) for each in _dimensions(wish.tables)}
    told = _institution_names(db, wish)
    return Content(
        key=wish.key,
        revision=1,
        titles=_titles(wish, told),
        institution=wish.institution,
        institution_names=told,
        since=wish.since,
        until=wish.until,
        as_of=as_moment(clock.now()),
        threshold=RULE.threshold,
        measures=wish.measures,
        codes={each: tuple(codes.values()) for each, codes in named.items() if each not in TIMES},
        tables=tuple(_table(by, each, wish.measures, named) for by, each in found),
        before=_before(db, scope, wish),
    ).in_order()


def _before(db: Session, scope: Scope, wish: Wish) -> Before | None:
    """The figures of all together in as many months directly before; none where nothing was."""
    first, end = first_day(wish.since), month_after(first_day(wish.until))
    months = (end.year - first.year) * 12 + end.month - first.month
    since = month_after(first, -months)
    ask = Ask(wish.measures, (), since, first, "", wish.institution, THEN)
    found = answer(db, scope, ask, exact=False)
    if not found.rows:
        return None
    shown = (_shown(each, figure) for each, figure in zip(wish.measures, found.totals, strict=True))
    return Before(f"{since:%Y-%m}", f"{month_after(first, -1):%Y-%m}", tuple(shown))


def as_moment(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _dimensions(tables: Iterable[tuple[str, ...]]) -> set[str]:
    return {each for by in tables for each in by}


def _codes_of(
    db: Session, dimension: str, found: Iterable[tuple[tuple[str, ...], Answer]], wish: Wish
) -> dict[Any, Code]:
    """Each value of a dimension that any table has, as a code with its names."""
    values = {
        row[by.index(dimension)] for by, each in found if dimension in by for row, _ in each.rows
    }
    named = {
        language: names_of(db, dimension, values, wish.until, language) for language in LANGUAGES
    }
    return {value: _code(dimension, value, named) for value in values}


def _code(dimension: str, value: Any, named: Mapping[str, Mapping[Any, Named]]) -> Code:
    unknown = str(value), str(value)
    key = named[LANGUAGES[0]].get(value, unknown)[0]
    names = {language: named[language].get(value, unknown)[1] for language in LANGUAGES}
    if not key:
        return Code(ITSELF if dimension == "unit" else UNSAID, names)
    return Code(_ODD.sub(_escaped, key), names)


def _escaped(letter: re.Match[str]) -> str:
    return "".join(f"${byte:02X}" for byte in letter[0].encode())


def _table(
    by: tuple[str, ...],
    found: Answer,
    measures: tuple[str, ...],
    named: Mapping[str, Mapping[Any, Code]],
) -> PublicTable:
    rows = (
        PublicRow(
            tuple(named[each][value].code for each, value in zip(by, values, strict=True)),
            tuple(_shown(each, figure) for each, figure in zip(measures, figures, strict=True)),
        )
        for values, figures in found.rows
    )
    return PublicTable(by, tuple(rows))


def _shown(measure: str, figure: Figure) -> Figure:
    """The figure, or none where it is too small to be told; a mean may be nothing at all."""
    return figure if figure or MEASURES[measure].is_mean else None


def _institution_names(db: Session, wish: Wish) -> Names:
    if not wish.institution:
        return {each: translations_for(each).gettext(ALL) for each in LANGUAGES}
    institution = institution_called(db, wish.institution)
    name = name_of_institution(db, institution.id) if institution else wish.institution
    return dict.fromkeys(LANGUAGES, name)


def _titles(wish: Wish, told: Names) -> Names:
    return {
        each: translations_for(each).gettext(TITLE if wish.institution else TITLE_OF_ALL)
        % {
            "institution": told[each],
            "since": phrases_of(each).month(wish.since),
            "until": phrases_of(each).month(wish.until),
        }
        for each in LANGUAGES
    }
