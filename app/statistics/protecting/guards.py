"""Guards: which tables may be asked for where counts are protected, and which never are.

Noise hides a count from one difference; it does not from many of the same. So a question narrows by
few things, each with few fixed values, and what lies between them is added up from shown figures.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from app.foundation.errors import NotAllowed
from app.i18n.marking import N_

# What may narrow or split a table: each puts a record into one of a fixed set of values.
OFFERED = frozenset({
    "institution", "course", "month", "grade", "gender", "job_family", "country", "place",
    "language", "mode", "recommendation",
})  # fmt: skip
MOST = 3  # of them at once, as filter or as split; a fourth was measured, see decision 0037


class TooNarrow(NotAllowed):
    """A protected table that tells apart by more things than noise can hide."""

    says = N_("This table is too narrow to protect the people in it.")
    mend = N_(
        "Filter and split by three things at most, such as institution, course and month. The"
        " months count always, and a recommendation has no room beside what belongs to persons."
    )


class TellsPersons(NotAllowed):
    """A filter or split by what belongs to one person or one enrolment."""

    says = N_("Counts are not split by what could name a person.")
    mend = N_("Choose from the institution, the course, the month and what is listed beside them.")


class NotWholeMonths(NotAllowed):
    """A period that does not begin and end with a month, or holds a month that is not over."""

    says = N_("Protected counts are given for whole months that are over.")
    mend = N_("Let the period begin on the first day of a month and end before this month.")


class ProtectedQuestion(NamedTuple):
    """What a table narrows or splits by, and its period: from `since` up to, not with, `until`.

    A filter counts as much as a split. A chosen institution counts as one, with its tree or
    without, unless it is everything the person may see.
    """

    filters: Collection[str]
    splits: Collection[str]
    since: date
    until: date


def refuses(question: ProtectedQuestion, today: date) -> NotAllowed | None:
    """Why a protected table may not be shown, or None.

    A period of several months is no question of its own: its figure is the sum of the months'
    shown figures, so "month" counts among the things that narrow, whether it is said or not.
    `today` is the day that has begun everywhere, so that nobody's month still goes on.
    """
    narrowing = {*question.filters, *question.splits}
    if narrowing - OFFERED:
        return TellsPersons()
    if len(narrowing | {"month"}) > MOST:
        return TooNarrow()
    is_whole = question.since.day == question.until.day == 1
    if not is_whole or not question.since < question.until <= today.replace(day=1):
        return NotWholeMonths()
    return None
