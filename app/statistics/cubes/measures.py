"""Measures: what the engine counts, each with the definition that every page and file repeats."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from app.i18n.marking import N_

Unit = Literal["count", "hours", "days", "percent"]


class Measure(NamedTuple):
    """What is counted: the facts that are added up, those taken away, and of what the sum is.

    Hours are those of the courses completed, as their versions state them; days are the mean from
    an enrolment to its completion; a percentage is the share of what is added up that passed.
    """

    key: str
    label: str
    definition: str
    unit: Unit
    adds: str
    takes: str | None = None

    def figure(self, number: int, total: float) -> float | int | None:
        """The figure of so many, with so many minutes or days; none where nobody is there."""
        if self.unit == "count":
            return number
        if self.unit == "hours":
            return round(max(total, 0) / 60, 1)
        if not number:
            return None
        mean = max(total, 0) / number
        return round(100 * min(mean, 1), 1) if self.unit == "percent" else round(mean, 1)


MEASURES: Mapping[str, Measure] = {
    each.key: each
    for each in (
        Measure(
            "enrolled",
            N_("Enrolled"),
            N_("Enrolments opened in the month."),
            "count",
            "enrolled",
        ),
        Measure(
            "started",
            N_("Started"),
            N_("Enrolments whose first lesson was done, or first attempt opened, in the month."),
            "count",
            "started",
        ),
        Measure(
            "completed",
            N_("Completed"),
            N_("Enrolments that met the course’s rule in the month."),
            "count",
            "completed",
        ),
        Measure(
            "certified",
            N_("Certified"),
            N_("Completions of the month whose certificate was not withdrawn until now."),
            "count",
            "certified",
            "revoked",
        ),
        Measure(
            "missed",
            N_("Missed"),
            N_("Required courses whose day passed in the month before they were completed."),
            "count",
            "missed",
        ),
        Measure(
            "hours",
            N_("Hours"),
            N_("Hours of study that the completed courses’ versions state."),
            "hours",
            "completed",
        ),
        Measure(
            "days",
            N_("Days to complete"),
            N_("Mean number of days from enrolment to completion; more than a year counts as 366."),
            "days",
            "completed",
        ),
        Measure(
            "pass_rate",
            N_("Passed at first try, %"),
            N_(
                "Of enrolments whose final assessment was first graded in the month, the share that"
                " passed it then."
            ),
            "percent",
            "tried",
        ),
    )
}
