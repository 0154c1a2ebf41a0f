"""Ways: from a row of a table to the list of the people that it counts, as an address says it."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.institutions import institution_called, name_of_institution
from app.statistics.cubes.dimensions import DIMENSIONS, SHARED
from app.statistics.cubes.names import names_of
from app.statistics.cubes.questions import Put
from app.statistics.questions import MEASURES, Question, first_day, month_after
from app.statistics.traits import TRAITS

UNDER = N_("Institution and all under it")


def way_to_rows(put: Put, by: Sequence[str], keys: Sequence[str], measure: str) -> str:
    """The query of the list behind a figure, or nothing where the list cannot ask the same.

    Hours and days are those of completions; what counts no enrolment, or nobody's institution, has
    no list.
    """
    asked = "completed" if measure in {"hours", "days"} else measure
    values = {"since": put.since, "until": put.until, "course": put.course, "under": put.under}
    narrowed = dict(values, view=put.view, measure=asked)
    for dimension, key in zip(by, keys, strict=True):
        if dimension in SHARED or (not key and dimension in {"unit", "institution", "course"}):
            return ""
        narrowed |= _narrowing(put, dimension, key)
    if asked not in MEASURES:
        return ""
    said = {name: value for name, value in narrowed.items() if value or name in TRAITS}
    return "?" + urlencode(said)


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
