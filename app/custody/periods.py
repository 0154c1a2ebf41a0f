"""Periods: months as laws count them."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months later, or that month's last day.

    So article 3(2)(c) of Regulation (EEC, Euratom) 1182/71 ends a period of months.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
