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
    """A name, what it means, and the columns that hold it; `tallied` names the split of tallies.

    Months, courses and their like are told apart in every tally; the others one at a time.
    """

    key: str
    label: str
    definition: str
    of_fact: ColumnElement[Any]
    of_tally: ColumnElement[Any] | None
    tallied: str | None = None


# Of which one round may have several values, so that rows add up to more than their total.
SHARED = frozenset({"recommendation", "outcome"})
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


def _of_placement(key: str, label: str, definition: str) -> Dimension:
    value = func.coalesce(_placements[key], "")
    return Dimension(key, label, definition, value, _tallies.value, key)


DIMENSIONS: Mapping[str, Dimension] = {
    each.key: each
    for each in (
        Dimension(
            "month",
            N_("Month"),
            N_("The calendar month in which it happened, in the institution’s time zone."),
            month_of,
            _tallies.month,
        ),
        Dimension(
            "quarter",
            N_("Quarter"),
            N_("The calendar quarter in which it happened."),
            quarter_of(month_of),
            quarter_of(_tallies.month),
        ),
        Dimension(
            "year",
            N_("Year"),
            N_("The calendar year in which it happened."),
            cast(month_of, BigInteger) // 100,
            cast(_tallies.month, BigInteger) // 100,
        ),
        Dimension(
            "course",
            N_("Course"),
            N_("The course, in whichever of its versions."),
            _facts.course_id,
            _tallies.course_id,
        ),
        Dimension(
            "recommendation",
            N_("Recommendation"),
            N_("The recommendation that the course answers; it counts with each of them."),
            func.coalesce(ANSWERING.c.recommendation_key, ""),
            func.coalesce(ANSWERING.c.recommendation_key, ""),
        ),
        # Read as its course; `cubes.outcomes` puts the outcomes in its place.
        Dimension(
            "outcome",
            N_("Outcome"),
            N_(
                "What the course as it is now says that its learners can do after it. What is"
                " counted says which course, not which outcome, so all outcomes of a course share"
                " its figures."
            ),
            _facts.course_id,
            _tallies.course_id,
        ),
        Dimension(
            "unit",
            N_("Unit"),
            N_("The part directly under the institution, with all that lies under it."),
            _facts.institution_id,
            cast(func.nullif(_tallies.value, ""), BigInteger),
            "unit",
        ),
        Dimension(
            "institution",
            N_("Institution"),
            N_("Where the person worked then."),
            _facts.institution_id,
            None,
        ),
        _of_placement(
            "grade", N_("Grade"), N_("The person’s grade then, as their institution writes it.")
        ),
        _of_placement("gender", N_("Gender"), N_("The person’s gender, as far as they said it.")),
        _of_placement(
            "country", N_("Country"), N_("The country where the person worked then, by ISO 3166-1.")
        ),
        _of_placement("place", N_("Place"), N_("The place where the person worked then.")),
        Dimension(
            "language",
            N_("Language"),
            N_("The language in which it was done, by BCP 47."),
            _facts.language,
            _tallies.value,
            "language",
        ),
        Dimension(
            "mode",
            N_("Mode"),
            N_("How it was done: online, offline, on paper or in a classroom."),
            _facts.mode,
            _tallies.value,
            "mode",
        ),
    )
}
