"""Measures: what the engine counts, each with the definition that every page and file repeats."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from app.i18n.marking import N_
from app.statistics.facts import LONGEST_DAYS

Unit = Literal["count", "hours", "days", "percent", "points"]


class Span(NamedTuple):
    """The least and most that one fact may be, and the salt of the noise that hides it."""

    least: int
    most: int
    salt: int


# Of means, which lie within their span whatever noise does. Hours tell their own noise, as everybody
# knows how long a course takes; what is told of the same people has another.
SPANS: Mapping[Unit, Span] = {
    "days": Span(0, LONGEST_DAYS, salt=311_270_743),
    "percent": Span(0, 1, salt=804_112_909),
    "points": Span(-100, 100, salt=625_341_585),
}


class Measure(NamedTuple):
    """What is counted: the facts that are added up, those taken away, and of what the sum is.

    Hours are those of the courses completed, as their versions state them; days are the mean from
    an enrolment to its completion; a percentage is the share of what is added up that passed;
    points are the mean growth of a percentage, and may be below 0.
    """

    key: str
    label: str
    definition: str
    unit: Unit
    adds: str
    takes: str | None = None

    @property
    def is_mean(self) -> bool:
        """Whether the figure is a mean: one of 0 is a figure like others, and none is of nobody."""
        return self.unit in SPANS

    def figure(self, number: int, total: float) -> float | int | None:
        """The figure of so many, with so many minutes or days; none where nobody is there."""
        if self.unit == "count":
            return number
        if self.unit == "hours":
            return round(max(total, 0) / 60, 1)
        if not number:
            return None
        span = SPANS[self.unit]
        mean = min(max(total / number, span.least), span.most)
        return round(100 * mean if self.unit == "percent" else mean, 1) + 0.0  # never -0.0


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
            N_(
                "Enrolments that met the course’s rule in the month. A course whose rule asks for nothing is never completed."
            ),
            "count",
            "completed",
        ),
        Measure(
            "certified",
            N_("Certified"),
            N_(
                "Completions of the month whose certificate was not withdrawn until now. A course whose rule asks for nothing gives none."
            ),
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
        Measure(
            "gain",
            N_("Gain, points"),
            N_(
                "Of enrolments whose final assessment was first graded in the month, and whose"
                " learner had taken it before the course, too: its percent of points less that of"
                " this pretest, on average."
            ),
            "points",
            "gained",
        ),
    )
}
COUNTED = tuple(key for key, each in MEASURES.items() if each.unit == "count")


def kinds_of(measures: Iterable[str]) -> set[str]:
    """The kinds of facts that these measures are made of."""
    asked = [MEASURES[each] for each in measures]
    return {kind for each in asked for kind in (each.adds, each.takes) if kind}
