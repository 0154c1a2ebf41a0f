"""Questions to the engine, as the address of its page says them; read leniently and said back."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from app.statistics.attributions import NOW, THEN, View
from app.statistics.cubes.asks import MOST_DIMENSIONS, Ask
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES
from app.statistics.questions import first_day, month_after, months_of, months_over

USUAL = ("enrolled", "completed")


class Put(NamedTuple):
    """A question as the form shows it: months as "2026-11", the last one included."""

    since: str
    until: str
    measures: tuple[str, ...]
    by: tuple[str, ...]
    course: str
    under: str
    view: View
    page: int

    def ask(self) -> Ask:
        """The question for the engine: from the first day, up to but not with the next month's."""
        until = month_after(first_day(self.until))
        return Ask(
            self.measures, self.by, first_day(self.since), until, self.course, self.under, self.view
        )

    def before(self, today: date) -> "Put":
        """The same of months that are over, which protected counts are given for.

        `today` is the day that has begun everywhere (`clock.day_everywhere`).
        """
        since, until = months_over(self.since, self.until, today)
        return self._replace(since=since, until=until)

    def no_longer_than(self, months: int) -> "Put":
        """The same of so many months at most, the last ones."""
        first = month_after(first_day(self.until), 1 - months)
        return self._replace(since=max(self.since, f"{first:%Y-%m}"))

    def query(self, **changes: object) -> str:
        """The question as a query string, with some of it changed."""
        values = self._asdict() | {"page": 1} | changes
        values["measure"] = values.pop("measures")
        return "?" + urlencode({name: value for name, value in values.items() if value}, doseq=True)


def put(
    today: date,
    since: str,
    until: str,
    measures: Sequence[str],
    by: Sequence[str],
    course: str,
    under: str,
    view: str,
    page: str,
) -> Put:
    """Read a question; what is unknown is left out, and what is missing is the usual."""
    first, last = months_of(today, since, until)
    counted = tuple(each for each in MEASURES if each in measures) or USUAL
    split = tuple(dict.fromkeys(each for each in by if each in DIMENSIONS))[:MOST_DIMENSIONS]
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    seen = NOW if view == NOW else THEN
    return Put(first, last, counted, split, course[:64], under[:64], seen, max(number, 1))
