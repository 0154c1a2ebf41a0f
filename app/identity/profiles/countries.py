"""Countries: the codes of ISO 3166-1, named in the reader's language by CLDR."""

from functools import cache

from babel import Locale

from app.i18n.languages import BY_CODE

# Codes of two letters that CLDR names and ISO 3166-1 does not hold: unions, outliers, and the like.
NOT_ISO = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB",
                     "XK", "ZZ"))  # fmt: skip


@cache
def countries_in(language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of code and name, by name as the letters stand in that language."""
    names = _locale(language).territories
    known = [(code, name) for code, name in names.items() if _is_code(code)]
    return tuple(sorted(known, key=lambda pair: pair[1].casefold()))


def is_country(code: str) -> bool:
    """Whether a code is one of those offered."""
    return any(code == known for known, _name in countries_in("en"))


def _is_code(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NOT_ISO


def _locale(language: str) -> Locale:
    known = language if language in BY_CODE else "en"
    return Locale.parse(known.split("-", 1)[0])
