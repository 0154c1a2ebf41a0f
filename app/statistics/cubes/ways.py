"""Ways: from a row of a table to the list of the people that it counts, as an address says it."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.institutions import Institution, institution_called, name_of_institution
from app.statistics.cubes.dimensions import DIMENSIONS, SHARED
from app.statistics.cubes.names import names_of
from app.statistics.cubes.questions import Put
from app.statistics.cubes.readings import narrowed
from app.statistics.questions import MEASURES, Question, first_day, month_after
from app.statistics.scopes import Scope
from app.statistics.tallies import UNIT, units_apart
from app.statistics.traits import TRAITS
from app.statistics.trees import EVERYWHERE

Ways = Callable[[Put, Sequence[str], Sequence[str], str], str]
UNDER = N_("Institution and all under it")


def ways_to_rows(db: Session, scope: Scope, put: Put, by: Sequence[str]) -> Ways:
    """`way_to_rows` for tables of a question, of which one at least has these dimensions."""
    if UNIT not in by:
        return way_to_rows
    _scope, root = narrowed(db, scope, put.ask())
    ids = units_apart(db, EVERYWHERE if root is None else root)
    keyed = select(Institution.key).where(Institution.id.in_(ids))
    return partial(way_to_rows, apart={*db.scalars(keyed)} if ids else ())


def way_to_rows(
    put: Put, by: Sequence[str], keys: Sequence[str], measure: str, apart: Collection[str] = ()
) -> str:
    """The query of the list behind a figure, or nothing where the list cannot ask the same.

    Hours and days are those of completions; what counts no enrolment, or nobody's institution, has
    no list. Nor has a unit that is `apart`: all under it are more than those who count at it.
    """
    asked = "completed" if measure in {"hours", "days"} else measure
    values = {"since": put.since, "until": put.until, "course": put.course, "under": put.under}
    said = dict(values, view=put.view, measure=asked)
    for dimension, key in zip(by, keys, strict=True):
        if dimension in SHARED or (not key and dimension in {"unit", "institution", "course"}):
            return ""
        if dimension == UNIT and key in apart:
            return ""
        said |= _narrowing(put, dimension, key)
    if asked not in MEASURES:
        return ""
    return "?" + urlencode({name: each for name, each in said.items() if each or name in TRAITS})


def narrowed_by(db: Session, question: Question, language: str) -> list[tuple[str, str]]:
    """In words, what narrows a list besides the months, course and institution of its form."""
    say = translations_for(language).gettext
    said = [
        (say(DIMENSIONS[name].label), names_of(db, name, {value}, "", language)[value][1])
        for name, value in question.traits
    ]
    under = institution_called(db, question.under) if question.under else None
    return [(say(UNDER), name_of_institution(db, under.id)), *said] if under else said


def _narrowing(put: Put, dimension: str, key: str) -> dict[str, str]:
    if dimension in {"month", "quarter", "year"}:
        since, until = months_called(key)
        return {"since": max(since, put.since), "until": min(until, put.until)}
    return {"under" if dimension == "unit" else dimension: key}


def months_called(key: str) -> tuple[str, str]:
    """The first and last month of "2026", "2026-Q3" or "2026-11"."""
    year, _, part = key.partition("-")
    if not part:
        return f"{year}-01", f"{year}-12"
    if not part.startswith("Q"):
        return key, key
    first = first_day(f"{year}-{3 * int(part[1:]) - 2:02}")
    return f"{first:%Y-%m}", f"{month_after(first, 2):%Y-%m}"
