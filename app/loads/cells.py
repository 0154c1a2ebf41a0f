"""Cells: what is written in a column, read as an address, a day, a code or an answer."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from pydantic_core import PydanticCustomError

from app.foundation import clock
from app.i18n.catalogues import offered_codes, translations_for
from app.identity.addresses import whole_address
from app.identity.institutions import EARLIEST_YEAR, LOOKS_AHEAD
from app.identity.profiles.countries import countries_in
from app.loads.faults import Unfit

Read = Callable[[str], Any]

# Most addresses need no closer look; what this does not know, the validator decides.
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
)
# Databases and spreadsheets write a day as the midnight it begins with.
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_EASTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SIGNS = re.compile(r"[\s._/\\:-]+")
_PLACE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
# As a spreadsheet begins a formula; a word may begin with a hyphen, a formula goes on without a space.
_FORMULA = re.compile(r"'?(=|\+[^\s]|-[^\s\d]|@)|\t|\r")
_BEGINS = frozenset("=+-@'\t\r")
# Marks that nobody sees, as they come along with what is copied: of direction, of a width of nothing.
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_AROUND = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+$")
_WITHIN = re.compile(f"[{_UNSEEN}]+")
LONGEST_SHOWN = 60


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would work the cell out."""
    return cell[:1] in _BEGINS and _FORMULA.match(cell) is not None


def bare(cell: str) -> str:
    """What is written in a cell, without the spaces and unseen marks around it."""
    return _AROUND.sub("", cell)


def folded(words: str) -> str:
    """Words as they are compared: without case and unseen marks, with one apostrophe of all."""
    return " ".join(_WITHIN.sub("", words).replace("’", "'").casefold().split())


def text_of(most: int) -> Read:
    """Words of so many characters at most, in one line."""

    def read(cell: str) -> str:
        words = " ".join(cell.split())
        if len(words) > most:
            raise Unfit("too-long", most=most)
        if not words.isprintable() and any(unicodedata.category(sign) == "Cc" for sign in words):
            raise Unfit("unprintable")
        return words

    return read


def address_of(cell: str) -> str:
    """One whole address of mail."""
    if len(cell) <= 254 and _PLAIN_ADDRESS.fullmatch(cell):
        return cell
    try:
        return whole_address(cell)
    except PydanticCustomError:
        raise Unfit("no-address", value=shown(cell)) from None


def day_of(cell: str) -> str:
    """A day as ISO 8601 writes it, since 1800 and not more than five years ahead."""
    found = _ISO_DAY.fullmatch(_WITHIN.sub("", cell).translate(_EASTERN))
    if found is None:
        raise Unfit("no-day", value=shown(cell))
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        raise Unfit("no-day", value=shown(cell)) from None
    if day.year < EARLIEST_YEAR or day > clock.now().date() + LOOKS_AHEAD:
        raise Unfit("day-absurd", value=day.isoformat())
    return day.isoformat()


def past_day_of(cell: str) -> str:
    """A day since 1800 that has come."""
    day = day_of(cell)
    # Tomorrow in UTC has come somewhere.
    if date.fromisoformat(day) > clock.now().date() + timedelta(days=1):
        raise Unfit("day-ahead", value=day)
    return day


def key_of(cell: str) -> str:
    """A code as institutions carry it: capitals and other separators are read as it is written here."""
    key = _SIGNS.sub("-", cell.translate(_EASTERN).strip().casefold()).strip("-")
    if len(key) > 64 or not _KEY.fullmatch(key):
        raise Unfit("no-code", value=shown(cell))
    return key


def number_of(cell: str) -> str:
    """A personal number, as it is compared: composed, without case, spaces and unseen marks."""
    composed = unicodedata.normalize("NFKC", _WITHIN.sub("", cell))
    number = "".join(composed.casefold().split())
    if len(number) > 50 or "@" in number:
        raise Unfit("too-long" if len(number) > 50 else "swapped", most=50)
    return number.translate(_EASTERN)


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for code, _name in countries_in("en"))


def country_of(cell: str) -> str:
    """The two letters of a country."""
    if cell.upper() not in _countries():
        raise Unfit("no-country", value=shown(cell))
    return cell.upper()


def place_code_of(cell: str) -> str:
    """The code of a part of a country."""
    if not _PLACE.fullmatch(cell.upper()):
        raise Unfit("no-place", value=shown(cell))
    return cell.upper()


def language_of(cell: str) -> str:
    """The code of a language that pages are written in."""
    code = cell.casefold()
    if code not in offered_codes():
        raise Unfit("no-language", value=shown(cell))
    return code


def choice_of(words: Mapping[str, str]) -> Read:
    """One of some answers, by its key or as any language of the pages calls it."""

    @cache
    def known(code: str) -> dict[str, str]:
        gettext = translations_for(code).gettext
        return {folded(gettext(each)): key for key, each in words.items()}

    def read(cell: str) -> str:
        called = folded(cell)
        if called in words:
            return called
        # One language after another, as far as it takes: their words take a second to read.
        for code in offered_codes():
            if called in known(code):
                return known(code)[called]
        raise Unfit("no-choice", value=shown(cell), choices=", ".join(words))

    return read


def shown(cell: str) -> str:
    """What a sentence quotes of a cell."""
    return cell if len(cell) <= LONGEST_SHOWN else f"{cell[:LONGEST_SHOWN]}…"
