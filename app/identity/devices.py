"""Devices: two rough words by which a person knows their own browser again, and nothing more."""

from typing import NamedTuple

# The first that a browser names itself by: most also claim to be those that stand further down.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class Device(NamedTuple):
    """A kind of browser and of system, by their own names; "" where we know neither."""

    browser: str
    system: str


UNKNOWN = Device("", "")


def device_of(user_agent: str) -> Device:
    """The two words; versions, models and the rest of what was sent are dropped here."""
    return Device(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for part, word in known if part in text), "")
