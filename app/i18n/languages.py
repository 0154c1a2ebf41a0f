"""Languages: the six of the United Nations, their direction, and the one a person prefers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """An interface language by its BCP 47 code; `locale` is its CLDR name for dates and numbers."""

    code: str
    name: str
    dir: str
    locale: str


ENGLISH = Language("en", "English", "ltr", "en_GB")
UNITED_NATIONS = (
    Language("ar", "العربية", "rtl", "ar"),
    Language("zh", "中文", "ltr", "zh_Hans"),
    ENGLISH,
    Language("fr", "Français", "ltr", "fr"),
    Language("ru", "Русский", "ltr", "ru"),
    Language("es", "Español", "ltr", "es"),
)
# Testers' languages: longer, accented English; and the same from right to left.
PSEUDO = (
    Language("en-XA", "Ƥşēūđō", "ltr", "en_GB"),
    Language("ar-XB", "Ƥşēūđō RTL", "rtl", "en_GB"),
)
BY_CODE = {language.code: language for language in (*UNITED_NATIONS, *PSEUDO)}
_COMMAS = {"ar": "\u060c ", "zh": "\u3001"}
_COLONS = {"fr": "\u00a0: ", "zh": "\uff1a"}
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


def direction_of(code: str) -> str:
    """Which way a language is written, by its primary subtag."""
    if code in BY_CODE:
        return BY_CODE[code].dir
    return "rtl" if code.split("-", maxsplit=1)[0] in _RIGHT_TO_LEFT else "ltr"


def comma_of(code: str) -> str:
    """What stands between the parts of a list, with its space, in the script of a language."""
    return _COMMAS.get(code.split("-", maxsplit=1)[0], ", ")


def colon_of(code: str) -> str:
    """What stands between a name and what it names, with its spaces, as a language writes it."""
    return _COLONS.get(code.split("-", maxsplit=1)[0], ": ")


def name_of(code: str) -> str:
    """A language's own name, or its code where we do not know it."""
    return BY_CODE[code].name if code in BY_CODE else code


def preferred(accept_language: str, offered: tuple[str, ...]) -> str:
    """The offered language an Accept-Language header ranks highest (RFC 9110), else the first."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        ranked.append((-weight, place, tag.strip().lower()))
    by_tag = {code.lower(): code for code in offered}
    for _weight, _place, tag in sorted(ranked):
        found = by_tag.get(tag) or by_tag.get(tag.split("-")[0])
        if found:
            return found
    return offered[0]
