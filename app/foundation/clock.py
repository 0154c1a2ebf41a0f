"""The clock: aware moments in UTC, with microseconds."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_ZONE = timedelta(hours=-12)  # where a day begins last, and ends last


def now() -> datetime:
    """This moment in UTC; every stored moment comes from here."""
    return datetime.now(UTC)


def day_in(moment: datetime, time_zone: str) -> date:
    """The calendar day of a moment in an institution's time zone (an IANA name)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """The moment at which a calendar day begins in a time zone (an IANA name)."""
    return datetime.combine(day, time(), ZoneInfo(time_zone))


def day_everywhere(moment: datetime) -> date:
    """The latest day that has begun everywhere on earth; what lies before it is over everywhere."""
    return (moment.astimezone(UTC) + LAST_ZONE).date()
