"""Phrases: times, sizes, dates and numbers as people of a language write them."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations

from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from app.i18n.catalogues import translations_for
from app.i18n.languages import BY_CODE, ENGLISH

HOUR = 60
KILOBYTE = 1000
BRIEF_FROM = 10_000


class Phrases:
    """How one language writes what has a unit."""

    def __init__(self, code: str) -> None:
        language = BY_CODE.get(code, ENGLISH)
        self.locale, self._is_mirrored = language.locale, language.dir == "rtl"
        self._words: NullTranslations = translations_for(code)

    def minutes(self, minutes: int) -> str:
        """A duration given in minutes: "7 h 30 min"."""
        hours, rest = divmod(int(minutes), HOUR)
        _ = self._words.gettext
        if not hours:
            return _("%(minutes)d min") % {"minutes": rest}
        if not rest:
            return _("%(hours)d h") % {"hours": hours}
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}

    def kilobytes(self, size: int) -> str:
        """A size given in bytes, rounded up: "263 KB"."""
        kilobytes = -(-int(size) // KILOBYTE)
        return self._words.gettext("%(size)s KB") % {"size": self.number(kilobytes)}

    def day(self, value: date | str) -> str:
        """A date, also as ISO 8601 writes it: "12 June 2026"; in French the first is "1er"."""
        if isinstance(value, str):
            value = date.fromisoformat(value)
        day = value.date() if isinstance(value, datetime) else value
        return _written_day(day, self.locale)

    def moment(self, value: datetime) -> str:
        """A moment in UTC, said to be so: "12 June 2026 at 14:32 UTC"."""
        shown = self.day(value), format_datetime(value, "HH:mm", locale=self.locale)
        return self._words.gettext("%(day)s at %(time)s UTC") % {"day": shown[0], "time": shown[1]}

    def month(self, value: str) -> str:
        """A month that ISO 8601 writes, in short: "Nov 2026"."""
        return format_date(date.fromisoformat(f"{value}-01"), "LLL y", self.locale)

    def brief(self, value: float) -> str:
        """A number beside a scale, from ten thousand on in short: "12K"."""
        if value < BRIEF_FROM:
            return self.number(value)
        return format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def share(self, value: float) -> str:
        """A share from 0 to 1 as percent, to the whole one: "64%"."""
        return format_percent(value, locale=self.locale)

    def figures(self, values: Iterable[float | None]) -> list[str | None]:
        """A row of numbers, each as the language writes it; what is held back stays none."""
        return [None if value is None else self.number(value) for value in values]

    def number(self, value: float) -> str:
        """A number with the language's separators; its minus stays before it in any direction."""
        return self._directed(value, _written_number(value, self.locale))

    def tenths(self, value: float) -> str:
        """A number with one decimal always, for a column in which most have one."""
        return self._directed(value, format_decimal(value, "#,##0.0", self.locale))

    def measured(self, value: float) -> str:
        """A figure beside others of its kind: a count is whole, a measure has its tenths, zero too."""
        return self.tenths(value) if isinstance(value, float) else self.number(value)

    def _directed(self, value: float, text: str) -> str:
        return f"\N{LEFT-TO-RIGHT MARK}{text}" if value < 0 and self._is_mirrored else text


@lru_cache(maxsize=4096)
def _written_day(value: date, locale: str) -> str:
    written = format_date(value, "d MMMM y" if locale == "en_GB" else "long", locale)
    return written.replace("1 ", "1er ", 1) if locale == "fr" and value.day == 1 else written


@lru_cache(maxsize=4096)
def _written_number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=16)
def phrases_of(code: str) -> Phrases:
    """The phrases of a language, made once."""
    return Phrases(code)
