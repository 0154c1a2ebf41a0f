"""Questions: what the address of a statistics page asks for, read leniently and said back."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from app.statistics.attributions import NOW, THEN, View
from app.statistics.completions import Asked
from app.statistics.records import Measure
from app.statistics.traits import TRAITS

MONTHS_SHOWN = 12
_MONTH = re.compile(r"(\d{4})-(\d{2})")
MEASURES: tuple[Measure, ...] = ("enrolled", "started", "completed", "certified")


class Question(NamedTuple):
    """A question as the form shows it: months as "2026-11", the last one included."""

    since: str
    until: str
    course: str
    institution: str
    measure: Measure
    page: int
    view: View = THEN
    under: str = ""
    traits: tuple[tuple[str, str], ...] = ()

    def asked(self) -> Asked:
        """The question for the domain: from the first day, up to but not with `until`."""
        return Asked(
            first_day(self.since),
            month_after(first_day(self.until)),
            self.course,
            self.institution,
            self.view,
            self.under,
            self.traits,
        )

    def before(self, today: date) -> "Question":
        """The same of months that are over, which protected counts are given for.

        `today` is the day that has begun everywhere (`clock.day_everywhere`).
        """
        since, until = months_over(self.since, self.until, today)
        return self._replace(since=since, until=until)

    def query(self, **changes: object) -> str:
        """The question as a query string, with some of it changed."""
        values = self._asdict() | {"page": 1} | changes
        traits = values.pop("traits")
        said = {name: value for name, value in values.items() if value}
        return "?" + urlencode(said | dict(traits))


def question_in(today: date, said: Mapping[str, str]) -> Question:
    """The question that the values of an address ask."""
    get: Callable[[str, str], str] = said.get
    return question_of(
        today,
        get("since", ""),
        get("until", ""),
        get("course", ""),
        get("institution", ""),
        get("measure", ""),
        get("page", ""),
        get("view", ""),
        get("under", ""),
        tuple((each, said[each][:64]) for each in TRAITS if each in said),
    )


def question_asked(query: str) -> Question:
    """The question that `Question.query` wrote; it names its months, so any day reads it alike."""
    said = dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))
    return question_in(date.min, said)


def question_of(
    today: date,
    since: str,
    until: str,
    course: str,
    institution: str,
    measure: str,
    page: str,
    view: str = THEN,
    under: str = "",
    traits: tuple[tuple[str, str], ...] = (),
) -> Question:
    """Read a question; what is no month becomes the last twelve, a period is never empty."""
    first, last = months_of(today, since, until)
    known: Measure = next((each for each in MEASURES if each == measure), "completed")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    seen = NOW if view == NOW else THEN
    return Question(
        first, last, course[:64], institution[:64], known, max(number, 1), seen, under[:64], traits
    )


def months_of(today: date, since: str, until: str) -> tuple[str, str]:
    """The first and last month asked for, in order; what is no month becomes the last twelve."""
    last = until if _is_month(until) else _as_month(today)
    first = since if _is_month(since) else _as_month(_back(first_day(last), MONTHS_SHOWN - 1))
    return min(first, last), max(first, last)


def months_over(since: str, until: str, today: date) -> tuple[str, str]:
    """The period as far as its months are over, at least the last one that is.

    Facts have the day of where they happened, so a month is over when it is over everywhere on
    earth: `today` is the day of `clock.day_everywhere`.
    """
    last = _as_month(month_after(today.replace(day=1), -1))
    return min(since, last), min(until, last)


def first_day(month: str) -> date:
    """The first day of a month such as "2026-11"."""
    return date(int(month[:4]), int(month[5:]), 1)


def month_after(day: date, months: int = 1) -> date:
    """The first day of the next month, or of one so many months later."""
    return _back(day, -months)


def _is_month(text: str) -> bool:
    found = _MONTH.fullmatch(text)
    return bool(found) and 1 <= int(text[5:]) <= 12 and 1900 <= int(text[:4]) <= 9998


def _as_month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _back(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)
