"""Dimensions: by what the engine splits its measures, over facts and over tallies alike."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, cast, func, select

from app.catalogue.outcomes import Alignment
from app.catalogue.versions import CourseVersion
from app.i18n.marking import N_
from app.identity.placements import Placement
from app.statistics.facts import Fact, month_of
from app.statistics.tallies import Tally


class Dimension(NamedTuple):
    """A name, and the columns that hold it; `tallied` names the split of tallies that has it.

    Months, courses and their like are told apart in every tally; the others one at a time.
    """

    key: str
    label: str
    of_fact: ColumnElement[Any]
    of_tally: ColumnElement[Any] | None
    tallied: str | None = None


# Of which one round may have several values, so that rows add up to more than their total.
SHARED = frozenset({"recommendation"})
_current = (
    select(Alignment.recommendation_key, CourseVersion.course_id)
    .join(CourseVersion, CourseVersion.id == Alignment.version_id)
    .where(CourseVersion.is_current)
    .distinct()
)
# What each course answers in its current version.
ANSWERING = _current.subquery("answering")
_facts, _placements, _tallies = Fact.__table__.c, Placement.__table__.c, Tally.__table__.c


def quarter_of(month: ColumnElement[Any]) -> ColumnElement[Any]:
    """The quarter of a month such as 202611, as 20264."""
    number = cast(month, BigInteger)
    return number // 100 * 10 + (number % 100 + 2) // 3


def _of_placement(key: str, label: str) -> Dimension:
    return Dimension(key, label, func.coalesce(_placements[key], ""), _tallies.value, key)


DIMENSIONS: Mapping[str, Dimension] = {
    each.key: each
    for each in (
        Dimension("month", N_("Month"), month_of, _tallies.month),
        Dimension("quarter", N_("Quarter"), quarter_of(month_of), quarter_of(_tallies.month)),
        Dimension(
            "year",
            N_("Year"),
            cast(month_of, BigInteger) // 100,
            cast(_tallies.month, BigInteger) // 100,
        ),
        Dimension("course", N_("Course"), _facts.course_id, _tallies.course_id),
        Dimension(
            "recommendation",
            N_("Recommendation"),
            func.coalesce(ANSWERING.c.recommendation_key, ""),
            func.coalesce(ANSWERING.c.recommendation_key, ""),
        ),
        Dimension(
            "unit",
            N_("Unit"),
            _placements.institution_id,
            cast(func.nullif(_tallies.value, ""), BigInteger),
            "unit",
        ),
        Dimension("institution", N_("Institution"), _placements.institution_id, None),
        _of_placement("grade", N_("Grade")),
        _of_placement("gender", N_("Gender")),
        _of_placement("country", N_("Country")),
        _of_placement("place", N_("Place")),
        Dimension("language", N_("Language"), _facts.language, _tallies.value, "language"),
        Dimension("mode", N_("Mode"), _facts.mode, _tallies.value, "mode"),
    )
}
