"""The clock: aware moments in UTC, with microseconds."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment in UTC; every stored moment comes from here."""
    return datetime.now(UTC)


def day_in(moment: datetime, time_zone: str) -> date:
    """The calendar day of a moment in an institution's time zone (an IANA name)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
