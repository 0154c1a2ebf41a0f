"""Reckonings: what a duty is on a day, as a plain function of its terms and of what was done."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

AFTER_EXEMPTION = 30  # days that remain to do it once an exemption has ended
LATECOMERS = 30  # days for who comes when the day for all has passed
FOR_GOOD = date(9999, 12, 31)


class Terms(NamedTuple):
    """When a requirement wants the course done, and how often; days and months.

    Either `due_on` is a day for all, or `due_days` counts from each person's start. With
    `every_months` a completion is valid so long, and the duty opens `window_days` before its end.
    """

    due_on: date | None
    due_days: int | None
    every_months: int | None = None
    window_days: int = 0
    since: date = date.min


class Reckoned(NamedTuple):
    """A duty as it stands on a day: open since a day and due on another, or done on one.

    One that is done is valid until a day, if it has to be done again, and opens again on another.
    """

    since: date
    due_on: date
    done_on: date | None = None
    valid_until: date | None = None
    reopens_on: date | None = None


def reckoned(terms: Terms, start: date, last: date | None, today: date) -> Reckoned:
    """The state of a duty of a person who is required since `start` and completed last on a day.

    A completion from before counts as long as it is valid. What has run out while nobody asked for
    it gives the window's days to do it again.
    """
    first = due_first(terms, start)
    if last is None:
        return Reckoned(start, first)
    if not terms.every_months:
        return Reckoned(start, first, last)
    until = months_after(last, terms.every_months)
    if until <= start:
        return Reckoned(start, first)
    opens = until - timedelta(days=terms.window_days)
    if today < opens:
        return Reckoned(start, first, last, until, opens)
    since = max(opens, start, terms.since)
    again = until if since < until else since + timedelta(days=terms.window_days)
    return Reckoned(since, max(again, first))


def due_first(terms: Terms, start: date) -> date:
    """The day by which somebody who is required since `start` does it for the first time."""
    if terms.due_on is not None:
        late = start + timedelta(days=LATECOMERS)
        return terms.due_on if terms.due_on >= start else late
    return start + timedelta(days=terms.due_days or 0)


def put_off(due_on: date, extended_to: date | None, exempt_until: date | None) -> date:
    """The day it is due once more time and an exemption are counted in; neither shortens it."""
    days = [due_on, *([extended_to] if extended_to else [])]
    if exempt_until is not None and exempt_until != FOR_GOOD:
        days.append(exempt_until + timedelta(days=AFTER_EXEMPTION))
    return max(days)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short for it."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
