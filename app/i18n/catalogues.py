"""Catalogues: the interface's strings in each language, read from PO files at start."""

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.i18n.languages import UNITED_NATIONS, direction_of
from app.i18n.pseudo import PseudoTranslations

LOCALES = Path(__file__).parent / "locale"
TEMPLATE = LOCALES / "messages.pot"
_ISO_DAY = re.compile(r"(?<![\d-])\d{4}-\d{2}(?:-\d{2})?(?![\d-])")
_ISOLATES = re.compile("[\u2066-\u2069]")
# A value between words. What is typed, an address or a path is one run from left to right already,
# and no figure turns round that is a number of things.
_VALUE = re.compile(
    r"(?P<whole>`[^`]*`|<bdi\b.*?</bdi>|<[^>]*>)"
    r"|(?<![A-Za-z0-9/=.:@_-])%\((?!num\))\w+\)(?:s(?![A-Za-z0-9/=@%_-]|\.\w)|[ds]%%)"
)
# What is typed as it stands, with a sign at its edge that Arabic would carry to the other side.
_TYPED = re.compile(
    r"(?P<whole>`[^`]*`|<[^>]*>)"
    r"|(?<![!-~])(?:\[\[?@?\w+(?:\|[^\]]*)?\]\]?|\.[a-z]+\b|-\d+|[a-z]{2,}(?:://|[:/])(?![!-~]))"
)


@cache
def translations_for(code: str) -> NullTranslations:
    """The strings of a language; English and unknown languages answer with the message ids."""
    if code in {"en-XA", "ar-XB"}:
        return PseudoTranslations()
    path = LOCALES / code / "messages.po"
    if not path.exists():
        return NullTranslations()
    catalogue, compiled = read_catalogue(path, code), BytesIO()
    if direction_of(code) == "rtl":
        _isolate(catalogue)
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def read_catalogue(path: Path, code: str | None = None) -> Catalog:
    """A PO file as babel's catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=code.replace("-", "_") if code else None)


def _isolate(catalogue: Catalog) -> None:
    """Let days, values and what is typed stay as they are: behind Arabic letters they turn round.

    A name, a file, a code or a day that is put into a sentence stands in it as one thing, whichever
    way it is written; no template has to say so for each.
    """
    for message in catalogue:
        if isinstance(message.string, str):
            message.string = _isolated(message.string)
        elif message.string:
            message.string = tuple(map(_isolated, message.string))


def unisolated(sentence: str) -> str:
    """The sentence for where each part is set with a direction of its own, as on a certificate."""
    return _ISOLATES.sub("", sentence)


def _isolated(sentence: str) -> str:
    days = _ISO_DAY.sub("\u2066\\g<0>\u2069", sentence)
    typed = _TYPED.sub(lambda each: each[0] if each["whole"] else f"\u2066{each[0]}\u2069", days)
    return _VALUE.sub(lambda each: each[0] if each["whole"] else f"\u2068{each[0]}\u2069", typed)


@cache
def offered_codes(*, with_pseudo: bool = False) -> tuple[str, ...]:
    """The interface languages to choose from, English first as the one that is complete."""
    codes = [
        language.code
        for language in UNITED_NATIONS
        if language.code != "en" and (LOCALES / language.code / "messages.po").exists()
    ]
    return ("en", *codes, *(("en-XA", "ar-XB") if with_pseudo else ()))
